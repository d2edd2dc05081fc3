"""Going away from a statement does not help: its slot is taken until the engine is rid of it, and it is held to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emban.engines.clickhouse.child import ClickHouseChild
from emban.engines.supervisor.child import EXIT_STOPPED
from emban.kit.crypto import derive
from emban.scope import ALL_TENANTS, Scope
from emban.settings import load_settings
from emban.sqlbox.lane import AdhocLane
from emban.store.adhoc import AdhocStore, CanonicalStatement, EngineEndedError
from emban.store.client import EventStore
from emban.store.policies import READER_PURPOSE
from tests.support.engines import SECRET_KEY

SCOPE = Scope("org_leaving", "prod", ALL_TENANTS)
# The gate refuses it; here it is asked past the gate.
UNSTOPPABLE = "SELECT match(repeat('a', 1000000), '((a{1,100}){1,10})b')"
SLOW = (
    "SELECT sum(cityHash64(a, b)) FROM (SELECT arrayJoin(range(100000)) AS a) AS x, "
    "(SELECT arrayJoin(range(100000)) AS b) AS y"
)


@pytest.fixture
async def child(tmp_path: Path) -> AsyncIterator[ClickHouseChild]:
    made = ClickHouseChild(tmp_path, reader_password=derive(SECRET_KEY, READER_PURPOSE), memory_mb=1024)
    await asyncio.to_thread(made.prepare)
    made.spawn()
    await asyncio.to_thread(made.wait_ready)
    yield made
    made.close()


@pytest.fixture
async def store(child: ClickHouseChild) -> AsyncIterator[AdhocStore]:
    events = EventStore(load_settings(clickhouse_url=child.url, secret_key=SECRET_KEY))
    yield AdhocStore(events, seconds=20, memory_mb=256)
    await events.close()


async def left(store: AdhocStore, lane: AdhocLane, sql: str) -> BaseException | None:
    """Run a statement in the lane, go away from it, and return what it ended with."""

    async def run() -> None:
        async with lane.hold(SCOPE):
            await store.run(SCOPE, CanonicalStatement(sql, is_subquery=True, is_fixpoint=True))

    running = asyncio.create_task(run())
    await asyncio.sleep(1)
    running.cancel()
    (ended,) = await asyncio.gather(running, return_exceptions=True)
    return ended


async def test_what_can_be_stopped_is_and_gives_its_slot_back(store: AdhocStore) -> None:
    lane = AdhocLane(1, patience_s=60)
    assert isinstance(await left(store, lane, SLOW), asyncio.CancelledError)
    async with lane.hold(SCOPE):
        answer = await store.run(SCOPE, CanonicalStatement("SELECT 1", is_subquery=True, is_fixpoint=True))
    assert answer.rows == [[1]]


async def test_what_cannot_be_stopped_ends_the_engine_and_is_known(child: ClickHouseChild, store: AdhocStore) -> None:
    hurried = AdhocStore(store._store, seconds=1, memory_mb=256)
    assert isinstance(await left(hurried, AdhocLane(1, patience_s=60), UNSTOPPABLE), EngineEndedError)
    assert child.process is not None
    assert await asyncio.to_thread(child.process.wait, 10) == EXIT_STOPPED
