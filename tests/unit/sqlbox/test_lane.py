"""The lane's turns: fair over orgs, bounded in all, and told when it takes too long."""

from __future__ import annotations

import asyncio

import pytest

from emban.errors import EmbanError
from emban.scope import ALL_TENANTS, Scope
from emban.settings import load_settings
from emban.sqlbox.lane import AdhocLane
from tests.support.waiting import PATIENCE_S


def scope(org: str) -> Scope:
    return Scope(org, "prod", ALL_TENANTS)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_so_many_run_at_once_and_the_org_that_used_least_goes_first() -> None:
    now = 0.0
    lane = AdhocLane(1, patience_s=60, clock=lambda: now)
    ran: list[str] = []
    doors = {name: asyncio.Event() for name in ("a1", "a2", "a3", "b1")}

    async def hold(name: str) -> None:
        async with lane.hold(scope(name[0])):
            ran.append(name)
            await doors[name].wait()

    tasks = [asyncio.create_task(hold(name)) for name in ("a1", "a2", "a3")]
    await settled()
    assert ran == ["a1"]
    tasks.append(asyncio.create_task(hold("b1")))  # Comes last, and has used nothing.
    await settled()
    now = 30.0
    for name in ("a1", "b1", "a2", "a3"):
        doors[name].set()
        await settled()
    await asyncio.gather(*tasks)
    assert ran == ["a1", "b1", "a2", "a3"]


async def test_a_slot_that_was_left_is_given_on() -> None:
    lane = AdhocLane(1, patience_s=60)
    async with lane.hold(scope("a")):
        waiting = [asyncio.create_task(lane.hold(scope(org)).__aenter__()) for org in ("b", "c")]
        await settled()
        waiting[0].cancel()
        await asyncio.gather(waiting[0], return_exceptions=True)
        assert not waiting[1].done()
    async with asyncio.timeout(PATIENCE_S):
        await waiting[1]
    assert waiting[0].cancelled()


async def test_who_waits_in_vain_is_told_why() -> None:
    lane = AdhocLane(2, patience_s=0.01)
    async with lane.hold(scope("a")), lane.hold(scope("b")):
        with pytest.raises(EmbanError) as refused:
            await lane.hold(scope("c")).__aenter__()
    error = refused.value
    assert (error.status, error.code, error.retry_after) == (429, "concurrency_limited", 10)
    assert "run 2 at a time and take turns" in error.message
    async with lane.hold(scope("c")):
        pass


def test_slots_are_a_quarter_of_the_cores_or_what_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, slots in ((1, 1), (2, 1), (8, 2), (64, 16)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert load_settings().adhoc_statements == slots
    assert load_settings(adhoc_slots=3).adhoc_statements == 3
