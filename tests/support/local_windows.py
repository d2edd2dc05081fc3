"""Which window a query is of, and which one that is compared with: from the documentation's words, step by step.

It shares no code with `emban.query.time` and works another way round. Midnights are looked for on the wall, days are
walked one at a time, and a time of day is looked for among all offsets that the day has. Windows are pairs of instants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.reference import QUARTER, clock, start_of_local_day

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
A_MOMENT = timedelta(milliseconds=1)
WALKED_DAYS = {"today": 1, "yesterday": 1, "7d": 7, "this_week": 7, "last_week": 7, "30d": 30, "90d": 90}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Pair = tuple[datetime, datetime]


def _begins_month(day: date) -> bool:
    return day.day == 1


BEGINS: dict[str, Callable[[date], bool]] = {
    "day": lambda _: True,
    "week": lambda day: day.isoweekday() == 1,
    "month": _begins_month,
    "year": lambda day: (day.month, day.day) == (1, 1),
}


def window_of(query: Mapping[str, Any], now: datetime) -> Pair:
    """The window of a query's period or dates at a moment of whole milliseconds; of a moment, where nothing is over."""
    zone = clock(query.get("timezone", "UTC"))
    if "date_from" in query:
        end = query.get("date_to")
        return _instant(query["date_from"], zone), now if end is None else _instant(end, zone)
    start, end = _of_period(query.get("period", "30d"), zone, now)
    return start, max(end, start + A_MOMENT)


def window_before(query: Mapping[str, Any], now: datetime) -> Pair:
    """The window that the query's `compare` sets beside its own."""
    start, end = window_of(query, now)
    zone, period = clock(query.get("timezone", "UTC")), None if "date_from" in query else query.get("period", "30d")
    before = (_a_year_before if query["compare"] == "previous_year" else _before)(start, end, period, zone)
    return before[0], max(before[1], before[0] + A_MOMENT)


def _of_period(period: str, zone: ZoneInfo, now: datetime) -> Pair:
    if period == "1h":
        ago = now - 60 * MINUTE
        return ago - (ago - EPOCH) % MINUTE, now
    if period == "24h":
        return _hour_begins(now - 24 * 60 * MINUTE, zone), now
    today = now.astimezone(zone).date()
    if period in {"7d", "30d", "90d"}:
        return midnight(_walk(today, int(period[:-1]) - 1), zone), now
    begins = next(begins for unit, begins in BEGINS.items() if period.endswith(unit))
    this = _back_to(begins, today)
    if period.startswith(("this", "today")):
        return midnight(this, zone), now
    return midnight(_back_to(begins, _walk(this, 1)), zone), midnight(this, zone)


def _before(start: datetime, end: datetime, period: str | None, zone: ZoneInfo) -> Pair:
    if period in {"1h", "24h"}:
        back = timedelta(hours=int(period[:-1]))
        return start - back, end - back
    if period == "this_year":
        return _a_year_before(start, end, period, zone)
    first = start.astimezone(zone).date()
    if period in {"this_month", "last_month"} or (period is None and start == midnight(first, zone) and first.day == 1):
        return _months_before(start, end, zone)
    if period is None and start != midnight(first, zone):
        return start - (end - start), start
    days = len(_touched(start, end, zone)) if period is None else WALKED_DAYS[period]
    return _days_before(start, days, zone), _days_before(end, days, zone)


def _days_before(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    return _same_time(at, _walk(at.astimezone(zone).date(), days), zone)


def _months_before(start: datetime, end: datetime, zone: ZoneInfo) -> Pair:
    touched = _touched(start, end, zone)
    months = list(dict.fromkeys((day.year, day.month) for day in touched))
    first, same = touched[0], touched[-1]
    for _ in months:
        first = _back_to(_begins_month, _walk(first, 1))
        same = _back_to(_begins_month, _walk(_back_to(_begins_month, same), 1))
    days = [same]  # Of the month that stands for the last one.
    while (days[-1] + DAY).month == same.month:
        days.append(days[-1] + DAY)
    whole_month = end == midnight(touched[-1] + DAY, zone) and (touched[-1] + DAY).day == 1
    last = touched[-1].day
    if whole_month or last > len(days):
        return midnight(first, zone), midnight(days[-1] + DAY, zone)
    if end == midnight(touched[-1] + DAY, zone):
        return midnight(first, zone), midnight(days[last - 1] + DAY, zone)
    return midnight(first, zone), _same_time(end, days[last - 1], zone)


def _a_year_before(start: datetime, end: datetime, period: str | None, zone: ZoneInfo) -> Pair:
    first, outside = start.astimezone(zone).date(), end.astimezone(zone).date()
    before = _same_time(end, _last(outside), zone)
    if end == midnight(outside, zone):
        # Each whole day has one beside it, but for months, of which all days have.
        last_days = [_last(outside - days * DAY) for days in (1, 2)]
        whole_months = start == midnight(first, zone) and first.day == 1 and outside.day == 1
        before = midnight(_last(outside) if whole_months else max(last_days) + DAY, zone)
    by_hours = period in {"1h", "24h"} or (period is None and start != midnight(first, zone))
    if by_hours and end - start < 25 * 60 * MINUTE:
        return before - (end - start), before
    return _same_time(start, _last(first), zone), before


def _last(day: date) -> date:
    """The same date a year earlier, 29 February against 28."""
    return date(day.year - 1, 2, 28) if (day.month, day.day) == (2, 29) else date(day.year - 1, day.month, day.day)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text) if "T" in text else midnight(date.fromisoformat(text), zone)


def _touched(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    days = [start.astimezone(zone).date()]
    while midnight(days[-1] + DAY, zone) < end:
        days.append(days[-1] + DAY)
    return days


def _walk(day: date, days: int) -> date:
    for _ in range(days):
        day -= DAY
    return day


def _back_to(begins: Callable[[date], bool], day: date) -> date:
    while not begins(day):
        day -= DAY
    return day


@cache
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Where a local day begins: at midnight, or where the clock that skips it goes on."""
    return start_of_local_day(day, zone)


def _hour_begins(at: datetime, zone: ZoneInfo) -> datetime:
    """The last minute at which the clock began to show this hour with this offset."""

    def shown(moment: datetime) -> tuple[Any, ...]:
        local = moment.astimezone(zone)
        return local.date(), local.hour, local.utcoffset()

    begins = at - (at - EPOCH) % MINUTE
    while shown(begins - MINUTE) == shown(at):
        begins -= MINUTE
    return begins


def _same_time(at: datetime, day: date, zone: ZoneInfo) -> datetime:
    """The moment of a local day at which the clock shows what it shows at `at`.

    The beginning of a day stands for that of another. Where a clock shows a time twice, the second is for a second one
    alone; where it skips the time, that is as much later as the clock is put on.
    """
    if at == midnight(at.astimezone(zone).date(), zone):
        return midnight(day, zone)
    wall = at.astimezone(zone).replace(tzinfo=None)
    shown = _moments(datetime.combine(day, wall.time()), zone)
    return shown[-1] if len(_moments(wall, zone)) > 1 and at == _moments(wall, zone)[-1] else shown[0]


def _moments(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """When the clock on the wall shows a time, earliest first; never empty."""
    around = [wall.replace(tzinfo=UTC) + step * QUARTER for step in range(-4 * 28, 4 * 28)]
    offsets = {at.astimezone(zone).utcoffset() for at in around}
    tried = [wall.replace(tzinfo=UTC) - offset for offset in offsets if offset is not None]
    return sorted(at for at in tried if at.astimezone(zone).replace(tzinfo=None) == wall) or [max(tried)]
