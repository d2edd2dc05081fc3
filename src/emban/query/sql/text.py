"""Pieces of SQL text: bound values, and calls of aggregate functions in the three forms that they are needed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from emban.query.plan.planner import Slices
from emban.query.spec.query_spec import Dimension, Metric
from emban.query.time.buckets import Buckets

INSTANT = "DateTime64(3, 'UTC')"
Parameter = str | int | float | list[str] | list[int] | list[list[int]]


@dataclass(slots=True)
class Parameters:
    """The bound values of one statement. Equal values share one parameter."""

    values: dict[str, Parameter] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def bind(self, value: Parameter, kind: str = "String") -> str:
        """Return the placeholder of a value, such as `{p3:String}`."""
        key = (kind, repr(value))
        name = self._names.setdefault(key, f"p{len(self._names)}")
        self.values[name] = value
        return f"{{{name}:{kind}}}"


@dataclass(frozen=True, slots=True)
class Call:
    """An aggregate function over rows, those of the `condition` where there is one.

    `merging` where the rows hold its states already. States are of one type whatever the condition.
    """

    function: str
    arguments: str
    parameter: str = ""
    merging: bool = False
    condition: str = ""

    def value(self) -> str:
        """The finished figure."""
        return self._over_rows("Merge" if self.merging else "")

    def state(self) -> str:
        """A state, to be merged with others."""
        return self._over_rows("MergeState" if self.merging else "State")

    def merged(self, state: str, over: str = "") -> str:
        """The finished figure of states that `state` made."""
        return self._named("Merge", state) + over

    def merged_state(self, state: str) -> str:
        """One state of several that `state` made."""
        return self._named("MergeState", state)

    def _over_rows(self, suffix: str) -> str:
        if not self.condition:
            return self._named(suffix, self.arguments)
        given = [self.arguments] if self.arguments else []
        return self._named(f"{suffix}If", comma_list([*given, self.condition]))

    def _named(self, suffix: str, arguments: str) -> str:
        parameter = f"({self.parameter})" if self.parameter else ""
        return f"{self.function}{suffix}{parameter}({arguments})"


class RowSource(Protocol):
    """What a statement reads from: the events of a scan, or the rows of rollups and the events that these lack."""

    def source(self, *more: str) -> str:
        """Return FROM and WHERE, with further conditions."""

    def dimension(self, dimension: Dimension) -> str:
        """Return a dimension of a row; '' where it has none."""

    def bucket(self, buckets: Buckets | Slices) -> str:
        """Return the place of a row's bucket; see `bucket_place`."""

    def call(self, metric: Metric, index: int, *, only_if_had: bool = False) -> Call:
        """Return the call for one of a metric's aggregates; `only_if_had`: over rows that have its property."""


def bucket_place(column: str, buckets: Buckets | Slices, bound: Parameters) -> str:
    """Return where an instant's bucket is: counted where all are equally wide, else looked up by binary search.

    Slices are looked up by their starts; these may be at any millisecond.
    """
    if isinstance(buckets, Slices):
        ms = "toUnixTimestamp64Milli(timestamp)" if column == "timestamp" else f"toUnixTimestamp({column}) * 1000"
        return f"roundDown(toUInt64({ms}), {bound.bind(list(buckets.starts), 'Array(UInt64)')})"
    second = f"toUnixTimestamp({column})"
    if buckets.width is not None:
        return f"intDiv({second} - {bound.bind(buckets.starts[0], 'UInt32')}, {bound.bind(buckets.width, 'UInt32')})"
    return f"roundDown({second}, {bound.bind(list(buckets.starts), 'Array(UInt32)')})"


def one_of(expression: str, values: Sequence[str], bound: Parameters) -> str:
    """Return a condition that lets no row through where there is no value."""
    if len(values) == 1:
        return f"{expression} = {bound.bind(values[0])}"
    return f"{expression} IN {bound.bind(list(values), 'Array(String)')}"


def engine_time(at: datetime) -> str:
    """Return an instant as a bound `INSTANT` is written."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}"


def any_of(conditions: Sequence[str]) -> str:
    """Return the condition that one of these holds."""
    unique = list(dict.fromkeys(conditions))
    return unique[0] if len(unique) == 1 else f"({' OR '.join(unique)})"


def comma_list(items: Iterable[str]) -> str:
    """Return items as SQL lists them."""
    return ", ".join(items)
