"""Figures of several buckets at once: of the last so many up to each, or of all since the window began.

Nothing is added up that does not add up: aggregates stay states until it is known which of them a figure is of, so that
a user who came on three days is counted once in a week, and an average is that of all its events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emban.query.plan.planner import PointsRead
from emban.query.spec.metrics import kind_of, parts_of
from emban.query.spec.query_spec import Metric, Rolling
from emban.query.sql.text import Call, Parameters, RowSource, comma_list
from emban.query.time.buckets import Buckets

Figures = Mapping[Metric, tuple[Sequence[Call], Sequence[str]]]


def rolling_figures(read: PointsRead, rows: RowSource, buckets: Buckets, rolling: Rolling, bound: Parameters) -> str:
    """(bucket, value…) for the buckets whose figure has rows; of cumulative ones, those alone that have rows."""
    several = len(read.metrics) > 1
    figures: dict[Metric, tuple[list[Call], list[str]]] = {}
    for number, metric in enumerate(read.metrics):
        indexes = range(len(parts_of(metric)))
        calls = [rows.call(metric, index, only_if_had=several) for index in indexes]
        figures[metric] = calls, [f"s{number}_{index}" for index in indexes]
    made = [
        f"{call.state()} AS {state}"
        for calls, states in figures.values()
        for call, state in zip(calls, states, strict=True)
    ]
    by_bucket = f"SELECT {comma_list([f'{rows.bucket(buckets)} AS b', *made])} {rows.source()} GROUP BY b"
    return roll(by_bucket, [], figures, buckets, rolling, bound)


def roll(
    by_bucket: str,
    keys: Sequence[str],
    figures: Figures,
    buckets: Buckets,
    rolling: Rolling,
    bound: Parameters,
    *,
    carried: Sequence[str] = (),
) -> str:
    """Return (bucket, keys…, carried…, value…) of a SELECT that has the bucket `b`, keys, carried columns and states.

    `carried` columns are the same in all rows of a key.
    """
    if rolling.cumulative:
        partition = f"PARTITION BY {comma_list(keys)} " if keys else ""
        over = f" OVER ({partition}ORDER BY b)"
        values = [_summed(one, calls, states, bound, over) for one, (calls, states) in figures.items()]
        return f"SELECT b, {comma_list([*keys, *carried, *_named(values)])} FROM ({by_bucket})"
    values = [_summed(one, calls, states, bound) for one, (calls, states) in figures.items()]
    kept = [f"any({name}) AS {name}" for name in carried]
    spread = f"SELECT * EXCEPT b, arrayJoin({_targets(buckets, rolling, bound)}) AS b FROM ({by_bucket})"
    grouped = comma_list(["b", *keys])
    return f"SELECT {comma_list(['b', *keys, *kept, *_named(values)])} FROM ({spread}) GROUP BY {grouped}"


def _summed(metric: Metric, calls: Sequence[Call], states: Sequence[str], bound: Parameters, over: str = "") -> str:
    """As `merged`, for states of several buckets.

    Of sums the buckets' finished figures are added: what a state carries beside its sum depends on which thread saw
    which row, and would show in the last digit.
    """
    values = [
        f"{call.function}(finalizeAggregation({state})){over}"
        if call.function == "sumKahan"
        else call.merged(state, over)
        for call, state in zip(calls, states, strict=True)
    ]
    return kind_of(metric).sql(values, bound.bind)


def merged(metric: Metric, calls: Sequence[Call], states: Sequence[str], bound: Parameters, over: str = "") -> str:
    """Return a metric's value of several rows' states."""
    values = [call.merged(state, over) for call, state in zip(calls, states, strict=True)]
    return kind_of(metric).sql(values, bound.bind)


def finalized(metric: Metric, states: Sequence[str], bound: Parameters) -> str:
    """Return a metric's value of one row's states."""
    return kind_of(metric).sql([f"finalizeAggregation({state})" for state in states], bound.bind)


def _named(values: Sequence[str]) -> list[str]:
    return [f"{value} AS v{index or ''}" for index, value in enumerate(values)]


def _targets(buckets: Buckets, rolling: Rolling, bound: Parameters) -> str:
    """Return the buckets whose figure a row of bucket `b` is a part of: its own, and those that follow."""
    following = bound.bind(rolling.buckets or len(buckets.starts), "UInt32")
    if buckets.width is not None:
        return f"range(toUInt32(b), least(toUInt32(b) + {following}, {bound.bind(len(buckets.starts), 'UInt32')}))"
    starts = bound.bind(list(buckets.starts), "Array(UInt32)")
    return f"arraySlice({starts}, indexOf({starts}, b), {following})"
