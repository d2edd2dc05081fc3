"""Structured queries answered in plain Python, from the documentation alone: the truth that Emban is held against.

It shares no code with `emban.query` and works another way round: no bucket edges, each event is labelled with what the
wall clock of the time zone shows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
PERIODS = {
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
COUNT_LIKE = {"count", "count_unique", "count_unique_approx", "sum"}
Label = tuple[Any, ...]
Group = tuple[str, ...]
Figure = float | int | None
OTHERS: Group = ("<all the others>",)


@dataclass(frozen=True)
class Event:
    """One stored event; `ingested` orders batches."""

    tenant: str
    name: str
    at: datetime
    user: str = ""
    strings: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    ingested: datetime = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def clock(name: str) -> ZoneInfo:
    """A time zone, from the pinned package: the machine's own zones may be years older."""
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def label_of(at: datetime, granularity: str, zone: ZoneInfo) -> Label:
    """What the wall clock shows, as far as the granularity goes: the same within one bucket, and nowhere else."""
    local = at.astimezone(zone)
    if granularity == "none":
        return ()
    if granularity == "minute":
        return (at.astimezone(UTC).replace(second=0, microsecond=0),)
    if granularity == "hour":
        # With the offset, since a repeated hour comes twice.
        return (local.date(), local.hour, local.utcoffset())
    if granularity == "day":
        return (local.date(),)
    if granularity == "week":
        return (local.date() - timedelta(days=local.isoweekday() - 1),)
    return (local.year, local.month)


def value_of(event: Event, dimension: str) -> str:
    """The value of a dimension as a query names it; '' where the event has none."""
    columns = {"tenant_id": event.tenant, "user_id": event.user, "event_name": event.name}
    if dimension in columns:
        return columns[dimension]
    return event.strings.get(dimension.removeprefix("string_props."), "")


def figure(metric: str, prop: str | None, events: Sequence[Event]) -> Figure:
    """One metric over some events."""
    if metric == "count":
        return len(events)
    if metric in {"count_unique", "count_unique_approx"}:
        return len({event.user for event in events} - {""})
    numbers = sorted(event.numbers[prop] for event in events if prop is not None and prop in event.numbers)
    if metric == "sum":
        return math.fsum(numbers)
    if not numbers:
        return None
    plain: dict[str, Callable[[list[float]], float]] = {
        "avg": lambda many: math.fsum(many) / len(many),
        "min": min,
        "max": max,
    }
    return plain[metric](numbers) if metric in plain else _interpolated(numbers, int(metric[1:]) / 100)


def _interpolated(numbers: list[float], level: float) -> float:
    position = level * (len(numbers) - 1)
    below = math.floor(position)
    above = min(below + 1, len(numbers) - 1)
    return numbers[below] + (position - below) * (numbers[above] - numbers[below])


