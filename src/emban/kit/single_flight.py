"""The same thing asked for at the same time is looked up once.

Something under way is a `Flight`; whoever wants it meanwhile waits for its result. The run belongs to none of them: it
goes on when the one that started it is cancelled, and is cancelled itself once nobody waits any more. Several flights
may be answered by one run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Outcome = TypeVar("Outcome")


@dataclass(eq=False, slots=True, kw_only=True)
class Flight(Generic[Outcome]):
    """Something that is being looked up. Make it in the event loop that waits for it."""

    key: Hashable
    result: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    run: Run | None = None


@dataclass(eq=False, slots=True)
class Run:
    """Flights that are answered together by one task, and how many wait for any of them."""

    task: asyncio.Task[None]
    flights: Sequence[Flight[Any]]
    waiting: int = 0


AnyFlight = TypeVar("AnyFlight", bound=Flight[Any])


class SingleFlight(Generic[AnyFlight]):
    """What is under way in this process."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, AnyFlight] = {}

    def __len__(self) -> int:
        return len(self._under_way)

    def find(self, key: Hashable) -> AnyFlight | None:
        """Return the flight of a key, if somebody asked for it and waits."""
        return self._under_way.get(key)

    def start(
        self, flights: Sequence[AnyFlight], answer: Callable[[Sequence[AnyFlight]], Awaitable[Sequence[Any]]]
    ) -> None:
        """Answer flights together, in the background: `answer` gives their results in order, or raises for all."""
        run = Run(asyncio.create_task(self._fly(flights, answer)), flights)
        for flight in flights:
            flight.run = run
            self._under_way[flight.key] = flight

    async def wait(self, flights: Sequence[AnyFlight]) -> list[Any]:
        """Return the results; raises what `answer` raised.

        Cancelled, it leaves, and the runs that nobody waits for any more end.
        """
        runs = {flight.run for flight in flights if flight.run is not None}
        for run in runs:
            run.waiting += 1
        try:
            return [await asyncio.shield(flight.result) for flight in flights]
        finally:
            for run in runs:
                run.waiting -= 1
                if not run.waiting and not run.task.done():
                    for flight in run.flights:
                        self._forget(flight)  # Nobody is to join what is about to end.
                    run.task.cancel()

    def forget_all(self) -> None:
        """Let nobody join what is under way; whoever waits for it already still gets it."""
        self._under_way.clear()

    async def _fly(
        self, flights: Sequence[AnyFlight], answer: Callable[[Sequence[AnyFlight]], Awaitable[Sequence[Any]]]
    ) -> None:
        try:
            outcomes = await answer(flights)
        except asyncio.CancelledError:
            for flight in flights:
                self._forget(flight)
                flight.result.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - it is raised by who waits
            for flight in flights:
                self._forget(flight)
                flight.result.set_exception(error)
                flight.result.exception()  # Whoever asked may have gone: an answer nobody reads is no error.
            return
        for flight, outcome in zip(flights, outcomes, strict=True):
            self._forget(flight)
            flight.result.set_result(outcome)

    def _forget(self, flight: Flight[Any]) -> None:
        if self._under_way.get(flight.key) is flight:
            del self._under_way[flight.key]
