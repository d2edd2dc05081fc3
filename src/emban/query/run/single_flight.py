"""Identical questions that are asked at the same time run once.

A question under way is a `Flight`; whoever asks it meanwhile waits for its result. The run belongs to none of them: it
goes on when the one that started it is cancelled, and is cancelled itself once nobody waits any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from emban.db.change_listener import CacheEpoch
from emban.errors import EmbanError, unavailable
from emban.query.answer.answers import EncodedAnswer
from emban.query.spec.query_spec import QuerySpec

Outcome = EncodedAnswer | EmbanError
log = structlog.get_logger("emban.query")


@dataclass(eq=False, slots=True)
class Flight:
    """A question that is being answered, as of `covered`; `limit` is the watermark that the caller named.

    `since` is when it began, in monotonic seconds. `epoch` is the one that the answer will be kept under.
    """

    key: Hashable
    spec: QuerySpec
    limit: datetime | None
    covered: datetime
    epoch: CacheEpoch | None
    since: float
    result: asyncio.Future[Outcome]
    run: Run | None = None


@dataclass(eq=False, slots=True)
class Run:
    """Flights that are answered together by one task, and how many wait for any of them."""

    task: asyncio.Task[None]
    flights: Sequence[Flight]
    waiting: int = 0


@dataclass(slots=True)
class SingleFlight:
    """What is under way in this process."""

    _under_way: dict[Hashable, Flight] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._under_way)

    def find(self, key: Hashable) -> Flight | None:
        """Return the flight of a question, if somebody asked it and waits."""
        return self._under_way.get(key)

    def start(
        self, flights: Sequence[Flight], answer: Callable[[Sequence[Flight]], Awaitable[Sequence[Outcome]]]
    ) -> None:
        """Answer questions together, in the background. Others find them from now on."""
        run = Run(asyncio.create_task(self._fly(flights, answer)), flights)
        for flight in flights:
            flight.run = run
            self._under_way[flight.key] = flight

    async def wait(self, flights: Sequence[Flight]) -> list[Outcome]:
        """Return the results. Cancelled, it leaves, and the runs that nobody waits for any more end."""
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

    async def _fly(
        self, flights: Sequence[Flight], answer: Callable[[Sequence[Flight]], Awaitable[Sequence[Outcome]]]
    ) -> None:
        try:
            outcomes = await answer(flights)
        except EmbanError as error:
            outcomes = [error] * len(flights)
        except asyncio.CancelledError:
            outcomes = [unavailable("the query was stopped")] * len(flights)
        except Exception as error:
            log.exception("query.failed", error=type(error).__name__)
            outcomes = [EmbanError("internal_error", "Emban failed to answer this query; it is logged")] * len(flights)
        for flight, outcome in zip(flights, outcomes, strict=True):
            self._forget(flight)
            flight.result.set_result(outcome)

    def _forget(self, flight: Flight) -> None:
        if self._under_way.get(flight.key) is flight:
            del self._under_way[flight.key]
