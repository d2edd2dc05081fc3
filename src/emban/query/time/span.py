"""The words for stretches of time as a query gives them, before any clock is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Granularity = Literal["none", "minute", "hour", "day", "week", "month", "auto"]
PeriodName = Literal["1h", "24h", "7d", "30d", "90d"]

PERIODS: dict[PeriodName, timedelta] = {
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
DEFAULT_PERIOD: PeriodName = "30d"


@dataclass(frozen=True, slots=True)
class Period:
    """The stretch that ends now."""

    name: PeriodName

    @property
    def length(self) -> timedelta:
        """Its length; a day is 24 hours here."""
        return PERIODS[self.name]


@dataclass(frozen=True, slots=True)
class Dates:
    """From `start` to `end`, the end left out. A plain date is the start of that local day; no end means now."""

    start: date | datetime
    end: date | datetime | None


Span = Period | Dates
