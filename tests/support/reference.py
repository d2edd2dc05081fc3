"""Structured queries answered in plain Python, from the documentation alone: the truth that Emban is held against.

It shares no code with `emban.query` and works another way round: no bucket edges, each event is labelled with what the
wall clock of the time zone shows.
"""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
LOCAL_DAYS = {"7d": 7, "30d": 30, "90d": 90}
MOMENT = timedelta(milliseconds=1)
Part = Mapping[str, Any]
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


def figure(part: Part, events: Sequence[Event], mean_of: int = 1) -> Figure:
    """One figure over some events: of a query, of a formula's or a series' part, of a column.

    With `mean_of`, counts and sums are the mean of so many buckets.
    """
    metric, prop = part["metric"], part.get("prop")
    if metric == "formula":
        named = {name: figure({**_usual(part), **one}, events, mean_of) for name, one in part["figures"].items()}
        return _computed(ast.parse(part["formula"].strip(), mode="eval").body, named)
    events = rows_of(part, events)
    if metric == "count":
        return len(events) / mean_of
    if metric == "count_unique" and prop is not None:
        return len({value_of(event, prop) for event in events} - {""})
    if metric in {"count_unique", "count_unique_approx"}:
        return len({event.user for event in events} - {""})
    numbers = sorted(event.numbers[prop] for event in events if prop is not None)
    if metric == "sum":
        return math.fsum(numbers) / mean_of
    if not numbers:
        return None
    plain: dict[str, Callable[[list[float]], float]] = {
        "avg": lambda many: math.fsum(many) / len(many),
        "min": min,
        "max": max,
    }
    return plain[metric](numbers) if metric in plain else _interpolated(numbers, int(metric[1:]) / 100)


def rows_of(part: Part, events: Sequence[Event]) -> list[Event]:
    """The events that a figure looks at: of its names and filters, and with its number; of a formula, any figure's."""
    if part["metric"] == "formula":
        figures = [rows_of({**_usual(part), **one}, events) for one in part["figures"].values()]
        of_any = {id(event) for rows in figures for event in rows}
        return [event for event in events if id(event) in of_any]
    measured = part.get("prop") if part["metric"] != "count_unique" else None
    return [
        event
        for event in events
        if part.get("event_name", "*") in {"*", event.name}
        and _passes(event, part.get("filters", {}))
        and (measured is None or measured in event.numbers)
    ]


def _usual(part: Part) -> dict[str, Any]:
    return {"event_name": part["event_name"]} if "event_name" in part else {}


def _computed(node: ast.expr, figures: Mapping[str, Figure]) -> Figure:
    """A formula by exact fractions; Python's grammar has the same operators, and binds them the same way."""
    value = _fraction(node, figures)
    return None if value is None else float(value)


