"""A query service with a cache on the real store, in a world where a test decides what changes and what time it is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from emban.db.change_listener import CacheEpoch, Topic
from emban.query.answer.answers import EncodedAnswer
from emban.query.answer.cache import AnswerCache
from emban.query.run.watermarks import StreamProgress as KnownOfStream
from emban.query.service import Freshness, QueryService
from emban.query.spec.validation import read_query
from emban.scope import Scope
from emban.store.client import EventStore
from emban.store.statement import Rows, Statement

NOW = datetime(2026, 11, 10, 13, 37, tzinfo=UTC)


@dataclass(slots=True)
class Known:
    """What a process was told: marks and watermarks, as `emban.db.change_listener` has them."""

    listening: bool = True
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    watermarks: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def epoch(self, topic: Topic, org_id: str) -> CacheEpoch | None:
        return CacheEpoch(1, self.counts.get((topic, org_id), 0)) if self.listening else None

    def erased(self, org_id: str) -> None:
        self.counts["events", org_id] = self.counts.get(("events", org_id), 0) + 1

    def watermark(self, org_id: str, environment: str) -> datetime | None:
        return self.watermarks.get((org_id, environment))


@dataclass(slots=True)
class Newest:
    """The watermark, and how often it was asked for."""

    at: datetime | None = NOW
    asked: int = 0

    async def progress(self, org_id: str, environment: str) -> KnownOfStream:
        del org_id, environment
        self.asked += 1
        return KnownOfStream(self.at, None)


@dataclass(slots=True)
class Tap:
    """The real store with a tap before it: closed, statements wait; `failures` are raised first, one each."""

    store: EventStore
    statements: int = 0
    ended: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    failures: list[Exception] = field(default_factory=list)

    async def select(self, scope: Scope, statement: Statement) -> Rows:
        self.statements += 1
        self.arrived.set()
        try:
            await self.open.wait()
            if self.failures:
                raise self.failures.pop(0)
            return await self.store.select(scope, statement)
        finally:
            self.ended += 1


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(slots=True)
class World:
    """A service and all it stands on."""

    service: QueryService
    cache: AnswerCache
    tap: Tap
    known: Known
    newest: Newest
    clock: Clock
    scope: Scope

    async def ask(
        self,
        query: dict[str, Any],
        wanted: Freshness = Freshness.RECENT,
        *,
        scope: Scope | None = None,
        now: datetime = NOW,
        as_of: datetime | None = None,
    ) -> EncodedAnswer:
        """Return the answer; raises its error."""
        prepared = await self.service.prepare(
            scope or self.scope, [read_query(query)], now=now, freshness=wanted, as_of=as_of
        )
        (outcome,) = prepared.outcomes
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def make_world(store: EventStore, scope: Scope, *, max_bytes: int = 1 << 24) -> World:
    """Return a service with nothing kept yet, the tap open."""
    known, newest, clock, tap = Known(), Newest(), Clock(), Tap(store)
    tap.open.set()
    cache = AnswerCache(known, max_bytes, clock=clock)
    return World(QueryService(tap, newest, cache=cache), cache, tap, known, newest, clock, scope)
