"""The window that another one is compared with: the documentation's own examples, and an independent computation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emban.query.spec.validation import read_query
from emban.query.time.comparison import window_before
from emban.query.time.span import Compare, Granularity, Period
from emban.query.time.timeframe import frame
from emban.query.time.window import Window
from tests.support import local_windows
from tests.support.moments import asked, moments
from tests.support.reference import clock

LONG_AFTER = "2029-01-01T12:00"  # For dates, which do not ask for the time of day.


def compared(query: dict[str, str], now: datetime) -> Window:
    """Return the window before as every figure of a page gets it."""
    spec = read_query({"event_name": "*", "metric": "count", **query})
    time = frame(spec.span, spec.granularity, spec.timezone, now, compare=spec.compare)
    assert time.previous is not None
    return time.previous.window


def day_and_time(text: str) -> str:
    return text if "T" in text else f"{text}T00:00"


def assert_compared(query: dict[str, str], now: str, before: tuple[str, str]) -> None:
    """Hold the window before to local times, midnight where only a date is given."""
    zone = clock(query.get("timezone", "UTC"))
    found = compared(query, datetime.fromisoformat(day_and_time(now)).replace(tzinfo=zone))
    shown = [at.astimezone(zone).replace(tzinfo=None) for at in (found.start, found.end)]
    assert shown == [datetime.fromisoformat(day_and_time(text)) for text in before]


PERIODS = [
    # What the clock shows now, and from when until when the window before is.
    ("1h", "2026-11-23T15:20:30", ("2026-11-23T13:20", "2026-11-23T14:20:30")),
    ("24h", "2026-11-23T15:20:30", ("2026-11-21T15:00", "2026-11-22T15:20:30")),
    ("today", "2026-11-23T15:20", ("2026-11-22", "2026-11-22T15:20")),
    ("today", "2026-12-01T15:20", ("2026-11-30", "2026-11-30T15:20")),  # Never by months.
    ("yesterday", "2026-11-23T15:20", ("2026-11-21", "2026-11-22")),
    ("yesterday", "2026-12-02T15:20", ("2026-11-30", "2026-12-01")),
    ("7d", "2026-11-23T15:20", ("2026-11-10", "2026-11-16T15:20")),
    ("7d", "2026-12-07T15:20", ("2026-11-24", "2026-11-30T15:20")),  # It begins on the first of December.
    ("7d", "2026-11-23", ("2026-11-10", "2026-11-16")),  # At midnight today has only begun; it is seven days still.
    ("30d", "2026-11-23", ("2026-09-25", "2026-10-24")),
    ("30d", "2026-11-23T15:20", ("2026-09-25", "2026-10-24T15:20")),
    ("30d", "2026-11-30T15:20", ("2026-10-02", "2026-10-31T15:20")),  # It begins on the first of November.
    ("90d", "2026-11-23T15:20", ("2026-05-28", "2026-08-25T15:20")),
    ("this_week", "2026-11-23T15:20", ("2026-11-16", "2026-11-16T15:20")),
    ("this_week", "2026-11-26T15:20", ("2026-11-16", "2026-11-19T15:20")),
    ("this_week", "2026-06-02T15:20", ("2026-05-25", "2026-05-26T15:20")),  # It begins on the first of June.
    ("last_week", "2026-11-26T15:20", ("2026-11-09", "2026-11-16")),
    ("last_week", "2026-06-09T15:20", ("2026-05-25", "2026-06-01")),
    ("this_month", "2026-11-23T15:20", ("2026-10-01", "2026-10-23T15:20")),
    ("this_month", "2026-03-01T15:20", ("2026-02-01", "2026-02-01T15:20")),
    ("this_month", "2026-03-28T15:20", ("2026-02-01", "2026-02-28T15:20")),
    ("this_month", "2026-03-29", ("2026-02-01", "2026-03-01")),
    ("this_month", "2026-03-29T15:20", ("2026-02-01", "2026-03-01")),
    ("this_month", "2026-03-31T15:20", ("2026-02-01", "2026-03-01")),
    ("this_month", "2028-02-29T15:20", ("2028-01-01", "2028-01-29T15:20")),
    ("this_month", "2028-03-29T15:20", ("2028-02-01", "2028-02-29T15:20")),
    ("this_month", "2026-01-31T15:20", ("2025-12-01", "2025-12-31T15:20")),
    ("last_month", "2026-04-10T15:20", ("2026-02-01", "2026-03-01")),  # All of March against all of February.
    ("last_month", "2026-03-10T15:20", ("2026-01-01", "2026-02-01")),
    ("last_month", "2026-01-01T15:20", ("2025-11-01", "2025-12-01")),
    ("last_month", "2028-02-29T15:20", ("2027-12-01", "2028-01-01")),
    ("this_year", "2026-11-23T15:20", ("2025-01-01", "2025-11-23T15:20")),
    ("this_year", "2028-02-29T15:20", ("2027-01-01", "2027-02-28T15:20")),
    ("this_year", "2028-02-29", ("2027-01-01", "2027-03-01")),  # The 28th is over in both.
    ("this_year", "2028-03-01T15:20", ("2027-01-01", "2027-03-01T15:20")),
]


@pytest.mark.parametrize(("period", "now", "before"), PERIODS)
def test_a_period_against_the_one_before(period: str, now: str, before: tuple[str, str]) -> None:
    assert_compared({"period": period, "compare": "previous_period"}, now, before)


DATES = [
    # 1 to 29 March, 30 outside, against all of February; the 28th is the last that has its own day beside it.
    (("2026-03-01", "2026-03-30"), ("2026-02-01", "2026-03-01")),
    (("2026-03-01", "2026-03-29"), ("2026-02-01", "2026-03-01")),
    (("2026-03-01", "2026-03-28"), ("2026-02-01", "2026-02-28")),
    (("2026-03-01", "2026-03-16"), ("2026-02-01", "2026-02-16")),  # 1 to 15.
    (("2026-03-01", "2026-04-01"), ("2026-02-01", "2026-03-01")),  # All of March.
    (("2026-02-01", "2026-03-01"), ("2026-01-01", "2026-02-01")),  # All of February, against 31 days.
    (("2028-03-01", "2028-03-30"), ("2028-02-01", "2028-03-01")),
    (("2026-01-01", "2026-04-01"), ("2025-10-01", "2026-01-01")),  # A quarter.
    (("2026-01-01", "2026-03-16"), ("2025-10-01", "2025-12-16")),
    (("2026-03-01", "2026-04-02"), ("2026-01-01", "2026-02-02")),  # It touches two months.
    (("2026-03-01", "2026-06-01"), ("2025-12-01", "2026-03-01")),
    (("2025-10-01", "2025-12-31"), ("2025-07-01", "2025-10-01")),  # 1 to 30 December against all of September.
    (("2026-02-01", "2026-03-31"), ("2025-12-01", "2026-01-31")),
    (("2026-01-01", "2027-01-01"), ("2025-01-01", "2026-01-01")),
    # Other days: as many as they are.
    (("2026-11-10", "2026-11-13"), ("2026-11-07", "2026-11-10")),
    (("2026-02-28", "2026-03-02"), ("2026-02-26", "2026-02-28")),
    (("2026-03-02", "2026-04-01"), ("2026-01-31", "2026-03-02")),
    (("2026-11-10", "2026-11-12T15:20:00Z"), ("2026-11-07", "2026-11-09T15:20")),
    (("2026-11-02", "2026-11-16"), ("2026-10-19", "2026-11-02")),  # Two weeks.
    # Those that begin within a day: as much time.
    (("2026-11-01T06:00:00Z", "2026-11-01T09:30:00Z"), ("2026-11-01T02:30", "2026-11-01T06:00")),
    (("2026-11-10T12:00:00Z", "2026-11-12T12:00:00Z"), ("2026-11-08T12:00", "2026-11-10T12:00")),
    # The first of a month, until within a day.
    (("2026-03-01", "2026-03-15T15:20:00Z"), ("2026-02-01", "2026-02-15T15:20")),
    (("2026-03-01T00:00:00Z", "2026-03-29T15:20:00Z"), ("2026-02-01", "2026-03-01")),
]


@pytest.mark.parametrize(("dates", "before"), DATES)
def test_dates_against_those_before(dates: tuple[str, str], before: tuple[str, str]) -> None:
    query = {"date_from": dates[0], "date_to": dates[1], "compare": "previous_period"}
    assert_compared(query, LONG_AFTER, before)


@pytest.mark.parametrize(
    ("first", "before"),
    [("2026-03-01", ("2026-02-01", "2026-02-24T15:20")), ("2026-03-20", ("2026-03-15", "2026-03-19T15:20"))],
)
def test_dates_without_an_end_are_until_now(first: str, before: tuple[str, str]) -> None:
    assert_compared({"date_from": first, "compare": "previous_period"}, "2026-03-24T15:20", before)


CLOCKS = [
    # Days of 23 and 25 hours are days: until the same time on the clock, not after the same number of hours.
    ("Europe/Berlin", "today", "2026-03-29T15:20", ("2026-03-28", "2026-03-28T15:20")),
    ("Europe/Berlin", "today", "2026-10-26T15:20", ("2026-10-25", "2026-10-25T15:20")),
    ("Europe/Berlin", "yesterday", "2026-10-26T15:20", ("2026-10-24", "2026-10-25")),
    ("America/New_York", "7d", "2026-03-08T15:20", ("2026-02-23", "2026-03-01T15:20")),
    ("Asia/Kolkata", "this_month", "2026-11-23T15:20", ("2026-10-01", "2026-10-23T15:20")),
    ("Australia/Lord_Howe", "yesterday", "2026-04-06T12:00", ("2026-04-04", "2026-04-05")),
    # A day that begins at one: against midnight, and the other way round.
    ("America/Santiago", "today", "2025-09-07T15:20", ("2025-09-06", "2025-09-06T15:20")),
    ("America/Santiago", "today", "2025-09-08T15:20", ("2025-09-07T01:00", "2025-09-07T15:20")),
    ("America/Santiago", "yesterday", "2025-09-08T15:20", ("2025-09-06", "2025-09-07T01:00")),
    # Hours are hours: 24 of them earlier, whatever the clock shows.
    ("Europe/Berlin", "24h", "2026-03-30T12:30", ("2026-03-28T11:00", "2026-03-29T12:30")),
]


@pytest.mark.parametrize(("timezone", "period", "now", "before"), CLOCKS)
def test_by_the_local_clock(timezone: str, period: str, now: str, before: tuple[str, str]) -> None:
    assert_compared({"period": period, "timezone": timezone, "compare": "previous_period"}, now, before)


YEARS = [
    ({"period": "today"}, "2026-11-23T15:20", ("2025-11-23", "2025-11-23T15:20")),
    ({"period": "today"}, "2028-02-29T15:20", ("2027-02-28", "2027-02-28T15:20")),
    ({"period": "yesterday"}, "2028-03-01T15:20", ("2027-02-28", "2027-03-01")),
    ({"period": "yesterday"}, "2029-03-01T15:20", ("2028-02-28", "2028-02-29")),  # One day beside one.
    ({"date_from": "2029-02-10", "date_to": "2029-03-01"}, LONG_AFTER, ("2028-02-10", "2028-02-29")),
    ({"date_from": "2029-02-01", "date_to": "2029-03-01"}, LONG_AFTER, ("2028-02-01", "2028-03-01")),
    ({"period": "7d"}, "2028-02-29T15:20", ("2027-02-23", "2027-02-28T15:20")),
    ({"period": "this_week"}, "2026-11-26T15:20", ("2025-11-23", "2025-11-26T15:20")),
    ({"period": "this_month"}, "2028-02-29T15:20", ("2027-02-01", "2027-02-28T15:20")),
    ({"period": "last_month"}, "2028-03-10T15:20", ("2027-02-01", "2027-03-01")),
    ({"period": "last_month"}, "2029-03-10T15:20", ("2028-02-01", "2028-03-01")),
    ({"period": "this_year"}, "2026-11-23T15:20", ("2025-01-01", "2025-11-23T15:20")),
    ({"period": "24h"}, "2026-11-23T15:20", ("2025-11-22T15:00", "2025-11-23T15:20")),
    ({"period": "1h"}, "2026-11-23T15:20:30", ("2025-11-23T14:20", "2025-11-23T15:20:30")),
    # Hours keep their length: from 28 February to the 29th would be twenty minutes of the 28th, or nothing at all.
    ({"period": "24h"}, "2028-02-29T15:20", ("2027-02-27T15:00", "2027-02-28T15:20")),
    ({"period": "1h"}, "2028-02-29T00:30", ("2027-02-27T23:30", "2027-02-28T00:30")),
    (
        {"date_from": "2028-02-28T12:00:00Z", "date_to": "2028-02-29T10:00:00Z"},
        LONG_AFTER,
        ("2027-02-27T12:00", "2027-02-28T10:00"),
    ),
    ({"date_from": "2028-02-29", "date_to": "2028-03-01"}, LONG_AFTER, ("2027-02-28", "2027-03-01")),
    ({"date_from": "2028-02-01", "date_to": "2028-02-29"}, LONG_AFTER, ("2027-02-01", "2027-03-01")),
    ({"date_from": "2026-11-10", "date_to": "2026-11-13"}, LONG_AFTER, ("2025-11-10", "2025-11-13")),
    (
        {"date_from": "2026-11-10T06:00:00Z", "date_to": "2026-12-10T06:00:00Z"},
        LONG_AFTER,
        ("2025-11-10T06:00", "2025-12-10T06:00"),
    ),
    # Until noon, an hour before which the clock was put on, but not a year before.
    ({"period": "today", "timezone": "Europe/Berlin"}, "2026-03-29T12:00", ("2025-03-29", "2025-03-29T12:00")),
]


@pytest.mark.parametrize(("query", "now", "before"), YEARS)
def test_a_year_earlier(query: dict[str, str], now: str, before: tuple[str, str]) -> None:
    assert_compared({**query, "compare": "previous_year"}, now, before)


def test_an_hour_is_an_hour_where_the_clock_skips_one_a_year_earlier() -> None:
    now = datetime(2026, 3, 30, 1, 30, tzinfo=UTC)  # 3:30 in Berlin, and a year earlier 2:00 was followed by 3:00.
    before = compared({"period": "1h", "timezone": "Europe/Berlin", "compare": "previous_year"}, now)
    assert before == Window(datetime(2025, 3, 30, 0, 30, tzinfo=UTC), datetime(2025, 3, 30, 1, 30, tzinfo=UTC))


TWICE = [
    # Tehran's clock went back at the end of the same day in both years: the second time against the second.
    ("Asia/Tehran", "2022-09-21T19:00Z", "previous_year", "2021-09-21T19:00Z"),
    ("Asia/Tehran", "2022-09-21T20:00Z", "previous_year", "2021-09-21T20:00Z"),
    # Half past two came once today: against the first of yesterday.
    ("Europe/Berlin", "2026-10-26T02:30+01:00", "previous_period", "2026-10-25T02:30+02:00"),
    # It came twice today, and was once yesterday.
    ("Europe/Berlin", "2026-10-25T02:30+02:00", "previous_period", "2026-10-24T02:30+02:00"),
    ("Europe/Berlin", "2026-10-25T02:30+01:00", "previous_period", "2026-10-24T02:30+02:00"),
    # Yesterday it was skipped: as much later as the clock was put on.
    ("Europe/Berlin", "2026-03-30T02:30+02:00", "previous_period", "2026-03-29T03:30+02:00"),
]


@pytest.mark.parametrize(("timezone", "now", "compare", "end"), TWICE)
def test_a_time_that_comes_twice_or_not_at_all(timezone: str, now: str, compare: str, end: str) -> None:
    query = {"period": "today", "timezone": timezone, "compare": compare}
    assert compared(query, datetime.fromisoformat(now)).end == datetime.fromisoformat(end)


def test_it_is_a_moment_at_least() -> None:
    """Midnight comes twice in Havana, and the month has an hour at the second one; that of October has none."""
    query = {"period": "this_month", "timezone": "America/Havana", "compare": "previous_period"}
    before = compared(query, datetime(2020, 11, 1, 5, tzinfo=UTC))
    assert before == Window(datetime(2020, 10, 1, 4, tzinfo=UTC), datetime(2020, 10, 1, 4, 0, 0, 1_000, tzinfo=UTC))


def test_weekdays_meet() -> None:
    time = frame(
        Period("7d"), "day", "Europe/Berlin", datetime(2026, 11, 23, 15, tzinfo=UTC), compare="previous_period"
    )
    assert time.buckets is not None
    assert time.previous is not None
    assert time.previous.buckets is not None
    pairs = list(zip(time.buckets.starts, time.previous.buckets.starts, strict=True))
    assert [now - before for now, before in pairs] == [7 * 86_400] * 7


COMPARES: tuple[Compare, ...] = ("previous_period", "previous_year")
FITTING: tuple[Granularity, ...] = ("none", "day", "week", "month", "auto")


@settings(max_examples=400)
@given(data=st.data())
def test_every_window_before_is_the_one_that_a_walk_through_the_days_comes_to(data: st.DataObject) -> None:
    timezone, now = data.draw(moments())
    query: dict[str, Any] = {"timezone": timezone, **data.draw(asked(timezone, now))}
    query["compare"] = data.draw(st.sampled_from(COMPARES))
    spec = read_query({"event_name": "*", "metric": "count", **query})
    assert spec.span is not None
    times = [frame(spec.span, size, timezone, now, compare=query["compare"]) for size in FITTING]
    # The window, and the one before, whatever the buckets are.
    assert {(one.window.start, one.window.end) for one in times} == {local_windows.window_of(query, now)}
    befores = {one.previous.window for one in times if one.previous is not None}
    (before,) = befores
    assert (before.start, before.end) == local_windows.window_before(query, now)
    assert before == window_before(times[0].window, spec.span, timezone, query["compare"])
    assert before.start < before.end
