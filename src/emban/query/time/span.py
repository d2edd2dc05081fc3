"""The words for stretches of time as a query gives them, before any clock is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Granularity = Literal["none", "minute", "hour", "day", "week", "month", "auto"]
PeriodName = Literal[
    "1h",
    "24h",
    "today",
    "yesterday",
    "7d",
    "this_week",
    "last_week",
    "30d",
    "this_month",
    "last_month",
    "90d",
    "this_year",
]
Compare = Literal["previous_period", "previous_year"]

# The shortest first; the days that each may come to at most, which is what a longest range is compared with.
PERIOD_DAYS: dict[PeriodName, float] = {
    "1h": 1 / 24,
    "24h": 1,
    "today": 1,
    "yesterday": 1,
    "7d": 7,
    "this_week": 7,
    "last_week": 7,
    "30d": 30,
    "this_month": 31,
    "last_month": 31,
    "90d": 90,
    "this_year": 366,
}
# Those that reach back by a number of local days, today among them.
ROLLING_DAYS: dict[PeriodName, int] = {"7d": 7, "30d": 30, "90d": 90}
DEFAULT_PERIOD: PeriodName = "30d"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch that ends now, or where the local calendar says."""

    name: PeriodName


@dataclass(frozen=True, slots=True)
class Dates:
    """From `start` to `end`, the end left out. A plain date is the start of that local day; no end means now."""

    start: date | datetime
    end: date | datetime | None


Span = Period | Dates
