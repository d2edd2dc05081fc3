"""The lane of ad-hoc SQL: so many statements of all orgs together run at once, and orgs take turns.

See docs/decisions/0021-adhoc-lane.md. Of each API process: the slots are divided among them, as those of structured
queries are. The embedded engine has as many threads for strangers' SQL as there are slots in all, whoever asks.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from emban.errors import EmbanError
from emban.query.scheduling.fair_queue import Flow
from emban.query.scheduling.fair_slots import FairSlots, largest_share
from emban.scope import Scope
from emban.settings import Settings
from emban.store.engine_stop import overdue_after
from emban.telemetry import QUERY_REFUSALS

RETRY_AFTER_S = 10


class AdhocLane:
    """Slots for ad-hoc statements; who used least of late goes first."""

    def __init__(self, slots: int, *, patience_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._count = slots
        self._patience_s = patience_s
        self._clock = clock
        self._slots = FairSlots(slots, share=largest_share(slots), patience_s=patience_s, clock=clock)

    @classmethod
    def of(cls, settings: Settings) -> AdhocLane:
        """Return the lane of one API process. Patience is for one statement that takes all it can."""
        slots = -(-settings.adhoc_statements // settings.workers)
        return cls(slots, patience_s=overdue_after(settings.query_timeout_s))

    @asynccontextmanager
    async def hold(self, scope: Scope) -> AsyncIterator[None]:
        """Hold a slot while the body runs. Raises 429 `concurrency_limited` where none comes free in time."""
        flow = Flow(scope.org_id, None)
        try:
            await self._slots.acquire(flow)
        except TimeoutError as error:
            QUERY_REFUSALS.labels("concurrency_limited").inc()
            raise self._refusal() from error
        started = self._clock()
        try:
            yield
        finally:
            self._slots.release(flow, self._clock() - started)

    def _refusal(self) -> EmbanError:
        at_once = "one at a time" if self._count == 1 else f"{self._count} at a time"
        message = (
            f"ad-hoc statements of all orgs run {at_once} and take turns; "
            f"this one waited {self._patience_s:.0f} seconds in vain: try again in a while"
        )
        return EmbanError("concurrency_limited", message, retry_after=RETRY_AFTER_S)
