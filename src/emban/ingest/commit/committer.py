"""One group of one stream, stored once: lock → recover → deduplicate → meter → store → commit → answer.

The stream's row in PostgreSQL is locked for all of it, so that over all processes one group of a stream is written at
a time, and the group's `ingested_at` is above every one before. The order makes a stop at any point harmless:

- stopped before the rows are stored: nothing happened.
- stopped between that and the commit: rows are in the store, received after the committed watermark, and nobody was
  answered. The stream's next writer finds that another was announced (or knows that it failed itself), waits for an
  INSERT that is still running, meters what it finds beyond the watermark, and moves the watermark over it.
- stopped after the commit: stored and metered once; a client that was not answered asks again and hits a duplicate.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import structlog
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from emban.billing.meters import events_refused, meter_events
from emban.db import Database
from emban.errors import EmbanError, unauthorized
from emban.ingest.commit import stream_lock as watermarks
from emban.ingest.commit.append import append
from emban.ingest.commit.group_commit import Submission, SubmissionResult
from emban.ingest.commit.key_memory import KeyMemory
from emban.ingest.commit.recovery import recover
from emban.ingest.commit.seen_keys import DAY_MS
from emban.ingest.commit.selection import Selection, select_new
from emban.ingest.commit.stream_lock import NOBODY, StreamState, WriterLease
from emban.kit.ids import new_id
from emban.scope import Scope
from emban.store.errors import StoreError
from emban.store.events import EventLog, event_keys

# The promise of the API: an event_id sent again within this time is counted once.
DEDUPLICATION_MS = 7 * DAY_MS
_STILL_OURS = text("SELECT 1")
# A process that wrote so many groups of a stream in a row has it for itself, as far as it knows.
ALONE_AFTER = 8
# What is not released by then is recovered by the next writer, which costs that one 10 ms.
_SIGN_OFF_FOR_S = 5.0
log = structlog.get_logger("emban.ingest")


class Committer:
    """Commits groups, different streams side by side. One per API process, under a name of its own."""

    def __init__(self, database: Database, events: EventLog, *, key_memory_bytes: int) -> None:
        self.name = new_id("writer")
        self._database = database
        self._events = events
        self._writers = WriterLease(database)
        self._keys = KeyMemory(events, window_ms=DEDUPLICATION_MS, limit_bytes=key_memory_bytes)
        # Streams where this process is announced, and whether it may have left rows there beyond the watermark.
        self._streams: dict[Scope, bool] = {}
        # Its newest group of a stream (ms), and how many it wrote there without another process between them.
        self._in_a_row: dict[Scope, tuple[int, int]] = {}

    async def commit(self, scope: Scope, group: Sequence[Submission]) -> list[SubmissionResult | EmbanError]:
        """Store a group and return an answer for each submission: stored, or 402.

        Raises `EmbanError` (401, 503) or `StoreError` where none of it is acknowledged.
        """
        keys = _keys_of(group)
        try:
            async with self._database.for_org(scope.org_id) as session:
                turn = await self._begin(session, scope)
                selection, answers = await self._select(session, scope, group, keys, turn)
                at_ms = max(turn.now_ms, turn.watermark_ms + 1)
                if len(selection.rows):
                    await self._store(session, scope, selection, at_ms)
                await self._hand_over(session, scope, turn, at_ms if len(selection.rows) else turn.watermark_ms)
        except IntegrityError as error:
            raise unauthorized("the org was deleted") from error
        self._streams[scope] = False
        if len(selection.rows):
            stored = [
                key for key, event_id in zip(selection.rows.event_key, selection.rows.event_id, strict=True) if event_id
            ]
            self._keys.stored(scope, stored, at_ms, after_ms=turn.watermark_ms)
        return answers

    async def recover(self) -> int:
        """Settle what writers before this one left behind; returns in how many streams there was something."""
        recovered = 0
        for scope in await self._writers.list_unreleased(besides=self.name):
            try:
                recovered += await self._recover(scope)
            except (EmbanError, StoreError) as error:
                # Whoever writes the stream next recovers it first.
                log.warning("ingest.not_recovered", reason=str(error)[:200])
        return recovered

    async def close(self) -> None:
        """Sign off every stream, so that whoever comes next need not look for what this process left."""
        await self._keys.close()
        try:
            async with asyncio.timeout(_SIGN_OFF_FOR_S):
                for scope in list(self._streams):
                    await self._sign_off(scope)
        except (EmbanError, StoreError, TimeoutError) as error:
            log.warning("ingest.not_signed_off", reason=str(error)[:200])

    async def _recover(self, scope: Scope) -> bool:
        """Settle one stream, unless its writer lives and works, or died with nothing undone. Tells whether it did."""
        try:
            async with self._database.for_org(scope.org_id) as session:
                turn = await watermarks.lock_stream(session, scope)
                if turn.writer in {self.name, NOBODY}:
                    return False
                if not await self._events.is_writing(scope):
                    left = await self._events.received_after(scope, turn.watermark_ms)
                    if not len(left.keys):
                        if turn.now_ms - turn.watermark_ms > DAY_MS:
                            await self._writers.acquire(scope, NOBODY)
                        return False
        except IntegrityError:
            return False
        await self._sign_off(scope)
        return True

    async def _sign_off(self, scope: Scope) -> None:
        try:
            async with self._database.for_org(scope.org_id) as session:
                await self._begin(session, scope)
            self._streams[scope] = False
            # A transaction of its own: the release must not be known before what was recovered is committed.
            async with self._database.for_org(scope.org_id) as session:
                turn = await watermarks.lock_stream(session, scope)
                # Between the two a group of this process may have come in, and failed.
                if turn.writer == self.name and not self._streams[scope]:
                    await self._writers.acquire(scope, NOBODY)
        except IntegrityError:
            log.info("ingest.org_gone")
        self._streams.pop(scope, None)
        self._in_a_row.pop(scope, None)

    async def _begin(self, session: AsyncSession, scope: Scope) -> StreamState:
        """Take the stream's lock, be announced as its writer, and know all that was received up to the watermark."""
        turn = await watermarks.lock_stream(session, scope)
        if turn.writer != self.name:
            # Noted first: whether the announcement was made is not known when it fails.
            self._streams[scope] = turn.writer != NOBODY
            await self._writers.acquire(scope, self.name)
        unrecovered = self._streams.setdefault(scope, True)
        seen = self._keys.seen(scope, newest_ms=turn.watermark_ms)
        if unrecovered or (seen is not None and seen.covered_ms < turn.watermark_ms):
            known_ms = turn.watermark_ms if seen is None else min(seen.covered_ms, turn.watermark_ms)
            recovered = await recover(session, self._events, scope, turn, known_ms, fence=unrecovered)
            self._keys.received(scope, recovered.received, known_ms, recovered.turn.watermark_ms)
            turn = recovered.turn
        return turn

    async def _select(
        self, session: AsyncSession, scope: Scope, group: Sequence[Submission], keys: dict[str, int], turn: StreamState
    ) -> tuple[Selection, list[SubmissionResult | EmbanError]]:
        """Tell new events from duplicates, and meter the new ones as far as the plan goes."""
        stored = await self._stored_ids(scope, keys, turn)
        selection = select_new(group, keys, stored)
        if not len(selection.rows):
            return selection, _answers(selection, None)
        metered = await meter_events(session, scope.org_id, len(selection.rows))
        if metered.taken:
            return selection, _answers(selection, None)
        needed = len(selection.rows)
        selection = select_new(group, keys, stored, room=metered.remaining)
        if len(selection.rows):
            await meter_events(session, scope.org_id, len(selection.rows))
        return selection, _answers(selection, events_refused(metered, needed))

    async def _store(self, session: AsyncSession, scope: Scope, selection: Selection, at_ms: int) -> None:
        async def still_ours() -> None:
            await session.execute(_STILL_OURS)

        await watermarks.move_watermark(session, scope, at_ms)
        self._streams[scope] = True
        await append(self._events, scope, selection.rows, at_ms, still_ours)

    async def _hand_over(self, session: AsyncSession, scope: Scope, turn: StreamState, newest_ms: int) -> None:
        """Leave the stream, with its newest group, so that whoever writes next need not look for what this one left.

        Costs an announcement per group, so a process that has the stream for itself stays announced.
        """
        known_ms, in_a_row = self._in_a_row.get(scope, (0, 0))
        in_a_row = in_a_row + 1 if known_ms == turn.watermark_ms else 0
        self._in_a_row[scope] = (newest_ms, in_a_row)
        if in_a_row < ALONE_AFTER:
            await watermarks.release(session, scope)

    async def _stored_ids(self, scope: Scope, keys: dict[str, int], turn: StreamState) -> set[str]:
        """Return which of the event_ids were received within the last seven days."""
        since_ms = turn.now_ms - DEDUPLICATION_MS
        asked = list(keys.values())
        seen = self._keys.seen(scope, newest_ms=turn.watermark_ms)
        if seen is not None and seen.covered_ms >= turn.watermark_ms and asked:
            hits = seen.find(np.array(asked, dtype=np.uint64))
            asked = [key for key, hit in zip(asked, hits.mask.tolist(), strict=True) if hit]
            since_ms = max(since_ms, hits.since_ms)
        if not asked or turn.watermark_ms == 0:
            return set()
        return await self._events.stored_ids(scope, asked, since_ms)


def _keys_of(group: Sequence[Submission]) -> dict[str, int]:
    ids = list({event.event_id for submission in group for event in submission.events if event.event_id})
    return dict(zip(ids, event_keys(ids), strict=True))


def _answers(selection: Selection, refusal: EmbanError | None) -> list[SubmissionResult | EmbanError]:
    if refusal is None:
        return [answer for answer in selection.answers if answer is not None]
    return [answer if answer is not None else refusal for answer in selection.answers]
