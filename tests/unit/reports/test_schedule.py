"""The slots of a schedule against a walk through the minutes of a wall clock, which shares no code with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emban.query.time.span import Dates
from emban.query.time.window import window_of
from emban.query.time.zones import zone_names
from emban.reports.schedule import Schedule, ScheduleKind, last_slot, next_run, previous_days
from tests.support.reference import clock

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

# Days around which each zone's clock does something, or a month ends.
EDGES = [
    ("UTC", date(2026, 2, 28)),
    ("UTC", date(2028, 2, 29)),
    ("Europe/Berlin", date(2026, 3, 29)),  # 02:00 is skipped.
    ("Europe/Berlin", date(2026, 10, 25)),  # 02:00 is repeated.
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),  # Half an hour is skipped.
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # Half an hour is repeated.
    ("Pacific/Chatham", date(2026, 9, 27)),  # At 02:45.
    ("Pacific/Chatham", date(2026, 4, 5)),
    ("Africa/Casablanca", date(2026, 2, 15)),  # Ramadan.
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("America/Santiago", date(2026, 9, 6)),  # Midnight is skipped.
    ("America/Santiago", date(2026, 4, 4)),  # 23:00 is repeated.
    ("America/Havana", date(2026, 11, 1)),  # Midnight is shown twice.
    ("America/Havana", date(2026, 3, 8)),
    ("Pacific/Apia", date(2011, 12, 30)),  # There was no such day.
    ("Pacific/Kwajalein", date(1993, 8, 21)),  # Nor this one.
    ("Antarctica/Troll", date(2026, 3, 29)),  # Two hours are skipped.
    ("Antarctica/Troll", date(2026, 10, 25)),
    ("America/St_Johns", date(2010, 11, 7)),  # From 00:01 back to 23:01.
    ("America/St_Johns", date(2010, 3, 14)),  # From 00:01 on to 01:01.
    ("America/Nuuk", date(2026, 3, 28)),  # 23:00 is skipped, and with it the end of the day.
    ("America/Nuuk", date(2026, 10, 24)),
    ("Asia/Kathmandu", date(2026, 4, 30)),
    ("Asia/Gaza", date(2026, 3, 28)),
    ("America/Asuncion", date(2023, 10, 1)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 29)),
    ("Asia/Pyongyang", date(2015, 8, 15)),  # Half an hour is repeated at midnight.
    ("Asia/Pyongyang", date(2018, 5, 4)),  # And skipped again.
]
KINDS: tuple[ScheduleKind, ...] = ("daily", "weekly", "monthly")


def walked_slot(zone: str, day: date, hour: int) -> datetime | None:
    """Walk a wall clock from noon two days before: when does it first show the hour or later, on that day for good?"""
    local = clock(zone)
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - 2 * DAY
    shown = [(at + index * MINUTE).astimezone(local).replace(tzinfo=None) for index in range(4 * 24 * 60)]
    if all(one.date() != day for one in shown):
        return None
    # The day has begun for good behind the last minute that shows an earlier one.
    begun = max(index for index, one in enumerate(shown) if one.date() < day) + 1
    wanted = datetime.combine(day, time(hour))
    return next(at + index * MINUTE for index, one in enumerate(shown) if index >= begun and one >= wanted)


def belongs(kind: ScheduleKind, day: date, other: date) -> bool:
    """Tell whether a day is one of a weekly or monthly schedule that was made for another."""
    if kind == "weekly":
        return (other - day).days % 7 == 0
    return kind == "daily" or other.day == day.day


def schedule_for(kind: ScheduleKind, zone: str, day: date, hour: int) -> Schedule:
    """The schedule whose day the given one is."""
    return Schedule(
        kind,
        hour,
        zone,
        day_of_week=(day.weekday() + 1) % 7 if kind == "weekly" else None,
        day_of_month=day.day if kind == "monthly" else None,
    )


@pytest.mark.parametrize(("zone", "day"), EDGES)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 12, 23])
def test_the_slots_around_an_edge_are_those_of_a_wall_clock(zone: str, day: date, hour: int) -> None:
    around = [day + days * DAY for days in (-1, 0, 1)]
    walked = [slot for slot in (walked_slot(zone, one, hour) for one in around) if slot is not None]
    schedule = Schedule("daily", hour, zone)
    slots = [next_run(schedule, walked[0] - MINUTE)]
    while len(slots) < len(walked):
        slots.append(next_run(schedule, slots[-1]))
    assert slots == walked


@pytest.mark.parametrize(("zone", "day"), EDGES)
@pytest.mark.parametrize("kind", ["weekly", "monthly"])
def test_weekly_and_monthly_slots_are_the_wall_clocks_of_their_days(kind: ScheduleKind, zone: str, day: date) -> None:
    schedule = schedule_for(kind, zone, day, 2)
    days = (day + DAY * index for index in range(-1, 100))
    expected = next(slot for one in days if belongs(kind, day, one) and (slot := walked_slot(zone, one, 2)) is not None)
    assert next_run(schedule, expected - 3 * DAY) == expected


@pytest.mark.parametrize(
    ("zone", "hour", "local_day", "slot"),
    [
        ("Europe/Berlin", 2, "2026-03-29", "2026-03-29T01:00:00+00:00"),  # 03:00 summer time.
        ("Europe/Berlin", 2, "2026-10-25", "2026-10-25T00:00:00+00:00"),  # The first of two.
        ("Australia/Lord_Howe", 2, "2026-10-04", "2026-10-03T15:30:00+00:00"),  # 02:30.
        ("America/Santiago", 0, "2026-09-06", "2026-09-06T04:00:00+00:00"),  # 01:00.
        ("America/Nuuk", 23, "2026-03-28", "2026-03-29T01:00:00+00:00"),  # 00:00 of the day after.
        ("America/St_Johns", 0, "2010-11-07", "2010-11-07T03:30:00+00:00"),  # The second midnight.
    ],
)
def test_a_skipped_hour_runs_at_the_next_one_and_a_repeated_one_once(
    zone: str, hour: int, local_day: str, slot: str
) -> None:
    expected = datetime.fromisoformat(slot)
    assert walked_slot(zone, date.fromisoformat(local_day), hour) == expected
    assert next_run(Schedule("daily", hour, zone), expected - MINUTE) == expected
    assert next_run(Schedule("daily", hour, zone), expected) > expected + timedelta(hours=20)


def test_months_without_the_day_are_skipped() -> None:
    schedule = Schedule("monthly", 9, "UTC", day_of_month=31)
    at, days = datetime(2026, 1, 1, tzinfo=UTC), []
    for _ in range(7):
        at = next_run(schedule, at)
        days.append((at.month, at.day))
    assert days == [(1, 31), (3, 31), (5, 31), (7, 31), (8, 31), (10, 31), (12, 31)]


def test_the_29th_of_february_has_a_slot_in_leap_years_alone() -> None:
    schedule = Schedule("monthly", 9, "UTC", day_of_month=29)
    assert next_run(schedule, datetime(2027, 1, 30, tzinfo=UTC)) == datetime(2027, 3, 29, 9, tzinfo=UTC)
    assert next_run(schedule, datetime(2028, 1, 30, tzinfo=UTC)) == datetime(2028, 2, 29, 9, tzinfo=UTC)


def test_sunday_is_0_and_saturday_6() -> None:
    at = datetime(2026, 11, 28, tzinfo=UTC)  # A Saturday.
    found = [next_run(Schedule("weekly", 9, "UTC", day_of_week=day), at).day for day in range(7)]
    assert found == [29, 30, 1, 2, 3, 4, 28]


def test_of_missed_slots_the_newest_is_the_one_that_runs() -> None:
    schedule = Schedule("daily", 9, "Europe/Berlin")
    due, now = datetime(2026, 11, 1, 8, tzinfo=UTC), datetime(2026, 11, 28, 7, 59, tzinfo=UTC)
    assert last_slot(schedule, due, now) == datetime(2026, 11, 27, 8, tzinfo=UTC)
    assert last_slot(schedule, due, due) == due


@pytest.mark.parametrize(
    ("kind", "run_at", "first", "after"),
    [
        ("daily", "2026-11-28T08:00:00+00:00", "2026-11-27", "2026-11-28"),
        ("daily", "2026-11-27T23:30:00+00:00", "2026-11-27", "2026-11-28"),  # Berlin is a day ahead.
        ("weekly", "2026-11-28T08:00:00+00:00", "2026-11-16", "2026-11-23"),
        ("weekly", "2026-11-23T08:00:00+00:00", "2026-11-16", "2026-11-23"),  # On a Monday.
        ("weekly", "2026-11-22T08:00:00+00:00", "2026-11-09", "2026-11-16"),  # On a Sunday.
        ("monthly", "2026-03-31T08:00:00+00:00", "2026-02-01", "2026-03-01"),
        ("monthly", "2026-01-01T08:00:00+00:00", "2025-12-01", "2026-01-01"),
    ],
)
def test_previous_is_the_whole_day_week_or_month_before_the_run(
    kind: ScheduleKind, run_at: str, first: str, after: str
) -> None:
    at = datetime.fromisoformat(run_at)
    schedule = schedule_for(kind, "Europe/Berlin", at.date(), 9)
    assert previous_days(schedule, at) == Dates(date.fromisoformat(first), date.fromisoformat(after))


def test_the_day_before_is_the_last_one_that_there_was() -> None:
    run_at = datetime(2011, 12, 30, 20, tzinfo=UTC)  # The 31st in Apia, right after the 29th.
    assert previous_days(Schedule("daily", 9, "Pacific/Apia"), run_at).start == date(2011, 12, 29)


schedules = st.builds(
    schedule_for,
    st.sampled_from(KINDS),
    st.sampled_from(sorted(zone_names())),
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.integers(0, 23),
)
instants = st.integers(157_766_400, 2_082_758_400).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(schedules, instants)
@settings(max_examples=300)
def test_slots_follow_each_other_without_gaps_and_are_the_schedules(schedule: Schedule, after: datetime) -> None:
    following = next_run(schedule, after)
    assert following > after
    assert next_run(schedule, following - timedelta(microseconds=1)) == following
    assert next_run(schedule, after + (following - after) / 2) == following
    longest = {"daily": 3, "weekly": 15, "monthly": 95}[schedule.kind]
    assert following - after <= longest * DAY
    shown = following.astimezone(clock(schedule.timezone))
    days = [day for day in (shown.date(), shown.date() - DAY) if schedule.includes(day)]
    assert days
    assert following in [walked_slot(schedule.timezone, day, schedule.hour) for day in days]


@given(schedules, instants)
@settings(max_examples=300)
def test_the_previous_period_is_over_at_each_slot_and_never_empty(schedule: Schedule, after: datetime) -> None:
    slot = next_run(schedule, after)
    window = window_of(previous_days(schedule, slot), schedule.timezone, slot)
    assert window.start < window.end <= slot
    assert window.length >= timedelta(hours=20)
