"""The wire form of a query: types and lengths here, what needs more than one field in `emban.query.spec.validation`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from emban.http.body import RequestModel
from emban.kit.text import text_problem
from emban.query.spec.formula import FIGURE_NAME, MAX_TEXT
from emban.query.spec.query_spec import MAX_COLUMNS, MAX_GROUP_BY, MAX_LIMIT, STRING_PROP_PREFIX, MetricName, Order
from emban.query.time.instants import read_day_or_instant, read_instant
from emban.query.time.span import Compare, Granularity, PeriodName
from emban.query.time.zones import check_zone

MAX_FILTERS = 20
MAX_FILTER_VALUES = 200
MAX_FIGURES = 8
MAX_BUCKETS_OF_AVERAGE = 366
MAX_NAME = 64 + len(STRING_PROP_PREFIX)


def _storable(text: str) -> str:
    problem = text_problem(text)
    if problem is not None:
        raise ValueError(problem)
    return text


def _instant(text: str) -> str:
    read_instant(text)
    return text


def _day_or_instant(text: str) -> str:
    read_day_or_instant(text)
    return text


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _as_column(given: Any) -> Any:
    return {"name": given} if isinstance(given, str) else given


Storable = AfterValidator(_storable)
DimensionName = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME), Storable]
PropName = Annotated[str, StringConstraints(min_length=1, max_length=64), Storable]
Value = Annotated[str, StringConstraints(max_length=1024), Storable]
Values = Annotated[
    list[Value],
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
    Field(min_length=1, max_length=MAX_FILTER_VALUES),
]
Names = Annotated[
    list[DimensionName],
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
    Field(max_length=MAX_GROUP_BY),
]
Instant = Annotated[str, StringConstraints(max_length=40), AfterValidator(_instant)]
DayOrInstant = Annotated[str, StringConstraints(max_length=40), AfterValidator(_day_or_instant)]
ZoneName = Annotated[str, StringConstraints(max_length=64), AfterValidator(check_zone)]


class Part(RequestModel):
    """A part of a body: unknown keys are refused and nothing is converted from another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NumericRangeIn(Part):
    """An inclusive range of a numeric property, at least one end."""

    min: float | None = Field(default=None, allow_inf_nan=False)
    max: float | None = Field(default=None, allow_inf_nan=False)


class FiltersIn(Part):
    """All of them must hold."""

    dimensions: dict[DimensionName, Values] = Field(
        default_factory=dict, max_length=MAX_FILTERS, description="Dimension to one value or a list of values."
    )
    numeric_ranges: dict[PropName, NumericRangeIn] = Field(
        default_factory=dict, max_length=MAX_FILTERS, description="Numeric property to `{min, max}`, both included."
    )


