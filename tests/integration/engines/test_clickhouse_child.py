"""The ClickHouse child as a process: killed, started twice, kept within its means, refusing to serve unproved."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from emban.engines.clickhouse import child as parent
from emban.engines.clickhouse.child import QUERY_ACCOUNT, ClickHouseChild
from emban.engines.clickhouse.config import EngineConfig, write_config
from emban.engines.supervisor.child import EngineStartError, start
from tests.support.waiting import PATIENCE_S, until, until_so

PASSWORD = "reader-password"
RUNNING = "SELECT query FROM system.processes WHERE query NOT LIKE '%processes%'"


@pytest.fixture
def child(tmp_path: Path) -> Iterator[ClickHouseChild]:
    made = ClickHouseChild(tmp_path, reader_password=PASSWORD, memory_mb=1024, waiting=2)
    start(made)
    yield made
    made.close()


def ask(child: ClickHouseChild, sql: str) -> httpx.Response:
    url = urlsplit(child.url)
    return httpx.post(
        f"http://{url.hostname}:{url.port}", content=sql.encode(), auth=(url.username or "", url.password or "")
    )


def pid_of(child: ClickHouseChild) -> int:
    assert child.process is not None
    return child.process.pid


def test_killed_it_comes_back_by_the_same_address_with_its_rows(child: ClickHouseChild) -> None:
    ask(child, "CREATE TABLE emban.kept (a Int8) ENGINE = MergeTree ORDER BY a")
    assert ask(child, "INSERT INTO emban.kept FORMAT CSV\n1\n").status_code == 200
    address = child.url
    child.kill()
    with pytest.raises(httpx.ConnectError):
        ask(child, "SELECT 1")
    start(child)
    assert child.url == address
    assert ask(child, "SELECT a FROM emban.kept").text == "1\n"


def test_one_process_per_data_directory(child: ClickHouseChild, tmp_path: Path) -> None:
    second = ClickHouseChild(tmp_path, reader_password=PASSWORD)
    second.prepare()
    second.spawn()
    with pytest.raises(EngineStartError, match="another process has the ClickHouse data"):
        second.wait_ready()
    second.close()
    assert ask(child, "SELECT 1").text == "1\n"


def test_stops_when_asked_and_says_zero(child: ClickHouseChild) -> None:
    child.stop()  # It would kill one that does not, and -9 would be the code.
    assert child.process is not None
    assert child.process.returncode == 0


def test_stop_lets_a_running_statement_finish(child: ClickHouseChild) -> None:
    async def run() -> httpx.Response:
        url = urlsplit(child.url)
        async with httpx.AsyncClient(auth=(url.username or "", url.password or ""), timeout=30) as client:
            running = asyncio.create_task(client.post(f"http://{url.hostname}:{url.port}", content=b"SELECT sleep(1)"))
            await until_so(lambda: running.done() or "sleep(1)" in ask(child, RUNNING).text)
            await asyncio.to_thread(child.stop)
            return await running

    assert asyncio.run(run()).text == "0\n"


def test_lives_in_an_empty_room(child: ClickHouseChild) -> None:
    process = psutil.Process(pid_of(child))
    assert list(Path(process.cwd()).iterdir()) == []
    assert set(process.environ()) <= {"PATH", "HOME", "LANG", "TZ", "PYTHONPATH", "LC_CTYPE"}
    assert PASSWORD not in " ".join(process.cmdline())
    config = Path(process.cwd()).parent / "clickhouse"
    assert {path.stat().st_mode & 0o777 for path in config.iterdir()} == {0o400}
    assert Path(f"/proc/{process.pid}/oom_score_adj").read_text().strip() == "500"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("no policy", lambda text: text.replace("<start_probe><filter>", "<elsewhere><filter>").replace(
            "</filter></start_probe>", "</filter></elsewhere>")),
        ("an open policy", lambda text: text.replace("id = getSetting('log_comment')", "1")),
        ("a wider grant", lambda text: text.replace("GRANT SELECT(id) ON", "GRANT SELECT ON")),
        ("a grant to everybody", lambda text: text.replace("<query>GRANT emban_engine</query>",
            "<query>GRANT emban_engine</query><query>GRANT SELECT ON *.*</query>")),
        ("no users file", None),
    ],
)  # fmt: skip
def test_serves_nothing_when_readers_are_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, change: object
) -> None:
    def tampered(directory: Path, *, data: Path, memory_bytes: int) -> EngineConfig:
        config = write_config(directory, data=data, memory_bytes=memory_bytes)
        users = directory / "users.xml"
        before = users.read_text()
        after = change(before) if callable(change) else "<clickhouse><profiles><default/></profiles></clickhouse>"
        assert after != before, name
        users.chmod(0o600)
        users.write_text(after)
        return replace(config)

    monkeypatch.setattr(parent, "write_config", tampered)
    child = ClickHouseChild(tmp_path, reader_password=PASSWORD)
    child.prepare()
    child.spawn()
    with pytest.raises(EngineStartError, match="refuses to serve"):
        child.wait_ready()
    assert child.process is not None
    assert child.process.wait(PATIENCE_S) == 78
    child.close()


def test_waiting_is_bounded_and_writers_have_their_own_lane(child: ClickHouseChild) -> None:
    places = 2 * (os.cpu_count() or 1) + 2 + 2
    url = urlsplit(child.url)

    async def run() -> tuple[list[httpx.Response], int]:
        async with httpx.AsyncClient(base_url=f"http://{url.hostname}:{url.port}", timeout=30) as client:

            async def read() -> httpx.Response:
                return await client.post("/", content=b"SELECT sleep(2)", auth=(QUERY_ACCOUNT, PASSWORD))

            # One after the other until one is told that there is no room; on a busy machine some end before that.
            readers = [asyncio.create_task(read()) for _ in range(places)]
            while not any(reader.done() and reader.result().status_code == 503 for reader in readers):
                readers.append(asyncio.create_task(read()))
                await asyncio.sleep(0.05)
            writer = await client.post("/", content=b"SELECT 1", auth=(url.username or "", url.password or ""))
            return [await reader for reader in readers], writer.status_code

    answers, written = asyncio.run(run())
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(answers) - len(refused) >= places
    assert {(one.status_code, one.headers["X-ClickHouse-Exception-Code"]) for one in refused} == {(503, "202")}
    assert {one.headers["Retry-After"] for one in refused} == {"1"}
    assert written == 200


def test_dies_with_its_parent(tmp_path: Path) -> None:
    """The parent is a process that starts a child and is killed before it can end it."""
    family = os.fork()
    if family == 0:
        made = ClickHouseChild(tmp_path, reader_password=PASSWORD)
        made.prepare()
        made.spawn()
        made.wait_ready()
        (tmp_path / "pid").write_text(str(pid_of(made)))
        time.sleep(60)
        os._exit(0)
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    child = psutil.Process(int((tmp_path / "pid").read_text()))
    os.kill(family, signal.SIGKILL)
    os.waitpid(family, 0)
    psutil.wait_procs([child], timeout=PATIENCE_S)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
