"""The embedded ClickHouse speaks ClickHouse's HTTP interface: types, parameters, settings, errors, accounts."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import clickhouse_connect
import httpx
import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient

from emban.engines.clickhouse.child import QUERY_ACCOUNT, READER_ACCOUNT
from emban.kit.crypto import derive
from emban.store.policies import READER_PURPOSE
from tests.support.engines import Engines

TYPES = """
CREATE TABLE IF NOT EXISTS round_trip (low LowCardinality(String), text String, at DateTime64(3, 'UTC'),
    strings Map(LowCardinality(String), String), numbers Map(String, Float64), maybe Nullable(Int64),
    list Array(UInt32))
ENGINE = MergeTree ORDER BY at
"""
AT = datetime(2026, 3, 29, 1, 30, 0, 123000, tzinfo=UTC)
ROW = ["a", "ä\t\n\\'\"\0", AT, {"k": "v", "": ""}, {"x": -1.5e300, "y": 0.0}, None, [1, 2, 3]]


@pytest.fixture
async def client(engines: Engines) -> AsyncIterator[AsyncClient]:
    url = urlsplit(engines.clickhouse_url)
    connected = await clickhouse_connect.get_async_client(
        host=url.hostname,
        port=url.port,
        username=url.username,
        password=url.password or "",
        database="emban",
        compress=False,
        tz_mode="aware",
    )
    yield connected
    await connected.close()


class Http:
    """Plain requests, as either account."""

    def __init__(self, engines: Engines) -> None:
        url = urlsplit(engines.clickhouse_url)
        self.base = f"http://{url.hostname}:{url.port}"
        self.engine = (url.username or "", url.password or "")
        self.reader = (READER_ACCOUNT, derive(engines.secret_key, READER_PURPOSE))
        self.compiled = (QUERY_ACCOUNT, self.reader[1])

    def ask(self, sql: str | bytes, *, reader: bool = False, **parameters: str) -> httpx.Response:
        auth = self.reader if reader else self.engine
        content = sql.encode() if isinstance(sql, str) else sql
        query = {"database": "emban", **parameters}
        return httpx.post(self.base, params=query, content=content, auth=auth, timeout=60)


@pytest.fixture(scope="module")
def http(engines: Engines) -> Http:
    return Http(engines)


async def test_native_rows_come_back_as_they_went_in(client: AsyncClient) -> None:
    await client.command(TYPES)
    await client.command("TRUNCATE TABLE round_trip")
    summary = await client.insert("round_trip", [ROW] * 3)
    assert summary.written_rows == 3
    rows = (await client.query("SELECT * FROM round_trip")).result_rows
    assert [list(row) for row in rows] == [ROW] * 3


async def test_query_parameters_are_values(client: AsyncClient) -> None:
    hostile = "x' OR 1 = 1 -- \\ \n\t{y:String}"
    found = await client.query(
        "SELECT {text:String}, {list:Array(String)}, {at:DateTime64(3, 'UTC')}, {n:Int64}, {f:Float64}",
        parameters={"text": hostile, "list": [hostile, "b"], "at": AT, "n": -5, "f": 0.1},
    )
    assert found.result_rows == [(hostile, [hostile, "b"], AT, -5, 0.1)]


async def test_parameters_too_long_for_a_url(client: AsyncClient) -> None:
    names = [f"name-{number}" for number in range(20_000)]
    found = await client.query("SELECT length({names:Array(String)})", parameters={"names": names})
    assert found.result_rows == [(20_000,)]


async def test_client_sees_settings_as_changeable_for_readers(engines: Engines) -> None:
    url = urlsplit(engines.clickhouse_url)
    reader = await clickhouse_connect.get_async_client(
        host=url.hostname,
        port=url.port,
        username=READER_ACCOUNT,
        password=derive(engines.secret_key, READER_PURPOSE),
        compress=False,
    )
    found = await reader.query("SELECT getSetting('log_comment')", settings={"log_comment": "org|prod|*"})
    assert found.result_rows == [("org|prod|*",)]
    await reader.close()


def test_formats_headers_and_summary(http: Http) -> None:
    answer = http.ask("SELECT number FROM numbers(3) FORMAT JSONCompact", query_id="the-id")
    assert answer.json()["data"] in ([[0], [1], [2]], [["0"], ["1"], ["2"]])
    assert answer.headers["X-ClickHouse-Query-Id"] == "the-id"
    assert answer.headers["X-ClickHouse-Format"] == "JSONCompact"
    assert answer.headers["X-ClickHouse-Timezone"] == "UTC"
    summary = json.loads(answer.headers["X-ClickHouse-Summary"])
    assert summary["read_rows"] == "3"
    assert int(summary["elapsed_ns"]) > 0
    assert http.ask("SELECT 1", default_format="JSONEachRow").json() == {"1": 1}
    assert http.ask("SELECT 1, 'a'").text == "1\ta\n"
    assert http.ask("SELECT timezone()").text == "UTC\n"


def test_statement_in_the_address_and_rows_in_the_body(http: Http) -> None:
    http.ask("CREATE TABLE IF NOT EXISTS lines (a UInt32) ENGINE = MergeTree ORDER BY a")
    http.ask("TRUNCATE TABLE lines")
    answer = http.ask('{"a": 1}\n{"a": 2}', query="INSERT INTO lines FORMAT JSONEachRow")
    assert (answer.status_code, answer.text) == (200, "")
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == "2"
    assert http.ask("SELECT sum(a) FROM lines").text == "3\n"


def test_rows_of_one_insert_never_come_with_another(http: Http) -> None:
    """Whatever a session held before: another table's rows, a refused INSERT's, columns of another type."""
    http.ask("CREATE TABLE IF NOT EXISTS first (a UInt8, b String, CONSTRAINT small CHECK a < 100) ENGINE = Memory")
    http.ask("CREATE TABLE IF NOT EXISTS second (a UInt8) ENGINE = Memory")
    into = "INSERT INTO {} FORMAT JSONEachRow"
    for _ in range(3):
        assert http.ask('{"a": 1, "b": "x"}', query=into.format("first (a, b)")).status_code == 200
        assert http.ask('{"a": 2}', query=into.format("first (a)")).status_code == 200
        assert http.ask('{"a": 3}', query=into.format("second (a)")).status_code == 200
        assert http.ask('{"a": 200}', query=into.format("first (a)")).status_code == 500
        assert http.ask('{"a": nonsense}', query=into.format("first (a)")).status_code == 400
    assert http.ask("SELECT a, b, count() FROM first GROUP BY ALL ORDER BY a").text == "1\tx\t3\n2\t\t3\n"
    assert http.ask("SELECT a, count() FROM second GROUP BY ALL").text == "3\t3\n"
    http.ask("DROP TABLE second")
    http.ask("CREATE TABLE second (a UInt32) ENGINE = Memory")
    assert http.ask('{"a": 70000}', query=into.format("second (a)")).status_code == 200
    assert http.ask("SELECT a FROM second").text == "70000\n"
    http.ask("DROP TABLE first")
    assert http.ask('{"a": 1}', query=into.format("first (a)")).status_code == 404


def test_gzip_body(http: Http) -> None:
    answer = httpx.post(
        http.base, content=gzip.compress(b"SELECT 42"), auth=http.engine, headers={"Content-Encoding": "gzip"}
    )
    assert answer.text == "42\n"
    unknown = httpx.post(http.base, content=b"x", auth=http.engine, headers={"Content-Encoding": "zstd"})
    assert unknown.status_code == 400


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("SELECT nope", 400, 47),
        ("SELEC 1", 400, 62),
        ("SELECT 1; SELECT 2", 400, 62),
        ("SELECT * FROM no_such_table", 404, 60),
        ("SELECT {x:String}", 400, 456),
        ("SELECT throwIf(1)", 500, 395),
        ("", 400, 62),
        (b"SELECT '\\xff'" + b"\xff", 400, 62),
    ],
)
def test_errors_carry_code_and_text(http: Http, sql: str | bytes, status: int, code: int) -> None:
    answer = http.ask(sql)
    assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (status, str(code))
    assert answer.text.startswith(f"Code: {code}. DB::Exception: ")


def test_settings_hold_for_one_statement(http: Http) -> None:
    assert http.ask("SELECT getSetting('max_threads')", max_threads="1").text == "1\n"
    assert http.ask("SELECT getSetting('max_threads')").text != "1\n"
    for name in ("readonly", "a b", "x' = 1, y"):
        answer = httpx.post(http.base, params={name: "0"}, content=b"SELECT 1", auth=http.engine)
        assert answer.headers["X-ClickHouse-Exception-Code"] == "115"


@pytest.mark.parametrize(
    "auth",
    [None, ("emban", ""), ("emban", "wrong"), ("default", ""), ("", ""), (READER_ACCOUNT, ""), ("nobody", "x")],
)
def test_strangers_are_turned_away(http: Http, auth: tuple[str, str] | None) -> None:
    answer = httpx.post(http.base, content=b"SELECT 1", auth=auth)
    assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (401, "516")


def test_ping_needs_no_account_and_says_nothing(http: Http) -> None:
    assert httpx.get(f"{http.base}/ping").text == "Ok.\n"


def test_get_only_reads(http: Http) -> None:
    url = f"{http.base}/?query=CREATE+TABLE+emban.made_by_get+(a+Int8)+ENGINE=Memory"
    assert httpx.get(url, auth=http.engine).headers["X-ClickHouse-Exception-Code"] == "164"


async def test_statements_run_side_by_side(http: Http) -> None:
    async def sleep() -> None:
        async with httpx.AsyncClient() as client:
            answer = await client.post(http.base, content=b"SELECT sleep(1)", auth=http.compiled, timeout=30)
            assert answer.status_code == 200

    started = asyncio.get_running_loop().time()
    await asyncio.gather(*(sleep() for _ in range(4)))
    assert asyncio.get_running_loop().time() - started < 3.5
