"""What is asked: a query as frozen values, after its words were read and before any clock or store is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from emban.query.spec.formula import Expression
from emban.query.time.span import Compare, Granularity, Span

Order = Literal["asc", "desc"]
MetricName = Literal[
    "count",
    "count_unique",
    "count_unique_approx",
    "sum",
    "avg",
    "min",
    "max",
    "p50",
    "p95",
    "p99",
    "p50_approx",
    "p95_approx",
    "p99_approx",
    "formula",
]

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
class RowFilter:
    """Which of a query's events one figure of a formula or a series looks at; no `event_name` means all of them."""

    event_name: str | None = None
    dimensions: tuple[DimensionFilter, ...] = ()
    ranges: tuple[NumericFilter, ...] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it was written, its tree, and the figures that the tree counts through; none of them has one."""

    text: str
    expression: Expression
    figures: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: `sum` of `tokens`, say. `prop` is a numeric property, None for the counting metrics.

    With `count_unique` it is a string property whose values are counted, or None for users. `rows` narrows the events
    of the query to the figure's own. `mean_of` is set where the figure is of so many buckets, of which sums and counts
    are the mean. `wide` is set where sums would overflow on the way; see `emban.query.spec.metrics`.
    """

    name: MetricName
    prop: str | None = None
    wide: bool = False
    rows: RowFilter | None = None
    formula: Formula | None = None
    mean_of: int | None = None

    @property
    def label(self) -> str:
        """The column name that a table gives it: `count`, `sum(tokens)`, `formula`, whose text is nobody's business."""
        return self.name if self.prop is None else f"{self.name}({self.prop})"

    @property
    def figures(self) -> tuple[Metric, ...]:
        """The figures that the engine computes for it: those of its formula, or itself."""
        return (self,) if self.formula is None else self.formula.figures

    def changed(self, *, wide: bool | None = None, mean_of: int | None = None) -> Metric:
        """Return it, and the figures of its formula, with these set."""
        formula = self.formula
        if formula is not None:
            formula = replace(
                formula, figures=tuple(one.changed(wide=wide, mean_of=mean_of) for one in formula.figures)
            )
        wide = self.wide if wide is None else wide
        return replace(self, wide=wide, mean_of=mean_of or self.mean_of, formula=formula)


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The columns of a table: each shows a dimension of `group_by` or a metric; rows are ordered by one of them.

    `titles` are the names that the query gives its columns, None for those that are called by what they show.
    """

    shown: tuple[Dimension | Metric, ...]
    order_by: int
    titles: tuple[str | None, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Their names in the answer."""
        titles = self.titles or (None,) * len(self.shown)
        return tuple(title or column.label for title, column in zip(titles, self.shown, strict=True))


@dataclass(frozen=True, slots=True)
class Rolling:
    """Each bucket's figure is of the buckets up to it: of the last so many, or of all since the window began.

    Counts and sums of the last so many are the mean of these, with `total` the sum: what an alert would have seen.
    """

    buckets: int | None = None
    total: bool = False

    @property
    def cumulative(self) -> bool:
        return self.buckets is None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySpec:
    """One query. Exactly one metric, unless `table` or `series` says whose the others are.

    `series` are the names of the metrics where several make one chart. `span` is None where the caller gives the window
    (a widget); `limit` is None where the default of its shape holds.
    """

    event_name: str
    metrics: tuple[Metric, ...]
    group_by: tuple[Dimension, ...] = ()
    granularity: Granularity = "none"
    span: Span | None = None
    timezone: str = "UTC"
    dimensions: tuple[DimensionFilter, ...] = ()
    ranges: tuple[NumericFilter, ...] = ()
    compare: Compare | None = None
    limit: int | None = None
    order: Order = "desc"
    other: bool = False
    table: TableColumns | None = None
    series: tuple[str, ...] = ()
    rolling: Rolling | None = None
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

    @property
    def figures(self) -> tuple[Metric, ...]:
        """All figures that the engine computes, those of formulas by themselves."""
        return tuple(dict.fromkeys(figure for metric in self.metrics for figure in metric.figures))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numeric properties that are measured, each once."""
        measured = (one.prop for one in self.figures if one.prop is not None and one.name != "count_unique")
        return tuple(dict.fromkeys(measured))

    def widened(self) -> QuerySpec:
        """Return the same question with figures that do not overflow on the way."""
        metrics = tuple(metric.changed(wide=True) for metric in self.metrics)
        if self.table is None:
            return replace(self, metrics=metrics)
        shown = tuple(one.changed(wide=True) if isinstance(one, Metric) else one for one in self.table.shown)
        return replace(self, metrics=metrics, table=replace(self.table, shown=shown))

    def scalar(self) -> QuerySpec:
        """Return the same question without groups and buckets: the one figure that an alert watches."""
        return replace(self, group_by=(), granularity="none", limit=None, other=False, compare=None, rolling=None)
