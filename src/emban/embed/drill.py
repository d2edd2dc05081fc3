"""Drilling: which rows behind a widget's figure a browser may see, and which of their fields. Pure functions.

A row shows what the dashboard already names and nothing else: its time, the dimensions that the widget groups by or the
filter bar offers, the numbers that the widget measures. Locked dimensions and the tenant are never among them, and with
`allowed_dimensions` neither is any other.
"""

from __future__ import annotations

from datetime import datetime

from emban.dashboards.document import WidgetConfig
from emban.dashboards.widget_queries import View, apply_view
from emban.embed.live_embeds import LiveEmbed
from emban.embed.permission_checks import check_dimension, choose_widgets, may_be_shown
from emban.errors import forbidden
from emban.query.run.details import DetailSpec
from emban.query.spec.query_spec import Dimension, DimensionFilter


def find_drill_widget(live: LiveEmbed, widget_id: str) -> WidgetConfig:
    """Return the widget to drill into; raises 403 where drilling is not allowed, or the widget not available."""
    if not live.permissions.allow_drill_down:
        raise forbidden("this embed does not allow drilling down", "drill_down_not_allowed")
    return choose_widgets(live.snapshot.config, live.permissions, [widget_id])[0]


def detail_spec(
    live: LiveEmbed, widget: WidgetConfig, view: View, dimension: str, value: str, now: datetime
) -> DetailSpec:
    """Return the rows to read for a slice of a widget; raises 403 for a dimension that may not be drilled by."""
    spec = apply_view(widget.spec, view, now)
    chosen = Dimension.named(dimension)
    bar = live.snapshot.config.filters
    check_dimension(chosen, live.snapshot.config, live.permissions)
    named = (Dimension.named("event_name"), chosen, *spec.group_by, *map(Dimension.named, bar.dimensions))
    props = spec.numbers
    return DetailSpec(
        spec=spec,
        slice=DimensionFilter(chosen, (value,)),
        dimensions=tuple(one for one in dict.fromkeys(named) if may_be_shown(one, live.permissions)),
        props=props,
    )