def _fraction(node: ast.expr, figures: Mapping[str, Figure]) -> Fraction | None:
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    if isinstance(node, ast.Name):
        known = figures[node.id]
        return None if known is None else Fraction(known)
    if isinstance(node, ast.UnaryOp):
        inner = _fraction(node.operand, figures)
        return None if inner is None else -inner
    assert isinstance(node, ast.BinOp)
    left, right = _fraction(node.left, figures), _fraction(node.right, figures)
    if left is None or right is None or (isinstance(node.op, ast.Div) and right == 0):
        return None
    by_sign: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
        ast.Add: Fraction.__add__,
        ast.Sub: Fraction.__sub__,
        ast.Mult: Fraction.__mul__,
        ast.Div: Fraction.__truediv__,
    }
    return by_sign[type(node.op)](left, right)


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
        """The figure of each (group, bucket label); the group of the rest is `OTHERS`, of a series its name."""
        if "series" in query:
            usual = {key: value for key, value in query.items() if key not in {"series", "filters"}}
            parts = {name: {**usual, **part} for name, part in query["series"].items()}
            return {
                ((name,), label): value
                for name, part in parts.items()
                for (_, label), value in self._points(query, part, tenant, as_of).items()
            }
        return self._points(query, {key: value for key, value in query.items() if key != "filters"}, tenant, as_of)

    def _points(
        self, query: Part, part: Part, tenant: str | None, as_of: datetime | None
    ) -> dict[tuple[Group, Label], Figure]:
        zone = clock(query.get("timezone", "UTC"))
        granularity = query.get("granularity", "none")
        events = rows_of(part, self._matching(query, tenant, as_of, zone))
        group_by = _as_list(query.get("group_by"))
        by_group: dict[Group, list[Event]] = defaultdict(list)
        for event in events:
            by_group[tuple(value_of(event, one) for one in group_by)].append(event)
        everybody: dict[Group, list[Event]] = {(): by_group.get((), [])}
        shown = _top(by_group, part, query) if group_by else everybody
        labels = self.labels(query)
        answer: dict[tuple[Group, Label], Figure] = {}
        for group, members in shown.items():
            by_label: dict[Label, list[Event]] = defaultdict(list)
            for event in members:
                by_label[label_of(event.at, granularity, zone)].append(event)
            figures = _rolling(part, query, [by_label[label] for label in labels])
            answer |= {(group, label): value for label, value in zip(labels, figures, strict=True)}
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
        if "date_from" in query:
            end = query.get("date_to")
            return _instant(query["date_from"], zone), self._now if end is None else _instant(end, zone)
        period, now = query.get("period", "30d"), self._now
        if period == "1h":
            return (now - timedelta(hours=1)).replace(second=0, microsecond=0), now
        if period == "24h":
            start = now - timedelta(hours=24)
            step = start - (start - datetime(1970, 1, 1, tzinfo=UTC)) % QUARTER
            while label_of(step - MOMENT, "hour", zone) == label_of(start, "hour", zone):
                step -= QUARTER
            return step, now
        first, after = _calendar_days(period, now.astimezone(zone).date())
        start = start_of_local_day(first, zone)
        return start, max(now, start + MOMENT) if after is None else start_of_local_day(after, zone)

    def _matching(
        self, query: Mapping[str, Any], tenant: str | None, as_of: datetime | None, zone: ZoneInfo
    ) -> list[Event]:
        start, end = self.window(query)
        return [
            event
            for event in self._events
            if start <= event.at < end
            and (tenant is None or event.tenant == tenant)
            and (as_of is None or event.ingested <= as_of)
            and _passes(event, query.get("filters", {}))
        ]


def _calendar_days(period: str, today: date) -> tuple[date, date | None]:
    """The first local day of a period and, where it ends before now, the first one after it."""
    if period in LOCAL_DAYS:
        return today - timedelta(days=LOCAL_DAYS[period] - 1), None
    which, _, unit = period.rpartition("_")
    if unit in {"today", "yesterday"}:
        return (today, None) if unit == "today" else (today - timedelta(days=1), today)
    starts = {
        "week": today - timedelta(days=today.isoweekday() - 1),
        "month": date(today.year, today.month, 1),
        "year": date(today.year, 1, 1),
    }
    if which == "this":
        return starts[unit], None
    day_before = starts[unit] - timedelta(days=1)
    first = day_before - timedelta(days=6) if unit == "week" else date(day_before.year, day_before.month, 1)
    return first, starts[unit]


def _rolling(part: Part, query: Part, buckets: list[list[Event]]) -> list[Figure]:
    """The figure of each bucket; where it is a rolling one, of all the events of the buckets up to it."""
    if not buckets or query.get("granularity", "none") == "none":
        return [figure(part, one) for one in buckets]
    if query.get("cumulative"):
        return [figure(part, list(chain.from_iterable(buckets[: index + 1]))) for index in range(len(buckets))]
    size = query.get("moving_average")
    if size is None:
        return [figure(part, one) for one in buckets]
    last = [list(chain.from_iterable(buckets[max(0, index + 1 - size) : index + 1])) for index in range(len(buckets))]
    return [None if index + 1 < size else figure(part, events, size) for index, events in enumerate(last)]


def _top(by_group: Mapping[Group, list[Event]], part: Part, query: Part) -> dict[Group, list[Event]]:
    ranked = sorted(by_group)
    sign = 1 if query.get("order") == "asc" else -1

    def place(group: Group) -> tuple[bool, float]:
        value = figure(part, by_group[group])
        return value is None, sign * (value or 0)

    ranked.sort(key=place)
    limit = query.get("limit", 10)
    shown = {group: by_group[group] for group in ranked[:limit]}
    rest = [event for group in ranked[limit:] for event in by_group[group]]
    if query.get("other") and rest:
        shown[OTHERS] = rest
    return shown


def _passes(event: Event, filters: Mapping[str, Any]) -> bool:
    dimensions, ranges = filters.get("dimensions", {}), filters.get("numeric_ranges", {})
    return all(value_of(event, name) in _as_list(values) for name, values in dimensions.items()) and all(
        _within(event.numbers.get(prop), limits) for prop, limits in ranges.items()
    )


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
        group = (point["series"],) if "series" in point else group
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
