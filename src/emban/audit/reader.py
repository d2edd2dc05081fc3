"""Reading the audit log: pages, and exports that are streamed a batch at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Select, or_, select

from emban.audit.schemas import audit_row
from emban.db import Database
from emban.kit.csv_cells import safe_cell
from emban.kit.rfc3339 import format_instant
from emban.models import AuditLog

EXPORT_BATCH = 1_000
COLUMNS = ("id", "seq", "at", "actor", "action", "entity_type", "entity_id", "metadata", "address", "hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which rows; `entity` is an id or a kind, `since` is inclusive and `until` exclusive."""

    actor: str | None = None
    action: str | None = None
    entity: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditReader:
    """Reads an org's audit log, newest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(self, org_id: str, wanted: AuditFilter, limit: int, before: int | None = None) -> Sequence[AuditLog]:
        """Return up to `limit` rows older than the one whose id is `before`."""
        query = _filtered(org_id, wanted).order_by(AuditLog.id.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditLog.id < before)
        async with self._database.for_org(org_id) as session:
            return (await session.execute(query)).scalars().all()

    async def export(
        self, org_id: str, wanted: AuditFilter, write: Callable[[AuditLog], bytes], first: bytes
    ) -> AsyncIterator[bytes]:
        """Yield the whole selection in batches; holds no transaction while the receiver reads."""
        yield first
        before: int | None = None
        while rows := await self.rows(org_id, wanted, EXPORT_BATCH, before):
            before = rows[-1].id
            yield b"".join(write(row) for row in rows)


def _filtered(org_id: str, wanted: AuditFilter) -> Select[AuditLog]:
    query = select(AuditLog).where(AuditLog.org_id == org_id)
    if wanted.actor is not None:
        query = query.where(AuditLog.actor == wanted.actor)
    if wanted.action is not None:
        query = query.where(AuditLog.action == wanted.action)
    if wanted.entity is not None:
        query = query.where(or_(AuditLog.entity_id == wanted.entity, AuditLog.entity_type == wanted.entity))
    if wanted.since is not None:
        query = query.where(AuditLog.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditLog.at < wanted.until)
    return query


def ndjson_line(row: AuditLog) -> bytes:
    """Write a row as one line of JSON."""
    return orjson.dumps(audit_row(row).model_dump(mode="json")) + b"\n"


def csv_header() -> bytes:
    """Write the heading of the CSV."""
    return _csv(COLUMNS)


def csv_line(row: AuditLog) -> bytes:
    """Write a row as CSV; no cell is read as a formula by a spreadsheet."""
    metadata = orjson.dumps(row.meta, option=orjson.OPT_SORT_KEYS).decode()
    cells = (row.actor, row.action, row.entity_type, row.entity_id, metadata, row.address or "", row.hash)
    return _csv((str(row.id), str(row.seq), format_instant(row.at), *(safe_cell(cell) for cell in cells)))


def _csv(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