EventName = Annotated[str, StringConstraints(min_length=1, max_length=128), Storable]
FigureName = Annotated[str, StringConstraints(pattern=rf"^{FIGURE_NAME}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=80), Storable]


class BaseFigureIn(Part):
    """One figure of a formula. Its filters come on top of the query's; its event_name takes the place of that one's."""

    event_name: EventName | None = Field(default=None, description="Default: the query's.")
    metric: MetricName = Field(description="What to compute; no formula inside of a formula.")
    prop: PropName | None = Field(default=None, description="As the query's `prop`.")
    filters: FiltersIn = Field(default_factory=FiltersIn, description="Which of the query's events it looks at.")


Figures = Annotated[dict[FigureName, BaseFigureIn], Field(min_length=1, max_length=MAX_FIGURES)]


class FigureIn(BaseFigureIn):
    """One figure of a series: as one of a formula, or a formula itself."""

    metric: MetricName = Field(description="What to compute.")
    formula: str | None = Field(default=None, min_length=1, max_length=MAX_TEXT, description="As the query's.")
    figures: Figures | None = Field(default=None, description="As the query's.")
    title: Title | None = Field(default=None, description="What the chart calls it; default its name in words.")


class ColumnIn(Part):
    """A column of a table: a name of group_by (a plain string will do), or a figure like those of a series."""

    name: DimensionName | None = None
    event_name: EventName | None = Field(default=None, description="Default: the query's.")
    metric: MetricName | None = None
    prop: PropName | None = None
    filters: FiltersIn = Field(default_factory=FiltersIn, description="Which of the query's events it looks at.")
    formula: str | None = Field(default=None, min_length=1, max_length=MAX_TEXT, description="As the query's.")
    figures: Figures | None = Field(default=None, description="As the query's.")
    title: Title | None = Field(
        default=None, description="The column's name in the answer; default such as `sum(tokens)`."
    )


class QueryIn(Part):
    """A structured query. See docs/reference/queries.md."""

    event_name: EventName | None = Field(
        default=None,
        description="One event's name, or `*` for all; required unless every figure names its own.",
    )
    metric: MetricName | None = Field(
        default=None, description="What to compute; required unless `columns` or `series` is given."
    )
    prop: PropName | None = Field(
        default=None,
        description="The numeric property, where the metric needs one; with count_unique the string property whose "
        "values are counted, default users.",
    )
    formula: str | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_TEXT,
        description="With the metric `formula`: + - * / and parentheses over names of `figures`; x/0 is null.",
    )
    figures: Figures | None = Field(default=None, description="The figures that the formula names.")
    series: Annotated[dict[FigureName, FigureIn], Field(min_length=1, max_length=MAX_FIGURES)] | None = Field(
        default=None, description="Several named figures in one answer, in place of `metric`; without group_by."
    )
    group_by: Names | None = Field(
        default=None, description="Up to two of: a string property, tenant_id, user_id, event_name."
    )
    granularity: Granularity = Field(default="none", description="Size of the time buckets.")
    cumulative: bool = Field(default=False, description="Each bucket's figure is of all up to it.")
    moving_average: int | None = Field(
        default=None,
        ge=2,
        le=MAX_BUCKETS_OF_AVERAGE,
        description="Each bucket's figure is of so many buckets up to it: of counts and sums the mean.",
    )
    period: PeriodName | None = Field(
        default=None, description="A stretch that ends now, or one of the local calendar; 30d if no dates are given."
    )
    date_from: DayOrInstant | None = Field(default=None, description="First instant, or first local day.")
    date_to: DayOrInstant | None = Field(
        default=None, description="First instant, or first local day, that is outside; now if left out."
    )
    timezone: ZoneName = Field(default="UTC", description="IANA name; decides where buckets and plain dates start.")
    filters: FiltersIn = Field(default_factory=FiltersIn)
    compare: Compare | None = Field(
        default=None, description="Adds previous_value and delta_pct, of the window before or of a year earlier."
    )
    limit: int | None = Field(default=None, ge=1, le=MAX_LIMIT, description="Top N groups; 10, or 100 table rows.")
    order: Order | None = Field(
        default=None, description="Of groups by value, of table rows by `order_by`; desc, or asc by a name."
    )
    other: bool = Field(default=False, description="Adds one row for all groups that the limit leaves out.")
    columns: list[Annotated[ColumnIn, BeforeValidator(_as_column, json_schema_input_type=str | ColumnIn)]] | None = (
        Field(default=None, min_length=1, max_length=MAX_COLUMNS, description="Makes the answer a table.")
    )
    order_by: str | None = Field(
        default=None, max_length=160, description="A table's column, such as `sum(tokens)`; default its first metric."
    )
    as_of: Instant | None = Field(default=None, description="Answer as of this ingestion watermark.")


class QueryBody(Part):
    """`POST /v1/query`."""

    query: QueryIn
    tenant_id: Annotated[str, StringConstraints(min_length=1, max_length=256), Storable] | None = Field(
        default=None, description="The one tenant whose events are asked for."
    )
    all_tenants: bool | None = Field(default=None, description="True asks for every tenant; there is no default.")
    as_of: Instant | None = Field(default=None, description="The same as `query.as_of`.")
    reload: bool = Field(default=False, description="Ask the event store even if the answer is at hand.")


class MetaOut(BaseModel):
    """How an answer came about, and what exactly it covers."""

    path: Literal["raw", "hourly", "daily", "cache"] = Field(description="Which data answered.")
    rows_read: int = Field(default=0, description="Rows that the engine read; left out in embeds.")
    ms: float = Field(description="Milliseconds that the answer took inside Emban, the stores included.")
    cached: bool
    as_of: str | None = Field(description="Ingestion watermark: the time of the newest acknowledged batch covered.")
    window: dict[Literal["from", "to", "local_from", "local_to"], str] = Field(
        description="The window as instants, `to` left out of it; `local_…` is what a clock in `timezone` shows then."
    )
    granularity: Literal["none", "minute", "hour", "day", "week", "month"] = Field(
        description="Size of the buckets; what `auto` came to."
    )
    timezone: str
    previous_window: dict[Literal["from", "to", "local_from", "local_to"], str] | None = Field(
        default=None, description="Only with compare."
    )
    compare: Compare | None = Field(default=None, description="Which window `previous_window` is; only with compare.")
    previous_unpaired: int | None = Field(
        default=None, description="Last buckets of the window before that have none beside them, where there are more."
    )
    relative_error: float | None = Field(
        default=None, description="How far off approximate percentiles may be: 0.01 is one percent of the value."
    )
    overflow: Literal[True] | None = Field(
        default=None, description="True where a sum is null because it is beyond what a double holds (1.8e308)."
    )


class PointOut(BaseModel):
    """One figure."""

    t: str | None = Field(description="Start of the bucket as an instant; null without granularity.")
    group: list[str] = Field(description="Values of group_by; empty without it.")
    value: float | int | None
    previous_value: float | int | None = Field(default=None, description="Only with compare.")
    delta_pct: float | None = Field(default=None, description="Only with compare; null where the previous is 0.")
    other: Literal[True] | None = Field(default=None, description="True on the row of all remaining groups.")
    local: str | None = Field(
        default=None,
        description="`t` by the clock of the query's time zone: `2026-11-01T00:00`; of a day and more its date.",
    )
    series: str | None = Field(default=None, description="The figure's name, only with `series`.")


class PointsOut(BaseModel):
    """The answer to a query with a `metric`."""

    points: list[PointOut]
    meta: MetaOut


class TableColumnOut(BaseModel):
    """A column of a table."""

    name: str
    type: Literal["string", "integer", "number"]


class TableOut(BaseModel):
    """The answer to a query with `columns`."""

    columns: list[TableColumnOut]
    rows: list[list[str | float | int | None]]
    meta: MetaOut
