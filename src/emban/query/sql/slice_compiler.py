"""Statements of the reads that several questions share: slices of time, and of several properties at once.

They are as plain as can be, because planning is what such a statement costs: every level of a SELECT and every state
that is merged adds to it, and adding a few hundred rows up is nothing (`emban.query.batch.sums`).
"""

from __future__ import annotations

from emban.query.plan.planner import GroupedRead, SlicedRead
from emban.query.spec.metrics import counts_users, parts_of
from emban.query.sql.rollup_rows import RollupRows
from emban.query.sql.text import Call, Parameters, comma_list


def compile_sliced(read: SlicedRead, bound: Parameters) -> str:
    """(slice's start in ms, aggregate…) once or more for each slice that has rows; distinct: (target, value…)."""
    if counts_users(read.metrics[0]):
        return _distinct(read, bound)
    return " UNION ALL ".join(RollupRows(read.scan, read.metrics, (), read.slices, bound, finished=True).parts())


def compile_grouped(read: GroupedRead, bound: Parameters) -> str:
    """((property, value), slice's start in ms, aggregate…), once or more for each value of a property and slice."""
    rows = RollupRows(read.scan, read.metrics, (), read.slices, bound, grouped=read, finished=True)
    return f"SELECT * FROM ({' UNION ALL '.join(rows.parts())}) LIMIT {bound.bind(read.limit + 1, 'UInt32')}"


def _distinct(read: SlicedRead, bound: Parameters) -> str:
    """Users are counted once for each stretch that is asked for, whichever table they come from."""
    parts = RollupRows(read.scan, read.metrics, (), read.slices, bound, finished=True).users(_target(read, bound))
    calls = []
    for index, metric in enumerate(read.metrics):
        (part,) = parts_of(metric)
        call = Call(part.aggregate.function, "user_id", part.aggregate.parameter)
        calls.append(f"{call.value()} AS v{index}")
    return f"SELECT target, {comma_list(calls)} FROM ({' UNION ALL '.join(parts)}) GROUP BY target"


def _target(read: SlicedRead, bound: Parameters) -> str:
    """Return the target of a row of slice `k`, as many rows as it is of where targets overlap."""
    if read.one_slice_each:
        return "k"
    starts = bound.bind(list(read.slices.starts), "Array(UInt64)")
    of_slice = [
        [target for target, (first, after) in enumerate(read.targets) if first <= index < after]
        for index in range(len(read.slices.starts))
    ]
    return f"arrayJoin({bound.bind(of_slice, 'Array(Array(UInt32))')}[indexOf({starts}, k)])"
