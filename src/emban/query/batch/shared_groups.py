"""Breakdowns of one stretch of events by different properties, and totals, in one read. Pure; see `shared_reads`.

The read gives figures of every group; which ones a breakdown shows, and in which order, is found here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from emban.query.batch.slices import MAX_EDGES, Stretch, edges_of, recut, stretches
from emban.query.batch.sums import AggregateColumns, Row, SliceRows
from emban.query.plan.coverage import ReadSplit
from emban.query.plan.planner import DAILY, TOTAL, GroupedRead, PointsRead, Read, Slices, TableRead
from emban.query.plan.row_layout import PointsRow, points_layout
from emban.query.spec.metrics import adds_up, needs_number, own_dimensions, parts_of
from emban.query.spec.query_spec import Dimension, Metric, Order, QuerySpec

# Of more rows the engine finds the best groups faster than it can send them.
MAX_ROWS = 20_000
RawRows = Sequence[Sequence[Any]]
Groups = dict[str, list[Row]]
Read_co = TypeVar("Read_co", bound=Read, covariant=True)


@dataclass(frozen=True, slots=True)
class Member(Generic[Read_co]):
    """A read, and where it is: the place of its plan, and of the read in it."""

    plan: int
    index: int
    read: Read_co


def groups_alike(read: Read) -> Hashable | None:
    """Return all that breakdowns must have in common to be one read; None for a read that cannot be one of them."""
    scan = read.scan
    by_one_property = len(read.group_by) == 1 and read.group_by[0].column is None
    if scan.split is None or not scan.split.days or not by_one_property:
        return None
    if isinstance(read, TableRead):
        if not isinstance(read.columns[read.order_by], Metric):
            return None
    elif read.top is None or read.top.scan != scan:
        return None
    return _alike(read, scan.split)


def total_alike(read: Read) -> Hashable | None:
    """Return what a figure without groups must have in common with breakdowns to be read along with them, or None."""
    scan = read.scan
    if not isinstance(read, PointsRead) or read.top is not None or scan.split is None:
        return None
    return None if DAILY.cannot(scan.question) else _alike(read, scan.split)


def _alike(read: Read, split: ReadSplit) -> Hashable | None:
    question = read.scan.question
    if not all(adds_up(metric) for metric in _metrics(read)) or _looks_at_values(question.spec):
        return None
    named = [Dimension.named(lock.prop) for lock in question.scope.locks]
    named += [one.dimension for one in question.spec.dimensions]
    if any(one.column is None for one in named) or len(_stretches(read)) >= MAX_EDGES:
        return None
    return (question.scope, question.as_of, question.spec.event_name, question.spec.dimensions, split.bound)


def _looks_at_values(spec: QuerySpec) -> bool:
    """Tell whether a figure is of some values of a property alone: a total has no values to tell apart."""
    return any(one.column is None for metric in spec.metrics for one in own_dimensions(metric))


def group_together(
    breakdowns: Sequence[Member[Read]], totals: Sequence[Member[Read]]
) -> tuple[GroupedRead, list[Callable[[RawRows], RawRows]]]:
    """Return one read for breakdowns and totals, and for each in turn what makes its own rows of the rows of that."""
    reads = [one.read for one in (*breakdowns, *totals)]
    edges = edges_of(stretch for read in reads for stretch in _stretches(read))
    metrics = tuple(dict.fromkeys(metric for read in reads for metric in _metrics(read)))
    by_slice = {_property(read) for read in reads if isinstance(read, PointsRead) and (read.buckets or not read.top)}
    coarse = edges_of(stretch for read in reads if _property(read) not in by_slice for stretch in _stretches(read))
    asked = [stretch for read in reads for _, stretch in _stretches(read)]
    within = tuple(dict.fromkeys(one.read.scan.window for one in breakdowns))
    both = GroupedRead(
        scan=recut(reads[0].scan, edges, asked, told_apart=within),
        metrics=metrics,
        dimensions=tuple(sorted(set(map(_property, reads)))),
        by_slice=tuple(sorted(by_slice)),
        slices=Slices(tuple(edges)),
        # The engine takes what is before the first start for the first slice.
        whole=Slices((0, *coarse)),
        within=within,
        limit=MAX_ROWS,
    )
    columns = AggregateColumns(2, metrics)
    return both, [_own_rows(read, columns) for read in reads]


def _own_rows(read: Read, columns: AggregateColumns) -> Callable[[RawRows], RawRows]:
    """Make of ((property, value), slice, aggregate…) what the statement of the read itself has; see the compiler."""

    def own(rows: RawRows) -> RawRows:
        mine = [row for row in rows if row[0][0] == _property(read)]
        if isinstance(read, PointsRead) and read.top is None:
            return in_total(read, columns, mine)
        groups = _groups_of(read, columns, mine)
        return _table(read, columns, groups) if isinstance(read, TableRead) else _points(read, columns, groups)

    return own


def in_total(read: PointsRead, columns: AggregateColumns, rows: RawRows) -> RawRows:
    """Make of (…, slice, aggregate…) the rows of a read without groups: (value,), or (bucket, value)."""
    layout = points_layout(read)
    return [
        layout.write_row(PointsRow((), False, bucket, columns.value(read.metric, within)))
        for bucket, within in _by_bucket(read, columns, rows)
    ]


def _groups_of(read: Read, columns: AggregateColumns, rows: RawRows) -> Groups:
    """Return the rows of each group that the breakdown has: of those of its property, and within its window."""
    groups = Groups()
    for row in SliceRows(rows, columns).within(_window(read)):
        groups.setdefault(row[0][1], []).append(row)
    if isinstance(read, PointsRead) and (had := _had(read.metric)):
        return {group: of_it for group, of_it in groups.items() if _is_there(columns, had, of_it)}
    return groups


def _is_there(columns: AggregateColumns, had: Sequence[Metric], rows: Sequence[Row]) -> bool:
    return any(columns.part(one, len(parts_of(one)) - 1, rows) for one in had)


def _table(read: TableRead, columns: AggregateColumns, groups: Groups) -> RawRows:
    by = read.columns[read.order_by]
    assert isinstance(by, Metric)  # noqa: S101 - `groups_alike` saw to it
    best = _ranked(groups, by, read.order, columns)[: read.limit]
    return [
        [columns.value(one, groups[group]) if isinstance(one, Metric) else group for one in read.columns]
        for group in best
    ]


def _points(read: PointsRead, columns: AggregateColumns, groups: Groups) -> RawRows:
    top = read.top
    assert top is not None  # noqa: S101 - a breakdown has one
    order = _ranked(groups, read.metric, top.order, columns)
    shown: list[tuple[str, bool, list[Row]]] = [(group, False, groups[group]) for group in order[: top.limit]]
    rest = [row for group in order[top.limit :] for row in groups[group]]
    if top.other and rest:
        shown.append(("", True, rest))
    layout = points_layout(read)
    return [
        layout.write_row(PointsRow((group,), is_rest, bucket, columns.value(read.metric, within)))
        for group, is_rest, rows in shown
        for bucket, within in ([(None, rows)] if read.buckets is None else _by_bucket(read, columns, rows))
    ]


def _by_bucket(
    read: PointsRead, columns: AggregateColumns, rows: Iterable[Row]
) -> Iterable[tuple[int | None, Sequence[Row]]]:
    ordered = SliceRows(rows, columns)
    found = ((bucket, ordered.within(stretch)) for bucket, stretch in _stretches(read))
    return ((bucket, within) for bucket, within in found if within)


def _ranked(groups: Groups, metric: Metric, order: Order, columns: AggregateColumns) -> list[str]:
    """Return the groups, the best first: null last, and equal ones in the order of their names, as the engine does."""
    sign = -1 if order == "desc" else 1

    def key(group: str) -> tuple[bool, float, str]:
        value = columns.value(metric, groups[group])
        return value is None, sign * (value or 0), group

    return sorted(groups, key=key)


def _metrics(read: Read) -> list[Metric]:
    if isinstance(read, TableRead):
        return [column for column in read.columns if isinstance(column, Metric)]
    return [read.metric, *(_had(read.metric) if read.top is not None else ())]


def _had(metric: Metric) -> list[Metric]:
    """Return metrics whose last aggregate counts the events that a group is there for; none where any event will do."""
    counts = [
        replace(figure, name="count" if needs_number(figure) is None else "avg", mean_of=None)
        for figure in metric.figures
    ]
    return [] if any(one.name == "count" and one.rows is None for one in counts) else counts


def _property(read: Read) -> str:
    return read.group_by[0].name if read.group_by else TOTAL


def _window(read: Read) -> Stretch:
    ((_, window),) = stretches(read.scan.window, None)
    return window


def _stretches(read: Read) -> list[tuple[int | None, Stretch]]:
    if isinstance(read, TableRead):
        return stretches(read.scan.window, None)
    return stretches(read.scan.window, read.buckets, read.rolling)
