"""Keeps rollups up: every few seconds, what streams received since the last time is added, segment by segment.

One process at a time works on an org. A segment is written down in PostgreSQL before it is added and again when it is
in, so that a stop at any point is harmless: whoever comes next sees a segment that was begun, waits for an INSERT
that is still running, and adds it where it is missing. Readers see neither half: until the second note they go by the
state before, and the engine refuses them a rollup row that already knows more (see `emban.query.sql.rollup_rows`).

Only committed events are added: those up to the stream's watermark. So repeats and what a killed writer left behind are
counted as often as in the events themselves, and an event is added when it is received, however late it is.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog
from sqlalchemy.exc import IntegrityError

from emban.errors import EmbanError, unavailable
from emban.rollup.state import PendingSegment, RollupState, RollupStates
from emban.scope import Scope
from emban.store.errors import StoreError
from emban.store.rollup_tables import RollupLayout, RollupTables, Segment
from emban.store.schema import MEASURE_SLOTS

# Events that one segment is cut at, by whole batches: some seconds of work and some hundred MiB.
SEGMENT_EVENTS = 250_000
# String properties that days are kept by; those that come later are answered from the events.
MAX_DIMENSIONS = 24
# How long an INSERT that nobody waits for any more may take to end.
_FENCED_FOR_S = 60.0
_FENCED_EVERY_S = 0.1
log = structlog.get_logger("emban.rollup")


class RollupKeeper:
    """Adds what is due. One per API process; the work is shared through PostgreSQL."""

    def __init__(self, states: RollupStates, tables: RollupTables) -> None:
        self._states = states
        self._tables = tables

    async def keep(self) -> None:
        """Roll up every stream that has something new. A stream that fails is logged and holds up no other."""
        for scope in await self._states.due():
            try:
                await self.roll_up(scope)
            except (EmbanError, StoreError, IntegrityError) as error:
                log.warning("rollup.failed", error=type(error).__name__, reason=str(error)[:200])

    async def roll_up(self, scope: Scope) -> int:
        """Add all that a stream has received up to now; returns how many segments that took.

        Does nothing where another process is at it. Raises `EmbanError` 503 or `StoreError` where a store fails, and
        `IntegrityError` where the org was deleted meanwhile.
        """
        segments = 0
        async with self._states.alone_if_free(scope.org_id) as alone:
            if alone:
                await self._drop_closed(scope)
            while alone and (state := await self._states.read(scope)) is not None:
                if state.begun is not None:
                    await self._wait_for_insert(scope)
                    await self._add(scope, state, state.begun)
                elif not await self._next(scope, state):
                    break
                segments += 1
        return segments

    async def _drop_closed(self, scope: Scope) -> None:
        """Remove the days of properties that were given up, a turn later: whoever still read them then is done."""
        state = await self._states.read(scope)
        for dimension in sorted(state.closed) if state is not None else ():
            await self._tables.drop_dimension(scope, dimension)

    async def _next(self, scope: Scope, state: RollupState) -> bool:
        """Add one more segment, if there is one."""
        if state.upto_ms >= state.watermark_ms:
            return False
        segment, newest_ms = await self._cut(scope, Segment(state.upto_ms, state.watermark_ms))
        layout = await self._layout(scope, state, segment)
        begun = await self._states.begin(scope, state, segment, layout, newest_ms)
        await self._add(scope, replace(state, layout=replace(state.layout, measures=layout.measures)), begun)
        return True

    async def _cut(self, scope: Scope, segment: Segment) -> tuple[Segment, int]:
        """Return as many whole batches as fit into one segment, at least one, and the time of their newest event."""
        events = newest_ms = 0
        upto_ms = segment.upto_ms
        for index, batch in enumerate(await self._tables.batches(scope, segment)):
            events += batch.events
            if index and events > SEGMENT_EVENTS:
                return Segment(segment.after_ms, upto_ms), newest_ms
            upto_ms, newest_ms = batch.at_ms, max(newest_ms, batch.newest_ms)
        return segment, newest_ms

    async def _layout(self, scope: Scope, state: RollupState, segment: Segment) -> RollupLayout:
        """Return the layout with the properties that the segment brings, as long as there is room.

        A property that found no room never gets any: what came of it until then would be missing. So the lists are only
        ever added to, and are full for good once they are.
        """
        measures = _with_new(state.layout.measures, await self._tables.measures(scope, segment), MEASURE_SLOTS)
        taken = (*state.layout.dimensions, *sorted(state.closed))
        known = _with_new(taken, await self._tables.dimensions(scope, segment), MAX_DIMENSIONS)
        return RollupLayout(measures, tuple(name for name in known if name not in state.closed))

    async def _add(self, scope: Scope, state: RollupState, begun: PendingSegment) -> None:
        layout = replace(state.layout, dimensions=(*state.layout.dimensions, *begun.added))
        await self._tables.add(scope, begun.segment, layout, begun.added)
        closed = await self._tables.crowded(scope, begun.segment.upto_ms)
        await self._states.finish(scope, state, begun, closed)
        if closed:
            log.info("rollup.dimensions_closed", count=len(closed))

    async def _wait_for_insert(self, scope: Scope) -> None:
        deadline = asyncio.get_running_loop().time() + _FENCED_FOR_S
        while await self._tables.is_adding(scope):
            if asyncio.get_running_loop().time() > deadline:
                raise unavailable("an earlier segment is still being added")
            await asyncio.sleep(_FENCED_EVERY_S)


def _with_new(known: tuple[str, ...], found: list[str], room: int) -> tuple[str, ...]:
    new = [name for name in found if name not in known]
    return (*known, *new[: max(0, room - len(known))])
