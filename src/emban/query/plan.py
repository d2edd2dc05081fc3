"""From a spec to the reads that answer it: resolve the time, then let the first path that can answer make the reads.

A path is data. One more way to answer (an hourly rollup, say) is one more entry of `PATHS` before `RAW`: the reason why
it cannot answer a question, or None, and the reads that it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from emban.errors import invalid_field
from emban.kit.scope import Scope
from emban.query.metrics import METRICS
from emban.query.spec import Dimension, Metric, Order, QuerySpec
from emban.query.window import Buckets, Timeframe, Window, frame

MAX_POINTS = 100_000
NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
PathName = Literal["raw", "hourly", "daily", "cache"]


@dataclass(frozen=True, slots=True)
class Question:
    """A spec with its time resolved: all that decides the answer, and nothing else.

    `as_of` is the ingestion watermark that the answer covers, `NOTHING_YET` where nothing was ever acknowledged.
    """

    spec: QuerySpec
    scope: Scope
    time: Timeframe
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Scan:
    """Which rows: those of the question within a window; with `having`, those alone that have the property."""

    question: Question
    window: Window
    having: str | None = None


@dataclass(frozen=True, slots=True)
class Top:
    """The `limit` best groups by the metric over `scan`; with `other`, one more for all the rest together."""

    scan: Scan
    limit: int
    order: Order
    other: bool


@dataclass(frozen=True, slots=True)
class PointsRead:
    """One metric, for each group of `top` and each bucket. Without `top` and buckets it is one figure."""

    scan: Scan
    metric: Metric
    group_by: tuple[Dimension, ...] = ()
    buckets: Buckets | None = None
    top: Top | None = None


@dataclass(frozen=True, slots=True)
class TableRead:
    """The columns of a table, a row for each group, ordered by one column (an index) and cut at `limit`."""

    scan: Scan
    columns: tuple[Dimension | Metric, ...]
    group_by: tuple[Dimension, ...]
    order_by: int
    order: Order
    limit: int


Read = PointsRead | TableRead


@dataclass(frozen=True, slots=True)
class Path:
    """A way to answer. `cannot` gives the reason why it is not one for a question."""

    name: PathName
    cannot: Callable[[Question], str | None]
    reads: Callable[[Question], tuple[Read, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """The chosen path's reads: the window's, then with compare the previous one's. `passed`: why no other path."""

    question: Question
    path: PathName
    reads: tuple[Read, ...]
    passed: tuple[tuple[PathName, str], ...] = ()


def ask(spec: QuerySpec, scope: Scope, now: datetime, as_of: datetime) -> Question:
    """Return the question that a spec is at the moment `now`. Raises 400 for windows and sizes that are refused."""
    time = frame(spec.span, spec.granularity, spec.timezone, now, compare=spec.compare)
    _check_point_count(spec, time)
    return Question(spec, scope, time, as_of)


def plan(question: Question) -> Plan:
    """Return the plan of the first path that can answer; the last one always can."""
    passed: list[tuple[PathName, str]] = []
    for path in PATHS:
        reason = path.cannot(question)
        if reason is None:
            return Plan(question, path.name, path.reads(question), tuple(passed))
        passed.append((path.name, reason))
    raise AssertionError("the raw path refuses nothing")


def raw_reads(question: Question) -> tuple[Read, ...]:
    """Return the reads of the raw events that answer any question."""
    spec, time = question.spec, question.time
    if spec.table is not None:
        scan = Scan(question, time.window)
        table = spec.table
        return (TableRead(scan, table.shown, spec.group_by, table.order_by, spec.order, spec.row_limit),)
    scan = Scan(question, time.window, _having(spec.metric))
    top = Top(scan, spec.row_limit, spec.order, spec.other) if spec.group_by else None
    now = PointsRead(scan, spec.metric, spec.group_by, time.buckets, top)
    if time.previous is None:
        return (now,)
    # The same groups, chosen by the window itself, over the window before.
    before = replace(scan, window=time.previous.window)
    return now, replace(now, scan=before, buckets=time.previous.buckets)


def _having(metric: Metric) -> str | None:
    return metric.prop if METRICS[metric.name].needs_prop else None


def _check_point_count(spec: QuerySpec, time: Timeframe) -> None:
    if not spec.group_by or time.buckets is None:
        return
    count = len(time.buckets.starts)
    if count * spec.row_limit > MAX_POINTS:
        fitting = MAX_POINTS // count
        raise invalid_field(
            "limit",
            f"{spec.row_limit:,} groups of {count:,} buckets are more than {MAX_POINTS:,} points; try {fitting}",
        )


def _never(_: Question) -> None:
    return None


RAW = Path("raw", _never, raw_reads)
PATHS: tuple[Path, ...] = (RAW,)
