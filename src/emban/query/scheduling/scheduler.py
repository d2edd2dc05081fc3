"""Who may ask the event store, how much at once, and who goes first.

A request's questions need a slot (`QueryScheduler.admit`): so many requests of a tenant and of an org may be under way,
and whoever has used more than its seconds of the engine is refused while others who used less wait. Each statement then
waits for its turn (`select`): so many run at a time, no org and no tenant takes all of them, the one that has used
least goes first, and the engine pauses the statements of heavy users while those of light ones run.
"""

from __future__ import annotations

import math
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from emban.errors import EmbanError
from emban.query.run.interfaces import StatementRunner
from emban.query.scheduling.fair_queue import MEMORY_S, Flow
from emban.query.scheduling.fair_slots import FairSlots, largest_share
from emban.scope import Scope
from emban.settings import Settings
from emban.store.statement import Rows, Statement
from emban.telemetry import QUERY_REFUSALS, QUERY_WAIT_SECONDS

Key = TypeVar("Key")
SLOTS_PER_CORE = 2
FULL_RETRY_S = 2
# How long the engine pauses a statement at a block while one of a higher priority runs: it still comes to its end.
PAUSE_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerLimits:
    """How much may be under way. Seconds are of the engine, in about the last minute."""

    slots: int
    tenant_requests: int
    org_requests: int
    tenant_seconds: float
    org_seconds: float
    patience_s: float

    @classmethod
    def of(cls, settings: Settings) -> SchedulerLimits:
        """Return those of one API process: the slots are shared by all."""
        slots = settings.query_slots or SLOTS_PER_CORE * (os.cpu_count() or 1)
        return cls(
            slots=max(2, -(-slots // settings.workers)),
            tenant_requests=settings.query_requests_per_tenant,
            org_requests=settings.query_requests_per_org,
            tenant_seconds=settings.query_seconds_per_tenant,
            org_seconds=settings.query_seconds_per_org,
            patience_s=settings.query_timeout_s,
        )


class QueryScheduler:
    """The event store as queries reach it: each in its turn. One per API process."""

    def __init__(
        self, store: StatementRunner, allowances: SchedulerLimits, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._allowances = allowances
        self._clock = clock
        share = largest_share(allowances.slots)
        self._slots = FairSlots(allowances.slots, share=share, patience_s=allowances.patience_s, clock=clock)
        self._queue = self._slots.queue
        self._tenants: defaultdict[Flow, int] = defaultdict(int)
        self._orgs: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def admit(self, scope: Scope) -> AsyncIterator[None]:
        """Hold a slot for a request's questions. Raises 429 `concurrency_limited` or `query_budget`."""
        flow = Flow.of(scope)
        self._refuse(flow)
        self._tenants[flow] += 1
        self._orgs[flow.org_id] += 1
        try:
            yield
        finally:
            _less(self._tenants, flow)
            _less(self._orgs, flow.org_id)

    async def select(self, scope: Scope, statement: Statement) -> Rows:
        """Run a statement when it is its turn; raises as `EventStore.select`, and 429 where that takes too long."""
        flow = Flow.of(scope)
        await self._turn(flow)
        started = self._clock()
        try:
            priority = self._queue.level(flow, started)
            return await self._store.select(
                scope,
                replace(
                    statement,
                    settings={**statement.settings, "priority": priority, "low_priority_query_wait_time_ms": PAUSE_MS},
                ),
            )
        finally:
            self._slots.release(flow, self._clock() - started)

    def _refuse(self, flow: Flow) -> None:
        most = self._allowances
        counts = (
            (self._tenants.get(flow, 0), most.tenant_requests, "of this tenant"),
            (self._orgs.get(flow.org_id, 0), most.org_requests, "of this org"),
        )
        for under_way, allowed, whose in counts:
            if under_way >= allowed:
                raise _refusal(
                    "concurrency_limited", f"{allowed} requests {whose} are being answered; wait for some", FULL_RETRY_S
                )
        now = self._clock()
        used, others = self._queue.used(flow, now), self._queue.lighter_wait(flow, now)
        budgets = ((most.tenant_seconds, "this tenant"), (most.org_seconds, "this org"))
        for seconds, (allowed_s, who), wait in zip(used, budgets, others, strict=True):
            if wait and seconds > allowed_s:
                fades = min(MEMORY_S, MEMORY_S * math.log(seconds / allowed_s) if allowed_s else MEMORY_S)
                share = f"{who} has used its {allowed_s:g} seconds a minute of the event store"
                message = f"{share}, and others who used less wait"
                raise _refusal("query_budget", message, max(1, math.ceil(fades)))

    async def _turn(self, flow: Flow) -> None:
        """Wait for a slot; it has to be given back."""
        try:
            waited = await self._slots.acquire(flow)
        except TimeoutError as error:
            message = "the query waited too long for its turn; the event store is busy"
            raise _refusal("concurrency_limited", message, FULL_RETRY_S) from error
        QUERY_WAIT_SECONDS.observe(waited)


def _less(counts: defaultdict[Key, int], key: Key) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]


def _refusal(code: str, message: str, retry_after: int) -> EmbanError:
    QUERY_REFUSALS.labels(code).inc()
    return EmbanError(code, message, retry_after=retry_after)
