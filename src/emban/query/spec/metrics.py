"""Every metric as data: the engine's aggregates that it is made of, and how they make its value.

Exact ones are exact: `count_unique` hashes each user_id to 128 bits, percentiles sort all values and interpolate
between the two nearest (PERCENTILE_CONT, numpy's default), so that neither depends on the order of rows. Sums are
compensated (Kahan) and answered with 15 significant digits, for the same reason: that fractions were added in another
order, after a merge or by other threads, must not show. `count_unique_approx` is a HyperLogLog of 2^15 registers: 0.6 %
standard error.

Sums on the way to a figure may be beyond what a double holds where the figure is not: the average of two 1e308. Such a
figure comes as `OVERFLOWED`, upon which the question is asked again of the events with `Metric.wide` (see
`emban.query.run.runner`): every value divided by 2^64 first, which is exact, and the figure multiplied by it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from emban.query.spec.query_spec import Metric, MetricName

Number = int | float
EXACT_INTEGERS = 2**53
# The largest double: no figure comes to it but where all its values are that.
OVERFLOWED = sys.float_info.max
_LARGEST = repr(OVERFLOWED)
_FACTOR = 2.0**64
Argument = Literal["", "prop", "user_id"]
ValueType = Literal["integer", "number"]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One aggregate function of the engine. `condition` limits its rows, on top of the query's own filters.

    `column` is the letter of the rollups' columns that hold it, one for each measure; `absent` is what these hold where
    no event had the measure.
    """

    function: str
    argument: Argument = ""
    parameter: str = ""
    condition: str = ""
    column: str = ""
    absent: str = ""
    divisor: float | None = None


class RollupForm(Enum):
    """How much of a metric the rollups hold."""

    FIGURES = "by hour in total, by day in total and by each string property"
    EXTREMES = "by hour and by day, in total alone"
    USERS = "the distinct users of each day, in total alone"
    NOTHING = "nothing: every value is needed"


@dataclass(frozen=True, slots=True)
class MetricKind:
    """What a metric is. `value` is an SQL template over its parts; `empty` is its value where there are no rows."""

    parts: tuple[Aggregate, ...]
    type: ValueType
    rollup: RollupForm
    value: str = "{0}"
    needs_prop: bool = True
    empty: int | None = None
    rounded: bool = False
    factor: float | None = None

    @property
    def overflows(self) -> bool:
        """Tell whether `OVERFLOWED` may stand for its figure."""
        return self.type == "number" and _LARGEST in self.value


def rollup_form(metric: Metric) -> RollupForm:
    """Return how much of a metric the rollups hold."""
    return METRICS[metric.name].rollup


def counts_users(metric: Metric) -> bool:
    """Tell whether a metric counts distinct users: these may be in several days, and so do not add up."""
    return rollup_form(metric) is RollupForm.USERS


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
    if function not in {"count", "sumKahan"}:
        raise ValueError(function)
    try:
        return plain(math.fsum(known)) if len(known) == len(given) else None
    except OverflowError:
        return None


def finish(kind: MetricKind, parts: Sequence[Number | None]) -> Number | None:
    """Return a metric's value from its aggregates, as `kind.value` says it in SQL: one of them, or a quotient."""
    total, *counts = parts
    if total is None and kind.rounded:
        return OVERFLOWED if kind.overflows else None
    if total is None or (counts and not counts[0]):
        return None
    value = total / counts[0] if counts and counts[0] else total
    value = value if kind.factor is None else value * kind.factor
    return plain(value) if math.isfinite(value) else None


def kind_of(metric: Metric) -> MetricKind:
    return _WIDE.get(metric.name, METRICS[metric.name]) if metric.wide else METRICS[metric.name]


def plain(value: Number) -> Number:
    """Return a whole number as an integer, as the engine writes it, where a double tells it from its neighbours."""
    return int(value) if abs(value) < EXACT_INTEGERS and value == int(value) else value


_USERS_ONLY = "user_id != ''"  # An event without a user_id names no user.
_COUNT = Aggregate("count", column="n")
_SUM = Aggregate("sumKahan", "prop", column="s")


_IF_FINITE = f"ifNotFinite({{0}}, {_LARGEST})"


def _percentile(level: str) -> MetricKind:
    # Between two values it interpolates, and their difference may be too large.
    percentile = Aggregate("quantileExactInclusiveOrNull", "prop", level)
    return MetricKind((percentile,), "number", RollupForm.NOTHING, _IF_FINITE)


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
        (Aggregate("uniqExact", "user_id", condition=_USERS_ONLY),),
        "integer",
        RollupForm.USERS,
        needs_prop=False,
        empty=0,
    ),
    "count_unique_approx": MetricKind(
        (Aggregate("uniqCombined64", "user_id", "15", _USERS_ONLY),),
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
}
_WIDE = {name: _widened(kind) for name, kind in METRICS.items() if kind.overflows}
