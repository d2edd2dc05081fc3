"""The widget library: drafts that are saved version by version, and published snapshots."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.dashboards.document import DashboardConfig, WidgetConfig, check_config
from emban.db import Database
from emban.db.paging import fetch_page
from emban.errors import EmbanError, FieldError, conflict, invalid, not_found
from emban.kit.clock import utcnow
from emban.kit.ids import new_id
from emban.library.schemas import LibraryWidgetOut, WidgetBody, WidgetPage, WidgetUpdate
from emban.models import Widget

_CHECKED_AS = "config"
_CHECKED_PATH = f"{_CHECKED_AS}.widgets[0]."


class Widgets:
    """The widgets of the caller's org and environment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, caller: Principal, limit: int, cursor: str | None) -> WidgetPage:
        query = select(Widget).where(*_own(caller))
        async with self._database.for_org(caller.org_id) as session:
            rows, following = await fetch_page(session, query, Widget.created_at, Widget.id, limit, cursor)
        return WidgetPage(items=[_widget(row[0]) for row in rows], next_cursor=following)

    async def read(self, caller: Principal, widget_id: str) -> LibraryWidgetOut:
        """Return one widget; raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            return _widget(await _find(session, caller, widget_id))

    async def add(self, caller: Principal, body: WidgetBody) -> LibraryWidgetOut:
        """Make a draft; raises 400 for a widget that could not be drawn."""
        now = utcnow()
        row = Widget(
            id=new_id("w"),
            org_id=caller.org_id,
            environment=caller.environment,
            config={},
            version=1,
            created_at=now,
            updated_at=now,
        )
        row.config = _checked(body, row.id)
        async with self._database.for_org(caller.org_id) as session:
            session.add(row)
            await record_by(session, caller, "widget.create", "widget", row.id, {"title": body.title})
        return _widget(row)

    async def update(self, caller: Principal, widget_id: str, body: WidgetUpdate) -> LibraryWidgetOut:
        """Save the draft anew; raises 409 where somebody else saved since `version` was read."""
        config = _checked(body, widget_id)
        async with self._database.for_org(caller.org_id) as session:
            row = await _find(session, caller, widget_id, lock=True)
            if body.version is not None and row.version != body.version:
                raise conflict(
                    "somebody else saved this widget in between; read it again and repeat the change",
                    "version_conflict",
                    version=row.version,
                )
            before = {"title": row.config["title"], "version": row.version}
            row.config, row.version, row.updated_at = config, row.version + 1, utcnow()
            metadata = {"before": before, "after": {"title": config["title"], "version": row.version}}
            await record_by(session, caller, "widget.update", "widget", widget_id, metadata)
            return _widget(row)

    async def publish(self, caller: Principal, widget_id: str) -> None:
        """Freeze the draft into the snapshot that alerts watch."""
        async with self._database.for_org(caller.org_id) as session:
            row = await _find(session, caller, widget_id, lock=True)
            row.snapshot, row.snapshot_version, row.published_at = row.config, row.version, utcnow()
            metadata = {"title": row.config["title"], "version": row.version}
            await record_by(session, caller, "widget.publish", "widget", widget_id, metadata)

    async def delete(self, caller: Principal, widget_id: str) -> None:
        """Delete a widget with its snapshot."""
        async with self._database.for_org(caller.org_id) as session:
            row = await _find(session, caller, widget_id, lock=True)
            await session.delete(row)
            metadata = {"title": row.config["title"], "version": row.version}
            await record_by(session, caller, "widget.delete", "widget", widget_id, metadata)


def _checked(body: WidgetBody, widget_id: str) -> dict[str, Any]:
    """Return the widget's document, checked like one in a dashboard; raises 400 naming the fields of the body."""
    widget = WidgetConfig.model_validate(body.model_dump(exclude_unset=True, exclude={"version", "id"}))
    try:
        checked = check_config(DashboardConfig(widgets=[widget]), _CHECKED_AS)
    except EmbanError as error:
        fields = [FieldError(one.path.removeprefix(_CHECKED_PATH), one.message) for one in error.fields]
        raise invalid(*fields) from None
    return {**checked.stored()["widgets"][0], "id": widget_id}


def _own(caller: Principal) -> tuple[ColumnElement[bool], ...]:
    return Widget.org_id == caller.org_id, Widget.environment == caller.environment


async def _find(session: AsyncSession, caller: Principal, widget_id: str, *, lock: bool = False) -> Widget:
    query = select(Widget).where(*_own(caller), Widget.id == widget_id)
    row = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if row is None:
        raise not_found("widget")
    return row


def _widget(row: Widget) -> LibraryWidgetOut:
    return LibraryWidgetOut.model_validate(
        {
            **row.config,
            "id": row.id,
            "status": "published" if row.snapshot is not None else "draft",
            "version": row.version,
            "published_version": row.snapshot_version,
            "published_at": row.published_at,
            "published_config": row.snapshot,
            "has_unpublished_changes": row.version != row.snapshot_version,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
    )
