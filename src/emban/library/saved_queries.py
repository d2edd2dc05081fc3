"""Saved queries: made, listed, changed, deleted. Running them is the business of ad-hoc SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.db import Database
from emban.db.paging import fetch_page
from emban.errors import invalid_field, not_found
from emban.kit.clock import utcnow
from emban.kit.ids import new_id
from emban.library.schemas import MAX_SQL_BYTES, SavedQueryBody, SavedQueryOut, SavedQueryPage
from emban.models import SavedQuery

EXCERPT = 512


class SavedQueries:
    """The saved queries of the caller's org and environment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, caller: Principal, limit: int, cursor: str | None) -> SavedQueryPage:
        query = select(SavedQuery).where(*_own(caller))
        async with self._database.for_org(caller.org_id) as session:
            rows, following = await fetch_page(session, query, SavedQuery.created_at, SavedQuery.id, limit, cursor)
        return SavedQueryPage(items=[_saved(row[0]) for row in rows], next_cursor=following)

    async def add(self, caller: Principal, body: SavedQueryBody) -> SavedQueryOut:
        _refuse_long(body.sql)
        now = utcnow()
        row = SavedQuery(
            id=new_id("sq"),
            org_id=caller.org_id,
            environment=caller.environment,
            name=body.name,
            sql=body.sql,
            created_by=caller.actor,
            created_at=now,
            updated_at=now,
        )
        async with self._database.for_org(caller.org_id) as session:
            session.add(row)
            metadata = {"name": row.name, "sql": row.sql[:EXCERPT]}
            await record_by(session, caller, "saved_query.create", "saved_query", row.id, metadata)
        return _saved(row)

    async def update(self, caller: Principal, query_id: str, body: SavedQueryBody) -> SavedQueryOut:
        """Change name and text."""
        _refuse_long(body.sql)
        async with self._database.for_org(caller.org_id) as session:
            row = await _find(session, caller, query_id)
            before = {"name": row.name, "sql": row.sql[:EXCERPT]}
            row.name, row.sql, row.updated_at = body.name, body.sql, utcnow()
            metadata = {"before": before, "after": {"name": row.name, "sql": row.sql[:EXCERPT]}}
            await record_by(session, caller, "saved_query.update", "saved_query", query_id, metadata)
            return _saved(row)

    async def delete(self, caller: Principal, query_id: str) -> None:
        async with self._database.for_org(caller.org_id) as session:
            row = await _find(session, caller, query_id)
            await session.delete(row)
            await record_by(session, caller, "saved_query.delete", "saved_query", query_id, {"name": row.name})


def _refuse_long(sql: str) -> None:
    if len(sql.encode()) > MAX_SQL_BYTES:
        raise invalid_field("sql", f"must have at most {MAX_SQL_BYTES:,} bytes")


def _own(caller: Principal) -> tuple[ColumnElement[bool], ...]:
    return SavedQuery.org_id == caller.org_id, SavedQuery.environment == caller.environment


async def _find(session: AsyncSession, caller: Principal, query_id: str) -> SavedQuery:
    query = select(SavedQuery).where(*_own(caller), SavedQuery.id == query_id).with_for_update()
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise not_found("saved query")
    return row


def _saved(row: SavedQuery) -> SavedQueryOut:
    return SavedQueryOut.model_validate(row, from_attributes=True)
