"""The window that another one is compared with: equal elapsed parts, by the window alone and never by its buckets.

- Minutes and hours (`1h`, `24h`, dates that begin within a day): as much real time earlier.
- Days and weeks: as many local days earlier, ending at the same time of day.
- A window that begins on the first of a month (`this_month`, `last_month`, dates): as many months earlier as it
  touches, cut to the same days; where the month before is shorter, at its end.
- `this_year`, and every window with `previous_year`: the same dates a year earlier, 29 February against the 28th. What
  begins within a day and lasts a day at most keeps its length.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from emban.query.time.span import ROLLING_DAYS, Compare, Period, PeriodName, Span
from emban.query.time.window import DAY, Window
from emban.query.time.zones import local_day, start_of_day, zone

Step = Literal["time", "days", "months", "year"]
_A_MOMENT = timedelta(milliseconds=1)
_STEPS: dict[PeriodName, Step] = {
    "1h": "time",
    "24h": "time",
    "this_month": "months",
    "last_month": "months",
    "this_year": "year",
}
_REAL_TIME: dict[PeriodName, timedelta] = {"1h": timedelta(hours=1), "24h": DAY}
# However much of them has passed: a Monday is not a Friday, and at midnight today has only begun.
_DAYS: dict[PeriodName, int] = {**ROLLING_DAYS, "this_week": 7, "last_week": 7}
# `24h` begins at a whole hour, so it is somewhat more than a day.
_A_DAY_OF_HOURS = timedelta(hours=25)


def window_before(window: Window, span: Span, timezone: str, compare: Compare) -> Window:
    """Return the window that `window`, which is that of the span, is compared with."""
    start, end = _before(window, span, timezone, compare)
    return Window(start, max(end, start + _A_MOMENT))  # Until a midnight that comes twice, say.


def _before(window: Window, span: Span, timezone: str, compare: Compare) -> tuple[datetime, datetime]:
    step = _step(window, span, timezone)
    if compare == "previous_year":
        # Else a day until 29 February 15:20 would be set beside twenty minutes of the 28th.
        keep_length = step == "time" and window.length < _A_DAY_OF_HOURS
        return _year_before(window, timezone, keep_length=keep_length)
    if step == "year":
        return _year_before(window, timezone)
    if step == "months":
        return _months_before(window, timezone)
    if step == "time":
        back = _REAL_TIME[span.name] if isinstance(span, Period) else window.length
        return window.start - back, window.end - back
    fixed = _DAYS.get(span.name) if isinstance(span, Period) else None
    return _days_before(window, fixed or _touched_days(window, timezone), timezone)


def _step(window: Window, span: Span, timezone: str) -> Step:
    if isinstance(span, Period):
        return _STEPS.get(span.name, "days")
    first = local_day(window.start, timezone)
    if window.start != start_of_day(first, timezone):
        return "time"
    return "months" if first.day == 1 else "days"


def _last_day(window: Window, timezone: str) -> date:
    return local_day(window.end - _A_MOMENT, timezone)


def _touched_days(window: Window, timezone: str) -> int:
    return (_last_day(window, timezone) - local_day(window.start, timezone)).days + 1


def _days_before(window: Window, days: int, timezone: str) -> tuple[datetime, datetime]:
    start, end = (
        _at_same_clock(at, local_day(at, timezone) - days * DAY, timezone) for at in (window.start, window.end)
    )
    return start, end


def _months_before(window: Window, timezone: str) -> tuple[datetime, datetime]:
    first, last, ends_on = (
        local_day(window.start, timezone),
        _last_day(window, timezone),
        local_day(window.end, timezone),
    )
    touched = _month_number(last) - _month_number(first) + 1
    start = start_of_day(_first_of(_month_number(first) - touched), timezone)
    same_month = _first_of(_month_number(last) - touched)
    after = _first_of(_month_number(last) - touched + 1)  # That is the month in which the window begins.
    if _month_number(ends_on) > _month_number(last) or ends_on.day > (after - same_month).days:
        return start, start_of_day(after, timezone)
    return start, _at_same_clock(window.end, same_month.replace(day=ends_on.day), timezone)


def _year_before(window: Window, timezone: str, *, keep_length: bool = False) -> tuple[datetime, datetime]:
    first, ends_on = (local_day(at, timezone) for at in (window.start, window.end))
    end = _at_same_clock(window.end, _last_year(ends_on), timezone)
    if window.end == start_of_day(ends_on, timezone):
        # By its last day: the 28th alone is not set beside the 28th and the 29th. Whole months stay whole.
        whole_months = first.day == ends_on.day == 1 and window.start == start_of_day(first, timezone)
        end = start_of_day(_last_year(ends_on) if whole_months else _last_year(ends_on - DAY) + DAY, timezone)
    if keep_length:
        return end - window.length, end
    return _at_same_clock(window.start, _last_year(first), timezone), end


def _last_year(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _at_same_clock(at: datetime, day: date, timezone: str) -> datetime:
    """Return the instant at which the clock shows on `day` what it shows at `at`."""
    local = at.astimezone(zone(timezone))
    if at == start_of_day(local.date(), timezone):
        return start_of_day(day, timezone)
    clock = time(local.hour, local.minute, local.second, local.microsecond, fold=local.fold)
    return datetime.combine(day, clock, tzinfo=zone(timezone)).astimezone(UTC)
