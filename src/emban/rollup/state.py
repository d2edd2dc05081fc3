"""How far the rollups of a stream go and what they know, kept in PostgreSQL, and the lock of whoever changes them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from emban.db import Database, RowContext
from emban.kit.epoch import from_ms, to_ms
from emban.models import IngestWatermark, Rollup
from emban.scope import ALL_TENANTS, Scope
from emban.store.rollup_tables import RollupLayout, Segment

_NAME = "hashtextextended('rollup:' || :org_id, 0)"
_LOCK = text(f"SELECT pg_advisory_xact_lock({_NAME}) IS NULL")
_TRY_LOCK = text(f"SELECT pg_try_advisory_xact_lock({_NAME})")


@dataclass(frozen=True, slots=True)
class PendingSegment:
    """A segment that is being added, or was when its process ended; `added` are its new dimensions."""

    segment: Segment
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RollupState:
    """Where a stream stands: its newest batch, and up to where it is rolled up (ms since 1970).

    No event in the rollups is of a time after `newest_ms`.
    """

    watermark_ms: int
    upto_ms: int
    layout: RollupLayout
    closed: frozenset[str]
    begun: PendingSegment | None
    newest_ms: int = 0


class RollupStates:
    """Reads and writes the state. One per API process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self) -> Sequence[Scope]:
        """Return the streams with events that are not rolled up, or with a segment that nobody finished."""
        wanted = (
            select(IngestWatermark.org_id, IngestWatermark.environment)
            .outerjoin(
                Rollup,
                (Rollup.org_id == IngestWatermark.org_id) & (Rollup.environment == IngestWatermark.environment),
            )
            .where(
                or_(
                    Rollup.upto.is_(None),
                    Rollup.upto < IngestWatermark.watermark,
                    Rollup.pending_upto.is_not(None),
                )
            )
        )
        async with self._database.session(RowContext(task="roll_up")) as session:
            rows = (await session.execute(wanted)).all()
        return [Scope(org_id, environment, ALL_TENANTS) for org_id, environment in rows]

    @asynccontextmanager
    async def alone(self, org_id: str) -> AsyncIterator[None]:
        """Keep keepers away from the org's rollups until the block ends, once they are done: for who removes events."""
        async with self._database.for_org(org_id) as session:
            await session.execute(_LOCK, {"org_id": org_id})
            yield

    @asynccontextmanager
    async def alone_if_free(self, org_id: str) -> AsyncIterator[bool]:
        """As `alone`, but gives False where somebody else is at it."""
        async with self._database.for_org(org_id) as session:
            yield bool((await session.execute(_TRY_LOCK, {"org_id": org_id})).scalar_one())

    async def read(self, scope: Scope) -> RollupState | None:
        """Return the state; None where the org is gone or never sent an event."""
        wanted = (
            select(IngestWatermark.watermark, Rollup)
            .outerjoin(
                Rollup,
                (Rollup.org_id == IngestWatermark.org_id) & (Rollup.environment == IngestWatermark.environment),
            )
            .where(IngestWatermark.org_id == scope.org_id, IngestWatermark.environment == scope.environment)
        )
        async with self._database.for_org(scope.org_id) as session:
            found = (await session.execute(wanted)).one_or_none()
        if found is None:
            return None
        watermark: datetime = found[0]
        row: Rollup | None = found[1]
        if row is None:
            return RollupState(to_ms(watermark), 0, RollupLayout(), frozenset(), None)
        return _state(to_ms(watermark), row)

    async def begin(
        self, scope: Scope, state: RollupState, segment: Segment, layout: RollupLayout, newest_ms: int
    ) -> PendingSegment:
        """Write down which segment is to be added, and with which layout, before anything is added.

        `newest_ms` is the time of the segment's newest event.
        """
        added = tuple(name for name in layout.dimensions if name not in state.layout.dimensions)
        values = {
            "upto": from_ms(state.upto_ms),
            "measures": list(layout.measures),
            "dimensions": list(state.layout.dimensions),
            "closed": sorted(state.closed),
            "pending_upto": from_ms(segment.upto_ms),
            "pending_dimensions": list(added),
            "newest": from_ms(max(newest_ms, state.newest_ms)),
        }
        statement = insert(Rollup).values(org_id=scope.org_id, environment=scope.environment, **values)
        statement = statement.on_conflict_do_update(index_elements=["org_id", "environment"], set_=values)
        async with self._database.for_org(scope.org_id) as session:
            await session.execute(statement)
        return PendingSegment(segment, added)

    async def finish(self, scope: Scope, state: RollupState, begun: PendingSegment, closed: Sequence[str]) -> None:
        """Write down that a segment is in; `closed` are the dimensions that are given up."""
        dimensions = [*state.layout.dimensions, *begun.added]
        values = {
            "upto": from_ms(begun.segment.upto_ms),
            "measures": list(state.layout.measures),
            "dimensions": [name for name in dimensions if name not in closed],
            "closed": sorted({*state.closed, *closed}),
            "pending_upto": None,
            "pending_dimensions": [],
        }
        own = (Rollup.org_id == scope.org_id, Rollup.environment == scope.environment)
        async with self._database.for_org(scope.org_id) as session:
            await session.execute(update(Rollup).where(*own).values(**values))


def _state(watermark_ms: int, row: Rollup) -> RollupState:
    upto_ms = to_ms(row.upto)
    begun = None
    if row.pending_upto is not None:
        begun = PendingSegment(Segment(upto_ms, to_ms(row.pending_upto)), tuple(row.pending_dimensions))
    layout = RollupLayout(tuple(row.measures), tuple(row.dimensions))
    return RollupState(watermark_ms, upto_ms, layout, frozenset(row.closed), begun, to_ms(row.newest))
