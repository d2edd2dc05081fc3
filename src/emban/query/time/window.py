"""When: from a span and `now` to the one window that every figure of a page is of.

The window goes by the span alone, never by the size of anybody's buckets, so that a figure, its bars and its table are
of the same events. Days are local to the query's time zone, weeks begin on Monday. `now` is always given, never read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from emban.errors import EmbanError, invalid_field
from emban.kit.clock import truncate_ms
from emban.kit.rfc3339 import format_instant
from emban.query.time.span import DEFAULT_PERIOD, ROLLING_DAYS, Period, PeriodName, Span
from emban.query.time.zones import hour_edges, local_day, start_of_day

DAY = timedelta(days=1)
_A_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The instants from `start` up to but without `end`, both whole milliseconds in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Real time between the two."""
        return self.end - self.start


def window_of(span: Span | None, timezone: str, now: datetime) -> Window:
    """Return the window of a span, of the last 30 days for None. Raises 400 for dates that leave nothing."""
    span, now = span or Period(DEFAULT_PERIOD), truncate_ms(now.astimezone(UTC))
    if isinstance(span, Period):
        start, end = _of_period(span.name, timezone, now)
        return Window(start, max(end, start + _A_MOMENT))  # Today, at midnight, has only begun.
    start = _instant(span.start, timezone)
    end = now if span.end is None else _instant(span.end, timezone)
    if start >= end:
        raise _empty_window(start, end, given=span.end is not None)
    return Window(start, end)


def _of_period(name: PeriodName, timezone: str, now: datetime) -> tuple[datetime, datetime]:
    if name == "1h":
        return (now - timedelta(hours=1)).replace(second=0, microsecond=0), now
    if name == "24h":
        return start_of_hour(now - DAY, timezone), now
    today = local_day(now, timezone)
    first, after = _days_of(name, today)
    return start_of_day(first, timezone), now if after is None else start_of_day(after, timezone)


def _days_of(name: PeriodName, today: date) -> tuple[date, date | None]:
    """Return the first local day of a period, and the first one after it, None where it ends now."""
    if name in ROLLING_DAYS:
        return today - (ROLLING_DAYS[name] - 1) * DAY, None
    monday, first = today - today.weekday() * DAY, today.replace(day=1)
    days: dict[PeriodName, tuple[date, date | None]] = {
        "today": (today, None),
        "yesterday": (today - DAY, today),
        "this_week": (monday, None),
        "last_week": (monday - 7 * DAY, monday),
        "this_month": (first, None),
        "last_month": ((first - DAY).replace(day=1), first),
        "this_year": (first.replace(month=1), None),
    }
    return days[name]


def start_of_hour(at: datetime, timezone: str) -> datetime:
    """Return where the local clock hour of an instant begins."""
    second = int(at.timestamp())
    return datetime.fromtimestamp(next(hour_edges(second, second + 1, timezone)), UTC)


def _empty_window(start: datetime, end: datetime, *, given: bool) -> EmbanError:
    if given:
        return invalid_field(
            "date_to", f"must be after date_from ({format_instant(start)}); the window ends before date_to"
        )
    return invalid_field("date_from", f"must be before now ({format_instant(end)})")


def _instant(given: date | datetime, timezone: str) -> datetime:
    return given if isinstance(given, datetime) else start_of_day(given, timezone)
