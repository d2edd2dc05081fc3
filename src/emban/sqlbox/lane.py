"""The lane of ad-hoc SQL: so many statements of all orgs together run at once, and orgs take turns.

See docs/decisions/0021-adhoc-lane.md. Of each API process: the slots are divided among them, as those of structured
queries are, and at least one each. Where these come to more than there are in all, the processes share what there is
through PostgreSQL: the embedded engine has as many threads for strangers' SQL as there are slots, whoever asks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from emban.db.org_semaphore import OrgSemaphore
from emban.db.urls import app_url
from emban.errors import EmbanError
from emban.query.scheduling.fair_queue import Flow
from emban.query.scheduling.fair_slots import FairSlots, largest_share
from emban.scope import Scope
from emban.settings import Settings
from emban.store.engine_stop import overdue_after
from emban.telemetry import QUERY_REFUSALS

RETRY_AFTER_S = 10
# How often a process asks for a slot that another one holds.
SHARED_RETRY_S = 0.1
_EVERY_ORG = "*"


class AdhocLane:
    """Slots for ad-hoc statements; who used least recently goes first. `shared`: the slots of all processes."""

    def __init__(
        self,
        slots: int,
        *,
        patience_s: float,
        shared: OrgSemaphore | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._count = slots
        self._shared = shared
        self._patience_s = patience_s
        self._clock = clock
        self._slots = FairSlots(slots, share=largest_share(slots), patience_s=patience_s, clock=clock)

    @classmethod
    def of(cls, settings: Settings) -> AdhocLane:
        """Return the lane of one API process. Patience is for one statement that takes all it can."""
        in_all = settings.adhoc_statements
        slots = -(-in_all // settings.workers)
        shared = None
        if slots * settings.workers > in_all:
            shared = OrgSemaphore(app_url(settings), purpose="adhoc lane", slots=in_all)
        return cls(slots, patience_s=overdue_after(settings.query_timeout_s), shared=shared)

    async def close(self) -> None:
        """Give back what this process holds of the shared slots."""
        if self._shared is not None:
            await self._shared.close()

    @asynccontextmanager
    async def hold(self, scope: Scope) -> AsyncIterator[None]:
        """Hold a slot while the body runs. Raises 429 `concurrency_limited` where none comes free in time."""
        flow = Flow(scope.org_id, None)
        try:
            await self._slots.acquire(flow)
        except TimeoutError as error:
            raise self._refusal() from error
        started = self._clock()
        try:
            async with self._shared_slot():
                yield
        finally:
            self._slots.release(flow, self._clock() - started)

    @asynccontextmanager
    async def _shared_slot(self) -> AsyncIterator[None]:
        """Hold one of the slots that all processes share, where they do. Raises as `hold`."""
        if self._shared is None:
            yield
            return
        deadline = self._clock() + self._patience_s
        while True:
            async with self._shared.take(_EVERY_ORG) as taken:
                if taken:
                    yield
                    return
            if self._clock() >= deadline:
                raise self._refusal()
            await asyncio.sleep(SHARED_RETRY_S)

    def _refusal(self) -> EmbanError:
        QUERY_REFUSALS.labels("concurrency_limited").inc()
        at_once = "one at a time" if self._count == 1 else f"{self._count} at a time"
        message = (
            f"ad-hoc statements of all orgs run {at_once} and take turns; "
            f"this one waited {self._patience_s:.0f} seconds in vain: try again in a while"
        )
        return EmbanError("concurrency_limited", message, retry_after=RETRY_AFTER_S)
