"""When a report runs, and which days its period `previous` is about. Pure: the present is always given.

A slot is the first instant of a local day at which the clock shows the schedule's hour or later. So an hour that the
clock skips runs where the clock goes on (in Lord Howe that may be half an hour later), an hour that it repeats runs
once, and a day that a zone left out as a whole (Pacific/Apia, 2011-12-30) has no slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from emban.query.time.span import Dates
from emban.query.time.zones import local_day, start_of_day, transitions, zone

ScheduleKind = Literal["daily", "weekly", "monthly"]
DAY = timedelta(days=1)
# Of two months in a row, one has 31 days; with a day that a zone left out, the next slot may be a month further.
_LOOKED_AT_DAYS = 130


@dataclass(frozen=True, slots=True)
class Schedule:
    """Daily, weekly (`day_of_week` 0 is Sunday) or monthly (`day_of_month` 1 to 31), at a local hour of a zone."""

    kind: ScheduleKind
    hour: int
    timezone: str
    day_of_week: int | None = None
    day_of_month: int | None = None

    def includes(self, day: date) -> bool:
        """Tell whether a local day is one of the schedule's."""
        if self.kind == "weekly":
            return day.isoweekday() % 7 == self.day_of_week
        if self.kind == "monthly":
            return day.day == self.day_of_month
        return True


def next_run(schedule: Schedule, after: datetime) -> datetime:
    """Return the first slot that is later than an instant."""
    return next(slot for slot in _slots(schedule, after) if slot > after)


def last_slot(schedule: Schedule, due: datetime, now: datetime) -> datetime:
    """Return the newest slot up to now, given one that is due: where several were missed, the one that is run."""
    following = next_run(schedule, due)
    while following <= now:
        due, following = following, next_run(schedule, following)
    return due


def previous_days(schedule: Schedule, run_at: datetime) -> Dates:
    """Return the whole local day, week (from Monday) or month before a run, by the schedule's kind."""
    today = local_day(run_at, schedule.timezone)
    if schedule.kind == "weekly":
        monday = today - today.weekday() * DAY
        return Dates(monday - 7 * DAY, monday)
    if schedule.kind == "monthly":
        first = today.replace(day=1)
        return Dates((first - DAY).replace(day=1), first)
    before = today - DAY
    while not _exists(before, schedule.timezone):
        before -= DAY
    return Dates(before, before + DAY)


def _slots(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """Yield the slots around an instant and later, in their order."""
    # A day earlier, because the slot of a skipped hour may be on the next day (America/Nuuk at 23:00).
    first = local_day(after, schedule.timezone) - DAY
    for days in range(_LOOKED_AT_DAYS):
        day = first + days * DAY
        if schedule.includes(day) and _exists(day, schedule.timezone):
            yield _slot(day, schedule.hour, schedule.timezone)


def _slot(day: date, hour: int, timezone: str) -> datetime:
    local, begins = zone(timezone), start_of_day(day, timezone)
    clock = datetime.combine(day, time(hour))
    first, last = sorted(clock.replace(tzinfo=local, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(local).replace(tzinfo=None) == clock:
        # Shown twice, the first counts, unless the day before was not over by then (St John's until 2011).
        return first if first >= begins else last
    changes = (change for year in {first.year, last.year} for change in transitions(timezone, year))
    return min(at for at in (datetime.fromtimestamp(change, UTC) for change in changes) if first < at <= last)


def _exists(day: date, timezone: str) -> bool:
    return start_of_day(day, timezone) < start_of_day(day + DAY, timezone)
