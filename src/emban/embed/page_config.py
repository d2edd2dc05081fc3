"""A snapshot as the browser gets to know it: how to draw each widget, and nothing of where its rows come from."""

from __future__ import annotations

from collections.abc import Sequence

from emban.dashboards.column_heads import series_titles
from emban.dashboards.document import Theme, WidgetConfig, WidgetLayout
from emban.dashboards.layout import COLUMNS, Box, apart
from emban.embed.live_embeds import LiveEmbed
from emban.embed.permission_checks import list_visible_widgets
from emban.embed.permissions import Permissions
from emban.embed.schemas import (
    BrandingOut,
    EmbedDashboardOut,
    EmbedPermissionsOut,
    GridOut,
    PageWidgetOut,
    QueryShapeOut,
    SeriesOut,
)
from emban.plans import PLANS, Feature
from emban.query.spec.schemas import QueryIn


def show_dashboard(live: LiveEmbed) -> EmbedDashboardOut:
    """Return the dashboard less its hidden widgets, no two of the rest overlapping."""
    config = live.snapshot.config
    widgets = list_visible_widgets(config, live.permissions)
    return EmbedDashboardOut(
        id=live.principal.dashboard_id,
        name=live.snapshot.name,
        theme=_theme(config.theme, live.plan),
        branding=BrandingOut(powered_by=not PLANS[live.plan].has(Feature.NO_BRANDING)),
        layout=GridOut(columns=COLUMNS),
        timezone=config.filters.timezone or "UTC",
        widgets=[_widget(one, index) for one, index in zip(widgets, _places(widgets), strict=True)],
    )


def _theme(theme: Theme, plan: str) -> dict[str, str]:
    """Return the theme; on a plan without custom themes only whether it is light or dark."""
    shown = None if PLANS[plan].has(Feature.THEME) else {"mode"}
    return theme.model_dump(exclude_none=True, include=shown)


def show_permissions(permissions: Permissions) -> EmbedPermissionsOut:
    """Return the permissions without locks and hidden widgets."""
    return EmbedPermissionsOut(**permissions.public())


def _places(widgets: Sequence[WidgetConfig]) -> list[WidgetLayout]:
    boxes = [Box(one.x, one.y, one.w, one.h) for one in (widget.layout for widget in widgets) if one is not None]
    return [WidgetLayout(x=box.x, y=box.y, w=box.w, h=box.h) for box in apart(boxes)]


def _series(query: QueryIn) -> list[SeriesOut] | None:
    if query.series is None:
        return None
    return [SeriesOut(name=name, title=title) for name, title in series_titles(query).items()]


def _widget(widget: WidgetConfig, index: WidgetLayout) -> PageWidgetOut:
    query = widget.query
    assert widget.id is not None  # noqa: S101 - a stored config is complete
    assert widget.chart is not None  # noqa: S101
    return PageWidgetOut(
        id=widget.id,
        title=widget.title,
        kind=widget.kind,
        chart=widget.chart,
        layout=index,
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
