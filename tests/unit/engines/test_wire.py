"""Requests of ClickHouse's HTTP interface, read without any engine."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest

from emban.engines.clickhouse.chdb_engine import Answer, EngineError, EngineStatement
from emban.engines.clickhouse.wire import (
    Account,
    Ceilings,
    answer_headers,
    authenticate,
    parse_statement,
    status_of,
)

ENGINE = Account(name="emban", password="engine-password", role="emban_engine", read_only=False)
READER = Account(name="emban_reader", password="reader-password", role="emban_reader", read_only=True)
ACCOUNTS = {account.name: account for account in (ENGINE, READER)}
CEILINGS = Ceilings(seconds=60, memory_bytes=1 << 30)


def parse(
    account: Account = ENGINE,
    *,
    method: str = "POST",
    query: dict[str, str] | None = None,
    headers: dict[bytes, bytes] | None = None,
    body: bytes = b"",
) -> EngineStatement:
    return parse_statement(
        account,
        method=method,
        query_string=urlencode(query or {}).encode(),
        headers=headers or {},
        body=body,
        ceilings=CEILINGS,
    )


def basic(name: str, password: str) -> dict[bytes, bytes]:
    return {b"authorization": b"Basic " + base64.b64encode(f"{name}:{password}".encode())}


@pytest.mark.parametrize(
    ("headers", "account"),
    [
        (basic("emban", "engine-password"), ENGINE),
        (basic("emban_reader", "reader-password"), READER),
        ({b"x-clickhouse-user": b"emban", b"x-clickhouse-key": b"engine-password"}, ENGINE),
    ],
)
def test_account(headers: dict[bytes, bytes], account: Account) -> None:
    assert authenticate(headers, ACCOUNTS) is account


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("emban", "reader-password"),
        basic("emban", ""),
        basic("", ""),
        basic("default", ""),
        {b"authorization": b"Basic ???"},
        {b"authorization": b"Basic " + base64.b64encode(b"\xff\xfe:x")},
        {b"authorization": b"Bearer engine-password"},
        {b"x-clickhouse-user": b"emban"},
        {b"x-clickhouse-user": b"nobody", **basic("emban", "engine-password")},
    ],
)
def test_no_account(headers: dict[bytes, bytes]) -> None:
    with pytest.raises(EngineError, match="Authentication failed") as refusal:
        authenticate(headers, ACCOUNTS)
    assert refusal.value.code == 516


def test_account_without_password_is_never_let_in() -> None:
    nobody = {"open": Account(name="open", password="", role="emban_reader", read_only=True)}
    with pytest.raises(EngineError):
        authenticate(basic("open", ""), nobody)


@pytest.mark.parametrize(
    ("query", "body", "sql"),
    [
        ({}, b"SELECT 1", b"SELECT 1"),
        ({"query": "SELECT 1"}, b"", b"SELECT 1"),
        ({"query": "INSERT INTO t FORMAT CSV"}, b"1,2", b"INSERT INTO t FORMAT CSV\n1,2"),
    ],
)
def test_text_comes_from_the_address_and_the_body(query: dict[str, str], body: bytes, sql: bytes) -> None:
    assert parse(query=query, body=body).sql == sql


def test_address_is_sorted_into_parameters_settings_and_transport() -> None:
    statement = parse(
        query={
            "database": "emban",
            "query_id": "id-1",
            "param_a": "x\\ny",
            "default_format": "JSON",
            "max_threads": "2",
            "wait_end_of_query": "1",
            "client_protocol_version": "54405",
            "session_id": "s",
            "user": "x",
            "password": "y",
        },
        body=b"SELECT 1",
    )
    assert (statement.database, statement.query_id, statement.output_format) == ("emban", "id-1", "JSON")
    assert statement.parameters == {"a": "x\\ny"}
    assert statement.settings == {"max_threads": "2"}


@pytest.mark.parametrize("query_id", ["", "a'b", "x" * 129, "ä", "a b"])
def test_query_id_that_is_not_plain_is_replaced(query_id: str) -> None:
    assert parse(query={"query_id": query_id}, body=b"SELECT 1").query_id not in {"", query_id}


def test_form_carries_what_is_too_long_for_an_address() -> None:
    body = b"".join(
        b'--edge\r\nContent-Disposition: form-data; name="%b"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%b\r\n'
        % part
        for part in ((b"query", "SELECT {x:String}, 'ä'".encode()), (b"param_x", b"y" * 50_000))
    )
    statement = parse(headers={b"content-type": b"multipart/form-data; boundary=edge"}, body=body + b"--edge--\r\n")
    assert statement.sql.decode() == "SELECT {x:String}, 'ä'"
    assert statement.parameters == {"x": "y" * 50_000}


@pytest.mark.parametrize(
    ("query", "headers", "body", "code"),
    [
        ({}, {}, b"", 62),
        ({}, {}, b" \n", 62),
        ({"database": "a; DROP"}, {}, b"SELECT 1", 81),
        ({}, {b"content-encoding": b"br"}, b"SELECT 1", 36),
        ({}, {b"content-encoding": b"gzip"}, b"not gzip", 36),
    ],
)
def test_what_is_not_understood(query: dict[str, str], headers: dict[bytes, bytes], body: bytes, code: int) -> None:
    with pytest.raises(EngineError) as refusal:
        parse(query=query, headers=headers, body=body)
    assert refusal.value.code == code
    assert status_of(code) < 500


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("", "60"),
        ("0", "60"),
        ("-1", "60"),
        ("61", "60"),
        ("x", "60"),
        ("nan", "60"),
        ("inf", "60"),
        ("5", "5"),
        ("0.5", "0.5"),
    ],
)
def test_reader_gets_what_it_asks_up_to_the_ceiling(asked: str, granted: str) -> None:
    query = {"max_execution_time": asked} if asked else {}
    assert parse(READER, query=query, body=b"SELECT 1").settings["max_execution_time"] == granted


def test_reader_cannot_undo_readonly_by_a_setting() -> None:
    statement = parse(READER, query={"readonly": "0"}, body=b"SELECT 1")
    assert statement.read_only
    assert statement.pinned
    assert "readonly" not in statement.settings


def test_get_only_reads_whoever_asks() -> None:
    assert parse(ENGINE, method="GET", query={"query": "SELECT 1"}).read_only
    assert not parse(ENGINE, body=b"SELECT 1").read_only


def test_only_the_clients_own_question_about_settings_is_left_unpinned() -> None:
    question = b"SELECT name, value, readonly FROM system.settings LIMIT 10000"
    assert not parse(READER, body=question + b"\n FORMAT Native").pinned
    assert parse(READER, body=question + b"; SELECT 1").pinned


@pytest.mark.parametrize(
    ("sql", "body", "named"),
    [
        (b"SELECT 1 FORMAT JSON", b"{}", b"JSON"),
        (b"SELECT 1 WHERE 0 FORMAT CSV;", b"", b"CSV"),
        (b"SELECT 1", b"1\n", b"TabSeparated"),
        (b"CREATE TABLE t (a Int8) ENGINE = Memory", b"", None),
    ],
)
def test_format_is_named_where_there_is_a_result(sql: bytes, body: bytes, named: bytes | None) -> None:
    headers = dict(answer_headers(parse(body=sql), Answer(body, 1, 2, 3, 4, 5)))
    assert headers.get(b"x-clickhouse-format") == named
    assert headers[b"content-length"] == str(len(body)).encode()
