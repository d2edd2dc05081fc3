"""Moments and windows at which calendars are awkward, for property tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from emban.query.time.span import PeriodName
from tests.support.local_windows import midnight
from tests.support.reference import clock

MS = timedelta(milliseconds=1)
PERIODS = get_args(PeriodName)
# When the clock is changed, by the instant from which on it shows another time.
CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # Half an hour back.
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Santiago", datetime(2025, 9, 7, 4, tzinfo=UTC)),  # Midnight is skipped.
    ("America/Santiago", datetime(2026, 4, 5, 3, tzinfo=UTC)),  # The hour before midnight comes twice.
    ("America/Havana", datetime(2024, 11, 3, 5, tzinfo=UTC)),  # The hour after midnight comes twice.
    ("America/Havana", datetime(2020, 11, 1, 5, tzinfo=UTC)),  # So does the first hour of a month.
    ("America/Havana", datetime(2025, 3, 9, 5, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC)),  # The half-hour before midnight is skipped.
]
ZONES = sorted({zone for zone, _ in CHANGES} | {"UTC", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati"})

# On edges of minutes, quarters, hours and days, a millisecond beside them, and anywhere.
edges = st.builds(
    lambda count, size, beside: count * size + beside * MS,
    st.integers(-3, 3),
    st.sampled_from([timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)]),
    st.sampled_from([-1, 0, 0, 1]),
)
anywhere = st.integers(-40 * 86_400_000, 40 * 86_400_000).map(lambda ms: ms * MS)
beside = st.one_of(edges, anywhere)


def _first_days() -> st.SearchStrategy[date]:
    """Firsts of months and the days around the end of February, in leap years and others."""
    months = st.builds(date, st.integers(2023, 2028), st.integers(1, 12), st.just(1))
    february = st.builds(date, st.sampled_from([2024, 2027, 2028]), st.just(2), st.just(28))
    return st.one_of(months, february)


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, datetime]:
    """A time zone, and a moment by a change of its clock, by the end of a month, or some weeks off."""
    if draw(st.booleans()):
        zone, at = draw(st.sampled_from(CHANGES))
    else:
        zone = draw(st.sampled_from(ZONES))
        at = midnight(draw(_first_days()), clock(zone))
    if draw(st.booleans()):  # By the same date of a year later, for what is a year earlier.
        at = midnight(at.astimezone(clock(zone)).date() + timedelta(days=366), clock(zone))
    return zone, at + draw(beside)


@st.composite
def asked(draw: st.DrawFn, timezone: str, now: datetime) -> dict[str, str]:
    """A period, dates, or instants, as queries give them: never an empty window."""
    kind = draw(st.sampled_from(["period", "dates", "instants", "since"]))
    if kind == "period":
        return {"period": draw(st.sampled_from(PERIODS))}
    today = now.astimezone(clock(timezone)).date()
    first = today - timedelta(days=draw(st.integers(1, 100)))
    if draw(st.integers(0, 2)) == 0:
        first = first.replace(day=1)
    if kind == "since":
        return {"date_from": str(first)}
    if kind == "dates":
        last = first + timedelta(days=draw(st.integers(1, 100)))
        return {"date_from": str(first), "date_to": str(last.replace(day=1) if last.month != first.month else last)}
    begins = midnight(first, clock(timezone)) if draw(st.booleans()) else now + draw(beside)
    ends = begins + draw(st.one_of(st.integers(1, 90_000_000), st.integers(1, 8_000_000_000))) * MS
    return {"date_from": _text(begins), "date_to": _text(ends)}


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
