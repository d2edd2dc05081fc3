"""The month's meters of accepted events and answered queries, in `usage_daily`: one row per org and UTC day.

Events are metered inside the transaction that stores them, one statement a batch. Queries are counted in memory and
written every `FLUSH_EVERY_S` seconds; near the end of the month's allowance each is taken from the database instead, so
that the limit holds over all processes without a round trip per query for everybody else.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import orjson
from cachetools import TTLCache
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from emban.db import Database
from emban.errors import EmbanError, unauthorized
from emban.kit.clock import utcnow
from emban.plans import PLANS, Limit, limit_reached, limits_by_plan

FLUSH_EVERY_S = 2.0
# How long a process goes by the month's sum as it last read it.
KNOWN_FOR_S = 2.0
# The last part of the allowance in which each query is taken from the database at once.
STRICT_SHARE = 0.1
KNOWN_SIZE = 10_000

_METER = text("SELECT * FROM emban_meter(:org_id, :day, :meter, :amount, CAST(:limits AS jsonb))")
_NO_LIMITS = "{}"


@dataclass(frozen=True, slots=True)
class Metered:
    """What came of an addition: whether it was taken, and the month's sum (after it, or as it stands)."""

    taken: bool
    plan: str
    used: int
    limit: int | None

    @property
    def remaining(self) -> int | None:
        """How many more the month allows; None for any number."""
        return None if self.limit is None else max(0, self.limit - self.used)


async def meter_events(session: AsyncSession, org_id: str, events: int, *, day: date | None = None) -> Metered:
    """Add newly stored events to today's meter unless they would pass the plan's limit: one statement.

    Call it in the transaction of the batch, before the rows go to the event store: a rollback takes it back. Where
    `taken` is false nothing was added, `remaining` says how many would fit, and `events_refused` is the answer.
    Holds a lock per org until the transaction ends. Raises 401 where the org was deleted meanwhile.
    """
    answer = (await session.execute(_METER, _parameters(org_id, day, Limit.EVENTS, events))).mappings().one_or_none()
    return _metered(answer, Limit.EVENTS)


async def meter_stored_events(session: AsyncSession, org_id: str, events: int, *, day: date) -> None:
    """Add events that are in the store already, whatever the limit: what a writer stored and did not live to meter."""
    parameters = _parameters(org_id, day, Limit.EVENTS, events) | {"limits": _NO_LIMITS}
    await session.execute(_METER, parameters)


def events_refused(metered: Metered, needed: int = 1) -> EmbanError:
    """Return the 402 for events that did not fit."""
    return limit_reached(metered.plan, Limit.EVENTS, metered.used, needed)


class QueryMeter:
    """Counts an org's answered queries. One per API process; `flush` runs in the background and when it stops."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: defaultdict[tuple[str, date], int] = defaultdict(int)
        self._known: TTLCache[str, Metered] = TTLCache(KNOWN_SIZE, KNOWN_FOR_S, timer=time.monotonic)
        self._running: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def counted(self, org_id: str, queries: int = 1) -> AsyncIterator[QueryCount]:
        """Admit that many queries, and on leaving count those that were answered.

        Raises 402 where they do not fit. The body calls `answered()` for each answer; a query that failed does not
        count. A widget, a structured query and an ad-hoc run are one query each, whether or not a cache answered.
        """
        today = utcnow().date()
        taken = await self._admit(org_id, queries)
        count = QueryCount()
        self._running[org_id] += queries
        try:
            yield count
        finally:
            self._running[org_id] -= queries
            if not self._running[org_id]:
                del self._running[org_id]
            owed = count.answers - (queries if taken else 0)
            if owed:
                self._pending[org_id, today] += owed

    async def flush(self) -> None:
        """Write what was counted since the last time; what cannot be written is kept."""
        waiting, self._pending = self._pending, defaultdict(int)
        try:
            while waiting:
                (org_id, day), queries = next(iter(waiting.items()))
                await self._add(org_id, day, queries)
                del waiting[org_id, day]
        finally:
            for key, queries in waiting.items():
                self._pending[key] += queries

    async def _add(self, org_id: str, day: date, queries: int) -> None:
        if not queries:
            return
        parameters = _parameters(org_id, day, Limit.QUERIES, queries) | {"limits": _NO_LIMITS}
        row = await self._database.call(_METER, parameters)
        if row is not None:  # None: the org was deleted; there is nobody to bill.
            self._known[org_id] = _metered(row, Limit.QUERIES)

    async def _admit(self, org_id: str, queries: int) -> bool:
        """Tell whether the queries were already taken from the database; raises 402."""
        known = await self._month(org_id)
        if known.limit is None:
            return False
        here = sum(count for (org, _), count in self._pending.items() if org == org_id) + self._running[org_id]
        if known.used + here + queries <= known.limit * (1 - STRICT_SHARE):
            return False
        await self._settle(org_id)
        row = await self._database.call(_METER, _parameters(org_id, None, Limit.QUERIES, queries))
        metered = _metered(row, Limit.QUERIES)
        self._known[org_id] = metered
        if not metered.taken:
            raise limit_reached(metered.plan, Limit.QUERIES, metered.used, queries)
        return True

    async def _settle(self, org_id: str) -> None:
        for key in [key for key in self._pending if key[0] == org_id]:
            queries = self._pending.pop(key)
            try:
                await self._add(org_id, key[1], queries)
            except BaseException:
                self._pending[key] += queries
                raise

    async def _month(self, org_id: str) -> Metered:
        found = self._known.get(org_id)
        if found is not None:
            return found
        row = await self._database.call(_METER, _parameters(org_id, None, Limit.QUERIES, 0))
        metered = _metered(row, Limit.QUERIES)
        self._known[org_id] = metered
        return metered


class QueryCount:
    """The answers of one request so far."""

    def __init__(self) -> None:
        self.answers = 0

    def answered(self, queries: int = 1) -> None:
        """Count queries that were answered, from a cache or not."""
        self.answers += queries


class UncountedQueries:
    """In a meter's place for figures that Emban asks for on its own: they are no queries of the plan."""

    @asynccontextmanager
    async def counted(self, org_id: str, queries: int = 1) -> AsyncIterator[QueryCount]:
        """Admit any number, and count nothing."""
        del org_id, queries
        yield QueryCount()


def _parameters(org_id: str, day: date | None, limit: Limit, amount: int) -> dict[str, object]:
    limits = orjson.dumps(limits_by_plan(limit)).decode()
    return {
        "org_id": org_id,
        "day": day or utcnow().date(),
        "meter": limit.key,
        "amount": amount,
        "limits": limits,
    }


def _metered(row: RowMapping | None, limit: Limit) -> Metered:
    if row is None:
        raise unauthorized("the org was deleted")
    return Metered(row["taken"], row["plan"], row["used"], PLANS[row["plan"]].limit(limit))
