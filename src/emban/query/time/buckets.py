"""The buckets of a window: equal parts of the local calendar, the first and the last of which the window may cut.

Hours are local clock hours; minutes are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from emban.errors import invalid_field
from emban.kit.rfc3339 import format_instant, format_local
from emban.query.time.span import Granularity, Period, PeriodName, Span
from emban.query.time.window import Window, start_of_hour, window_of
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
# The finest that `auto` has of a period, even when it has just begun: the same size on its first day as on its last.
FINEST: dict[PeriodName, Size] = {
    "today": "hour",
    "yesterday": "hour",
    "this_week": "day",
    "last_week": "day",
    "this_month": "day",
    "last_month": "day",
    "this_year": "day",
}
# What a bucket lasts where the clock is not changed: to count buckets before making them.
LENGTHS = {"minute": _MINUTE, "hour": _HOUR, "day": _DAY, "week": 7 * _DAY, "month": 31 * _DAY}


@dataclass(frozen=True, slots=True)
class Buckets:
    """Where the buckets of a window start, rising, in epoch seconds. The first may start before the window does.

    `until` is where the window ends, rounded up to a second.
    """

    size: Size
    starts: tuple[int, ...]
    until: int

    @property
    def width(self) -> int | None:
        """The seconds of each bucket where all have the same, None where clock changes or months make them differ.

        The last one may be shorter, and the window may cut it.
        """
        return _uniform_width(self.starts, self.until)

    @property
    def texts(self) -> tuple[str, ...]:
        """The starts as the answer writes them."""
        return _texts(self.starts)

    def local_texts(self, timezone: str) -> tuple[str, ...]:
        """Return the starts as local time without a zone: `2026-11-01T00:00`, of a day and more `2026-11-01`."""
        return _local_texts(self.starts, self.size, timezone)


def choose_size(granularity: Granularity, window: Window, span: Span | None = None) -> Size | None:
    """Return the size of the buckets: what was asked for, or what `auto` comes to for the period or the length."""
    if granularity == "none":
        return None
    if granularity != "auto":
        return granularity
    size = next((size for longest, size in AUTO if window.length <= longest), COARSEST)
    finest = FINEST.get(span.name, size) if isinstance(span, Period) else size
    return max(size, finest, key=SIZES.index)


def buckets_of(window: Window, size: Size, timezone: str) -> Buckets:
    """Return all buckets that the window touches."""
    first = bucket_start(window.start, size, timezone)
    last = -int(-window.end.timestamp() // 1)
    return Buckets(size, _starts(int(first.timestamp()), last, size, timezone), last)


def fits(span: Span, granularity: Granularity, timezone: str, now: datetime) -> bool:
    """Tell whether a span can have buckets of this size, or would be refused for their number."""
    window = window_of(span, timezone, now)
    size = choose_size(granularity, window, span)
    return size is None or _rough_count(window, size) <= MAX_BUCKETS


def check_bucket_count(window: Window, size: Size) -> None:
    """Raise 400 for more than `MAX_BUCKETS` buckets, naming a size of which there are fewer."""
    count = _rough_count(window, size)
    if count <= MAX_BUCKETS:
        return
    better = next(coarser for coarser in SIZES if _rough_count(window, coarser) <= MAX_BUCKETS)
    article = "an" if size == "hour" else "a"
    raise invalid_field(
        "granularity",
        f"this window has {count:,} buckets of {article} {size}, at most {MAX_BUCKETS:,} are answered; try {better}",
    )


def _rough_count(window: Window, size: Size) -> int:
    """Return how many buckets there are, give or take the partial ones at the ends."""
    return -int(-window.length // LENGTHS[size])


def bucket_start(at: datetime, size: Size, timezone: str) -> datetime:
    """Return where the bucket that holds an instant starts."""
    if size == "minute":
        return at.replace(second=0, microsecond=0)
    if size == "hour":
        return start_of_hour(at, timezone)
    return start_of_day(_first_day(local_day(at, timezone), size), timezone)


def _first_day(day: date, size: Size) -> date:
    if size == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if size == "week" else day


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


@lru_cache(maxsize=512)
def _uniform_width(starts: Sequence[int], until: int) -> int | None:
    if len(starts) == 1:
        return MAX_WIDTH_S
    widths = {after - before for before, after in pairwise(starts)}
    width = widths.pop()
    # March after February, or a last day of 25 hours: its end would be counted as a bucket that there is none of.
    return None if widths or until - starts[-1] > width else width


@lru_cache(maxsize=512)
def _texts(starts: Sequence[int]) -> tuple[str, ...]:
    return tuple(format_instant(datetime.fromtimestamp(start, UTC)) for start in starts)


@lru_cache(maxsize=512)
def _local_texts(starts: Sequence[int], size: Size, timezone: str) -> tuple[str, ...]:
    local = zone(timezone)
    clocks = (datetime.fromtimestamp(start, local) for start in starts)
    return tuple(format_local(at) if size in {"minute", "hour"} else at.date().isoformat() for at in clocks)
