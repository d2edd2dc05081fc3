"""From a read to one SQL statement. Values are bound parameters without exception; the text is made of fixed words.

Here are the shapes that answers have. What a shape reads from, events or cells, is `RowSource`: each scan of a table
starts its WHERE with the scope (org, environment, tenant, locks), the second wall behind the engine's row policies.
"""

from __future__ import annotations

from collections.abc import Sequence

from emban.query.plan.planner import GroupedRead, PointsRead, Read, Scan, SlicedRead, TableRead, Top
from emban.query.plan.row_layout import ranks_in_one_pass
from emban.query.spec.metrics import kind_of, parts_of
from emban.query.spec.query_spec import Dimension, Metric
from emban.query.sql.event_rows import EventRows
from emban.query.sql.rolling_figures import finalized, merged, roll, rolling_figures
from emban.query.sql.rollup_rows import RollupRows
from emban.query.sql.slice_compiler import compile_grouped, compile_sliced
from emban.query.sql.text import Call, Parameters, RowSource, comma_list
from emban.query.time.buckets import Buckets
from emban.scope import Tenant
from emban.store.statement import Statement

# Where rollup rows stand for most of a tenant's events, which columns to read first is not worth the engine's thinking
# about it: a fifth of such a statement's time. And the events of a day that a window begins in are some ten thousand
# rows, which the engine would read with one thread: it takes another from 160,000 rows on.
_FOR_FEW_ROWS = {
    "optimize_move_to_prewhere": 0,
    "merge_tree_min_rows_for_concurrent_read": 8192,
    "merge_tree_min_bytes_for_concurrent_read": 1 << 20,
}


def compile_read(read: Read | SlicedRead | GroupedRead) -> Statement:
    """Return the statement of a read. Its columns are described at each shape below."""
    bound = Parameters()
    if isinstance(read, SlicedRead):
        sql = compile_sliced(read, bound)
    elif isinstance(read, GroupedRead):
        sql = compile_grouped(read, bound)
    else:
        sql = _table(read, bound) if isinstance(read, TableRead) else _points(read, bound)
    few_rows = read.scan.split is not None and isinstance(read.scan.question.scope.tenant, Tenant)
    return Statement(sql, bound.values, _FOR_FEW_ROWS if few_rows else {})


def _points(read: PointsRead, bound: Parameters) -> str:
    if read.top is None:
        return _flat(read, bound)
    if ranks_in_one_pass(read):
        return _breakdown_with_rest(read, read.top, bound) if read.top.other else _breakdown(read.top, read, bound)
    return _by_chosen_groups(read, read.top, bound)


def _rows(
    scan: Scan,
    metrics: Sequence[Metric],
    bound: Parameters,
    group_by: Sequence[Dimension] = (),
    buckets: Buckets | None = None,
) -> RowSource:
    if scan.split is None:
        return EventRows(scan, bound)
    return RollupRows(scan, metrics, group_by, buckets, bound)


def _flat(read: PointsRead, bound: Parameters) -> str:
    """One row of (value…), or with buckets (bucket, value…) for those that have rows; a value for each metric."""
    rows = _rows(read.scan, read.metrics, bound, (), read.buckets)
    if read.buckets is not None and read.rolling is not None:
        return rolling_figures(read, rows, read.buckets, read.rolling, bound)
    several = len(read.metrics) > 1
    values = [
        f"{_value(rows, one, bound, only_if_had=several)} AS v{index or ''}" for index, one in enumerate(read.metrics)
    ]
    if read.buckets is None:
        return f"SELECT {comma_list(values)} {rows.source()}"
    return f"SELECT {comma_list([f'{rows.bucket(read.buckets)} AS b', *values])} {rows.source()} GROUP BY b"


def _breakdown(top: Top, read: PointsRead, bound: Parameters) -> str:
    """(g0, …, value), the best group first. Equal values are in the order of their groups, so that a cut is stable."""
    keys = _keys(len(read.group_by))
    rows = _rows(top.scan, read.metrics, bound, read.group_by)
    groups = comma_list(f"{rows.dimension(one)} AS {key}" for one, key in zip(read.group_by, keys, strict=True))
    return (
        f"SELECT {groups}, {_value(rows, read.metric, bound)} AS v {rows.source()} "
        f"GROUP BY {comma_list(keys)} ORDER BY v {top.order.upper()} NULLS LAST, {comma_list(keys)} "
        f"LIMIT {bound.bind(top.limit, 'UInt32')}"
    )


