"""Rows of dashboards: read within one org and environment, changed one at a time."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from emban.auth.principal import Principal, Rank
from emban.db.paging import fetch_page
from emban.errors import not_found
from emban.models import Dashboard


def sees_drafts(principal: Principal) -> bool:
    """Tell whether the caller may see drafts; a viewer sees what is published and nothing else."""
    return principal.rank >= Rank.EDITOR


def visible_to(principal: Principal) -> list[ColumnElement[bool]]:
    """Return the conditions of every look-up: the caller's org and environment, and for viewers published ones."""
    conditions: list[ColumnElement[bool]] = [
        Dashboard.org_id == principal.org_id,
        Dashboard.environment == principal.environment,
    ]
    return conditions if sees_drafts(principal) else [*conditions, Dashboard.published.is_(True)]


async def find(
    session: AsyncSession, principal: Principal, dashboard_id: str, *, for_update: bool = False
) -> Dashboard:
    """Return the dashboard, locked if it is about to change; raises 404 for one that the caller may not see."""
    query = select(Dashboard).where(Dashboard.id == dashboard_id, *visible_to(principal))
    if for_update:
        query = query.with_for_update()
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise not_found("dashboard")
    return found


async def page_of(
    session: AsyncSession, principal: Principal, limit: int, cursor: str | None
) -> tuple[list[tuple[Dashboard, str | None]], str | None]:
    """Return a page of dashboards with their published names, newest first, and the next page's cursor.

    Neither draft nor snapshot is loaded: each may be a megabyte.
    """
    query = (
        select(Dashboard, Dashboard.snapshot["name"].astext)
        .where(*visible_to(principal))
        .options(defer(Dashboard.config, raiseload=True), defer(Dashboard.snapshot, raiseload=True))
    )
    rows, next_cursor = await fetch_page(session, query, Dashboard.created_at, Dashboard.id, limit, cursor)
    return [(row[0], row[1]) for row in rows], next_cursor
