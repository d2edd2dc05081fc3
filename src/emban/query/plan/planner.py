"""From a spec to the reads that answer it: resolve the time, then let the cheapest path that can answer make the reads.

A path is data: the reason why it cannot answer a question, or None; what it would cost; and how it cuts a window among
the rollups and the events. Each gives the same answer as the events alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from emban.errors import invalid_field
from emban.query.plan.coverage import (
    DAY,
    HOUR,
    ReadSplit,
    RollupCoverage,
    split_read,
    used_string_props,
    why_no_rollups,
    why_no_size,
)
from emban.query.spec.metrics import counts_users
from emban.query.spec.query_spec import Dimension, Metric, Order, QuerySpec, Rolling
from emban.query.time.buckets import Buckets
from emban.query.time.timeframe import Timeframe, frame
from emban.query.time.window import Window
from emban.scope import Scope, Tenant

MAX_POINTS = 100_000
TOTAL = ""  # Where a property is named: none of them.
NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
PathName = Literal["raw", "hourly", "daily", "cache"]


@dataclass(frozen=True, slots=True)
class Question:
    """A spec with its time resolved: all that decides the answer, and nothing else.

    `as_of` is the ingestion watermark that the answer covers, `NOTHING_YET` where nothing was ever acknowledged.
    `rolled` is what the rollups hold for that; it decides how the answer is found, never what it is.
    """

    spec: QuerySpec
    scope: Scope
    time: Timeframe
    as_of: datetime
    rolled: RollupCoverage | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """Which rows: those of the question within a window; with `having`, those alone that one of these metrics looks at.

    With a `split`, rollups stand for a part of them.
    """

    question: Question
    window: Window
    having: tuple[Metric, ...] = ()
    split: ReadSplit | None = None


@dataclass(frozen=True, slots=True)
class Top:
    """The `limit` best groups by the metric over `scan`; with `other`, one more for all the rest together."""

    scan: Scan
    limit: int
    order: Order
    other: bool


@dataclass(frozen=True, slots=True)
class PointsRead:
    """A metric, for each group of `top` and each bucket. Without `top` and buckets it is one figure.

    Without `top` it may have several metrics, for questions that differ in nothing else. With `rolling`, a bucket's
    figure is of the buckets up to it.
    """

    scan: Scan
    metrics: tuple[Metric, ...]
    group_by: tuple[Dimension, ...] = ()
    buckets: Buckets | None = None
    top: Top | None = None
    rolling: Rolling | None = None

    @property
    def metric(self) -> Metric:
        """The metric of a read that has one."""
        return self.metrics[0]


@dataclass(frozen=True, slots=True)
class TableRead:
    """The columns of a table, a row for each group, ordered by one column (an index) and cut at `limit`."""

    scan: Scan
    columns: tuple[Dimension | Metric, ...]
    group_by: tuple[Dimension, ...]
    order_by: int
    order: Order
    limit: int


@dataclass(frozen=True, slots=True)
class Slices:
    """Stretches of time that follow one another: their starts, rising, in ms since 1970."""

    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SlicedRead:
    """Metrics over slices of time, for questions that differ in their times and metrics alone.

    Slices add up to what any question asked for, but for distinct users, who may be there in several of them: where the
    metrics are such, each of `targets` is a stretch that is asked for, (first slice, first slice after it). Their rows
    are by the place of the target, or by the slice's start where each target is one slice.
    """

    scan: Scan
    metrics: tuple[Metric, ...]
    slices: Slices
    targets: tuple[tuple[int, int], ...] = ()

    @property
    def one_slice_each(self) -> bool:
        """Tell whether no two targets share a slice."""
        return all(after == first + 1 for first, after in self.targets)


@dataclass(frozen=True, slots=True)
class GroupedRead:
    """Metrics by the values of several string properties at once, each property by itself, and in total.

    `dimensions` are the properties, with `TOTAL` where the total is asked for. Those of `by_slice` are also by slices
    of time, the others by the fewer of `whole`. Values are told apart `within` these windows alone. At most `limit` + 1
    rows are read: with more of them, the engine itself has to pick the groups that are shown.
    """

    scan: Scan
    metrics: tuple[Metric, ...]
    dimensions: tuple[str, ...]
    by_slice: tuple[str, ...]
    slices: Slices
    whole: Slices
    within: tuple[Window, ...]
    limit: int

    @property
    def named(self) -> tuple[str, ...]:
        """The properties without the total."""
        return tuple(name for name in self.dimensions if name != TOTAL)


Read = PointsRead | TableRead


@dataclass(frozen=True, slots=True)
class Path:
    """A way to answer: why it is none for a question, its cost (rows to look at, roughly), how it cuts a window."""

    name: PathName
    cannot: Callable[[Question], str | None]
    cost: Callable[[Question], float]
    split: Callable[[Question, Window], ReadSplit | None]


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """The chosen path's reads: the window's, one for each metric, then with compare those of the window before.

    `passed` says why not another path.
    """

    question: Question
    path: PathName
    reads: tuple[Read, ...]
    passed: tuple[tuple[PathName, str], ...] = ()


def ask(
    spec: QuerySpec, scope: Scope, now: datetime, as_of: datetime, rolled: RollupCoverage | None = None
) -> Question:
    """Return the question that a spec is at the moment `now`. Raises 400 for windows and sizes that are refused."""
    time = frame(spec.span, spec.granularity, spec.timezone, now, compare=spec.compare)
    _check_point_count(spec, time)
    return Question(spec, scope, time, as_of, rolled.as_of(as_of) if rolled is not None else None)


def plan(question: Question) -> QueryPlan:
    """Return the plan of the cheapest path that can answer; the events always can.

    The figures of a series are read together where a rollup has all of them, else each by the path that has it.
    """
    whole = _plan(question)
    if whole.path != "raw" or not question.spec.series:
        return whole
    spec = question.spec
    each = [_plan(replace(question, spec=replace(spec, metrics=(one,), series=()))) for one in spec.metrics]
    able = [one.path for one in each if one.path != "raw"]
    if not able:
        return whole
    path: PathName = "daily" if "daily" in able else able[0]
    windows = 1 if question.time.previous is None else 2
    reads = (one.reads[window] for window in range(windows) for one in each)
    return QueryPlan(question, path, tuple(reads), whole.passed)


def _plan(question: Question) -> QueryPlan:
    passed: list[tuple[PathName, str]] = []
    able: list[Path] = []
    for path in PATHS:
        reason = path.cannot(question)
        if reason is None:
            able.append(path)
        else:
            passed.append((path.name, reason))
    chosen = min(able, key=lambda path: path.cost(question))
    passed += [(path.name, f"{chosen.name} is cheaper") for path in able if path is not chosen]
    return QueryPlan(question, chosen.name, reads_of(question, chosen), tuple(passed))


def reads_of(question: Question, path: Path) -> tuple[Read, ...]:
    """Return the reads that answer a question by a path."""
    spec, time = question.spec, question.time
    if spec.table is not None:
        scan = Scan(question, time.window, split=path.split(question, time.window))
        table = spec.table
        return (TableRead(scan, table.shown, spec.group_by, table.order_by, spec.order, spec.row_limit),)
    now = tuple(_points_read(question, metric, path) for metric in spec.metrics)
    if time.previous is None:
        return now
    # The same groups, chosen by the window itself, over the window before.
    earlier = time.previous.window
    split, buckets = path.split(question, earlier), time.previous.buckets
    before = (replace(one, scan=replace(one.scan, window=earlier, split=split), buckets=buckets) for one in now)
    return *now, *before


def _points_read(question: Question, metric: Metric, path: Path) -> PointsRead:
    spec, time = question.spec, question.time
    rolling = None if time.buckets is None else spec.rolling
    if rolling is not None and not rolling.total and rolling.buckets is not None:
        metric = metric.changed(mean_of=rolling.buckets)
    scan = Scan(question, time.window, (metric,), path.split(question, time.window))
    top = Top(scan, spec.row_limit, spec.order, spec.other) if spec.group_by else None
    return PointsRead(scan, (metric,), spec.group_by, time.buckets, top, rolling)


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


# A further table costs a statement about as much as reading so many rollup rows.
_TABLE_COST = 1_000
# What is assumed of an org when all of its tenants are asked for.
_TENANTS = 50


def _not_by_day(question: Question) -> str | None:
    reason = why_no_rollups(question.spec, question.scope, question.rolled, question.as_of)
    return reason or why_no_size(question.time, DAY, question.rolled)


def _not_by_hour(question: Question) -> str | None:
    reason = why_no_rollups(question.spec, question.scope, question.rolled, question.as_of)
    if reason is None and used_string_props(question.spec, question.scope):
        reason = "hours are kept in total alone"
    if reason is None and _distinct(question):
        reason = "distinct users are kept by day"
    return reason or why_no_size(question.time, HOUR, question.rolled)


def _rows_to_read(question: Question, days: float, hours: float) -> float:
    one_tenant = isinstance(question.scope.tenant, Tenant)
    return (days + hours) * (1 if one_tenant else _TENANTS)


def _cost_by_day(question: Question) -> float:
    return _rows_to_read(question, question.time.window.length / DAY, 24) + 2 * _TABLE_COST


def _cost_by_hour(question: Question) -> float:
    return _rows_to_read(question, 0, question.time.window.length / HOUR) + _TABLE_COST


def _distinct(question: Question) -> bool:
    return any(counts_users(metric) for metric in question.spec.metrics)


def _cut_by_day(question: Question, window: Window) -> ReadSplit | None:
    assert question.rolled is not None  # noqa: S101 - else the path could not answer
    in_total = not (used_string_props(question.spec, question.scope) or _distinct(question))
    return split_read(window, question.rolled, question.as_of, days=True, hours=in_total)


def _cut_by_hour(question: Question, window: Window) -> ReadSplit | None:
    assert question.rolled is not None  # noqa: S101 - else the path could not answer
    return split_read(window, question.rolled, question.as_of, days=False, hours=True)


RAW = Path("raw", lambda _: None, lambda _: float("inf"), lambda _question, _window: None)
HOURLY = Path("hourly", _not_by_hour, _cost_by_hour, _cut_by_hour)
DAILY = Path("daily", _not_by_day, _cost_by_day, _cut_by_day)
PATHS: tuple[Path, ...] = (DAILY, HOURLY, RAW)