def _breakdown_with_rest(read: PointsRead, top: Top, bound: Parameters) -> str:
    """(g0, …, rest, value), the best group first, the row of all other groups last. One pass over the rows.

    Aggregates stay states until it is known who is in: the rest's average, percentile or distinct count is then that of
    all its rows, which no arithmetic on finished values could give.
    """
    keys = _keys(len(read.group_by))
    rows = _rows(top.scan, read.metrics, bound, read.group_by)
    calls, states = _calls(rows, read.metric)
    groups = comma_list(f"{rows.dimension(one)} AS {key}" for one, key in zip(read.group_by, keys, strict=True))
    made = comma_list(f"{call.state()} AS {state}" for call, state in zip(calls, states, strict=True))
    ranked = finalized(read.metric, states, bound)
    limit = bound.bind(top.limit, "UInt32")
    shown = comma_list(f"if(place <= {limit}, {key}, '') AS k{index}" for index, key in enumerate(keys))
    grouped = comma_list([*(f"k{index}" for index in range(len(keys))), "rest"])
    return (
        f"SELECT {shown}, place > {limit} AS rest, {merged(read.metric, calls, states, bound)} AS v FROM ("
        f"SELECT *, row_number() OVER (ORDER BY {ranked} {top.order.upper()} NULLS LAST, {comma_list(keys)}) AS place "
        f"FROM (SELECT {groups}, {made} {rows.source()} GROUP BY {comma_list(keys)})) "
        f"GROUP BY {grouped} ORDER BY min(place)"
    )


def _by_chosen_groups(read: PointsRead, top: Top, bound: Parameters) -> str:
    """(g0, …, rest, bucket, value, total) for the groups that are the best of `top.scan`, and for the rest if asked.

    `total` is the metric over the group's whole window; the bucket is 0 without buckets.
    """
    keys = _keys(len(read.group_by))
    rows = _rows(read.scan, read.metrics, bound, read.group_by, read.buckets)
    calls, states = _calls(rows, read.metric)
    dimensions = [rows.dimension(one) for one in read.group_by]
    chosen = f"({comma_list(dimensions)}) IN (SELECT {comma_list(keys)} FROM ({_breakdown(top, read, bound)}))"
    if top.other:
        shown = comma_list(f"if(rest, '', {sql}) AS {key}" for sql, key in zip(dimensions, keys, strict=True))
        shown, condition = f"NOT ({chosen}) AS rest, {shown}", ""
    else:
        shown = comma_list(f"{sql} AS {key}" for sql, key in zip(dimensions, keys, strict=True))
        shown, condition = f"false AS rest, {shown}", chosen
    bucket = "0" if read.buckets is None else rows.bucket(read.buckets)
    made = comma_list(f"{call.state()} AS {state}" for call, state in zip(calls, states, strict=True))
    grouped = comma_list(["rest", *keys])
    total = merged(read.metric, calls, states, bound, f" OVER (PARTITION BY {grouped})")
    by_bucket = f"SELECT {shown}, {bucket} AS b, {made} {rows.source(condition)} GROUP BY {grouped}, b"
    ordered = f"ORDER BY rest, total {top.order.upper()} NULLS LAST, {comma_list(keys)}"
    if read.buckets is None or read.rolling is None:
        value = finalized(read.metric, states, bound)
        return f"SELECT {comma_list(keys)}, rest, b, {value} AS v, {total} AS total FROM ({by_bucket}) {ordered}"
    summed = f"SELECT *, {total} AS total FROM ({by_bucket})"
    figures = {read.metric: (calls, states)}
    rolled = roll(summed, [*keys, "rest"], figures, read.buckets, read.rolling, bound, carried=("total",))
    return f"SELECT {comma_list(keys)}, rest, b, v, total FROM ({rolled}) {ordered}"


def _table(read: TableRead, bound: Parameters) -> str:
    """The columns in their order."""
    keys = _keys(len(read.group_by))
    metrics = [column for column in read.columns if isinstance(column, Metric)]
    rows = _rows(read.scan, list(dict.fromkeys(metrics)), bound, read.group_by)
    groups = [f"{rows.dimension(one)} AS {key}" for one, key in zip(read.group_by, keys, strict=True)]
    names = dict(zip(read.group_by, keys, strict=True))
    shown = [
        f"{_value(rows, column, bound, only_if_had=True)} AS c{index}" if isinstance(column, Metric) else names[column]
        for index, column in enumerate(read.columns)
    ]
    by = f"c{read.order_by}" if isinstance(read.columns[read.order_by], Metric) else shown[read.order_by]
    inner = comma_list([*groups, *(sql for sql in shown if sql not in keys)])
    outer = comma_list(sql if sql in keys else f"c{index}" for index, sql in enumerate(shown))
    order = comma_list([f"{by} {read.order.upper()} NULLS LAST", *(key for key in keys if key != by)])
    grouping = f" GROUP BY {comma_list(keys)}" if keys else ""
    return (
        f"SELECT {outer} FROM (SELECT {inner} {rows.source()}{grouping}) "
        f"ORDER BY {order} LIMIT {bound.bind(read.limit, 'UInt32')}"
    )


def _value(rows: RowSource, metric: Metric, bound: Parameters, *, only_if_had: bool = False) -> str:
    calls = (rows.call(metric, index, only_if_had=only_if_had) for index in range(len(parts_of(metric))))
    return kind_of(metric).sql([call.value() for call in calls], bound.bind)


def _calls(rows: RowSource, metric: Metric) -> tuple[list[Call], list[str]]:
    """Return a metric's calls, and the names that their states get."""
    indexes = range(len(parts_of(metric)))
    return [rows.call(metric, index) for index in indexes], [f"s{index}" for index in indexes]


def _keys(count: int) -> list[str]:
    return [f"g{index}" for index in range(count)]
