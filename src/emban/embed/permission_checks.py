"""Permissions applied: what of a snapshot a browser is shown, and which of its wishes are refused. Pure functions.

Everything here intersects. A wish outside the permissions is a 403, never cut down to what would be allowed: a page
that asked for 90 days must not show 30 under that title.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from emban.dashboards.document import DashboardConfig, FilterBar, WidgetConfig
from emban.dashboards.widget_queries import View
from emban.embed.permissions import Permissions
from emban.errors import EmbanError, forbidden
from emban.kit.clock import truncate_ms
from emban.query.spec.query_spec import Dimension
from emban.query.time.span import PERIOD_DAYS, Period, PeriodName
from emban.query.time.window import Window, start_of_hour, window_of
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


def shown_numbers(bar: FilterBar, permissions: Permissions) -> list[str]:
    """Return the numeric properties that a browser may filter by a range of: declared, allowed and not locked."""
    allowed = permissions.allowed_dimensions
    return [
        prop
        for prop in bar.numeric or ()
        if not _is_locked(prop, permissions) and (allowed is None or _is_named(prop, allowed))
    ]


def may_be_shown(dimension: Dimension, permissions: Permissions) -> bool:
    """Tell whether a browser may read the values of a dimension: an allowed one, not locked and never the tenant."""
    locked = any(Dimension.named(lock.prop) == dimension for lock in permissions.locks)
    return not locked and dimension.column != "tenant_id" and _is_allowed(dimension, permissions)


def check_export(permissions: Permissions) -> None:
    """Raise 403 where the session may not take figures away as a file."""
    if not permissions.allow_export:
        raise forbidden("this embed does not allow exports", "export_not_allowed")


def check_view(view: View, config: DashboardConfig, permissions: Permissions, now: datetime) -> None:
    """Raise 403 for a period, a range or a filter that the session does not allow."""
    _check_span(view, permissions, now)
    for chosen in view.dimensions:
        check_dimension(chosen.dimension, config, permissions)
    for limits in view.ranges:
        _check_number(limits.prop, config.filters, permissions)


def check_dimension(dimension: Dimension, config: DashboardConfig, permissions: Permissions) -> None:
    """Raise 403 for a dimension that a browser may not filter or drill by.

    It has to be on the page, whatever the permissions: by guessing at values one could measure any other property. A
    locked one is refused like one that is not there, so that neither the lock nor its value is found by trying.
    """
    shown = {*map(Dimension.named, config.filters.dimensions)}
    for widget in list_visible_widgets(config, permissions):
        shown.update(widget.spec.group_by)
    locked = any(Dimension.named(lock.prop) == dimension for lock in permissions.locks)
    if dimension not in shown or locked or dimension.column == "tenant_id":
        raise _not_shown(dimension.label)
    if not _is_allowed(dimension, permissions):
        raise _filter_refused(dimension.label)


def _check_number(prop: str, bar: FilterBar, permissions: Permissions) -> None:
    """Raise 403 for a property that a browser may not filter by a range of.

    That a widget sums it up is not enough: ranges would take the sum apart. A string of a locked name may say the same
    as the number of that name, so the number is locked, too.
    """
    if prop not in (bar.numeric or ()) or _is_locked(prop, permissions):
        raise _not_shown(prop)
    if prop not in shown_numbers(bar, permissions):
        raise _filter_refused(prop)


def _is_locked(prop: str, permissions: Permissions) -> bool:
    return _is_named(prop, [lock.prop for lock in permissions.locks])


def _is_named(prop: str, labels: Sequence[str]) -> bool:
    """Tell whether a numeric property is among names that are written as those of dimensions are."""
    return prop in labels or prop in {Dimension.named(label).name for label in labels}


def _check_span(view: View, permissions: Permissions, now: datetime) -> None:
    if isinstance(view.span, Period):
        if not permissions.allows_period(view.span.name):
            raise _period_refused(f"this embed does not allow the period {view.span.name}")
        return
    window = window_of(view.span, view.timezone, now)
    if not _is_within_periods(window, permissions, view.timezone, now):
        raise _period_refused("this embed does not allow dates outside of its periods")
    longest = permissions.max_date_range_days
    if longest and _is_longer(window, longest, view):
        raise _period_refused(f"this embed does not allow more than {longest} days at once")


def _is_within_periods(window: Window, permissions: Permissions, timezone: str, now: datetime) -> bool:
    """Tell whether dates lie within one of the allowed periods, so that they show nothing that it would not show.

    Where a period of hours begins is forgiven by up to an hour: its first bar is drilled into some time after it was
    drawn, and the period has moved on meanwhile.
    """
    if permissions.allowed_periods is None:
        return True
    allowed = [name for name in PERIOD_DAYS if permissions.allows_period(name)]
    return any(_holds(name, window_of(Period(name), timezone, now), window, timezone, now) for name in allowed)


def _holds(name: PeriodName, period: Window, window: Window, timezone: str, now: datetime) -> bool:
    start = start_of_hour(period.start, timezone) if name in _MOVING else period.start
    ends_now = period.end >= truncate_ms(now.astimezone(UTC))
    return window.start >= start and (ends_now or window.end <= period.end)


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


def _not_shown(name: str) -> EmbanError:
    return forbidden(f"this page has no {name!r} to filter or to drill by", "dimension_not_shown")


def _period_refused(message: str) -> EmbanError:
    return forbidden(message, "period_not_allowed")


_ALL_PERIODS: tuple[PeriodName, ...] = tuple(PERIOD_DAYS)
_MOVING: tuple[PeriodName, ...] = ("1h", "24h")
