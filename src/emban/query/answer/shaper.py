"""From rows to the answer: gaps filled, groups in order, the previous window beside the present one. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from emban.kit.rfc3339 import format_instant, format_local
from emban.query.answer.answers import OTHER_LABEL, Answer, Meta, Number, Point, Points, Span, Table, TableColumn
from emban.query.plan.planner import NOTHING_YET, PointsRead, QueryPlan
from emban.query.plan.row_layout import points_layout
from emban.query.spec.metrics import EXACT_INTEGERS, OVERFLOWED, MetricKind, kind_of
from emban.query.spec.query_spec import Metric
from emban.query.time.buckets import Buckets
from emban.query.time.timeframe import Timeframe
from emban.query.time.window import Window
from emban.query.time.zones import zone

ROUNDED_DIGITS = 15
RawRows = Sequence[Sequence[Any]]
Group = tuple[str, ...]


class SumOverflowError(Exception):
    """A figure cannot be had in the usual way: sums that it is made of are beyond a double. Ask for it `widened`."""


@dataclass(frozen=True, slots=True)
class ReadRows:
    """What the engine gave for one read."""

    rows: RawRows
    rows_read: int


@dataclass(slots=True)
class Series:
    """The figures of one group, by bucket (0 where there are none); None is the group of all the others."""

    group: Group | None
    values: dict[int, Number | None]


@dataclass(frozen=True, slots=True)
class _Named:
    """The figures of one metric: by group, and with compare those of the window before."""

    name: str | UnsetType
    read: PointsRead
    now: list[Series]
    before: dict[Group | None, Series] | None
    before_read: PointsRead | None


def shape(plan: QueryPlan, fetched: Sequence[ReadRows], ms: float) -> Answer:
    """Return the answer that the rows of a plan's reads make. Raises `SumOverflowError`."""
    meta = _meta(plan, sum(one.rows_read for one in fetched), ms)
    if plan.question.spec.table is not None:
        return _table(plan, fetched[0].rows, meta)
    points: list[Point] = []
    too_large = False
    for named in _named(plan, fetched):
        series = [*named.now, *(named.before or {}).values()]
        sums = kind_of(named.read.metric).empty == 0
        too_large |= sums and any(None in one.values.values() for one in series)
        points += _points(plan, named)
    return Points(points, replace(meta, overflow=True) if too_large else meta)


def _named(plan: QueryPlan, fetched: Sequence[ReadRows]) -> Iterator[_Named]:
    """Pair each metric's read with that of the window before."""
    spec = plan.question.spec
    reads = [read for read in plan.reads if isinstance(read, PointsRead)]
    series = [read_series(read, one.rows) for read, one in zip(reads, fetched, strict=True)]
    count = len(spec.metrics)
    for index in range(count):
        name = spec.series[index] if spec.series else UNSET
        if spec.compare is None:
            yield _Named(name, reads[index], series[index], None, None)
        else:
            earlier = {one.group: one for one in series[count + index]}
            yield _Named(name, reads[index], series[index], earlier, reads[count + index])


def read_series(read: PointsRead, rows: RawRows) -> list[Series]:
    """Sort rows into series, in the order in which their groups come; without groups there is always one."""
    kind, layout, buckets = kind_of(read.metric), points_layout(read), _bucket_indexes(read.buckets)
    by_group: dict[Group | None, Series] = {}
    if read.top is None:
        empty: dict[int, Number | None] = {} if buckets or rows else {0: kind.empty}
        by_group[()] = Series((), empty)
    for row in rows:
        found = layout.read_row(row)
        group = None if found.rest else found.group
        series = by_group.get(group)
        if series is None:
            series = by_group[group] = Series(group, {})
        index = buckets[found.bucket] if buckets and found.bucket is not None else 0
        series.values[index] = number(found.value, kind)
    return list(by_group.values())


def _bucket_indexes(buckets: Buckets | None) -> dict[int, int]:
    """Return the place of each bucket by what the engine calls it: its number, or its start."""
    if buckets is None:
        return {}
    if buckets.width is not None:
        return {index: index for index in range(len(buckets.starts))}
    return {start: index for index, start in enumerate(buckets.starts)}


def number(value: Number | None, kind: MetricKind) -> Number | None:
    """Return a figure as it is answered: a sum beyond a double is null, sums have 15 digits.

    Sums of whole numbers are exact up to 2^53 and stay so. Raises `SumOverflowError`.
    """
    if value is None or not math.isfinite(value):
        return None
    if value == OVERFLOWED and kind.overflows:
        raise SumOverflowError
    if not kind.rounded or (abs(value) < EXACT_INTEGERS and value == int(value)):
        return value
    rounded = float(f"{value:.{ROUNDED_DIGITS}g}")
    return rounded if math.isfinite(rounded) else value  # The largest doubles would be rounded beyond them.


