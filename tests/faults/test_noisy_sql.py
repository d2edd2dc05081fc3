"""Three orgs fire the worst ad-hoc statements known: another org's events and figures go on, and they are told."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import psutil
import pytest

from tests.support.noisy import Answers, Neighbour, ask_on, firing, neighbours
from tests.support.serve import Serve, serving
from tests.support.waiting import PATIENCE_S

MEMORY_MB = 1024
FIRING_S = 25
# The promise; on a machine that is busy, what the restart of a killed engine takes there.
OUTAGE_S = 3.0
REFUSED = {"sql_refused", "sql_error", "query_too_expensive"}
COUNT = {"query": {"event_name": "*", "metric": "count", "period": "24h"}, "all_tenants": True, "reload": True}


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    environment = {
        "EMBAN_DEFAULT_PLAN": "scale",
        "EMBAN_REGISTRATION": "open",
        "EMBAN_QUERY_TIMEOUT_S": "3",
        "EMBAN_CLICKHOUSE_MEMORY_MB": str(MEMORY_MB),
    }
    with serving(tmp_path_factory.mktemp("noisy") / "data", environment=environment) as running:
        yield running
        assert running.stop() == 0


def one_event() -> dict[str, object]:
    return {"events": [{"tenant_id": "t", "event_name": "beat", "timestamp": datetime.now(UTC).isoformat()}]}


async def outage_after_a_kill(serve: Serve, quiet: Neighbour) -> float:
    """Return how long events are refused when the engine is killed, this machine's measure: 0 where they are held."""
    answers = Answers()
    asking = asyncio.create_task(ask_on(quiet, "/v1/events", one_event, answers))
    async with asyncio.timeout(PATIENCE_S):
        await _more_taken(answers, 0)
        serve.one("clickhouse").kill()
        # One may have been on its way back when the engine died; the second was taken by its successor.
        await _more_taken(answers, answers.codes["ok"] + 1)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    return max(answers.outages, default=0.0)


async def _more_taken(answers: Answers, known: int) -> None:
    while answers.codes["ok"] <= known:  # noqa: ASYNC110 - answers set no event
        await asyncio.sleep(0.05)


def own_memory(process: psutil.Process) -> int:
    memory = process.memory_info()
    return int(memory.rss - memory.shared)


async def test_another_org_goes_on_while_three_fire(serve: Serve) -> None:
    async with neighbours(serve.address, 4) as (quiet, *noisy):
        allowed = max(OUTAGE_S, 2 * await outage_after_a_kill(serve, quiet))
        before, events, figures, largest = serve.one("clickhouse").pid, Answers(), Answers(), 0
        asking = [
            asyncio.create_task(ask_on(quiet, "/v1/events", one_event, events)),
            asyncio.create_task(ask_on(quiet, "/v1/query", lambda: COUNT, figures)),
        ]
        async with firing(noisy) as heard:
            ends = time.monotonic() + FIRING_S
            while time.monotonic() < ends or (not heard[0].codes["adhoc_suspended"] and time.monotonic() < ends + 60):
                with contextlib.suppress(StopIteration, psutil.NoSuchProcess):  # It is just being restarted.
                    largest = max(largest, own_memory(serve.one("clickhouse")))
                await asyncio.sleep(0.1)
        await asyncio.to_thread(serve.wait_ready)  # The engine may just be on its way back.
        await asyncio.sleep(1)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        assert set(events.codes) | set(figures.codes) <= {"ok", "store_unavailable", "isolation_unproved"}
        assert min(events.codes["ok"], figures.codes["ok"]) > 5
        assert max([0.0, *events.outages, *figures.outages]) < allowed
        assert serve.one("clickhouse").pid != before
        assert_told(heard)
        # What the watch-dog allows, and what a statement may take between two looks of it.
        assert largest < (MEMORY_MB + 256 + 256) << 20
        await assert_held_to_it(serve, noisy)


def assert_told(heard: list[Answers]) -> None:
    told = heard[0].last["adhoc_suspended"]
    assert told.status_code == 429
    assert 0 < int(told.headers["retry-after"]) <= 60
    assert "could not be stopped" in told.json()["error"]
    for others in heard[1:]:
        assert set(others.codes) <= {"ok", "store_unavailable", "isolation_unproved", "concurrency_limited", *REFUSED}
        assert int(others.last["concurrency_limited"].headers["retry-after"]) > 0


async def assert_held_to_it(serve: Serve, noisy: list[Neighbour]) -> None:
    """The org that ended the engine waits, over all connections, and nobody else does."""
    sql = {"sql": "SELECT 1"}
    assert (await noisy[0].client.post("/v1/query/adhoc", json=sql)).json()["code"] == "adhoc_suspended"
    async with httpx.AsyncClient(base_url=serve.address, headers=noisy[0].client.headers) as again:
        assert (await again.post("/v1/query/adhoc", json=sql)).status_code == 429
    for _ in range(100):  # A statement that was under way at the end may still have to be stopped.
        answer = await noisy[1].client.post("/v1/query/adhoc", json=sql)
        if answer.status_code == 200:
            break
        await asyncio.sleep(0.2)
    assert answer.json()["rows"] == [[1]], answer.text
