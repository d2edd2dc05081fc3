"""What PostgreSQL keeps of a stream (one org and environment): its lock, its newest batch, who writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from emban.db import Database, RowContext
from emban.kit.epoch import from_ms, to_ms
from emban.models import IngestWatermark, IngestWriter
from emban.scope import ALL_TENANTS, Scope

NOBODY = ""

_BEGIN = text("SELECT * FROM emban_begin_flush(:org_id, :environment)")
_ANNOUNCE = text("SELECT emban_announce(:org_id, :environment, :writer)")


@dataclass(frozen=True, slots=True)
class StreamState:
    """What a flush finds when it has the stream's lock: newest batch and present time (ms since 1970), last writer."""

    watermark_ms: int
    writer: str
    now_ms: int


class WriterLease:
    """Says and asks who writes a stream, outside of the transaction that holds its lock. One per API process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def acquire(self, scope: Scope, writer: str) -> None:
        """Say who writes a stream from now on, in a transaction of its own. `NOBODY`: nothing is unfinished."""
        await self._database.call(_ANNOUNCE, _stream(scope) | {"writer": writer})

    async def list_unreleased(self, *, besides: str) -> Sequence[Scope]:
        """Return the streams that somebody else was announced to write and has not released."""
        wanted = select(IngestWriter.org_id, IngestWriter.environment).where(
            IngestWriter.writer.not_in((besides, NOBODY))
        )
        async with self._database.session(RowContext(task="sweep")) as session:
            rows = (await session.execute(wanted)).all()
        return [Scope(org_id, environment, ALL_TENANTS) for org_id, environment in rows]


async def lock_stream(session: AsyncSession, scope: Scope) -> StreamState:
    """Take the stream's lock for the rest of the transaction. Raises `IntegrityError` where the org is gone."""
    row = (await session.execute(_BEGIN, _stream(scope))).mappings().one()
    return StreamState(to_ms(row["watermark"]), row["writer"], to_ms(row["at"]))


async def move_watermark(session: AsyncSession, scope: Scope, at_ms: int) -> None:
    """Set the watermark. The session must hold the stream's lock."""
    await session.execute(
        update(IngestWatermark)
        .where(IngestWatermark.org_id == scope.org_id, IngestWatermark.environment == scope.environment)
        .values(watermark=from_ms(at_ms))
    )


async def release(session: AsyncSession, scope: Scope) -> None:
    """Say, as part of the transaction, that nothing is unfinished: known once the group's watermark is."""
    await session.execute(_ANNOUNCE, _stream(scope) | {"writer": NOBODY})


def _stream(scope: Scope) -> dict[str, str]:
    return {"org_id": scope.org_id, "environment": scope.environment}
