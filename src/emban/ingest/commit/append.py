"""Rows into the event store, once each, however often it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import fields

import structlog

from emban.errors import EmbanError, unavailable
from emban.scope import Scope
from emban.store.errors import StoreError, was_never_sent
from emban.store.events import EventColumns, EventLog

# How long one INSERT may take before its outcome is looked up instead of waited for.
INSERT_TIMEOUT_S = 15.0
# How long a group holds on through a restart of the store (2 s for the embedded one).
RESUME_FOR_S = 8.0
RESUME_EVERY_S = 0.25
log = structlog.get_logger("emban.ingest")


async def append(
    events: EventLog, scope: Scope, rows: EventColumns, at_ms: int, still_ours: Callable[[], Awaitable[None]]
) -> None:
    """Store rows under an `ingested_at` that no other rows of the stream have.

    When an INSERT fails in a way that leaves open what it stored, waits until it is over, looks which rows are there,
    and sends the others. `still_ours` raises once the stream's lock is lost, upon which nothing more may be sent.
    Raises `EmbanError` 503 or `StoreError`; then any part of the rows may be stored.
    """
    deadline = asyncio.get_running_loop().time() + RESUME_FOR_S
    while True:
        failure = await _insert(events, scope, rows, at_ms)
        if failure is None:
            return
        if was_never_sent(failure) or isinstance(failure, StoreError):
            raise failure
        log.warning("ingest.resuming", reason=str(failure)[:200], events=len(rows))
        stored = await _look_up(events, scope, at_ms, deadline, failure)
        rows = without(rows, stored)
        if not len(rows):
            return
        await still_ours()


async def _insert(events: EventLog, scope: Scope, rows: EventColumns, at_ms: int) -> Exception | None:
    try:
        async with asyncio.timeout(INSERT_TIMEOUT_S):
            await events.append(scope, rows, at_ms)
    except TimeoutError:
        return unavailable("the event store is too slow")
    except StoreError as error:
        return error
    except EmbanError as error:
        if error.status == 503:
            return error
        # Out of memory, say: for a query the caller's business, for an INSERT the operator's.
        failure = unavailable("the event store cannot take the events", retry_after=5)
        failure.__cause__ = error
        return failure
    return None


async def _look_up(events: EventLog, scope: Scope, at_ms: int, deadline: float, failure: Exception) -> set[int]:
    """Return the keys of the rows that are stored, once no INSERT of the stream runs any more."""
    loop = asyncio.get_running_loop()
    while loop.time() < deadline:
        await asyncio.sleep(RESUME_EVERY_S)
        try:
            if not await events.is_writing(scope):
                return await events.received_at(scope, at_ms)
        except (EmbanError, StoreError) as error:
            log.debug("ingest.store_away", reason=str(error)[:200])
    raise failure


def without(rows: EventColumns, stored: set[int]) -> EventColumns:
    """Return the rows whose keys are not among those stored."""
    keep = [index for index, key in enumerate(rows.event_key) if key not in stored]
    return EventColumns(
        **{column.name: [getattr(rows, column.name)[index] for index in keep] for column in fields(EventColumns)}
    )
