"""The same thing asked for at once is looked up once, by a run that belongs to none of those who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from emban.kit.single_flight import Flight, SingleFlight


class Lookups:
    """Answers flights when told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.asked: list[list[object]] = []
        self.stopped = 0

    async def answer(self, flights: Sequence[Flight[str]]) -> Sequence[str]:
        self.asked.append([flight.key for flight in flights])
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        return [f"{flight.key}!" for flight in flights]


async def ask(under_way: SingleFlight[Flight[str]], lookups: Lookups, key: str) -> str:
    flight = under_way.find(key)
    if flight is None:
        flight = Flight(key=key)
        under_way.start([flight], lookups.answer)
    (found,) = await under_way.wait([flight])
    return str(found)


async def test_who_asks_meanwhile_joins() -> None:
    under_way: SingleFlight[Flight[str]] = SingleFlight()
    lookups = Lookups()
    asking = [asyncio.create_task(ask(under_way, lookups, key)) for key in ("a", "a", "b", "a")]
    await asyncio.sleep(0)
    assert len(under_way) == 2
    lookups.go.set()
    assert await asyncio.gather(*asking) == ["a!", "a!", "b!", "a!"]
    assert sorted(lookups.asked) == [["a"], ["b"]]
    assert len(under_way) == 0


async def test_the_run_goes_on_without_the_one_who_started_it() -> None:
    under_way: SingleFlight[Flight[str]] = SingleFlight()
    lookups = Lookups()
    first, second = (asyncio.create_task(ask(under_way, lookups, "a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    lookups.go.set()
    assert await second == "a!"
    assert lookups.stopped == 0


async def test_a_run_that_nobody_waits_for_is_stopped_and_joined_by_nobody() -> None:
    under_way: SingleFlight[Flight[str]] = SingleFlight()
    lookups = Lookups()
    only = asyncio.create_task(ask(under_way, lookups, "a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    only.cancel()
    with pytest.raises(asyncio.CancelledError):
        await only
    assert under_way.find("a") is None
    await asyncio.sleep(0)
    assert lookups.stopped == 1


async def test_what_the_lookup_raises_reaches_all_who_wait_and_is_not_kept() -> None:
    under_way: SingleFlight[Flight[str]] = SingleFlight()

    async def failing(_: Sequence[Flight[str]]) -> Sequence[str]:
        await asyncio.sleep(0)
        raise ValueError("away")

    flight: Flight[str] = Flight(key="a")
    under_way.start([flight], failing)
    outcomes = await asyncio.gather(*(under_way.wait([flight]) for _ in range(3)), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["away"] * 3
    assert len(under_way) == 0


async def test_what_was_forgotten_is_joined_by_nobody_and_still_answers_those_who_wait() -> None:
    under_way: SingleFlight[Flight[str]] = SingleFlight()
    lookups = Lookups()
    waiting = asyncio.create_task(ask(under_way, lookups, "a"))
    await asyncio.sleep(0)
    under_way.forget_all()
    assert under_way.find("a") is None
    lookups.go.set()
    assert await waiting == "a!"
