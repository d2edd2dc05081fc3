"""The history of a dashboard: its versions, listed, read, and restored as new ones."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from emban.auth.principal import Principal
from emban.dashboards.difference import diff_widgets
from emban.dashboards.document import check_config, read_config
from emban.dashboards.history import find_version, keep_version
from emban.dashboards.repository import find, sees_drafts
from emban.dashboards.schemas import ChangedWidgetsOut, DashboardOut, VersionItem, VersionOut, VersionPage
from emban.dashboards.service import audit, refuse_theme, shown
from emban.db import Database
from emban.db.paging import fetch_page
from emban.kit.clock import utcnow
from emban.models import DashboardVersion


class DashboardVersions:
    """The versions of the dashboards of the caller's org and environment. A viewer sees those that were published."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, caller: Principal, dashboard_id: str, limit: int, cursor: str | None) -> VersionPage:
        """Return a page, the newest first; raises 404, and 400 for a cursor that was not given out."""
        drafts = sees_drafts(caller)
        async with self._database.for_org(caller.org_id) as session:
            row = await find(session, caller, dashboard_id)
            own = (DashboardVersion.org_id == row.org_id, DashboardVersion.dashboard_id == row.id)
            query = select(DashboardVersion).where(*own)
            # An editor is told what a save changed, which is stored; a megabyte of config for each need not be read.
            query = (
                query.options(defer(DashboardVersion.config, raiseload=True))
                if drafts
                else query.where(DashboardVersion.published.is_(True))
            )
            rows, following = await fetch_page(
                session, query, DashboardVersion.at, DashboardVersion.version, limit, cursor
            )
            versions = [found[0] for found in rows]
            if drafts:
                return VersionPage(items=[_item(one, one.widgets) for one in versions], next_cursor=following)
            oldest = await _published_before(session, versions[-1]) if versions else None
        items = [
            _item(one, diff_widgets({} if before is None else before.config, one.config))
            for one, before in zip(versions, [*versions[1:], oldest], strict=True)
        ]
        return VersionPage(items=items, next_cursor=following)

    async def get(self, caller: Principal, dashboard_id: str, version: int) -> VersionOut:
        """Return one version with its config; raises 404."""
        drafts = sees_drafts(caller)
        async with self._database.for_org(caller.org_id) as session:
            row = await find(session, caller, dashboard_id)
            found = await find_version(session, row, version, published=not drafts)
            changed = found.widgets
            if not drafts:
                before = await _published_before(session, found)
                changed = diff_widgets({} if before is None else before.config, found.config)
        return VersionOut(**_item(found, changed).model_dump(), config=found.config)

    async def restore(self, caller: Principal, dashboard_id: str, version: int) -> DashboardOut:
        """Make a version the draft again, as a new version; what was the draft stays in the history.

        Raises 404, 400 for a config that could no longer be saved, 402 for a theme that the plan does not include.
        """
        async with self._database.for_org(caller.org_id) as session:
            row = await find(session, caller, dashboard_id, for_update=True)
            found = await find_version(session, row, version, published=False)
            checked = check_config(read_config(found.config))
            refuse_theme(caller, checked, row.config)
            row.name, row.config = found.name, checked.stored()
            row.version, row.updated_at = row.version + 1, utcnow()
            await session.flush()
            await keep_version(session, caller, row, "restore_version")
            metadata = {"name": row.name, "version": row.version, "restored_version": version}
            await audit(session, caller, "dashboard.restore_version", row.id, metadata)
        return shown(row, caller)


async def _published_before(session: AsyncSession, version: DashboardVersion) -> DashboardVersion | None:
    query = (
        select(DashboardVersion)
        .where(DashboardVersion.org_id == version.org_id, DashboardVersion.dashboard_id == version.dashboard_id)
        .where(DashboardVersion.published.is_(True), DashboardVersion.version < version.version)
        .order_by(DashboardVersion.version.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


def _item(row: DashboardVersion, changed: dict[str, Any]) -> VersionItem:
    return VersionItem(
        version=row.version,
        at=row.at,
        actor=row.actor,
        name=row.name,
        action=row.action,
        published=row.published,
        widgets=ChangedWidgetsOut.model_validate(changed),
    )