def _points(plan: QueryPlan, named: _Named) -> list[Point]:
    question = plan.question
    buckets = question.time.buckets
    texts: Sequence[tuple[str, str] | tuple[None, UnsetType]] = ((None, UNSET),)
    if buckets is not None:
        texts = list(zip(buckets.texts, buckets.local_texts(question.spec.timezone), strict=True))
    other_group = (OTHER_LABEL,) * len(question.spec.group_by)
    points = []
    for one in named.now:
        group, mark = (other_group, True) if one.group is None else (one.group, UNSET)
        values = _figures(named.read, one, len(texts))
        if named.before is None or named.before_read is None:
            points += [
                Point(text, group, value, other=mark, local=local, series=named.name)
                for (text, local), value in zip(texts, values, strict=True)
            ]
            continue
        before = _figures(named.before_read, named.before.get(one.group), len(texts))
        points += [
            Point(text, group, value, previous, delta_pct(value, previous), mark, local, named.name)
            for (text, local), value, previous in zip(texts, values, before, strict=True)
        ]
    return points


def _figures(read: PointsRead, series: Series | None, count: int) -> list[Number | None]:
    """Return the figures of the first `count` buckets, null where the window has fewer; gaps are what no rows make."""
    empty, rolling = kind_of(read.metric).empty, read.rolling
    own = 1 if read.buckets is None else len(read.buckets.starts)
    found = {} if series is None else series.values
    figures: list[Number | None] = []
    for index in range(min(count, own)):
        if rolling is not None and rolling.buckets is not None and index < rolling.buckets - 1:
            figures.append(None)
        elif rolling is not None and rolling.cumulative and index not in found and figures:
            figures.append(figures[-1])  # Nothing came, so what was there is what there is.
        else:
            figures.append(found.get(index, empty))
    return figures + [None] * (count - len(figures))


def delta_pct(value: Number | None, previous: Number | None) -> float | None:
    """Return the change in percent; null where there is nothing to compare, or the previous value is 0 or next to it.

    Next to it is where the change would be beyond a double.
    """
    if value is None or not previous:
        return None
    change = (value - previous) / abs(previous) * 100
    if not math.isfinite(change):  # The difference may be too large where the quotient is not.
        change = (value / abs(previous) - math.copysign(1, previous)) * 100
    return change if math.isfinite(change) else None


def _table(plan: QueryPlan, rows: RawRows, meta: Meta) -> Table:
    table = plan.question.spec.table
    shown = table.shown if table else ()
    columns = tuple(
        TableColumn(label, kind_of(one).type if isinstance(one, Metric) else "string")
        for label, one in zip(table.labels if table else (), shown, strict=True)
    )
    kinds = [kind_of(one) if isinstance(one, Metric) else None for one in shown]
    figures = [(index, kind) for index, kind in enumerate(kinds) if kind is not None and kind.type == "number"]
    finished = []
    for row in rows:
        cells = list(row)
        for index, kind in figures:
            cells[index] = number(cells[index], kind)
        finished.append(cells)
    sums = [index for index, kind in figures if kind.empty == 0]
    too_large = any(row[index] is None for row in finished for index in sums)
    return Table(columns, finished, replace(meta, overflow=True) if too_large else meta)


def _meta(plan: QueryPlan, rows_read: int, ms: float) -> Meta:
    question = plan.question
    time: Timeframe = question.time
    errors = [error for one in question.spec.metrics if (error := kind_of(one).relative_error) is not None]
    return Meta(
        path=plan.path,
        rows_read=rows_read,
        ms=round(ms, 2),
        cached=False,
        as_of=None if question.as_of == NOTHING_YET else format_instant(question.as_of),
        window=span_of(time.window, question.spec.timezone),
        granularity=time.buckets.size if time.buckets else "none",
        timezone=question.spec.timezone,
        previous_window=UNSET if time.previous is None else span_of(time.previous.window, question.spec.timezone),
        compare=question.spec.compare or UNSET,
        previous_unpaired=_unpaired(time) or UNSET,
        relative_error=max(errors, default=UNSET),
    )


def _unpaired(time: Timeframe) -> int:
    """Return how many buckets of the window before have none beside them: February's are fewer than January's."""
    if time.buckets is None or time.previous is None or time.previous.buckets is None:
        return 0
    return max(0, len(time.previous.buckets.starts) - len(time.buckets.starts))


def span_of(window: Window, timezone: str) -> Span:
    """Return a window as answers show it."""
    local = zone(timezone)
    return Span(
        format_instant(window.start),
        format_instant(window.end),
        format_local(window.start.astimezone(local)),
        format_local(window.end.astimezone(local)),
    )
