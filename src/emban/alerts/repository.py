"""Rows of alerts, and the published widgets that they watch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cachetools import LRUCache
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.auth.principal import Principal
from emban.dashboards.document import WidgetConfig, read_config
from emban.errors import conflict, invalid_field, not_found
from emban.models import Alert, Dashboard, OutboundMessage, Widget

NO_DASHBOARD = "the dashboard was deleted"
UNPUBLISHED = "the dashboard is not published"
NO_WIDGET = "the widget is not part of the published dashboard any more"
NO_LIBRARY_WIDGET = "the widget was deleted from the library"
# Of a dashboard, or of the library (None): which widget.
WidgetKey = tuple[str | None, str]
# Parsed snapshots that a process keeps; one is some hundred kB at most.
KEPT = 256


@dataclass(frozen=True, slots=True)
class WatchedWidget:
    """A published widget, and the name of its dashboard; None where it is the library's."""

    config: WidgetConfig
    dashboard: str | None


class PublishedWidgets:
    """Finds published widgets; parsed snapshots are kept until another is published."""

    def __init__(self) -> None:
        self._kept: LRUCache[tuple[str, datetime | None], Mapping[str, WatchedWidget]] = LRUCache(KEPT)

    async def find(
        self, session: AsyncSession, environment: str, wanted: Iterable[WidgetKey]
    ) -> dict[WidgetKey, WatchedWidget | str]:
        """Return each widget of the session's org, or why there is none."""
        keys = list(wanted)
        boards = {board for board, _ in keys if board is not None}
        found: dict[WidgetKey, WatchedWidget | str] = {}
        snapshots = {board: await self._of_dashboard(session, environment, board) for board in sorted(boards)}
        for board, widget_id in keys:
            if board is None:
                found[board, widget_id] = await _of_library(session, environment, widget_id)
                continue
            snapshot = snapshots[board]
            found[board, widget_id] = snapshot if isinstance(snapshot, str) else snapshot.get(widget_id, NO_WIDGET)
        return found

    async def _of_dashboard(
        self, session: AsyncSession, environment: str, dashboard_id: str
    ) -> Mapping[str, WatchedWidget] | str:
        own = (Dashboard.id == dashboard_id, Dashboard.environment == environment)
        row = (await session.execute(select(Dashboard.published, Dashboard.published_at).where(*own))).one_or_none()
        if row is None:
            return NO_DASHBOARD
        if not row.published:
            return UNPUBLISHED
        key = (dashboard_id, row.published_at)
        if key not in self._kept:
            snapshot = (await session.execute(select(Dashboard.snapshot).where(*own))).scalar_one()
            self._kept[key] = _widgets(snapshot)
        return self._kept[key]


def _widgets(snapshot: dict[str, Any] | None) -> Mapping[str, WatchedWidget]:
    if snapshot is None:
        return {}
    config = read_config(snapshot["config"])
    return {str(widget.id): WatchedWidget(widget, snapshot["name"]) for widget in config.widgets}


async def _of_library(session: AsyncSession, environment: str, widget_id: str) -> WatchedWidget | str:
    query = select(Widget.snapshot).where(Widget.id == widget_id, Widget.environment == environment)
    row = (await session.execute(query)).one_or_none()
    if row is None or row.snapshot is None:
        return NO_LIBRARY_WIDGET
    return WatchedWidget(WidgetConfig.model_validate(row.snapshot), None)


async def require_widget(
    session: AsyncSession, caller: Principal, dashboard_id: str | None, widget_id: str
) -> WatchedWidget:
    """Return the published widget that a body names.

    Raises 404 for a dashboard or library widget that is not the caller's, 409 for one that is not published, 400 for a
    widget that the snapshot does not have.
    """
    environment = caller.environment
    if dashboard_id is None:
        query = select(Widget.snapshot).where(Widget.id == widget_id, Widget.environment == environment)
        row = (await session.execute(query)).one_or_none()
        if row is None:
            raise not_found("widget")
        if row.snapshot is None:
            raise conflict("this widget is not published; publish it first", "not_published")
        return WatchedWidget(WidgetConfig.model_validate(row.snapshot), None)
    own = (Dashboard.id == dashboard_id, Dashboard.environment == environment)
    found = (await session.execute(select(Dashboard.published, Dashboard.snapshot).where(*own))).one_or_none()
    if found is None:
        raise not_found("dashboard")
    if not found.published or found.snapshot is None:
        raise conflict("this dashboard is not published; publish it first", "not_published")
    widget = _widgets(found.snapshot).get(widget_id)
    if widget is None:
        raise invalid_field("widget_id", f"the published dashboard has no widget {widget_id!r}")
    return widget


def own_alerts(caller: Principal) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of every look-up: the caller's org and environment."""
    return Alert.org_id == caller.org_id, Alert.environment == caller.environment


async def find_alert(session: AsyncSession, caller: Principal, alert_id: int, *, for_update: bool = False) -> Alert:
    """Return an alert, locked if it is about to change; raises 404."""
    query = select(Alert).where(Alert.id == alert_id, *own_alerts(caller))
    row = (await session.execute(query.with_for_update() if for_update else query)).scalar_one_or_none()
    if row is None:
        raise not_found("alert")
    return row


async def messages_of(session: AsyncSession, event_ids: Iterable[int]) -> dict[int, list[OutboundMessage]]:
    """Return what each event sent, in the order in which it was written down."""
    query = select(OutboundMessage).where(OutboundMessage.alert_event_id.in_(list(event_ids)))
    found: dict[int, list[OutboundMessage]] = {}
    for row in (await session.execute(query.order_by(OutboundMessage.created_at, OutboundMessage.id))).scalars():
        if row.alert_event_id is not None:
            found.setdefault(row.alert_event_id, []).append(row)
    return found
