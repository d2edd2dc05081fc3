"""Local time: where days and hours start in a time zone, as instants.

Emban computes every bucket's edges here, from the zone data of the `tzdata` package, and gives them to the engine as
numbers. So one source says what a day is, whatever tables the engine or the machine carries; and days of 23 or 25
hours, zones at :30 and :45, half-hour changes and skipped midnights need no special case elsewhere. (The engine's own
toStartOfHour is half an hour off in Australia/Lord_Howe in summer.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache, partial
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

HOUR_S = 3600
_DAY_S = 24 * HOUR_S


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return every IANA name that the package knows, links included."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def check_zone(name: str) -> str:
    """Return the name; raises `ValueError` with a sentence where there is no such zone."""
    if name not in zone_names():
        raise ValueError("is not an IANA time zone such as UTC or Europe/Berlin")
    return name


@lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo:
    """Return the zone; raises `ValueError` where there is none of that name."""
    check_zone(name)
    if name == "UTC":
        return UTC
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def local_day(at: datetime, name: str) -> date:
    """Return the local date at an instant."""
    return at.astimezone(zone(name)).date()


@lru_cache(maxsize=65_536)
def start_of_day(day: date, name: str) -> datetime:
    """Return the instant from which on the local date is `day` or later, and never earlier again.

    That is local midnight, or the end of the gap where the clock skips midnight. A date that a zone skipped as a whole
    (Pacific/Apia, 2011-12-30) starts where the next one does.
    """
    local = zone(name)
    midnight = datetime.combine(day, time())
    first, last = sorted(midnight.replace(tzinfo=local, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == last:
        return first
    if first.astimezone(local).replace(tzinfo=None) == midnight:
        # The clock shows this midnight twice. Havana repeats the hour after it, so the day has begun with the first;
        # St John's (until 2011) went back from 00:01 to 23:01, so the day before is over only with the second.
        went_back = (last - timedelta(seconds=1)).astimezone(local).date() < day
        return last if went_back else first
    return _at(_first_second(int(first.timestamp()), int(last.timestamp()), partial(_has_reached, local, day)))


def hour_edges(first: int, last: int, name: str) -> Iterator[int]:
    """Yield where local clock hours begin: the hour that holds `first`, then all before `last`. In epoch seconds.

    A change of the offset in the middle of an hour begins a new one.
    """
    for begins, ends, offset in _stretches(first, last, name):
        edge = (max(begins, first) + offset) // HOUR_S * HOUR_S - offset
        yield max(edge, begins)
        yield from range(edge + HOUR_S, ends, HOUR_S)


def _stretches(first: int, last: int, name: str) -> Iterator[tuple[int, int, int]]:
    """Cut [first, last) where the UTC offset changes; the first stretch begins with the change before it."""
    years = range(_at(first - _DAY_S).year, _at(last).year + 1)
    changes = [change for year in years for change in transitions(name, year)]
    begins = max((change for change in changes if change <= first), default=first - _DAY_S)
    cuts = [begins, *(change for change in changes if first < change < last), last]
    local = zone(name)
    for begin, end in pairwise(cuts):
        yield begin, end, _offset(begin, local)


@lru_cache(maxsize=16_384)
def transitions(name: str, year: int) -> tuple[int, ...]:
    """Return when the zone's UTC offset changes within a UTC year, in epoch seconds."""
    local = zone(name)
    begin, end = (int(datetime(at, 1, 1, tzinfo=UTC).timestamp()) for at in (year, year + 1))
    found = []
    # Looked at once a day: no zone changes twice within one.
    for before, after in pairwise(range(begin, end + 1, _DAY_S)):
        offset = _offset(after, local)
        if offset != _offset(before, local):
            found.append(_first_second(before, after, partial(_has_offset, local, offset)))
    return tuple(found)


def _first_second(before: int, after: int, holds: Callable[[int], bool]) -> int:
    """Return the first second for which `holds`, which is false at `before` and true from some point to `after`."""
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if holds(middle) else (middle, after)
    return after


def _has_offset(local: tzinfo, offset: int, at: int) -> bool:
    return _offset(at, local) == offset


def _has_reached(local: tzinfo, day: date, at: int) -> bool:
    return _at(at).astimezone(local).date() >= day


def _offset(at: int, local: tzinfo) -> int:
    offset = _at(at).astimezone(local).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _at(epoch_s: int) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)
