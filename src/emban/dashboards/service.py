"""Making, reading, changing and deleting dashboards. Publishing them is in `emban.dashboards.publication`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record
from emban.auth.principal import Principal
from emban.dashboards.difference import diff_parts, diff_widgets
from emban.dashboards.document import DashboardConfig, check_config
from emban.dashboards.repository import find, page_of, sees_drafts, visible_to
from emban.dashboards.schemas import (
    CreateBody,
    DashboardItem,
    DashboardOut,
    DashboardPage,
    DifferenceOut,
    UpdateBody,
)
from emban.db import Database
from emban.errors import conflict, not_found
from emban.kit.clock import utcnow
from emban.kit.ids import new_id
from emban.models import Dashboard
from emban.plans import Feature, require_feature


class Dashboards:
    """The dashboards of the caller's org and environment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, caller: Principal, limit: int, cursor: str | None) -> DashboardPage:
        """Return a page, newest first; raises 400 for a cursor that was not given out."""
        async with self._database.for_org(caller.org_id) as session:
            rows, next_cursor = await page_of(session, caller, limit, cursor)
        return DashboardPage(items=[_item(row, caller, name) for row, name in rows], next_cursor=next_cursor)

    async def get(self, caller: Principal, dashboard_id: str) -> DashboardOut:
        """Return one dashboard: the draft, or for a viewer the snapshot; raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            return shown(await find(session, caller, dashboard_id), caller)

    async def create(self, caller: Principal, body: CreateBody) -> DashboardOut:
        """Make a draft; raises 400 for a config that could not be drawn."""
        return await self.add(caller, body.name, body.config, action="dashboard.create")

    async def add(
        self, caller: Principal, name: str, config: DashboardConfig, *, action: str, dashboard_id: str | None = None
    ) -> DashboardOut:
        """Check a config and make a draft of it, under the audit action that tells where it came from."""
        checked = check_config(config)
        refuse_theme(caller, checked, None)
        now = utcnow()
        row = Dashboard(
            id=dashboard_id or new_id("dash"),
            org_id=caller.org_id,
            environment=caller.environment,
            name=name,
            config=checked.stored(),
            version=1,
            snapshot=None,
            snapshot_version=None,
            published=False,
            published_at=None,
            created_at=now,
            updated_at=now,
        )
        async with self._database.for_org(caller.org_id) as session:
            session.add(row)
            await session.flush()
            await audit(session, caller, action, row.id, {"name": name, "widgets": _widget_ids(row.config)})
        return shown(row, caller)

    async def update(self, caller: Principal, dashboard_id: str, body: UpdateBody) -> DashboardOut:
        """Replace the draft's name, config or both; raises 409 if somebody saved since `body.version` was read."""
        checked = None if body.config is None else check_config(body.config)
        async with self._database.for_org(caller.org_id) as session:
            before = await find(session, caller, dashboard_id, for_update=True)
            if before.version != body.version:
                raise conflict(
                    "somebody else saved this dashboard in between; read it again and repeat the change",
                    "version_conflict",
                    version=before.version,
                )
            if checked is not None:
                refuse_theme(caller, checked, before.config)
            changes: dict[str, Any] = {"version": before.version + 1, "updated_at": utcnow()}
            if body.name is not None:
                changes["name"] = body.name
            if checked is not None:
                changes["config"] = checked.stored()
            summary = _summary(before, changes)
            await session.execute(_guarded_update(caller, before, changes))
            await session.refresh(before)
            await audit(session, caller, "dashboard.update", dashboard_id, summary)
        return shown(before, caller)

    async def delete(self, caller: Principal, dashboard_id: str) -> None:
        """Delete a dashboard with its snapshot and embed sessions; raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            row = await find(session, caller, dashboard_id, for_update=True)
            gone = {"name": row.name, "version": row.version, "published": row.published}
            done = await session.execute(delete(Dashboard).where(Dashboard.id == row.id, *visible_to(caller)))
            if not getattr(done, "rowcount", 0):
                raise not_found("dashboard")
            await audit(session, caller, "dashboard.delete", dashboard_id, gone)


def _guarded_update(caller: Principal, before: Dashboard, changes: dict[str, Any]) -> Any:
    guard = (Dashboard.id == before.id, Dashboard.version == before.version, *visible_to(caller))
    return update(Dashboard).where(*guard).values(**changes).execution_options(synchronize_session=False)


def refuse_theme(caller: Principal, config: DashboardConfig, stored: dict[str, Any] | None) -> None:
    """Raise 402 for a custom theme that the plan does not include; one that is already stored stays."""
    unchanged = stored is not None and stored.get("theme") == config.stored()["theme"]
    if config.has_custom_theme and not unchanged:
        require_feature(caller.plan, Feature.THEME)


async def audit(
    session: AsyncSession, caller: Principal, action: str, dashboard_id: str, metadata: dict[str, Any]
) -> None:
    """Write the audit row of a change to a dashboard, in the change's own transaction."""
    await record(
        session,
        org_id=caller.org_id,
        actor=caller.actor,
        action=action,
        entity_type="dashboard",
        entity_id=dashboard_id,
        metadata={"environment": caller.environment, **metadata},
        address=caller.address,
    )


def shown(row: Dashboard, caller: Principal) -> DashboardOut:
    """Return a dashboard as its caller may see it."""
    snapshot = row.snapshot or {}
    item = _item(row, caller, snapshot.get("name")).model_dump()
    if not sees_drafts(caller):
        return DashboardOut(**{**item, "config": snapshot.get("config", {}), "published_config": None})
    return DashboardOut(
        **{
            **item,
            "config": row.config,
            "published_config": snapshot.get("config"),
            "difference": _difference(row.name, row.config, snapshot) if snapshot else None,
        }
    )


def _difference(name: str, config: dict[str, Any], snapshot: dict[str, Any]) -> DifferenceOut:
    published: dict[str, Any] = snapshot["config"]
    parts = diff_parts(published, config)
    renamed = {"published": snapshot["name"], "draft": name} if snapshot["name"] != name else None
    return DifferenceOut.model_validate(
        {
            "name": renamed,
            "widgets": diff_widgets(published, config),
            "filters": "filters" in parts,
            "theme": "theme" in parts,
        }
    )


def _item(row: Dashboard, caller: Principal, published_name: str | None) -> DashboardItem:
    drafts = sees_drafts(caller)
    return DashboardItem(
        id=row.id,
        name=row.name if drafts else (published_name or row.name),
        environment=row.environment,
        status="published" if row.published else "draft",
        version=row.version if drafts else (row.snapshot_version or row.version),
        published_version=row.snapshot_version,
        published_at=row.published_at,
        has_unpublished_changes=drafts and row.version != row.snapshot_version,
        created_at=row.created_at,
        updated_at=row.updated_at if drafts else (row.published_at or row.updated_at),
    )


def _widget_ids(config: dict[str, Any]) -> list[str]:
    return [widget["id"] for widget in config.get("widgets", [])]


def _summary(before: Dashboard, changes: dict[str, Any]) -> dict[str, Any]:
    """Say what an update changes: versions, name, and which widgets came, went or are different."""
    summary: dict[str, Any] = {"version": {"before": before.version, "after": changes["version"]}}
    if changes.get("name", before.name) != before.name:
        summary["name"] = {"before": before.name, "after": changes["name"]}
    if "config" in changes:
        summary["widgets"] = diff_widgets(before.config, changes["config"])
        parts = diff_parts(before.config, changes["config"])
        if parts:
            summary["changed"] = parts
    return summary