class Reference:
    """Answers queries over a list of events, as the API documents them. `now` is where periods end."""

    def __init__(self, events: Iterable[Event], now: datetime) -> None:
        self._events = list(events)
        self._now = now.replace(microsecond=now.microsecond // 1000 * 1000)

    def points(
        self, query: Mapping[str, Any], tenant: str | None = None, as_of: datetime | None = None
    ) -> dict[tuple[Group, Label], Figure]:
        """The figure of each (group, bucket label); the group of the rest is `OTHERS`."""
        zone = clock(query.get("timezone", "UTC"))
        granularity = query.get("granularity", "none")
        events = self._matching(query, tenant, as_of, zone)
        group_by = _as_list(query.get("group_by"))
        metric, prop = query["metric"], query.get("prop")
        by_group: dict[Group, list[Event]] = defaultdict(list)
        for event in events:
            if prop is None or prop in event.numbers:
                by_group[tuple(value_of(event, one) for one in group_by)].append(event)
        everybody: dict[Group, list[Event]] = {(): by_group.get((), [])}
        shown = _top(by_group, metric, prop, query) if group_by else everybody
        labels = self.labels(query)
        answer: dict[tuple[Group, Label], Figure] = {}
        for group, members in shown.items():
            by_label: dict[Label, list[Event]] = defaultdict(list)
            for event in members:
                by_label[label_of(event.at, granularity, zone)].append(event)
            for label in labels:
                answer[group, label] = figure(metric, prop, by_label[label])
        return answer

    def labels(self, query: Mapping[str, Any]) -> list[Label]:
        """Every bucket that the window touches, in order."""
        zone = clock(query.get("timezone", "UTC"))
        granularity = query.get("granularity", "none")
        if granularity == "none":
            return [()]
        start, end = self.window(query)
        step = timedelta(minutes=1) if granularity == "minute" else QUARTER
        labels: dict[Label, None] = {}
        at = start
        while at < end:
            labels[label_of(at, granularity, zone)] = None
            # On to the next multiple of the step, so that the beginning of each bucket is seen.
            at += step - (at - datetime(1970, 1, 1, tzinfo=UTC)) % step
        return list(labels)

    def window(self, query: Mapping[str, Any]) -> tuple[datetime, datetime]:
        """The first instant inside and the first instant outside of the window."""
        zone = clock(query.get("timezone", "UTC"))
        granularity = query.get("granularity", "none")
        if "date_from" in query:
            end = query.get("date_to")
            return _instant(query["date_from"], zone), self._now if end is None else _instant(end, zone)
        start = self._now - PERIODS[query.get("period", "30d")]
        if granularity in {"none", "minute"}:
            return start, self._now
        label, first = label_of(start, granularity, zone), start
        step = start - (start - datetime(1970, 1, 1, tzinfo=UTC)) % QUARTER
        while label_of(step, granularity, zone) == label:
            first, step = step, step - QUARTER
        return first, self._now

    def _matching(
        self, query: Mapping[str, Any], tenant: str | None, as_of: datetime | None, zone: ZoneInfo
    ) -> list[Event]:
        start, end = self.window(query)
        filters = query.get("filters", {})
        dimensions, ranges = filters.get("dimensions", {}), filters.get("numeric_ranges", {})
        return [
            event
            for event in self._events
            if start <= event.at < end
            and (tenant is None or event.tenant == tenant)
            and (as_of is None or event.ingested <= as_of)
            and query["event_name"] in {"*", event.name}
            and all(value_of(event, name) in _as_list(values) for name, values in dimensions.items())
            and all(_within(event.numbers.get(prop), limits) for prop, limits in ranges.items())
        ]


def _top(
    by_group: Mapping[Group, list[Event]], metric: str, prop: str | None, query: Mapping[str, Any]
) -> dict[Group, list[Event]]:
    ranked = sorted(by_group)
    ranked.sort(key=lambda group: figure(metric, prop, by_group[group]) or 0, reverse=query.get("order") != "asc")
    limit = query.get("limit", 10)
    shown = {group: by_group[group] for group in ranked[:limit]}
    rest = [event for group in ranked[limit:] for event in by_group[group]]
    if query.get("other") and rest:
        shown[OTHERS] = rest
    return shown


def _within(value: float | None, limits: Mapping[str, float]) -> bool:
    if value is None:
        return False
    return limits.get("min", -math.inf) <= value <= limits.get("max", math.inf)


def _as_list(given: Any) -> list[str]:
    if given is None:
        return []
    return [given] if isinstance(given, str) else list(given)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    if "T" in text:
        return datetime.fromisoformat(text).astimezone(UTC)
    return start_of_local_day(date.fromisoformat(text), zone)


def start_of_local_day(day: date, zone: ZoneInfo) -> datetime:
    """The first quarter of an hour at which the calendar on the wall shows the day or a later one."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    while at.astimezone(zone).date() < day:
        at += QUARTER
    return at


def labelled(answer: Mapping[str, Any], query: Mapping[str, Any]) -> dict[tuple[Group, Label], Figure]:
    """Read an answer of the API in the form of `Reference.points`. Fails where two points are for one place."""
    zone = clock(query.get("timezone", "UTC"))
    granularity = query.get("granularity", "none")
    read: dict[tuple[Group, Label], Figure] = {}
    for point in answer["points"]:
        group = OTHERS if point.get("other") else tuple(point["group"])
        label: Label = ()
        if point["t"] is not None:
            at = datetime.fromisoformat(point["t"])
            label = label_of(at, granularity, zone)
            before = label_of(at - timedelta(milliseconds=1), granularity, zone)
            assert before != label, f"{point['t']} is inside of a bucket of {granularity} in {zone}"
        assert (group, label) not in read, f"two points for {group} {label}"
        read[group, label] = point["value"]
    return read


def assert_figures(
    answer: Mapping[tuple[Group, Label], Figure],
    expected: Mapping[tuple[Group, Label], Figure],
    tolerance: float = 1e-12,
) -> None:
    """Fail unless both have the same points in the same order and the same figures, up to rounding of fractions."""
    assert list(answer) == list(expected)
    for place, figure_there in expected.items():
        found = answer[place]
        if figure_there is None or found is None:
            assert found is figure_there, f"{place}: {found} instead of {figure_there}"
        else:
            assert math.isclose(found, figure_there, rel_tol=tolerance, abs_tol=1e-9), (
                f"{place}: {found} instead of {figure_there}"
            )
