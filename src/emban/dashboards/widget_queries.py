"""The queries of widgets: what each kind of widget can draw, and how a viewer's choice is laid over them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from emban.dashboards.view_choice import ChoiceBody
from emban.errors import EmbanError, FieldError, invalid
from emban.query.spec.query_spec import ANY_EVENT, DimensionFilter, NumericFilter, QuerySpec
from emban.query.spec.schemas import QueryIn
from emban.query.spec.validation import read_query
from emban.query.time.buckets import fits
from emban.query.time.span import PeriodName, Span

DEFAULT_TIMEZONE = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A viewer's choice, with the dashboard's defaults filled in. Its filters come on top of each widget's own."""

    span: Span
    timezone: str
    dimensions: tuple[DimensionFilter, ...] = ()
    ranges: tuple[NumericFilter, ...] = ()


def read_view(body: ChoiceBody, *, default_period: PeriodName, timezone: str | None) -> View:
    """Return the view that a body asks for; raises 400 naming the wrong fields."""
    period = body.period
    if period is None and body.date_from is None and body.date_to is None:
        period = default_period
    chosen = QueryIn(
        event_name=ANY_EVENT,
        metric="count",
        period=period,
        date_from=body.date_from,
        date_to=body.date_to,
        timezone=body.timezone or timezone or DEFAULT_TIMEZONE,
        filters=body.filters,
    )
    try:
        spec = read_query(chosen, "")
    except EmbanError as error:
        raise invalid(*(FieldError(one.path.lstrip("."), one.message) for one in error.fields)) from None
    assert spec.span is not None  # noqa: S101 - a period or dates were given
    return View(span=spec.span, timezone=spec.timezone, dimensions=spec.dimensions, ranges=spec.ranges)


def apply_view(spec: QuerySpec, view: View, now: datetime) -> QuerySpec:
    """Return a widget's question for one view: its own filters and the viewer's, all of which must hold.

    Buckets that the view's window has too many of (minutes of a month, say) give way to what fits.
    """
    granularity = spec.granularity
    if not fits(view.span, granularity, view.timezone, now):
        granularity = "auto"
    return replace(
        spec,
        span=view.span,
        timezone=view.timezone,
        granularity=granularity,
        dimensions=spec.dimensions + view.dimensions,
        ranges=spec.ranges + view.ranges,
        as_of=None,
    )


def widget_spec(kind: str, query: QueryIn) -> QuerySpec:
    """Return the spec of a checked widget's query; a time series without a granularity gets what fits the window."""
    return read_query(_with_buckets(kind, query))


def _with_buckets(kind: str, query: QueryIn) -> QueryIn:
    fitting = kind == "timeseries" and query.granularity == "none"
    return query.model_copy(update={"granularity": "auto"}) if fitting else query


def query_problems(kind: str, query: QueryIn, path: str) -> list[FieldError]:
    """Return what is wrong with a widget's query: what the query's own rules refuse, and what its kind cannot draw."""
    try:
        spec = read_query(_with_buckets(kind, query), path)
    except EmbanError as error:
        return list(error.fields)
    problems = [] if spec.as_of is None else [("as_of", "a widget is always answered as of now")]
    if kind == "table":
        if spec.table is None:
            problems.append(("columns", "is required: a table shows columns"))
        return [FieldError(f"{path}.{name}", message) for name, message in problems]
    if spec.table is not None:
        problems.append(("columns", f"belongs to a table, not to a {kind}"))
    if kind != "timeseries" and spec.granularity != "none":
        problems.append(("granularity", f"a {kind} has no time buckets"))
    if kind == "breakdown" and spec.series:
        problems.append(("series", "belongs to a timeseries or a kpi"))
    if kind == "kpi" and spec.group_by:
        problems.append(("group_by", "a kpi is one figure"))
    if kind == "breakdown" and not spec.group_by:
        problems.append(("group_by", "is required: a breakdown by what?"))
    return [FieldError(f"{path}.{name}", message) for name, message in problems]
