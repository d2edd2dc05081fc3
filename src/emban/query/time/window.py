"""When: from a span, a granularity and `now` to a window, its buckets, and the window before it.

Everything is local to the query's time zone from a day upwards, and hours are local clock hours; minutes are the same
everywhere. `now` is always given, never read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from emban.errors import EmbanError, invalid_field
from emban.kit.clock import truncate_ms
from emban.kit.rfc3339 import format_instant, format_local
from emban.query.time.span import DEFAULT_PERIOD, Dates, Granularity, Period, Span
from emban.query.time.zones import hour_edges, local_day, start_of_day, zone

MAX_BUCKETS = 3_000
MINUTE_S = 60
MAX_WIDTH_S = 2**32 - 1  # Wider than any window: everything falls into the one bucket.
Size = Literal["minute", "hour", "day", "week", "month"]
SIZES: tuple[Size, ...] = ("minute", "hour", "day", "week", "month")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# `auto`: the first row whose length the window does not exceed; beyond all of them, months.
AUTO: tuple[tuple[timedelta, Size], ...] = (
    (2 * _HOUR, "minute"),
    (3 * _DAY, "hour"),
    (120 * _DAY, "day"),
    (730 * _DAY, "week"),
)
COARSEST: Size = "month"
# What a bucket lasts where the clock is not changed: to count buckets before making them and to step back by some.
LENGTHS = {"minute": _MINUTE, "hour": _HOUR, "day": _DAY, "week": 7 * _DAY, "month": 31 * _DAY}


@dataclass(frozen=True, slots=True)
class Window:
    """The instants from `start` up to but without `end`, both whole milliseconds in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Real time between the two."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Buckets:
    """Where the buckets of a window start, rising, in epoch seconds. The first may start before the window does."""

    size: Size
    starts: tuple[int, ...]

    @property
    def width(self) -> int | None:
        """The seconds of each bucket where all have the same, None where clock changes or months make them differ."""
        return _uniform_width(self.starts)

    @property
    def texts(self) -> tuple[str, ...]:
        """The starts as the answer writes them."""
        return _texts(self.starts)

    def local_texts(self, timezone: str) -> tuple[str, ...]:
        """Return the starts as local time without a zone: `2026-11-01T00:00`, of a day and more `2026-11-01`."""
        return _local_texts(self.starts, self.size, timezone)


@dataclass(frozen=True, slots=True)
class Timeframe:
    """The window of a query; `buckets` is None without granularity, `previous` only with compare."""

    window: Window
    buckets: Buckets | None
    previous: Timeframe | None = None


def frame(span: Span | None, granularity: Granularity, timezone: str, now: datetime, *, compare: bool) -> Timeframe:
    """Return when a query is about. Raises 400 for an empty window and for more than `MAX_BUCKETS` buckets."""
    span = span or Period(DEFAULT_PERIOD)
    window = _plain_window(span, timezone, truncate_ms(now.astimezone(UTC)))
    size = choose_size(granularity, window)
    if size is None:
        previous = Timeframe(_previous_plain(window, span, timezone), None) if compare else None
        return Timeframe(window, None, previous)
    _check_bucket_count(window, size)
    if isinstance(span, Period) and size != "minute":
        window = Window(bucket_start(window.start, size, timezone), window.end)
    buckets = Buckets(size, _bucket_starts(window, size, timezone))
    if not compare:
        return Timeframe(window, buckets)
    step = _steps_back(span, size, len(buckets.starts))
    return Timeframe(window, buckets, _moved_back(window, buckets, step, timezone))


def choose_size(granularity: Granularity, window: Window) -> Size | None:
    """Return the size of the buckets: what was asked for, or what `auto` comes to for a window of this length."""
    if granularity == "none":
        return None
    if granularity != "auto":
        return granularity
    return next((size for longest, size in AUTO if window.length <= longest), COARSEST)


def fits(span: Span, granularity: Granularity, timezone: str, now: datetime) -> bool:
    """Tell whether a span can have buckets of this size, or would be refused for their number."""
    window = _plain_window(span, timezone, truncate_ms(now.astimezone(UTC)))
    size = choose_size(granularity, window)
    return size is None or _rough_count(window, size) <= MAX_BUCKETS


def _check_bucket_count(window: Window, size: Size) -> None:
    count = _rough_count(window, size)
    if count <= MAX_BUCKETS:
        return
    better = next(coarser for coarser in SIZES if _rough_count(window, coarser) <= MAX_BUCKETS)
    raise invalid_field(
        "granularity",
        f"this window has {count:,} buckets of a {size}, at most {MAX_BUCKETS:,} are answered; try {better}",
    )


