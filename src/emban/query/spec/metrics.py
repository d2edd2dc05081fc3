"""Every metric as data: the engine's aggregates that it is made of, and how they make its value.

Exact ones are exact: `count_unique` hashes each user_id to 128 bits, percentiles sort all values and interpolate
between the two nearest (PERCENTILE_CONT, numpy's default), so that neither depends on the order of rows. Sums are
compensated (Kahan) and answered with 15 significant digits, for the same reason: that fractions were added in another
order, after a merge or by other threads, must not show. `count_unique_approx` is a HyperLogLog of 2^15 registers: 0.6 %
standard error, `p95_approx` and its kind a DDSketch: within 1 % of the value at that rank, not interpolated.

A formula is made of its figures' aggregates, one after another, and its value of theirs. So it is a ratio of sums
wherever it is computed: in total, for a group, for all the others, in a bucket.

Sums on the way to a figure may be beyond what a double holds where the figure is not: the average of two 1e308. Such a
figure comes as `OVERFLOWED`, upon which the question is asked again of the events with `Metric.wide` (see
`emban.query.run.runner`): every value divided by 2^64 first, which is exact, and the figure multiplied by it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Literal

from emban.query.spec.formula import evaluate, write_sql
from emban.query.spec.query_spec import Dimension, Formula, Metric, MetricName

Number = int | float
EXACT_INTEGERS = 2**53
# The largest double: no figure comes to it but where all its values are that.
OVERFLOWED = sys.float_info.max
_LARGEST = repr(OVERFLOWED)
_FACTOR = 2.0**64
# Of the DDSketches. Below 1 the engine's are up to three times as far off as they are told to be, hence the other one.
RELATIVE_ERROR, _TOLD_ERROR = 0.01, 0.003
# Between these a sketch has buckets for everything at once, positive and negative.
SKETCHED = (1e-70, 1e70)
Argument = Literal["", "prop", "user_id", "value"]
ValueType = Literal["integer", "number"]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One aggregate function of the engine. `only_named` limits its rows to those where the argument is not ''.

    `sketched` is an argument that a sketch can hold, 0 in place of others; `unsketched` are the rows of these others.

    `column` is the letter of the rollups' columns that hold it, one for each measure; `absent` is what these hold where
    no event had the measure.
    """

    function: str
    argument: Argument = ""
    parameter: str = ""
    only_named: bool = False
    sketched: bool = False
    unsketched: bool = False
    column: str = ""
    absent: str = ""
    divisor: float | None = None


class RollupForm(Enum):
    """How much of a metric the rollups hold."""

    FIGURES = "by hour in total, by day in total and by each string property"
    EXTREMES = "by hour and by day, in total alone"
    USERS = "the distinct users of each day, in total alone"
    VALUES = "the values of a string property that days are kept by"
    NOTHING = "nothing: every value is needed"


@dataclass(frozen=True, slots=True)
class MetricKind:
    """What a metric is. `value` is an SQL template over its parts; `empty` is its value where there are no rows.

    After the parts, the template has its `constants`, which are bound like any other value.
    """

    parts: tuple[Aggregate, ...]
    type: ValueType
    rollup: RollupForm
    value: str = "{0}"
    needs_prop: bool = True
    takes_prop: bool = False
    empty: Number | None = None
    rounded: bool = False
    factor: float | None = None
    divisor: int | None = None
    constants: tuple[float, ...] = ()
    relative_error: float | None = None

    @property
    def overflows(self) -> bool:
        """Tell whether `OVERFLOWED` may stand for its figure."""
        return self.type == "number" and _LARGEST in self.value

    def sql(self, parts: Sequence[str], bind: Callable[[float, str], str]) -> str:
        """Return the value as SQL, of the SQL of the parts."""
        return self.value.format(*parts, *(bind(constant, "Float64") for constant in self.constants))


@dataclass(frozen=True, slots=True)
class FigureAggregate:
    """One of a metric's aggregates, and the figure that it is of."""

    figure: Metric
    aggregate: Aggregate


@lru_cache(maxsize=4096)
def parts_of(metric: Metric) -> tuple[FigureAggregate, ...]:
    """Return what the engine is to compute for a metric; of a formula, for each of its figures in turn."""
    return tuple(FigureAggregate(figure, aggregate) for figure in metric.figures for aggregate in kind_of(figure).parts)


def rollup_form(figure: Metric) -> RollupForm:
    """Return how much of a figure, which is no formula, the rollups hold."""
    return kind_of(figure).rollup


def counts_users(metric: Metric) -> bool:
    """Tell whether a metric counts distinct users, and nothing else."""
    return metric.formula is None and rollup_form(metric) is RollupForm.USERS


