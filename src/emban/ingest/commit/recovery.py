"""What another writer of a stream left: waited for, taken note of, metered."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from emban.billing.meters import meter_stored_events
from emban.errors import unavailable
from emban.ingest.commit import stream_lock as watermarks
from emban.ingest.commit.seen_keys import DAY_MS
from emban.ingest.commit.stream_lock import StreamState
from emban.kit.epoch import EPOCH
from emban.scope import Scope
from emban.store.events import EventLog, Received

# How long an INSERT that nobody waits for any more may take to end.
FENCED_FOR_S = 10.0
FENCED_EVERY_S = 0.02
log = structlog.get_logger("emban.ingest")


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was received since an instant, and the turn with its watermark moved over all of it."""

    received: Received
    turn: StreamState


async def recover(
    session: AsyncSession, events: EventLog, scope: Scope, turn: StreamState, known_ms: int, *, fence: bool
) -> Recovery:
    """Return what a stream received after `known_ms`; meter what of it lies beyond the watermark, and move that.

    With `fence`, waits first until no INSERT of the stream is running: its writer is gone, its rows are not. Raises
    `EmbanError` 503 where it does not end. The session must hold the stream's lock.
    """
    if fence:
        await _wait_for_writers(events, scope)
    received = await events.received_after(scope, known_ms)
    left = received.at_ms[received.at_ms > turn.watermark_ms]
    if not len(left):
        return Recovery(received, turn)
    for day, count in sorted(Counter((left // DAY_MS).tolist()).items()):
        await meter_stored_events(session, scope.org_id, count, day=(EPOCH + timedelta(days=day)).date())
    newest_ms = int(left.max())
    await watermarks.move_watermark(session, scope, newest_ms)
    log.info("ingest.recovered_batch", events=len(left))
    return Recovery(received, replace(turn, watermark_ms=newest_ms))


async def _wait_for_writers(events: EventLog, scope: Scope) -> None:
    """Wait until the stream is seen without an INSERT twice: one that has only just arrived may not show yet."""
    deadline = asyncio.get_running_loop().time() + FENCED_FOR_S
    idle = 0
    while idle < 2:
        if await events.is_writing(scope):
            idle = 0
            if asyncio.get_running_loop().time() > deadline:
                raise unavailable("an earlier batch is still being written; send the events again")
        else:
            idle += 1
        if idle < 2:
            await asyncio.sleep(FENCED_EVERY_S)
