"""From span and granularity to window, buckets and the window before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest

from emban.errors import EmbanError
from emban.kit.rfc3339 import format_instant
from emban.query.time.span import Dates, Granularity, Period, PeriodName, Span
from emban.query.time.window import MAX_BUCKETS, Timeframe, Window, choose_size, fits, frame

NOW = datetime(2026, 11, 23, 15, 20, 30, 123_456, tzinfo=UTC)  # A Monday.


def framed(
    span: Span | None, granularity: Granularity = "none", timezone: str = "UTC", *, compare: bool = False
) -> Timeframe:
    return frame(span, granularity, timezone, NOW, compare=compare)


def dates(start: str, end: str | None = None) -> Dates:
    return Dates(_moment(start), None if end is None else _moment(end))


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def texts(window: Window) -> tuple[str, str]:
    return format_instant(window.start), format_instant(window.end)


PERIODS = [
    ("7d", "none", "UTC", "2026-11-16T15:20:30.123Z", 0),
    ("1h", "minute", "UTC", "2026-11-23T14:20:30.123Z", 61),
    ("24h", "hour", "UTC", "2026-11-22T15:00:00Z", 25),
    ("24h", "hour", "Asia/Kolkata", "2026-11-22T14:30:00Z", 25),
    ("7d", "day", "UTC", "2026-11-16T00:00:00Z", 8),
    ("7d", "day", "Asia/Kolkata", "2026-11-15T18:30:00Z", 8),
    ("7d", "day", "America/Los_Angeles", "2026-11-16T08:00:00Z", 8),
    ("30d", "day", "Europe/Berlin", "2026-10-23T22:00:00Z", 31),  # Over the change of the clock.
    ("30d", "week", "UTC", "2026-10-19T00:00:00Z", 6),
    ("90d", "month", "UTC", "2026-08-01T00:00:00Z", 4),
    ("90d", "hour", "UTC", "2026-08-25T15:00:00Z", 2161),
]


@pytest.mark.parametrize(("period", "granularity", "timezone", "start", "count"), PERIODS)
def test_a_period_ends_now_and_starts_with_its_first_bucket(
    period: PeriodName, granularity: Granularity, timezone: str, start: str, count: int
) -> None:
    time = framed(Period(period), granularity, timezone)
    assert texts(time.window) == (start, "2026-11-23T15:20:30.123Z")
    assert (len(time.buckets.starts) if time.buckets else 0) == count


def test_without_a_span_it_is_thirty_days() -> None:
    assert framed(None).window == framed(Period("30d")).window


DATES = [
    (dates("2026-11-01", "2026-11-08"), "UTC", "2026-11-01T00:00:00Z", "2026-11-08T00:00:00Z"),
    (dates("2026-10-25", "2026-10-26"), "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
    (dates("2026-11-01"), "UTC", "2026-11-01T00:00:00Z", "2026-11-23T15:20:30.123Z"),
    (dates("2026-11-01T00:00:00Z", "2026-11-03"), "Asia/Kolkata", "2026-11-01T00:00:00Z", "2026-11-02T18:30:00Z"),
]


@pytest.mark.parametrize(("span", "timezone", "start", "end"), DATES)
def test_plain_dates_are_local_days_and_the_last_one_is_left_out(
    span: Dates, timezone: str, start: str, end: str
) -> None:
    assert texts(framed(span, "none", timezone).window) == (start, end)
    assert texts(framed(span, "day", timezone).window) == (start, end)  # Dates are never moved to a bucket's start.


BUCKETS = [
    ("day", "UTC", dates("2026-11-01T10:00:00Z", "2026-11-03T00:00:00.001Z"), ["1T00:00", "2T00:00", "3T00:00"]),
    ("day", "Europe/Berlin", dates("2026-10-24", "2026-10-27"), ["23T22:00", "24T22:00", "25T23:00"]),
    ("week", "UTC", dates("2026-11-01", "2026-11-10"), ["26T00:00", "2T00:00", "9T00:00"]),
    ("month", "Asia/Kolkata", dates("2026-01-15", "2026-03-01"), ["31T18:30", "31T18:30"]),
    ("day", "Pacific/Apia", dates("2011-12-29", "2012-01-01"), ["29T10:00", "30T10:00"]),
]


@pytest.mark.parametrize(("granularity", "timezone", "span", "starts"), BUCKETS)
def test_bucket_starts(granularity: Granularity, timezone: str, span: Dates, starts: list[str]) -> None:
    buckets = framed(span, granularity, timezone).buckets
    assert buckets is not None
    found = [datetime.fromtimestamp(start, UTC) for start in buckets.starts]
    assert [f"{at.day}T{at:%H:%M}" for at in found] == starts
    assert list(buckets.texts) == [format_instant(at) for at in found]


WIDTHS = [
    ("day", "UTC", dates("2026-11-01", "2026-11-08"), 86_400),
    ("day", "Europe/Berlin", dates("2026-10-24", "2026-10-28"), None),
    ("hour", "Europe/Berlin", dates("2026-10-24", "2026-10-28"), 3_600),
    ("hour", "Australia/Lord_Howe", dates("2026-04-04", "2026-04-06"), None),
    ("month", "UTC", dates("2026-01-01", "2026-06-01"), None),
    ("month", "UTC", dates("2026-01-01", "2026-01-05"), 2**32 - 1),
]


@pytest.mark.parametrize(("granularity", "timezone", "span", "width"), WIDTHS)
def test_width_of_even_buckets(granularity: Granularity, timezone: str, span: Dates, width: int | None) -> None:
    buckets = framed(span, granularity, timezone).buckets
    assert buckets is not None
    assert buckets.width == width


AUTO = [
    (timedelta(hours=1), "minute"),
    (timedelta(hours=2), "minute"),
    (timedelta(hours=2, milliseconds=1), "hour"),
    (timedelta(hours=24), "hour"),
    (timedelta(days=3), "hour"),
    (timedelta(days=7), "day"),
    (timedelta(days=90), "day"),
    (timedelta(days=120), "day"),
    (timedelta(days=121), "week"),
    (timedelta(days=730), "week"),
    (timedelta(days=731), "month"),
]


@pytest.mark.parametrize(("length", "size"), AUTO)
def test_auto(length: timedelta, size: str) -> None:
    assert choose_size("auto", Window(NOW - length, NOW)) == size


PREVIOUS = [
    # Without buckets: the same length right before; whole local days by days.
    (Period("7d"), "none", "UTC", "2026-11-09T15:20:30.123Z", "2026-11-16T15:20:30.123Z"),
    (dates("2026-11-01", "2026-11-08"), "none", "UTC", "2026-10-25T00:00:00Z", "2026-11-01T00:00:00Z"),
    (dates("2026-10-25", "2026-11-01"), "none", "Europe/Berlin", "2026-10-17T22:00:00Z", "2026-10-24T22:00:00Z"),
    (
        dates("2026-11-01T06:00:00Z", "2026-11-01T09:30:00Z"),
        "none",
        "UTC",
        "2026-11-01T02:30:00Z",
        "2026-11-01T06:00:00Z",
    ),
    # With buckets a period goes back by itself, so weekdays meet; its last bucket ends at the same time of day.
    (Period("7d"), "day", "UTC", "2026-11-09T00:00:00Z", "2026-11-16T15:20:30.123Z"),
    (Period("24h"), "hour", "UTC", "2026-11-21T15:00:00Z", "2026-11-22T15:20:30.123Z"),
    (Period("30d"), "day", "Europe/Berlin", "2026-09-23T22:00:00Z", "2026-10-24T14:20:30.123Z"),
    (Period("90d"), "month", "UTC", "2026-05-01T00:00:00Z", "2026-08-23T15:20:30.123Z"),
    (Period("30d"), "week", "UTC", "2026-09-14T00:00:00Z", "2026-10-19T15:20:30.123Z"),
    # Dates go back by all their buckets.
    (dates("2026-11-01", "2026-11-08"), "day", "UTC", "2026-10-25T00:00:00Z", "2026-11-01T00:00:00Z"),
    (dates("2026-03-01", "2026-05-01"), "month", "UTC", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"),
    (dates("2026-03-31", "2026-04-01"), "month", "UTC", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"),
    (dates("2026-10-26", "2026-11-02"), "week", "Europe/Berlin", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z"),
]


@pytest.mark.parametrize(("span", "granularity", "timezone", "start", "end"), PREVIOUS)
def test_previous_window(span: Span, granularity: Granularity, timezone: str, start: str, end: str) -> None:
    time = framed(span, granularity, timezone, compare=True)
    assert time.previous is not None
    assert texts(time.previous.window) == (start, end)
    if time.buckets is not None:
        assert time.previous.buckets is not None
        assert len(time.previous.buckets.starts) == len(time.buckets.starts)
        assert time.previous.buckets.starts[0] <= time.previous.window.start.timestamp()


def test_previous_buckets_are_the_same_days_of_the_week() -> None:
    time = framed(Period("7d"), "day", "Europe/Berlin", compare=True)
    assert time.buckets is not None
    assert time.previous is not None
    assert time.previous.buckets is not None
    for now, before in zip(time.buckets.starts, time.previous.buckets.starts, strict=True):
        assert now - before == 7 * 86_400


REFUSED = [
    (dates("2026-11-08", "2026-11-08"), "none", "date_to", "must be after date_from"),
    (dates("2026-11-08", "2026-11-01"), "none", "date_to", "must be after date_from"),
    (dates("2026-11-24"), "none", "date_from", "must be before now"),
    (Period("90d"), "minute", "granularity", "129,600 buckets of a minute, at most 3,000 are answered; try hour"),
    (dates("1990-01-01", "2026-01-01"), "hour", "granularity", "try week"),
    (dates("1971-01-01", "2104-01-01"), "minute", "granularity", "try month"),
]


@pytest.mark.parametrize(("span", "granularity", "path", "message"), REFUSED)
def test_what_is_refused(span: Span, granularity: str, path: str, message: str) -> None:
    with pytest.raises(EmbanError, match=message) as refused:
        framed(span, cast("Granularity", granularity))
    assert [field.path for field in refused.value.fields] == [path]


def test_every_size_fits_where_it_is_taken() -> None:
    assert fits(Period("90d"), "hour", "UTC", NOW)
    assert not fits(Period("90d"), "minute", "UTC", NOW)
    assert fits(Period("90d"), "auto", "UTC", NOW)
    assert fits(Period("90d"), "none", "UTC", NOW)
    longest = dates("1971-01-01", "2104-01-01")
    buckets = framed(longest, "auto").buckets
    assert buckets is not None
    assert len(buckets.starts) <= MAX_BUCKETS
