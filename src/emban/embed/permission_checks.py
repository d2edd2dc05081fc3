"""Permissions applied: what of a snapshot a browser is shown, and which of its wishes are refused. Pure functions.

Everything here intersects. A wish outside the permissions is a 403, never cut down to what would be allowed: a page
that asked for 90 days must not show 30 under that title.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from emban.dashboards.document import DashboardConfig, FilterBar, WidgetConfig
from emban.dashboards.widget_queries import View
from emban.embed.permissions import PERIOD_DAYS, Permissions
from emban.errors import EmbanError, forbidden
from emban.query.spec.query_spec import Dimension
from emban.query.time.span import PERIODS, Period, PeriodName
from emban.query.time.window import Window, bucket_start, frame
from emban.query.time.zones import zone


def list_visible_widgets(config: DashboardConfig, permissions: Permissions) -> list[WidgetConfig]:
    """Return the snapshot's widgets without the hidden ones."""
    return [widget for widget in config.widgets if widget.id not in permissions.hidden_widgets]


def choose_widgets(
    config: DashboardConfig, permissions: Permissions, wanted: Sequence[str] | None
) -> list[WidgetConfig]:
    """Return the wanted widgets in the snapshot's order, all visible ones for None.

    Raises 403 for any other id, in the same words whether it is hidden or does not exist.
    """
    visible = list_visible_widgets(config, permissions)
    if wanted is None:
        return visible
    known = {widget.id for widget in visible}
    missing = next((widget_id for widget_id in wanted if widget_id not in known), None)
    if missing is not None:
        raise forbidden(f"widget {missing!r} is not available in this embed", "widget_not_available")
    return [widget for widget in visible if widget.id in wanted]


def list_periods(bar: FilterBar, permissions: Permissions) -> tuple[list[PeriodName], PeriodName]:
    """Return the periods of the filter bar and the one that is chosen at first.

    The dashboard's own that are allowed; where none of them is, those that the session allows. The default moves to
    the first of them unless it is one.
    """
    offered = [period for period in bar.periods if permissions.allows_period(period)]
    allowed = offered or [period for period in _ALL_PERIODS if permissions.allows_period(period)]
    default = bar.default_period
    return allowed, default if default is not None and default in allowed else allowed[0]


def list_dimensions(bar: FilterBar, permissions: Permissions) -> list[str]:
    """Return the dimensions of the filter bar: allowed ones, without the locked ones and never the tenant."""
    return [name for name in bar.dimensions if may_be_shown(Dimension.named(name), permissions)]


def may_be_shown(dimension: Dimension, permissions: Permissions) -> bool:
    """Tell whether a browser may read the values of a dimension: an allowed one, not locked and never the tenant."""
    locked = any(Dimension.named(lock.prop) == dimension for lock in permissions.locks)
    return not locked and dimension.column != "tenant_id" and _is_allowed(dimension, permissions)


def check_view(view: View, bar: FilterBar, permissions: Permissions, now: datetime) -> None:
    """Raise 403 for a period, a range or a filter that the session does not allow."""
    _check_span(view, permissions, now)
    for chosen in view.dimensions:
        check_dimension(chosen.dimension, bar, permissions)
    allowed = permissions.allowed_dimensions
    for limits in view.ranges:
        # A range cuts the rows along a property as a value does: where only some are allowed, it must be one of them.
        if allowed is not None and limits.prop not in allowed:
            raise _filter_refused(limits.prop)


def check_dimension(
    dimension: Dimension, bar: FilterBar, permissions: Permissions, *, also: Sequence[Dimension] = ()
) -> None:
    """Raise 403 for a dimension that a browser may not filter by; `also` are those that a widget already shows."""
    # Who a user is may be on the dashboard by its owner's choice; guessing at ids is not for browsers.
    offered = {*map(Dimension.named, bar.dimensions), *also}
    private = dimension.column == "user_id" and dimension not in offered
    if dimension.column == "tenant_id" or private or not _is_allowed(dimension, permissions):
        raise _filter_refused(dimension.label)


def _check_span(view: View, permissions: Permissions, now: datetime) -> None:
    if isinstance(view.span, Period):
        if not permissions.allows_period(view.span.name):
            raise _period_refused(f"this embed does not allow the period {view.span.name}")
        return
    window = frame(view.span, "none", view.timezone, now, compare=False).window
    if window.start < _reach(permissions, view.timezone, now):
        raise _period_refused("this embed does not allow dates before its longest period begins")
    longest = permissions.max_date_range_days
    if longest and _is_longer(window, longest, view):
        raise _period_refused(f"this embed does not allow more than {longest} days at once")


def _reach(permissions: Permissions, timezone: str, now: datetime) -> datetime:
    """Return how far back dates may go: as far as the longest of the allowed periods, with the whole of its first bar.

    So dates show nothing that a period would not show, and a bar of an allowed period can be drilled into.
    """
    if permissions.allowed_periods is None:
        return datetime.min.replace(tzinfo=UTC)
    longest = max(length for name, length in PERIODS.items() if name in permissions.allowed_periods)
    return bucket_start(now - longest, "hour" if longest <= timedelta(days=1) else "day", timezone)


def _is_longer(window: Window, days: int, view: View) -> bool:
    """Tell whether a window is longer than so many days, whichever are longer: of 24 hours, or by the local clock."""
    local = window.start.astimezone(zone(view.timezone))
    by_the_clock = (local + timedelta(days=days)).astimezone(UTC)
    return window.end > max(by_the_clock, window.start + timedelta(days=days))


def _is_allowed(dimension: Dimension, permissions: Permissions) -> bool:
    allowed = permissions.allowed_dimensions
    return allowed is None or dimension in {Dimension.named(name) for name in allowed}


def _filter_refused(name: str) -> EmbanError:
    return forbidden(f"this embed does not allow filtering by {name!r}", "filter_not_allowed")


def _period_refused(message: str) -> EmbanError:
    return forbidden(message, "period_not_allowed")


_ALL_PERIODS: tuple[PeriodName, ...] = tuple(PERIOD_DAYS)
