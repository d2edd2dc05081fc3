"""From a period or dates to the one window that every figure of a page is of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emban.errors import EmbanError
from emban.query.spec.validation import read_query
from emban.query.time.buckets import SIZES, fits
from emban.query.time.span import PERIOD_DAYS, Compare, Dates, Granularity, Period, PeriodName, Span
from emban.query.time.timeframe import frame
from emban.query.time.window import Window, window_of
from tests.support import local_windows
from tests.support.moments import PERIODS, asked, moments

NOW = datetime(2026, 11, 23, 15, 20, 30, 123_456, tzinfo=UTC)  # A Monday.
A_MOMENT = timedelta(milliseconds=1)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def dates(start: str, end: str | None = None) -> Dates:
    return Dates(_moment(start), None if end is None else _moment(end))


def _moment(text: str) -> date | datetime:
    return instant(text) if "T" in text else date.fromisoformat(text)


# A zone, a moment in it, and where each period begins then; the calendar's last ones end where the next one begins.
MOMENTS: list[tuple[str, str, dict[PeriodName, str]]] = [
    (
        "UTC",
        "2026-11-23T15:20:30.123+00:00",  # A Monday.
        {
            "1h": "2026-11-23T14:20+00:00",
            "24h": "2026-11-22T15:00+00:00",
            "today": "2026-11-23T00:00+00:00",
            "yesterday": "2026-11-22T00:00+00:00",
            "7d": "2026-11-17T00:00+00:00",
            "this_week": "2026-11-23T00:00+00:00",
            "last_week": "2026-11-16T00:00+00:00",
            "30d": "2026-10-25T00:00+00:00",
            "this_month": "2026-11-01T00:00+00:00",
            "last_month": "2026-10-01T00:00+00:00",
            "90d": "2026-08-26T00:00+00:00",
            "this_year": "2026-01-01T00:00+00:00",
        },
    ),
    (
        "UTC",
        "2026-06-01T00:00+00:00",  # Midnight, of a Monday and of the first of a month.
        {
            "1h": "2026-05-31T23:00+00:00",
            "24h": "2026-05-31T00:00+00:00",
            "today": "2026-06-01T00:00+00:00",
            "yesterday": "2026-05-31T00:00+00:00",
            "7d": "2026-05-26T00:00+00:00",
            "this_week": "2026-06-01T00:00+00:00",
            "last_week": "2026-05-25T00:00+00:00",
            "30d": "2026-05-03T00:00+00:00",
            "this_month": "2026-06-01T00:00+00:00",
            "last_month": "2026-05-01T00:00+00:00",
        },
    ),
    (
        "UTC",
        "2026-05-31T23:59:59.999+00:00",  # A millisecond before.
        {
            "1h": "2026-05-31T22:59+00:00",
            "24h": "2026-05-30T23:00+00:00",
            "today": "2026-05-31T00:00+00:00",
            "yesterday": "2026-05-30T00:00+00:00",
            "7d": "2026-05-25T00:00+00:00",
            "this_week": "2026-05-25T00:00+00:00",
            "last_week": "2026-05-18T00:00+00:00",
            "30d": "2026-05-02T00:00+00:00",
            "this_month": "2026-05-01T00:00+00:00",
            "last_month": "2026-04-01T00:00+00:00",
        },
    ),
    (
        "UTC",
        "2028-02-29T08:00+00:00",
        {
            "yesterday": "2028-02-28T00:00+00:00",
            "30d": "2028-01-31T00:00+00:00",
            "this_month": "2028-02-01T00:00+00:00",
            "last_month": "2028-01-01T00:00+00:00",
            "90d": "2027-12-02T00:00+00:00",
            "this_year": "2028-01-01T00:00+00:00",
        },
    ),
    (
        "UTC",
        "2028-03-01T08:00+00:00",
        {"yesterday": "2028-02-29T00:00+00:00", "7d": "2028-02-24T00:00+00:00", "last_month": "2028-02-01T00:00+00:00"},
    ),
    ("UTC", "2026-03-31T12:00+00:00", {"30d": "2026-03-02T00:00+00:00", "last_month": "2026-02-01T00:00+00:00"}),
    ("UTC", "2027-01-01T00:00+00:00", {"this_year": "2027-01-01T00:00+00:00", "last_month": "2026-12-01T00:00+00:00"}),
    (
        "Europe/Berlin",
        "2026-10-25T12:00+01:00",  # Since the clock was put back, at three.
        {
            "24h": "2026-10-24T13:00+02:00",
            "today": "2026-10-25T00:00+02:00",
            "yesterday": "2026-10-24T00:00+02:00",
            "7d": "2026-10-19T00:00+02:00",
            "30d": "2026-09-26T00:00+02:00",
            "90d": "2026-07-28T00:00+02:00",
            "this_month": "2026-10-01T00:00+02:00",
            "this_year": "2026-01-01T00:00+01:00",
        },
    ),
    ("Europe/Berlin", "2026-10-25T02:30+01:00", {"1h": "2026-10-25T02:30+02:00"}),
    (
        "Europe/Berlin",
        "2026-10-26T07:00+01:00",
        {
            "yesterday": "2026-10-25T00:00+02:00",
            "last_week": "2026-10-19T00:00+02:00",
            "this_week": "2026-10-26T00:00+01:00",
        },
    ),
    (
        "Europe/Berlin",
        "2026-03-29T03:10+02:00",
        {"1h": "2026-03-29T01:10+01:00", "24h": "2026-03-28T02:00+01:00", "today": "2026-03-29T00:00+01:00"},
    ),
    (
        "America/New_York",
        "2026-03-08T12:00-04:00",
        {
            "24h": "2026-03-07T11:00-05:00",
            "today": "2026-03-08T00:00-05:00",
            "7d": "2026-03-02T00:00-05:00",
            "last_month": "2026-02-01T00:00-05:00",
        },
    ),
    (
        "America/New_York",
        "2026-11-01T09:00-05:00",  # The first of a month, whose first hours come twice.
        {
            "today": "2026-11-01T00:00-04:00",
            "this_month": "2026-11-01T00:00-04:00",
            "last_month": "2026-10-01T00:00-04:00",
            "this_week": "2026-10-26T00:00-04:00",
        },
    ),
    (
        "Asia/Kolkata",
        "2026-12-31T23:45+05:30",
        {
            "1h": "2026-12-31T22:45+05:30",
            "24h": "2026-12-30T23:00+05:30",
            "today": "2026-12-31T00:00+05:30",
            "this_year": "2026-01-01T00:00+05:30",
        },
    ),
    (
        "Asia/Kolkata",
        "2027-01-01T00:10+05:30",  # In UTC it is last year.
        {
            "today": "2027-01-01T00:00+05:30",
            "this_year": "2027-01-01T00:00+05:30",
            "this_month": "2027-01-01T00:00+05:30",
            "last_month": "2026-12-01T00:00+05:30",
        },
    ),
    (
        "Australia/Lord_Howe",
        "2026-04-05T12:10+10:30",
        {"24h": "2026-04-04T12:00+11:00", "today": "2026-04-05T00:00+11:00", "yesterday": "2026-04-04T00:00+11:00"},
    ),
    # The half-hour from 1:30 comes twice, and the second time it is an hour of its own.
    ("Australia/Lord_Howe", "2026-04-06T01:40+10:30", {"24h": "2026-04-05T01:30+10:30"}),
    (
        "America/Santiago",
        "2025-09-07T10:00-03:00",  # A day that begins at one.
        {"today": "2025-09-07T01:00-03:00", "yesterday": "2025-09-06T00:00-04:00", "7d": "2025-09-01T00:00-04:00"},
    ),
    (
        "America/Santiago",
        "2025-09-13T10:00-03:00",  # A period that does.
        {"7d": "2025-09-07T01:00-03:00", "this_week": "2025-09-08T00:00-03:00", "this_month": "2025-09-01T00:00-04:00"},
    ),
    (
        "Pacific/Apia",
        "2011-12-31T09:00+14:00",  # There was no thirtieth.
        {
            "24h": "2011-12-29T09:00-10:00",
            "today": "2011-12-31T00:00+14:00",
            "7d": "2011-12-25T00:00-10:00",
            "this_week": "2011-12-26T00:00-10:00",
            "this_month": "2011-12-01T00:00-10:00",
        },
    ),
]
ENDS_WITH: dict[PeriodName, PeriodName] = {
    "yesterday": "today",
    "last_week": "this_week",
    "last_month": "this_month",
}


@pytest.mark.parametrize(("timezone", "now", "starts"), MOMENTS)
def test_where_periods_begin_and_end(timezone: str, now: str, starts: dict[PeriodName, str]) -> None:
    at = instant(now)
    found = {name: window_of(Period(name), timezone, at) for name in starts}
    assert {name: window.start for name, window in found.items()} == {
        name: instant(text) for name, text in starts.items()
    }
    for name, window in found.items():
        next_one = ENDS_WITH.get(name)
        end = at if next_one is None else window_of(Period(next_one), timezone, at).start
        # Today, this week, this month at their first instant are not nothing.
        assert window.end == (end if end > window.start else window.start + A_MOMENT)


def test_the_table_has_every_period() -> None:
    assert set(MOMENTS[0][2]) == set(PERIODS) == set(PERIOD_DAYS) == set(get_args(PeriodName))


def test_without_a_span_it_is_thirty_days() -> None:
    assert window_of(None, "UTC", NOW) == window_of(Period("30d"), "UTC", NOW)


def test_now_is_cut_to_milliseconds() -> None:
    assert window_of(Period("7d"), "UTC", NOW).end == NOW.replace(microsecond=123_000)


DATES = [
    (dates("2026-11-01", "2026-11-08"), "UTC", "2026-11-01T00:00Z", "2026-11-08T00:00Z"),
    (dates("2026-10-25", "2026-10-26"), "Europe/Berlin", "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
    (dates("2026-03-29", "2026-03-30"), "Europe/Berlin", "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
    (dates("2026-11-01"), "UTC", "2026-11-01T00:00Z", "2026-11-23T15:20:30.123Z"),
    (dates("2026-11-01T00:00:00Z", "2026-11-03"), "Asia/Kolkata", "2026-11-01T00:00Z", "2026-11-02T18:30Z"),
    (dates("2026-11-01T06:30:00Z", "2026-11-01T06:30:00.001Z"), "UTC", "2026-11-01T06:30Z", "2026-11-01T06:30:00.001Z"),
    (dates("2025-09-07", "2025-09-08"), "America/Santiago", "2025-09-07T04:00Z", "2025-09-08T03:00Z"),
    (dates("2026-04-05", "2026-04-06"), "Australia/Lord_Howe", "2026-04-04T13:00Z", "2026-04-05T13:30Z"),
    (dates("2011-12-29", "2011-12-31"), "Pacific/Apia", "2011-12-29T10:00Z", "2011-12-30T10:00Z"),
    (dates("2028-02-29", "2028-03-01"), "UTC", "2028-02-29T00:00Z", "2028-03-01T00:00Z"),
    (dates("2026-11-20", "2027-01-01"), "UTC", "2026-11-20T00:00Z", "2027-01-01T00:00Z"),  # Beyond now.
]


@pytest.mark.parametrize(("span", "timezone", "start", "end"), DATES)
def test_plain_dates_are_local_days_and_the_last_one_is_left_out(
    span: Dates, timezone: str, start: str, end: str
) -> None:
    assert window_of(span, timezone, NOW) == Window(instant(start), instant(end))


SPANS: list[Span] = [Period(name) for name in PERIOD_DAYS]
SPANS += [dates("2026-11-01", "2026-11-08"), dates("2026-11-03T10:30:00Z"), dates("2026-03-01", "2026-03-30")]


@pytest.mark.parametrize("compare", get_args(Compare))
@pytest.mark.parametrize("span", SPANS)
def test_a_window_never_depends_on_the_granularity(span: Span, compare: Compare) -> None:
    for timezone in ("UTC", "Europe/Berlin", "Asia/Kolkata"):
        sizes = [size for size in get_args(Granularity) if fits(span, size, timezone, NOW)]
        assert {"none", "auto", *SIZES[2:]} <= set(sizes)
        times = [frame(span, size, timezone, NOW, compare=compare) for size in sizes]
        assert {time.window for time in times} == {window_of(span, timezone, NOW)}
        assert len({time.previous.window for time in times if time.previous}) == 1
        assert all(time.previous is not None for time in times)


REFUSED = [
    (dates("2026-11-08", "2026-11-08"), "date_to", "must be after date_from"),
    (dates("2026-11-08", "2026-11-01"), "date_to", "must be after date_from"),
    (dates("2026-11-08T10:00:00Z", "2026-11-08"), "date_to", "must be after date_from"),
    (dates("2026-11-24"), "date_from", "must be before now"),
    (dates("2026-11-23T15:20:30.123Z"), "date_from", "must be before now"),
]


@pytest.mark.parametrize(("span", "path", "message"), REFUSED)
def test_dates_that_leave_nothing_are_refused(span: Span, path: str, message: str) -> None:
    sizes: tuple[Granularity, ...] = ("none", "day")
    for size in sizes:
        with pytest.raises(EmbanError, match=message) as refused:
            frame(span, size, "UTC", NOW)
        assert [field.path for field in refused.value.fields] == [path]


def test_a_date_that_never_was_is_refused() -> None:
    with pytest.raises(EmbanError, match="must be after date_from"):
        window_of(dates("2011-12-30", "2011-12-31"), "Pacific/Apia", NOW)


@settings(max_examples=400)
@given(data=st.data())
def test_every_window_is_the_one_that_the_wall_shows(data: st.DataObject) -> None:
    timezone, now = data.draw(moments())
    query = {"timezone": timezone, **data.draw(asked(timezone, now))}
    window = window_of(read_query({"event_name": "*", "metric": "count", **query}).span, timezone, now)
    assert (window.start, window.end) == local_windows.window_of(query, now)
