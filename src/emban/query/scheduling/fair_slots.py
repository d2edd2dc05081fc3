"""Slots that work waits for, given away in a fair order: `fair_queue` decides whose turn it is, this waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from emban.query.scheduling.fair_queue import FairQueue, Flow


class FairSlots:
    """At most `slots` holders at a time, of which no org and no tenant is more than `share`. One event loop's.

    Without a patience, whoever waits does so until it is its turn.
    """

    def __init__(
        self, slots: int, *, share: int, patience_s: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.queue: FairQueue[asyncio.Future[None]] = FairQueue(slots, share)
        self._patience_s = patience_s
        self._clock = clock

    async def acquire(self, flow: Flow) -> float:
        """Wait for a slot, which has to be released; returns the seconds that took. Raises `TimeoutError`."""
        ticket: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.queue.join(flow, ticket)
        self._give()
        started = self._clock()
        try:
            async with asyncio.timeout(self._patience_s):
                await ticket
        except BaseException:
            if ticket.done() and not ticket.cancelled():  # It came just then.
                self.queue.done(flow, 0.0, self._clock())
            self.queue.leave(flow, ticket)
            self._give()
            raise
        return self._clock() - started

    def release(self, flow: Flow, seconds: float) -> None:
        """Give back a slot that was used for so long."""
        self.queue.done(flow, seconds, self._clock())
        self._give()

    def _give(self) -> None:
        """Give away the slots that are free."""
        while (given := self.queue.next(self._clock())) is not None:
            flow, ticket = given
            if ticket.done():
                self.queue.done(flow, 0.0, self._clock())
            else:
                ticket.set_result(None)


def largest_share(slots: int) -> int:
    """Return how many slots one org or tenant may hold: of several, one is left for whoever comes next."""
    return max(1, slots - max(1, slots // 4))
