"""Where processes have more slots together than the engine has threads, they share them through PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from emban.errors import EmbanError
from emban.scope import ALL_TENANTS, Scope
from emban.settings import Settings
from emban.sqlbox.lane import AdhocLane
from tests.support.waiting import PATIENCE_S


def scope(org: str) -> Scope:
    return Scope(org, "prod", ALL_TENANTS)


@pytest.fixture
async def lanes(settings: Settings) -> AsyncIterator[tuple[AdhocLane, AdhocLane]]:
    """The lanes of two API processes that share one slot."""
    of_two = settings.model_copy(update={"workers": 2, "adhoc_slots": 1})
    made = AdhocLane.of(of_two), AdhocLane.of(of_two)
    yield made
    for lane in made:
        await lane.close()


async def test_another_process_waits_for_the_slot(lanes: tuple[AdhocLane, AdhocLane]) -> None:
    here, there = lanes
    entered = asyncio.Event()

    async def enter() -> None:
        async with there.hold(scope("org_b")):
            entered.set()

    async with here.hold(scope("org_a")):
        waiting = asyncio.create_task(enter())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(entered.wait(), 0.5)
    async with asyncio.timeout(PATIENCE_S):
        await waiting


async def test_who_waits_in_vain_for_another_process_is_told_why(
    lanes: tuple[AdhocLane, AdhocLane], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = lanes
    monkeypatch.setattr(there, "_patience_s", 0.0)
    async with here.hold(scope("org_a")):
        with pytest.raises(EmbanError) as refused:
            async with there.hold(scope("org_b")):
                pytest.fail("two statements ran at once")
    assert (refused.value.status, refused.value.code) == (429, "concurrency_limited")


async def test_what_fails_while_it_holds_the_slot_gives_it_back(lanes: tuple[AdhocLane, AdhocLane]) -> None:
    here, there = lanes
    with pytest.raises(ValueError, match="mistake"):
        async with here.hold(scope("org_a")):
            raise ValueError("mistake")
    async with asyncio.timeout(PATIENCE_S), there.hold(scope("org_b")):
        pass


def test_one_process_shares_with_nobody(settings: Settings) -> None:
    assert AdhocLane.of(settings)._shared is None