def _rough_count(window: Window, size: Size) -> int:
    """Return how many buckets there are, give or take the partial ones at the ends."""
    return -int(-window.length // LENGTHS[size])


def _plain_window(span: Span, timezone: str, now: datetime) -> Window:
    if isinstance(span, Period):
        return Window(now - span.length, now)
    start = _instant(span.start, timezone)
    end = now if span.end is None else _instant(span.end, timezone)
    if start >= end:
        raise _empty_window(start, end, given=span.end is not None)
    return Window(start, end)


def _empty_window(start: datetime, end: datetime, *, given: bool) -> EmbanError:
    if given:
        return invalid_field(
            "date_to", f"must be after date_from ({format_instant(start)}); the window ends before date_to"
        )
    return invalid_field("date_from", f"must be before now ({format_instant(end)})")


def _instant(given: date | datetime, timezone: str) -> datetime:
    return given if isinstance(given, datetime) else start_of_day(given, timezone)


def bucket_start(at: datetime, size: Size, timezone: str) -> datetime:
    """Return where the bucket that holds an instant starts."""
    if size == "minute":
        return at.replace(second=0, microsecond=0)
    if size == "hour":
        second = int(at.timestamp())
        return datetime.fromtimestamp(next(hour_edges(second, second + 1, timezone)), UTC)
    return start_of_day(_first_day(local_day(at, timezone), size), timezone)


def _first_day(day: date, size: Size) -> date:
    if size == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if size == "week" else day


def _bucket_starts(window: Window, size: Size, timezone: str) -> tuple[int, ...]:
    """Return the starts of all buckets that the window touches."""
    first = bucket_start(window.start, size, timezone)
    last = -int(-window.end.timestamp() // 1)
    return _starts(int(first.timestamp()), last, size, timezone)


@lru_cache(maxsize=512)
def _starts(first: int, last: int, size: Size, timezone: str) -> tuple[int, ...]:
    if size == "minute":
        return tuple(range(first, last, MINUTE_S))
    if size == "hour":
        return tuple(hour_edges(first, last, timezone))
    day = local_day(datetime.fromtimestamp(first, UTC), timezone)
    starts = [first]
    while True:
        day = _next_day(day, size)
        start = int(start_of_day(day, timezone).timestamp())
        if start >= last:
            return tuple(starts)
        if start > starts[-1]:  # A local date that the zone skipped as a whole has no bucket.
            starts.append(start)


def _next_day(day: date, size: Size) -> date:
    if size == "month":
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if size == "week" else 1)


def _steps_back(span: Span, size: Size, count: int) -> int:
    """Return by how many buckets the previous window lies back.

    A period goes back by itself, in whole buckets: 7d by seven days, so that a Monday is compared with a Monday, even
    though its buckets, the first of which began before now - 7 days, are eight. Dates go back by all their buckets.
    """
    if isinstance(span, Period):
        return -int(-span.length // LENGTHS[size])
    return count


def _moved_back(window: Window, buckets: Buckets, steps: int, timezone: str) -> Timeframe:
    """Return the previous window, with a bucket for each bucket of this one."""
    move = _mover(buckets.size, steps, timezone)
    starts = [int(move(datetime.fromtimestamp(start, UTC)).timestamp()) for start in buckets.starts]
    return Timeframe(Window(move(window.start), move(window.end)), Buckets(buckets.size, tuple(starts)))


def _mover(size: Size, steps: int, timezone: str) -> Callable[[datetime], datetime]:
    """Return what moves an instant back: by real time below a day, by the calendar at the same local time above."""
    if size in {"minute", "hour"}:
        back = steps * LENGTHS[size]
        return lambda at: at - back
    return lambda at: _same_clock(at, _day_back(local_day(at, timezone), size, steps), timezone)


def _day_back(day: date, size: Size, steps: int) -> date:
    if size != "month":
        return day - timedelta(days=steps * (7 if size == "week" else 1))
    months = day.year * 12 + day.month - 1 - steps
    first = date(months // 12, months % 12 + 1, 1)
    last = _next_day(first, "month") - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))  # 31 March less a month is the last day of February.


def _same_clock(at: datetime, day: date, timezone: str) -> datetime:
    """Return the instant at which the clock shows on `day` what it shows at `at`."""
    local = at.astimezone(zone(timezone))
    if at == start_of_day(local.date(), timezone):
        return start_of_day(day, timezone)
    clock = time(local.hour, local.minute, local.second, local.microsecond, fold=local.fold)
    return datetime.combine(day, clock, tzinfo=zone(timezone)).astimezone(UTC)


def _previous_plain(window: Window, span: Span, timezone: str) -> Window:
    """Return the window of the same length right before: as many local days where both ends are the start of one."""
    first, last = local_day(window.start, timezone), local_day(window.end, timezone)
    whole_days = (
        isinstance(span, Dates)
        and window.start == start_of_day(first, timezone)
        and window.end == start_of_day(last, timezone)
    )
    if whole_days:
        return Window(start_of_day(first - (last - first), timezone), window.start)
    return Window(window.start - window.length, window.start)


@lru_cache(maxsize=512)
def _uniform_width(starts: Sequence[int]) -> int | None:
    if len(starts) == 1:
        return MAX_WIDTH_S
    widths = {after - before for before, after in pairwise(starts)}
    return widths.pop() if len(widths) == 1 else None


@lru_cache(maxsize=512)
def _texts(starts: Sequence[int]) -> tuple[str, ...]:
    return tuple(format_instant(datetime.fromtimestamp(start, UTC)) for start in starts)


@lru_cache(maxsize=512)
def _local_texts(starts: Sequence[int], size: Size, timezone: str) -> tuple[str, ...]:
    local = zone(timezone)
    clocks = (datetime.fromtimestamp(start, local) for start in starts)
    return tuple(format_local(at) if size in {"minute", "hour"} else at.date().isoformat() for at in clocks)
