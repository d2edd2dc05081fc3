"""What the embedded ClickHouse's reader account can not do, whatever text it sends."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import httpx
import pytest

from tests.integration.engines.test_clickhouse_http import Http
from tests.support.engines import Engines
from tests.support.waiting import PATIENCE_S, until

ENDLESS = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))"


@pytest.fixture(scope="module")
def http(engines: Engines) -> Http:
    return Http(engines)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; SELECT 2",
        "SET ROLE ALL",
        "SET ROLE ALL; not readable (",
        "SELECT 1 INTO OUTFILE 'out'; not readable (",
        "SELECT 1 INTO OUTFILE 'out'",
        "SELECT 1 INTO OUTFILE 'out' AND STDOUT",
        "EXPLAIN SELECT 1 INTO OUTFILE 'out'",
        "SET log_comment = 'x'",
        "SET readonly = 0",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT 1 SETTINGS log_comment = 'x'",
        "CREATE TABLE emban.mine (a Int8) ENGINE = Memory",
        "CREATE TEMPORARY TABLE mine (a Int8)",
        "INSERT INTO emban.events (event_id) VALUES ('x')",
        "INSERT INTO FUNCTION file('out', 'CSV', 'a Int8') VALUES (1)",
        "KILL QUERY WHERE 1",
        "SYSTEM SHUTDOWN",
        "USE system",
        "GRANT ALL ON *.* TO default",
        "EXECUTE AS default SELECT 1",
        "BACKUP DATABASE emban TO File('backup')",
        "SELECT file('/etc/passwd')",
        "SELECT file('/proc/1/environ')",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')",
        "SELECT * FROM executable('id', 'TSV', 'a String')",
        "SELECT * FROM remote('127.0.0.1', system.one)",
        "DESCRIBE url('http://127.0.0.1:9/', 'LineAsString')",
    ],
)
def test_is_refused(http: Http, sql: str) -> None:
    answer = http.ask(sql, reader=True)
    assert answer.status_code >= 400, answer.text
    assert "X-ClickHouse-Exception-Code" in answer.headers


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT (SELECT getSetting('log_comment') SETTINGS log_comment = 'other')",
        "SELECT * FROM (SELECT getSetting('log_comment') SETTINGS log_comment = 'other', readonly = 0)",
        "WITH x AS (SELECT getSetting('log_comment') SETTINGS log_comment = 'other') SELECT * FROM x",
        "SELECT * FROM view(SELECT getSetting('log_comment') SETTINGS log_comment = 'other')",
        "(SELECT getSetting('log_comment') SETTINGS log_comment = 'other') UNION DISTINCT SELECT 'own'",
    ],
)
def test_settings_of_a_subquery_change_nothing(http: Http, sql: str) -> None:
    assert http.ask(sql, reader=True, log_comment="own").text == "own\n"


def test_files_of_the_machine_are_out_of_reach(http: Http, engines: Engines, tmp_path: Path) -> None:
    """Not by SQL's rights but by the kernel's: the engine itself cannot open them."""
    if not engines.clickhouse.landlock:
        pytest.skip("this kernel has no Landlock")
    secret = tmp_path / "secret"
    secret.write_text("secret")
    for path in (secret, Path("/etc/passwd"), Path(f"/proc/{os.getpid()}/environ")):
        for reader in (True, False):
            answer = http.ask(f"SELECT file('{path}')", reader=reader)
            assert answer.status_code >= 400
            assert "secret" not in answer.text.replace(str(path), "")
    written = http.ask(f"SELECT 1 INTO OUTFILE '{tmp_path}/written'")
    assert written.status_code >= 400
    assert not (tmp_path / "written").exists()


def test_no_connection_leaves_the_process(http: Http, engines: Engines) -> None:
    if engines.clickhouse.landlock < 4:
        pytest.skip("this kernel's Landlock does not know TCP")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        port = server.getsockname()[1]
        answer = http.ask(f"SELECT * FROM url('http://127.0.0.1:{port}/', 'LineAsString')")
        assert answer.status_code >= 400
        with pytest.raises(TimeoutError):
            server.accept()


def test_environment_holds_no_secret(http: Http) -> None:
    answer = http.ask("SELECT file('/proc/self/environ')")
    assert "EMBAN" not in answer.text
    assert "LANG" in answer.text


def test_time_limit(http: Http) -> None:
    answer = http.ask(ENDLESS, reader=True, max_execution_time="1")
    assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (408, "159")


def test_memory_limit(http: Http) -> None:
    answer = http.ask("SELECT groupArray(number) FROM numbers(100000000)", reader=True, max_memory_usage="50000000")
    assert answer.headers["X-ClickHouse-Exception-Code"] == "241"


@pytest.mark.parametrize("asked", ["", "0", "100000", "nonsense"])
def test_limits_have_ceilings(http: Http, asked: str) -> None:
    settings = {"max_execution_time": asked} if asked else {}
    answer = http.ask("SELECT getSetting('max_execution_time')", reader=True, **settings)
    assert 0 < float(answer.text) <= 60


def test_statement_ends_when_its_client_goes(http: Http) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(http.base, content=ENDLESS.encode(), auth=http.reader, timeout=httpx.Timeout(PATIENCE_S, read=0.5))
    until(lambda: ENDLESS not in http.ask("SELECT query FROM system.processes FORMAT TSVRaw").text)
