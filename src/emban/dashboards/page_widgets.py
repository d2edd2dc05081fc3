"""Widgets as a page or a report knows them: how to draw each one, and nothing of where its rows come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from emban.dashboards.column_heads import series_titles
from emban.dashboards.document import Chart, Kind, Theme, WidgetConfig, WidgetLayout
from emban.dashboards.layout import Box, apart
from emban.plans import PLANS, Feature
from emban.query.spec.schemas import QueryIn


class SeriesOut(BaseModel):
    """One of several figures: its name in the answer's points, and what to call it."""

    name: str
    title: str


class QueryShapeOut(BaseModel):
    """What of a query helps to draw its answer."""

    metric: str | None = None
    prop: str | None = None
    group_by: list[str] = Field(default_factory=list)
    granularity: str | None = None
    compare: str | None = None
    series: list[SeriesOut] | None = Field(default=None, description="The figures of a series, in their order.")
    cumulative: bool = Field(default=False, description="Each bucket's figure is of all up to it.")
    moving_average: int | None = Field(default=None, description="Each bucket's figure is of so many up to it.")


class PageWidgetOut(BaseModel):
    """A widget as a browser may know it: how to draw it, not where its rows come from."""

    id: str
    title: str
    kind: Kind
    chart: Chart
    layout: WidgetLayout
    description: str | None = None
    unit: str | None = None
    format: str | None = None
    target: float | None = None
    good: Literal["up", "down"] | None = None
    query: QueryShapeOut


def page_widgets(widgets: Sequence[WidgetConfig]) -> list[PageWidgetOut]:
    """Return the widgets of a stored config, no two of them overlapping."""
    return [_widget(widget, place) for widget, place in zip(widgets, _places(widgets), strict=True)]


def shown_theme(theme: Theme, plan: str) -> dict[str, str]:
    """Return the theme; on a plan without custom themes only whether it is light or dark."""
    shown = None if PLANS[plan].has(Feature.THEME) else {"mode"}
    return theme.model_dump(exclude_none=True, include=shown)


def _places(widgets: Sequence[WidgetConfig]) -> list[WidgetLayout]:
    boxes = [Box(one.x, one.y, one.w, one.h) for one in (widget.layout for widget in widgets) if one is not None]
    return [WidgetLayout(x=box.x, y=box.y, w=box.w, h=box.h) for box in apart(boxes)]


def _series(query: QueryIn) -> list[SeriesOut] | None:
    if query.series is None:
        return None
    return [SeriesOut(name=name, title=title) for name, title in series_titles(query).items()]


def _widget(widget: WidgetConfig, place: WidgetLayout) -> PageWidgetOut:
    query = widget.query
    assert widget.id is not None  # noqa: S101 - a stored config is complete
    assert widget.chart is not None  # noqa: S101
    return PageWidgetOut(
        id=widget.id,
        title=widget.title,
        kind=widget.kind,
        chart=widget.chart,
        layout=place,
        description=widget.description,
        unit=widget.unit,
        format=widget.format,
        target=widget.target,
        good=widget.good,
        query=QueryShapeOut(
            metric=query.metric,
            prop=query.prop,
            group_by=query.group_by or [],
            granularity=query.granularity,
            compare=query.compare,
            series=_series(query),
            cumulative=query.cumulative,
            moving_average=query.moving_average,
        ),
    )
