"""Pieces of SQL text: bound values, and calls of aggregate functions in the three forms that they are needed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from emban.query.plan.planner import Slices
from emban.query.spec.metrics import Aggregate
from emban.query.spec.query_spec import Dimension, Metric
from emban.query.time.window import Buckets

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
    """An aggregate function over rows; `merging` where the rows hold its states already."""

    function: str
    arguments: str
    parameter: str = ""
    merging: bool = False

    def value(self) -> str:
        """The finished figure."""
        return self._named("Merge" if self.merging else "", self.arguments)

    def state(self) -> str:
        """A state, to be merged with others."""
        return self._named("MergeState" if self.merging else "State", self.arguments)

    def merged(self, state: str, over: str = "") -> str:
        """The finished figure of states that `state` made."""
        return self._named("Merge", state) + over

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


def function_name(part: Aggregate, *, conditional: bool) -> str:
    """Return an aggregate's function, with its combinator where it looks at some rows alone."""
    return f"{part.function}{'If' if conditional else ''}"


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


def comma_list(items: Iterable[str]) -> str:
    """Return items as SQL lists them."""
    return ", ".join(items)
