"""Reads that look at the same rows become one: a dashboard's widgets share their scans. Pure.

Figures without groups that differ in their metric alone are several columns of one read. Where rollups answer, they may
differ in their times, too, and breakdowns even in the property that they are by: time is cut at every edge that any
of them has, and each takes the slices that are its. The total is then one more thing to be told apart by.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from emban.query.batch.shared_groups import Member, group_together, groups_alike, in_total, total_alike
from emban.query.batch.slices import MAX_EDGES, Stretch, edges_of, recut, stretches
from emban.query.batch.sums import AggregateColumns
from emban.query.plan.coverage import used_string_props
from emban.query.plan.planner import GroupedRead, PointsRead, Read, SlicedRead, Slices
from emban.query.spec.metrics import adds_up, counts_users
from emban.query.spec.query_spec import Metric

RawRows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class ReadUse:
    """Whose read a shared one stands for: the place of the plan, and of the read in it.

    `own` makes of its rows those that the read itself would have had; None where they are the same.
    """

    plan: int
    read: int
    own: Callable[[RawRows], RawRows] | None = None


@dataclass(frozen=True, slots=True)
class SharedRead:
    """One read for all of its uses; `apart` are the reads that do the same where its rows turn out to be too many."""

    read: Read | SlicedRead | GroupedRead
    uses: tuple[ReadUse, ...]
    apart: tuple[SharedRead, ...] = ()

    def too_many(self, rows: RawRows) -> bool:
        """Tell whether the engine stopped at more rows than it is to send."""
        return isinstance(self.read, GroupedRead) and len(rows) > self.read.limit

    def rows_for(self, use: ReadUse, rows: RawRows) -> RawRows:
        """Return the rows as the read that it stands for would have had them."""
        return rows if use.own is None else use.own(rows)


def share(plans: Sequence[Sequence[Read]]) -> list[SharedRead]:
    """Return the reads that answer all plans, each of which is given by its reads."""
    members = [Member(plan, index, read) for plan, reads in enumerate(plans) for index, read in enumerate(reads)]
    breakdowns, rest = _sorted(members, groups_alike)
    totals, left = _sorted(rest, lambda read: key if (key := total_alike(read)) in breakdowns else None)
    made: list[SharedRead] = []
    for key, grouped in breakdowns.items():
        along = totals.get(key, [])
        apart = (*_apart(grouped), *_figures(along))
        if len(grouped) + len(along) == 1:
            made += apart
            continue
        both, owns = group_together(grouped, along)
        uses = (ReadUse(one.plan, one.index, own) for one, own in zip((*grouped, *along), owns, strict=True))
        made.append(SharedRead(both, tuple(uses), apart))
    others = [one for one in left if not isinstance(one.read, PointsRead) or one.read.top is not None]
    return made + _figures(left) + _apart(others)


def _sorted(
    members: Iterable[Member[Read]], alike: Callable[[Read], Hashable | None]
) -> tuple[dict[Hashable, list[Member[Read]]], list[Member[Read]]]:
    """Return the members by what they have in common, and those that nothing can be done with."""
    by_key: dict[Hashable, list[Member[Read]]] = {}
    others: list[Member[Read]] = []
    for member in members:
        key = alike(member.read)
        (others if key is None else by_key.setdefault(key, [])).append(member)
    return by_key, others


def _apart(members: Iterable[Member[Read]]) -> list[SharedRead]:
    return [SharedRead(one.read, (ReadUse(one.plan, one.index),)) for one in members]


def _figures(members: Iterable[Member[Read]]) -> list[SharedRead]:
    """Return the reads of figures without groups, with those together that look at the same rows."""
    alike: dict[Hashable, list[Member[PointsRead]]] = {}
    for one in members:
        if isinstance(one.read, PointsRead) and one.read.top is None:
            alike.setdefault(_rows_of(one.read), []).append(Member(one.plan, one.index, one.read))
    return [_together(figures) for figures in alike.values()]


def _rows_of(read: PointsRead) -> Hashable:
    """Return all that reads must have in common to be one."""
    scan, spec = read.scan, read.scan.question.spec
    base: tuple[Hashable, ...] = (
        scan.question.scope,
        scan.question.as_of,
        spec.event_name,
        spec.dimensions,
        spec.ranges,
    )
    if scan.split is None:
        return (*base, scan.window, read.buckets, read.rolling)
    base = (*base, used_string_props(spec, scan.question.scope))
    in_slices = adds_up(read.metric) or counts_users(read.metric)
    if in_slices and len(_stretches(read)) < MAX_EDGES:
        return (*base, scan.split.bound, bool(scan.split.hours), counts_users(read.metric))
    return (*base, scan.window, scan.split, read.buckets, read.rolling, counts_users(read.metric))


def _together(members: Sequence[Member[PointsRead]]) -> SharedRead:
    first = members[0].read
    metrics: dict[Metric, int] = {}
    for member in members:
        metrics.setdefault(member.read.metric, len(metrics))
    if all(_times(one.read) == _times(first) for one in members):
        if len(metrics) == 1:
            return SharedRead(first, tuple(ReadUse(one.plan, one.index) for one in members))
        # Which rows have a metric's property is then asked for each metric by itself.
        read = replace(first, scan=replace(first.scan, having=tuple(metrics)), metrics=tuple(metrics))
        columns = [metrics[one.read.metric] for one in members]
        owns = (_column(column, with_bucket=first.buckets is not None) for column in columns)
        return SharedRead(
            read, tuple(ReadUse(one.plan, one.index, own) for one, own in zip(members, owns, strict=True))
        )
    return _sliced(members, metrics)


def _times(read: PointsRead) -> Hashable:
    return read.scan.window, read.buckets, read.rolling


def _column(column: int, *, with_bucket: bool) -> Callable[[RawRows], RawRows]:
    if with_bucket:
        return lambda rows: [(row[0], row[1 + column]) for row in rows]
    return lambda rows: [(row[column],) for row in rows]


def _sliced(members: Sequence[Member[PointsRead]], metrics: dict[Metric, int]) -> SharedRead:
    edges = edges_of(stretch for member in members for stretch in _stretches(member.read))
    asked = dict.fromkeys(stretch for member in members for _, stretch in _stretches(member.read))
    scan, slices, order = recut(members[0].read.scan, edges, asked), Slices(tuple(edges)), tuple(metrics)
    if counts_users(members[0].read.metric):
        place_of = {edge: index for index, edge in enumerate(edges)}
        read = SlicedRead(scan, order, slices, tuple((place_of[start], place_of[end]) for start, end in asked))
        targets = {stretch: stretch[0] if read.one_slice_each else index for index, stretch in enumerate(asked)}
        owns = [_of_targets(one.read, targets, 1 + metrics[one.read.metric]) for one in members]
    else:
        read = SlicedRead(scan, order, slices)
        columns = AggregateColumns(1, order)
        owns = [partial(in_total, one.read, columns) for one in members]
    return SharedRead(read, tuple(ReadUse(one.plan, one.index, own) for one, own in zip(members, owns, strict=True)))


def _of_targets(read: PointsRead, targets: dict[Stretch, int], column: int) -> Callable[[RawRows], RawRows]:
    """Make a read's own rows of (target, value…)."""
    buckets = {targets[stretch]: bucket for bucket, stretch in _stretches(read)}
    if read.buckets is None:
        return lambda rows: [(row[column],) for row in rows if row[0] in buckets]
    return lambda rows: [(buckets[row[0]], row[column]) for row in rows if row[0] in buckets]


def _stretches(read: PointsRead) -> list[tuple[int | None, Stretch]]:
    return stretches(read.scan.window, read.buckets, read.rolling)
