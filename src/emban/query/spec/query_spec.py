"""What is asked: a query as frozen values, after its words were read and before any clock or store is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from emban.query.time.span import Granularity, Span

Order = Literal["asc", "desc"]
MetricName = Literal["count", "count_unique", "count_unique_approx", "sum", "avg", "min", "max", "p50", "p95", "p99"]

ANY_EVENT = "*"
STRING_PROP_PREFIX = "string_props."
DEFAULT_LIMIT = 10
DEFAULT_TABLE_LIMIT = 100
MAX_LIMIT = 1_000
MAX_GROUP_BY = 2
MAX_COLUMNS = 8

Column = Literal["tenant_id", "user_id", "event_name"]
COLUMNS: tuple[Column, ...] = ("tenant_id", "user_id", "event_name")
METRIC_NAMES: tuple[str, ...] = get_args(MetricName)
# Names of properties that, written bare, would be read as something else: `string_props.x`, `count`, `sum(tokens)`.
_MEANS_MORE = re.compile(rf"{re.escape(STRING_PROP_PREFIX)}|(?:{'|'.join(METRIC_NAMES)})(?:\(|\Z)")


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something to group or filter by: one of the three columns, or a string property.

    A bare name that is also a column's means the column; `string_props.tenant_id` means the property of that name.
    Nothing else in a name has a meaning: dots and spaces belong to it.
    """

    name: str
    column: Column | None = None

    @classmethod
    def named(cls, label: str) -> Dimension:
        """Read a name as a query gives it."""
        for column in COLUMNS:
            if label == column:
                return cls(column, column)
        return cls(label.removeprefix(STRING_PROP_PREFIX))

    @property
    def label(self) -> str:
        """The shortest name that reads back as this dimension, and as nothing else where metrics are named, too."""
        if self.column is None and (self.name in COLUMNS or _MEANS_MORE.match(self.name)):
            return STRING_PROP_PREFIX + self.name
        return self.name


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: `sum` of `tokens`, say. `prop` is a numeric property, None for the counting metrics.

    `wide` is set where sums would overflow on the way; see `emban.query.spec.metrics`.
    """

    name: MetricName
    prop: str | None = None
    wide: bool = False

    @property
    def label(self) -> str:
        """The column name that a table gives it: `count`, `sum(tokens)`."""
        return self.name if self.prop is None else f"{self.name}({self.prop})"


@dataclass(frozen=True, slots=True)
class DimensionFilter:
    """Rows whose dimension has one of the values (sorted, unique). No values at all lets no row through."""

    dimension: Dimension
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumericFilter:
    """Rows that have the numeric property, from `low` to `high`, both included where given."""

    prop: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The columns of a table: each shows a dimension of `group_by` or a metric; rows are ordered by one of them."""

    shown: tuple[Dimension | Metric, ...]
    order_by: int

    @property
    def labels(self) -> tuple[str, ...]:
        """Their names in the answer."""
        return tuple(column.label for column in self.shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySpec:
    """One query. Exactly one metric, unless `table` says which metrics its columns show.

    `span` is None where the caller gives the window (a widget); `limit` is None where the default of its shape holds.
    """

    event_name: str
    metrics: tuple[Metric, ...]
    group_by: tuple[Dimension, ...] = ()
    granularity: Granularity = "none"
    span: Span | None = None
    timezone: str = "UTC"
    dimensions: tuple[DimensionFilter, ...] = ()
    ranges: tuple[NumericFilter, ...] = ()
    compare: bool = False
    limit: int | None = None
    order: Order = "desc"
    other: bool = False
    table: TableColumns | None = None
    as_of: datetime | None = None

    @property
    def metric(self) -> Metric:
        """The metric of a query that is not a table."""
        return self.metrics[0]

    @property
    def row_limit(self) -> int:
        """How many groups the answer may hold."""
        if self.limit is not None:
            return self.limit
        return DEFAULT_LIMIT if self.table is None else DEFAULT_TABLE_LIMIT

    def widened(self) -> QuerySpec:
        """Return the same question with figures that do not overflow on the way."""
        metrics = tuple(replace(metric, wide=True) for metric in self.metrics)
        if self.table is None:
            return replace(self, metrics=metrics)
        shown = tuple(replace(one, wide=True) if isinstance(one, Metric) else one for one in self.table.shown)
        return replace(self, metrics=metrics, table=replace(self.table, shown=shown))

    def scalar(self) -> QuerySpec:
        """Return the same question without groups and buckets: the one figure that an alert watches."""
        return replace(self, group_by=(), granularity="none", limit=None, other=False, compare=False)