def adds_up(metric: Metric) -> bool:
    """Tell whether a metric can be had of its aggregates over disjoint sets of rows; see `add_up`."""
    return all(part.aggregate.function in _ADDING_UP for part in parts_of(metric))


def needs_number(figure: Metric) -> str | None:
    """Return the numeric property without which a row is no part of a figure."""
    return figure.prop if kind_of(figure).needs_prop else None


def own_dimensions(metric: Metric) -> list[Dimension]:
    """Return the dimensions that a metric's figures look at beside those of the query."""
    filtered = [one.dimension for figure in metric.figures if figure.rows for one in figure.rows.dimensions]
    named = [figure for figure in metric.figures if figure.rows and figure.rows.event_name is not None]
    counted = [
        Dimension.named(figure.prop)
        for figure in metric.figures
        if figure.prop is not None and kind_of(figure).rollup is RollupForm.VALUES
    ]
    return [*filtered, *counted, *([Dimension.named("event_name")] if named else [])]


_ADDING_UP = frozenset({"count", "sumKahan", "minOrNull", "maxOrNull"})


def add_up(function: str, figures: Iterable[Number | None]) -> Number | None:
    """Return one aggregate's figure over all of some disjoint sets of rows, from its figures over each of them.

    None is the figure of a sum that overflowed, and of a least or greatest of no rows. Raises `ValueError` for an
    aggregate that cannot be had so: distinct counts and percentiles.
    """
    given = list(figures)
    known = [figure for figure in given if figure is not None]
    if function == "minOrNull":
        return min(known, default=None)
    if function == "maxOrNull":
        return max(known, default=None)
    if function not in _ADDING_UP:
        raise ValueError(function)
    try:
        return plain(math.fsum(known)) if len(known) == len(given) else None
    except OverflowError:
        return None


def finish(metric: Metric, parts: Sequence[Number | None]) -> Number | None:
    """Return a metric's value from its aggregates, as the SQL of its kind says it."""
    if metric.formula is None:
        return _finish(kind_of(metric), parts)
    figures, left = [], list(parts)
    for figure in metric.figures:
        kind = kind_of(figure)
        mine, left = left[: len(kind.parts)], left[len(kind.parts) :]
        figures.append(_finish(kind, mine))
    if OVERFLOWED in figures:
        return OVERFLOWED
    value = evaluate(metric.formula.expression, figures)
    return value if value is None or math.isfinite(value) else None


def _finish(kind: MetricKind, parts: Sequence[Number | None]) -> Number | None:
    """Return a figure's value: one of its aggregates, or a quotient of two."""
    total, *counts = parts
    if total is None and kind.rounded:
        return OVERFLOWED if kind.overflows else None
    if total is None or (counts and not counts[0]):
        return None
    value = total / counts[0] if counts and counts[0] else total
    value = value if kind.factor is None else value * kind.factor
    value = value if kind.divisor is None else value / kind.divisor
    return plain(value) if math.isfinite(value) else None


@lru_cache(maxsize=4096)
def kind_of(metric: Metric) -> MetricKind:
    """Return what a metric is, with all that its fields make of it."""
    if metric.formula is not None:
        return _formula_kind(metric.formula)
    if metric.name == "count_unique" and metric.prop is not None:
        return DISTINCT_VALUES
    kind = _WIDE.get(metric.name, METRICS[metric.name]) if metric.wide else METRICS[metric.name]
    return _mean(kind, metric.mean_of) if metric.mean_of is not None and metric.name in _MEANS else kind


def _mean(kind: MetricKind, of: int) -> MetricKind:
    inner = kind.value.removeprefix("ifNotFinite(").removesuffix(f", {_LARGEST})")
    value = f"({inner}) / {of}" if inner == kind.value else f"ifNotFinite(({inner}) / {of}, {_LARGEST})"
    return replace(kind, value=value, divisor=of, type="number", rounded=True)


def _formula_kind(formula: Formula) -> MetricKind:
    kinds = [kind_of(figure) for figure in formula.figures]
    parts = tuple(part for kind in kinds for part in kind.parts)
    figures, at = [], 0
    for kind in kinds:
        figures.append(kind.value.format(*(f"{{{at + index}}}" for index in range(len(kind.parts)))))
        at += len(kind.parts)
    constants, names = [0.0] * at, [f"f{index}" for index in range(len(kinds))]
    value = write_sql(formula.expression, names, constants)
    overflowed = [f"{name} = {_LARGEST}" for name, kind in zip(names, kinds, strict=True) if kind.overflows]
    if overflowed:
        value = f"multiIf({' OR '.join(overflowed)}, {_LARGEST}, {value})"
    # A function of the figures, so that each is written once, however often the formula names it.
    given = ", ".join(f"[toFloat64({sql})]" for sql in figures)
    value = f"arrayMap(({', '.join(names)}) -> {value}, {given})[1]"
    empty = evaluate(formula.expression, [kind.empty for kind in kinds])
    return MetricKind(
        parts,
        "number",
        RollupForm.NOTHING,
        value,
        needs_prop=False,
        empty=empty if empty is None or math.isfinite(empty) else None,
        rounded=True,
        constants=tuple(constants[at:]),
    )


