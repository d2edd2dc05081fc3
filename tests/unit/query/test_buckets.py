"""The buckets of a window: where they start, how many there are, which size `auto` comes to, how many are too many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emban.errors import EmbanError
from emban.kit.rfc3339 import format_instant
from emban.query.spec.validation import read_query
from emban.query.time.buckets import MAX_BUCKETS, SIZES, Buckets, buckets_of, choose_size, fits
from emban.query.time.span import Dates, Granularity, Period, PeriodName, Span
from emban.query.time.timeframe import frame
from emban.query.time.window import Window, window_of
from tests.support.moments import asked, moments
from tests.support.reference import Reference, clock, label_of
from tests.unit.query.test_window import NOW, dates, instant


def buckets(span: Span, granularity: Granularity, timezone: str = "UTC", now: datetime = NOW) -> Buckets:
    found = frame(span, granularity, timezone, now).buckets
    assert found is not None
    return found


STARTS = [
    ("day", "UTC", dates("2026-11-01T10:00:00Z", "2026-11-03T00:00:00.001Z"), ["1T00:00", "2T00:00", "3T00:00"]),
    ("day", "UTC", dates("2026-11-01T10:00:00Z", "2026-11-03T00:00:00Z"), ["1T00:00", "2T00:00"]),
    ("day", "Europe/Berlin", dates("2026-10-24", "2026-10-27"), ["23T22:00", "24T22:00", "25T23:00"]),
    ("week", "UTC", dates("2026-11-01", "2026-11-10"), ["26T00:00", "2T00:00", "9T00:00"]),
    ("month", "Asia/Kolkata", dates("2026-01-15", "2026-03-01"), ["31T18:30", "31T18:30"]),
    ("day", "Pacific/Apia", dates("2011-12-29", "2012-01-01"), ["29T10:00", "30T10:00"]),
    ("day", "America/Santiago", dates("2025-09-06", "2025-09-09"), ["6T04:00", "7T04:00", "8T03:00"]),
    ("minute", "UTC", dates("2026-11-01T10:00:30Z", "2026-11-01T10:02:00Z"), ["1T10:00", "1T10:01"]),
]


@pytest.mark.parametrize(("granularity", "timezone", "span", "starts"), STARTS)
def test_starts(granularity: Granularity, timezone: str, span: Dates, starts: list[str]) -> None:
    found = buckets(span, granularity, timezone)
    at = [datetime.fromtimestamp(start, UTC) for start in found.starts]
    assert [f"{one.day}T{one:%H:%M}" for one in at] == starts
    assert list(found.texts) == [format_instant(one) for one in at]


# Of a period, at a moment of the local clock: how many buckets, and where the first one starts.
COUNTS: list[tuple[PeriodName, Granularity, str, str, int, str]] = [
    ("1h", "minute", "UTC", "2026-11-23T15:20:30Z", 61, "2026-11-23T14:20Z"),
    ("1h", "minute", "UTC", "2026-11-23T15:20:00Z", 60, "2026-11-23T14:20Z"),
    ("1h", "hour", "UTC", "2026-11-23T15:20:30Z", 2, "2026-11-23T14:00Z"),  # The window cuts the first one.
    ("24h", "hour", "UTC", "2026-11-23T15:20:30Z", 25, "2026-11-22T15:00Z"),
    ("24h", "hour", "UTC", "2026-11-23T15:00:00Z", 24, "2026-11-22T15:00Z"),
    ("24h", "hour", "Asia/Kolkata", "2026-11-23T15:20:30Z", 25, "2026-11-22T14:30Z"),
    ("24h", "day", "UTC", "2026-11-23T15:20:30Z", 2, "2026-11-22T00:00Z"),
    ("today", "hour", "UTC", "2026-11-23T15:20:30Z", 16, "2026-11-23T00:00Z"),
    ("today", "hour", "UTC", "2026-11-23T00:00:00Z", 1, "2026-11-23T00:00Z"),
    ("today", "hour", "Europe/Berlin", "2026-10-25T12:00+01:00", 13, "2026-10-24T22:00Z"),
    ("today", "hour", "America/Santiago", "2025-09-07T10:00-03:00", 9, "2025-09-07T04:00Z"),
    ("yesterday", "hour", "Europe/Berlin", "2026-10-26T12:00+01:00", 25, "2026-10-24T22:00Z"),
    ("yesterday", "hour", "Europe/Berlin", "2026-03-30T12:00+02:00", 23, "2026-03-28T23:00Z"),
    ("yesterday", "hour", "America/Santiago", "2025-09-08T10:00-03:00", 23, "2025-09-07T04:00Z"),
    # A day of 24 hours and a half, of which one comes as a half.
    ("yesterday", "hour", "Australia/Lord_Howe", "2026-04-06T10:00+10:30", 25, "2026-04-04T13:00Z"),
    ("7d", "day", "UTC", "2026-11-23T15:20:30Z", 7, "2026-11-17T00:00Z"),
    ("7d", "day", "UTC", "2026-11-23T00:00:00Z", 6, "2026-11-17T00:00Z"),  # Of today, nothing is over.
    ("7d", "day", "Asia/Kolkata", "2026-11-23T15:20:30Z", 7, "2026-11-16T18:30Z"),
    ("7d", "day", "America/Los_Angeles", "2026-11-23T15:20:30Z", 7, "2026-11-17T08:00Z"),
    ("7d", "week", "UTC", "2026-11-23T15:20:30Z", 2, "2026-11-16T00:00Z"),
    ("30d", "day", "Europe/Berlin", "2026-11-23T15:20:30Z", 30, "2026-10-24T22:00Z"),
    ("30d", "week", "UTC", "2026-11-23T15:20:30Z", 6, "2026-10-19T00:00Z"),
    ("30d", "month", "UTC", "2026-11-23T15:20:30Z", 2, "2026-10-01T00:00Z"),
    ("90d", "day", "America/New_York", "2026-11-23T15:20:30Z", 90, "2026-08-26T04:00Z"),
    ("90d", "month", "UTC", "2026-11-23T15:20:30Z", 4, "2026-08-01T00:00Z"),
    ("90d", "hour", "UTC", "2026-11-23T15:20:30Z", 89 * 24 + 16, "2026-08-26T00:00Z"),
    ("90d", "hour", "Europe/Berlin", "2026-11-23T15:20:30+01:00", 89 * 24 + 1 + 16, "2026-08-25T22:00Z"),
    ("this_week", "day", "UTC", "2026-11-23T15:20:30Z", 1, "2026-11-23T00:00Z"),
    ("this_week", "day", "Pacific/Apia", "2011-12-31T09:00+14:00", 5, "2011-12-26T10:00Z"),
    ("last_week", "day", "Europe/Berlin", "2026-10-26T12:00+01:00", 7, "2026-10-18T22:00Z"),
    ("last_week", "hour", "Europe/Berlin", "2026-10-26T12:00+01:00", 7 * 24 + 1, "2026-10-18T22:00Z"),
    ("this_month", "day", "UTC", "2026-11-23T15:20:30Z", 23, "2026-11-01T00:00Z"),
    ("this_month", "week", "UTC", "2026-11-23T15:20:30Z", 5, "2026-10-26T00:00Z"),
    ("last_month", "day", "UTC", "2028-03-10T15:20:30Z", 29, "2028-02-01T00:00Z"),
    ("this_year", "month", "Asia/Kolkata", "2026-11-23T15:20:30Z", 11, "2025-12-31T18:30Z"),
    ("this_year", "week", "UTC", "2026-01-10T15:20:30Z", 2, "2025-12-29T00:00Z"),
]


@pytest.mark.parametrize(("period", "granularity", "timezone", "now", "count", "first"), COUNTS)
def test_of_a_period(
    period: PeriodName, granularity: Granularity, timezone: str, now: str, count: int, first: str
) -> None:
    found = buckets(Period(period), granularity, timezone, instant(now))
    assert (len(found.starts), found.starts[0]) == (count, int(instant(first).timestamp()))


WIDTHS = [
    ("day", "UTC", dates("2026-11-01", "2026-11-08"), 86_400),
    ("day", "Europe/Berlin", dates("2026-10-24", "2026-10-28"), None),
    ("hour", "Europe/Berlin", dates("2026-10-24", "2026-10-28"), 3_600),
    ("hour", "Australia/Lord_Howe", dates("2026-04-04", "2026-04-06"), None),
    ("month", "UTC", dates("2026-01-01", "2026-06-01"), None),
    ("month", "UTC", dates("2026-01-01", "2026-01-05"), 2**32 - 1),
    # The last one is longer than those before, and the window reaches into what is more of it, or does not.
    ("day", "Europe/Berlin", dates("2026-10-19", "2026-10-26"), None),
    ("day", "Europe/Berlin", dates("2026-10-19", "2026-10-25T22:00:00Z"), 86_400),
    ("day", "Europe/Berlin", dates("2026-10-19", "2026-10-25T22:00:00.001Z"), None),
    ("week", "Europe/Berlin", dates("2026-10-12", "2026-10-26"), None),
    ("month", "UTC", dates("2026-02-01", "2026-04-01"), None),
    ("month", "UTC", dates("2026-02-01", "2026-03-29"), 28 * 86_400),
    # Shorter ones are no matter.
    ("day", "Europe/Berlin", dates("2026-03-26", "2026-03-30"), 86_400),
    ("month", "UTC", dates("2026-07-01", "2026-10-01"), 31 * 86_400),
]


@pytest.mark.parametrize(("granularity", "timezone", "span", "width"), WIDTHS)
def test_width_of_even_buckets(granularity: Granularity, timezone: str, span: Dates, width: int | None) -> None:
    assert buckets(span, granularity, timezone).width == width


AUTO = [
    (timedelta(hours=1), "minute"),
    (timedelta(hours=2), "minute"),
    (timedelta(hours=2, milliseconds=1), "hour"),
    (timedelta(hours=24), "hour"),
    (timedelta(days=3), "hour"),
    (timedelta(days=3, milliseconds=1), "day"),
    (timedelta(days=7), "day"),
    (timedelta(days=90), "day"),
    (timedelta(days=120), "day"),
    (timedelta(days=121), "week"),
    (timedelta(days=730), "week"),
    (timedelta(days=731), "month"),
]


@pytest.mark.parametrize(("length", "size"), AUTO)
def test_auto_by_length(length: timedelta, size: str) -> None:
    assert choose_size("auto", Window(NOW - length, NOW)) == size


AUTO_PERIODS: list[tuple[PeriodName, str, str]] = [
    ("1h", "2026-11-23T15:20:30Z", "minute"),
    ("24h", "2026-11-23T15:20:30Z", "hour"),
    ("today", "2026-11-23T15:20:30Z", "hour"),
    ("yesterday", "2026-11-23T15:20:30Z", "hour"),
    ("7d", "2026-11-23T15:20:30Z", "day"),
    ("this_week", "2026-11-23T00:00:00Z", "day"),  # Though it has only begun.
    ("this_week", "2026-11-23T15:20:30Z", "day"),
    ("this_week", "2026-11-29T15:20:30Z", "day"),
    ("last_week", "2026-11-23T15:20:30Z", "day"),
    ("30d", "2026-11-23T15:20:30Z", "day"),
    ("this_month", "2026-11-01T00:30:00Z", "day"),
    ("this_month", "2026-11-23T15:20:30Z", "day"),
    ("last_month", "2026-11-23T15:20:30Z", "day"),
    ("90d", "2026-11-23T15:20:30Z", "day"),
    ("this_year", "2026-01-01T15:20:30Z", "day"),
    ("this_year", "2026-11-23T15:20:30Z", "week"),
]


@pytest.mark.parametrize(("period", "now", "size"), AUTO_PERIODS)
def test_auto_of_a_period(period: PeriodName, now: str, size: str) -> None:
    assert buckets(Period(period), "auto", now=instant(now)).size == size


REFUSED = [
    (Period("90d"), "minute", "129,081 buckets of a minute, at most 3,000 are answered; try hour"),
    (Period("7d"), "minute", "9,561 buckets of a minute, at most 3,000 are answered; try hour"),
    (Period("this_year"), "hour", "7,840 buckets of an hour, at most 3,000 are answered; try day"),
    (dates("1990-01-01", "2026-01-01"), "hour", "try week"),
    (dates("1971-01-01", "2104-01-01"), "minute", "try month"),
]


@pytest.mark.parametrize(("span", "granularity", "message"), REFUSED)
def test_too_many_are_refused(span: Span, granularity: str, message: str) -> None:
    size = cast("Granularity", granularity)
    assert not fits(span, size, "UTC", NOW)
    with pytest.raises(EmbanError, match=message) as refused:
        frame(span, size, "UTC", NOW)
    assert [field.path for field in refused.value.fields] == ["granularity"]


def test_every_size_fits_where_it_is_taken() -> None:
    assert fits(Period("90d"), "hour", "UTC", NOW)
    assert fits(Period("today"), "minute", "UTC", NOW)
    assert fits(Period("90d"), "auto", "UTC", NOW)
    assert fits(Period("90d"), "none", "UTC", NOW)
    assert len(buckets(dates("1971-01-01", "2104-01-01"), "auto").starts) <= MAX_BUCKETS


@settings(max_examples=100)
@given(data=st.data())
def test_every_bucket_is_what_the_wall_shows_while_the_window_lasts(data: st.DataObject) -> None:
    timezone, now = data.draw(moments())
    query = {"timezone": timezone, **data.draw(asked(timezone, now))}
    span = read_query({"event_name": "*", "metric": "count", **query}).span
    assert span is not None
    window = window_of(span, timezone, now)
    for size in SIZES:
        if not fits(span, size, timezone, now):
            continue
        starts = [datetime.fromtimestamp(start, UTC) for start in buckets_of(window, size, timezone).starts]
        explicit = {
            "timezone": timezone,
            "granularity": size,
            "date_from": format_instant(window.start),
            "date_to": format_instant(window.end),
        }
        shown = Reference((), now).labels(explicit)
        assert [label_of(at, size, clock(timezone)) for at in starts] == shown
        assert starts[0] <= window.start
        for at in starts:
            assert label_of(at - timedelta(milliseconds=1), size, clock(timezone)) != label_of(
                at, size, clock(timezone)
            )
