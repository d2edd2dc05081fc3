"""The small chart in an alert's mail: the watched figure, hour by hour, over the 24 hours before it was told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from cachetools import TTLCache

from emban.alerts.condition import Condition
from emban.alerts.figure import questions
from emban.alerts.repository import PublishedWidgets
from emban.alerts.words import AlertStory
from emban.dashboards.document import WidgetConfig, WidgetLayout
from emban.dashboards.page_widgets import page_widgets
from emban.db import Database
from emban.errors import EmbanError
from emban.kit.rfc3339 import parse_instant
from emban.query.answer.answers import Points
from emban.query.service import QueryService
from emban.query.spec.query_spec import QuerySpec
from emban.query.time.span import Dates
from emban.render.document import RenderDocument
from emban.render.renderer import Renderer
from emban.scope import ALL_TENANTS, Scope, Tenant

HOURS = 24
WIDTH, HEIGHT = 550, 180
# Charts that a worker keeps, and for how long: a transition's mails leave within seconds.
KEPT, KEPT_S = 128, 120
# Of metrics whose buckets add up, a bar for each hour; a line for what is a level.
_ADDED_UP = frozenset({"count", "sum"})
log = structlog.get_logger("emban.alerts")


class AlertChart:
    """Draws charts of the figures that alerts watch."""

    def __init__(self, database: Database, queries: QueryService, renderer: Renderer) -> None:
        self._database = database
        self._queries = queries
        self._renderer = renderer
        self._widgets = PublishedWidgets()
        self._drawn: TTLCache[tuple[object, ...], asyncio.Task[bytes | None]] = TTLCache(KEPT, KEPT_S)

    async def draw(self, org_id: str, story: AlertStory) -> bytes | None:
        """Return a PNG; None where the widget is gone or the chart can't be made: the mail goes out without it.

        Drawn once for all recipients, and for all alerts that watch the same figure and fired together.
        """
        key = (org_id, story.environment, *_subject(story), story.condition_type == "no_data", _end(story))
        task = self._drawn.get(key)
        if task is None:
            task = self._drawn[key] = asyncio.create_task(self._try(org_id, story))
        return await asyncio.shield(task)

    async def _try(self, org_id: str, story: AlertStory) -> bytes | None:
        key = (story.dashboard_id, story.widget_id)
        try:
            async with self._database.for_org(org_id) as session:
                watched = (await self._widgets.find(session, story.environment, [key]))[key]
            if isinstance(watched, str):
                return None
            return await self._draw(org_id, story, watched.config)
        except (EmbanError, TimeoutError) as error:
            log.warning("alert.no_chart", alert=story.alert_id, org_id=org_id, reason=str(error))
            return None

    async def _draw(self, org_id: str, story: AlertStory, widget: WidgetConfig) -> bytes | None:
        end = _end(story)
        scope = Scope(org_id, story.environment, ALL_TENANTS if story.tenant_id is None else Tenant(story.tenant_id))
        spec = _hourly(widget, story, end)
        (answer,) = (await self._queries.run(scope, [spec], now=end)).answers
        if not isinstance(answer, Points):
            return None
        drawn = _as_chart(widget, spec)
        document = RenderDocument(
            name=story.name,
            timezone="UTC",
            generated_at=end,
            as_of=story.as_of,
            widgets=tuple(one.model_dump(mode="json", exclude_none=True) for one in page_widgets([drawn])),
            answers={str(drawn.id): answer},
        )
        return await self._renderer.chart_png(
            org_id, document, str(drawn.id), width=WIDTH, height=HEIGHT, patience_s=None
        )


def _subject(story: AlertStory) -> tuple[str | None, ...]:
    return story.dashboard_id, story.widget_id, story.tenant_id


def _end(story: AlertStory) -> datetime:
    return parse_instant(story.resolved_at or story.fired_at)


def _hourly(widget: WidgetConfig, story: AlertStory, end: datetime) -> QuerySpec:
    """Return the question that the alert asks, in hours: of `no_data`, the rows."""
    condition = Condition("no_data") if story.condition_type == "no_data" else Condition("threshold", "gt", 0)
    spec = questions(widget, condition, timedelta(minutes=story.lookback_minutes), end)[0]
    begin = (end - timedelta(hours=HOURS - 1)).replace(minute=0, second=0, microsecond=0)
    return replace(spec, span=Dates(begin, end), granularity="hour")


def _as_chart(widget: WidgetConfig, spec: QuerySpec) -> WidgetConfig:
    bars = spec.metric.name in _ADDED_UP
    query = widget.query.model_copy(update={"granularity": "hour", "group_by": [], "series": None, "columns": None})
    return widget.model_copy(
        update={
            "kind": "timeseries",
            "chart": "bar" if bars else "line",
            "query": query,
            "target": None,
            "layout": WidgetLayout(x=0, y=0, w=12, h=4),
        }
    )