def plain(value: Number) -> Number:
    """Return a whole number as an integer, as the engine writes it, where a double tells it from its neighbours."""
    return int(value) if abs(value) < EXACT_INTEGERS and value == int(value) else value


# Metrics of which a rolling figure is the mean of its buckets; the others are figures of these buckets together.
_MEANS = frozenset({"count", "sum"})
_COUNT = Aggregate("count", column="n")
_SUM = Aggregate("sumKahan", "prop", column="s")


_IF_FINITE = f"ifNotFinite({{0}}, {_LARGEST})"


def _percentile(level: str) -> MetricKind:
    # Between two values it interpolates, and their difference may be too large.
    percentile = Aggregate("quantileExactInclusiveOrNull", "prop", level)
    return MetricKind((percentile,), "number", RollupForm.NOTHING, _IF_FINITE)


def _sketch(level: str) -> MetricKind:
    """With numbers that no sketch holds, the figure is `OVERFLOWED`, and asked again exactly."""
    sketch = Aggregate("quantileDDOrNull", "prop", f"{_TOLD_ERROR}, {level}", sketched=True)
    others = Aggregate("count", "prop", unsketched=True)
    value = f"if({{1}} > 0, {_LARGEST}, {{0}})"
    return MetricKind((sketch, others), "number", RollupForm.NOTHING, value, relative_error=RELATIVE_ERROR)


def _unsketched(level: str) -> MetricKind:
    exact = Aggregate("quantileExactLowOrNull", "prop", level)
    return MetricKind((exact,), "number", RollupForm.NOTHING, relative_error=RELATIVE_ERROR)


def _widened(kind: MetricKind) -> MetricKind:
    first, *others = kind.parts
    value = kind.value.removeprefix("ifNotFinite(").removesuffix(f", {_LARGEST})")
    return replace(
        kind,
        parts=(replace(first, divisor=_FACTOR), *others),
        value=f"({value}) * {_FACTOR!r}",
        factor=_FACTOR,
    )


METRICS: dict[MetricName, MetricKind] = {
    "count": MetricKind((_COUNT,), "integer", RollupForm.FIGURES, needs_prop=False, empty=0),
    "count_unique": MetricKind(
        (Aggregate("uniqExact", "user_id", only_named=True),),
        "integer",
        RollupForm.USERS,
        needs_prop=False,
        takes_prop=True,
        empty=0,
    ),
    "count_unique_approx": MetricKind(
        (Aggregate("uniqCombined64", "user_id", "15", only_named=True),),
        "integer",
        RollupForm.USERS,
        needs_prop=False,
        empty=0,
    ),
    "sum": MetricKind((_SUM,), "number", RollupForm.FIGURES, _IF_FINITE, empty=0, rounded=True),
    "avg": MetricKind(
        (_SUM, _COUNT),
        "number",
        RollupForm.FIGURES,
        f"ifNotFinite({{0}} / nullIf({{1}}, 0), {_LARGEST})",
        rounded=True,
    ),
    "min": MetricKind((Aggregate("minOrNull", "prop", column="l", absent="inf"),), "number", RollupForm.EXTREMES),
    "max": MetricKind((Aggregate("maxOrNull", "prop", column="h", absent="-inf"),), "number", RollupForm.EXTREMES),
    "p50": _percentile("0.5"),
    "p95": _percentile("0.95"),
    "p99": _percentile("0.99"),
    "p50_approx": _sketch("0.5"),
    "p95_approx": _sketch("0.95"),
    "p99_approx": _sketch("0.99"),
}
# `count_unique` with a property: its values instead of users.
DISTINCT_VALUES = MetricKind(
    (Aggregate("uniqExact", "value", only_named=True),), "integer", RollupForm.VALUES, needs_prop=False, empty=0
)
_WIDE = {name: _widened(kind) for name, kind in METRICS.items() if kind.overflows and kind.relative_error is None}
_WIDE |= {"p50_approx": _unsketched("0.5"), "p95_approx": _unsketched("0.95"), "p99_approx": _unsketched("0.99")}
