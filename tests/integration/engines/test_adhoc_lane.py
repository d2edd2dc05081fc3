"""The embedded engine and strangers' SQL: threads of its own, and an end to what cannot be stopped, with the cause."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from emban.engines.clickhouse.child import QUERY_ACCOUNT, READER_ACCOUNT, ClickHouseChild
from emban.engines.supervisor.child import EXIT_STOPPED, start
from emban.store.engine_stop import ENDED_THE_ENGINE

PASSWORD = "reader-password"
CODE = "x-clickhouse-exception-code"
# Both are refused by the gate, which is not in the way here.
UNSTOPPABLE = "SELECT match(repeat('a', 1000000), '((a{1,100}){1,10})b')"
UNCOUNTED = "SELECT length(printf('%1900000000d', 1))"
SLOW = (
    "SELECT sum(cityHash64(a, b)) FROM (SELECT arrayJoin(range(100000)) AS a) x, "
    "(SELECT arrayJoin(range(100000)) AS b) y"
)


@pytest.fixture
def child(tmp_path: Path) -> Iterator[ClickHouseChild]:
    made = ClickHouseChild(tmp_path, reader_password=PASSWORD, memory_mb=1024)
    start(made)
    yield made
    made.close()


def client(child: ClickHouseChild, account: str, **settings: str) -> httpx.AsyncClient:
    url = urlsplit(child.url)
    password = url.password or "" if account == url.username else PASSWORD
    return httpx.AsyncClient(
        base_url=f"http://{url.hostname}:{url.port}", auth=(account, password), params=settings, timeout=60
    )


@pytest.mark.parametrize("sql", [UNSTOPPABLE, UNCOUNTED])
async def test_what_cannot_be_stopped_ends_the_process_and_is_told_so(child: ClickHouseChild, sql: str) -> None:
    async with client(child, READER_ACCOUNT, max_execution_time="1") as strangers:
        answer = await strangers.post("/", content=sql)
    assert answer.headers[CODE] == str(ENDED_THE_ENGINE)
    assert child.process is not None
    assert await asyncio.to_thread(child.process.wait, 10) == EXIT_STOPPED
    start(child)
    async with client(child, READER_ACCOUNT) as strangers:
        assert (await strangers.post("/", content="SELECT 1")).text == "1\n"


async def test_a_compiled_query_that_cannot_be_stopped_is_nobodys_fault(child: ClickHouseChild) -> None:
    async with client(child, QUERY_ACCOUNT, max_execution_time="1") as compiled:
        with pytest.raises(httpx.TransportError):
            await compiled.post("/", content=UNSTOPPABLE)
    assert child.process is not None
    assert await asyncio.to_thread(child.process.wait, 10) == EXIT_STOPPED


async def test_strangers_wait_for_one_another_and_nobody_for_them(child: ClickHouseChild) -> None:
    async with client(child, READER_ACCOUNT) as strangers, client(child, QUERY_ACCOUNT) as compiled:
        waiting = [
            asyncio.create_task(strangers.post("/", content=SLOW, params={"query_id": f"slow-{n}"})) for n in range(12)
        ]
        while not await running(child, 1):  # noqa: ASYNC110 - the engine sets no event
            await asyncio.sleep(0.05)
        for _ in range(5):
            assert (await compiled.post("/", content="SELECT 1")).text == "1\n"
        assert await running(child, 1)
        assert not any(task.done() for task in waiting)
        async with client(child, urlsplit(child.url).username or "") as engine:
            # Again and again, as the store does: one that is only just beginning is not known to the engine yet.
            while not all(task.done() for task in waiting):
                for number in range(12):
                    kill = await engine.post("/", content=f"KILL QUERY WHERE query_id = 'slow-{number}' ASYNC")
                    assert kill.status_code == 200
        ended = await asyncio.gather(*waiting)
        assert {answer.headers[CODE] for answer in ended} == {"394"}


async def running(child: ClickHouseChild, count: int) -> bool:
    question = "SELECT count() FROM system.processes WHERE query LIKE '%cityHash64%' AND query NOT LIKE '%processes%'"
    async with client(child, urlsplit(child.url).username or "") as engine:
        return (await engine.post("/", content=question)).text == f"{count}\n"


async def test_strangers_have_a_quarter_of_the_memory(child: ClickHouseChild) -> None:
    sql = "SELECT length(groupArray(a)) FROM (SELECT arrayJoin(range(40000000)) AS a)"
    async with client(child, READER_ACCOUNT, function_range_max_elements_in_block="100000000") as strangers:
        answer = await strangers.post("/", content=sql)
    assert (answer.status_code, answer.headers[CODE]) == (507, "241")
    assert "256.00 MiB" in answer.text


async def test_the_isolation_probe_waits_for_nobodys_statement(child: ClickHouseChild) -> None:
    """Else a process that starts beside a slow ad-hoc statement would serve no read until that is over."""
    async with client(child, READER_ACCOUNT) as strangers:
        slow = [asyncio.create_task(strangers.post("/", content=SLOW)) for _ in range(8)]  # All threads of the lane.
        await asyncio.sleep(0.5)
        probe = await strangers.post("/", content="SELECT 1", headers={"X-Emban-Own-Text": "1"})
        assert not [one for one in slow if one.done()]
        for one in slow:
            one.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
    assert probe.text == "1\n"
