"""From the wire form to a spec: what a type cannot say is checked here, every problem with its field's path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from emban.errors import EmbanError, FieldError, invalid
from emban.query.spec.figures import (
    dimension_filters,
    figure_problems,
    numeric_filters,
    range_problems,
    read_metric,
    shared_event_name,
)
from emban.query.spec.query_spec import (
    ANY_EVENT,
    MAX_GROUP_BY,
    METRIC_NAMES,
    Dimension,
    Metric,
    Order,
    QuerySpec,
    Rolling,
    TableColumns,
)
from emban.query.spec.schemas import ColumnIn, QueryIn
from emban.query.time.instants import read_day_or_instant, read_instant
from emban.query.time.span import Dates, Period, Span

Problems = Iterator[FieldError]


def read_query(given: QueryIn | Mapping[str, Any], path: str = "query") -> QuerySpec:
    """Return the spec of a query. Raises 400 naming every wrong field below `path`."""
    query = given if isinstance(given, QueryIn) else _typed(given, path)
    problems = [problem for check in CHECKS for problem in check(query)]
    if problems:
        raise invalid(*(FieldError(f"{path}.{problem.path}", problem.message) for problem in problems))
    return _spec(query)


def problems_of(given: Mapping[str, Any], path: str = "query") -> list[FieldError]:
    """Return everything that is wrong with a query, an empty list if nothing is."""
    try:
        read_query(given, path)
    except EmbanError as error:
        return list(error.fields)
    return []


def below(path: str, error: EmbanError) -> EmbanError:
    """Return a 400 whose fields are named relative to a query as one that names them below `path`."""
    if not error.fields:
        return error
    return invalid(*(FieldError(f"{path}.{field.path}", field.message) for field in error.fields))


def _typed(given: Mapping[str, Any], path: str) -> QueryIn:
    try:
        return QueryIn.model_validate(given)
    except ValidationError as error:
        raise invalid(*(_field_error(item, path) for item in error.errors())) from None


def _field_error(item: Any, path: str) -> FieldError:
    for part in item["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    kind, text = item["type"], item["msg"]
    known = {"missing": "is required", "extra_forbidden": "is not a known field"}
    return FieldError(path, known.get(kind, text.removeprefix("Value error, ")))


def _asks_one_thing(query: QueryIn) -> Problems:
    if query.columns is None and query.series is None and query.metric is None:
        yield FieldError("metric", "is required, unless columns make the query a table or series name several figures")
    if query.columns is not None and query.metric is not None:
        yield FieldError("metric", 'does not go with columns: name it as a column, {"metric": …}')
    if query.series is not None and (query.metric is not None or query.columns is not None):
        yield FieldError("series", "does not go with metric or columns: it names the figures itself")
    if query.metric is None and query.prop is not None:
        yield FieldError("prop", "belongs to a metric")
    if shared_event_name(query) is None:
        yield FieldError("event_name", "is required: one event's name, or * for all")


def _figures_are_whole(query: QueryIn) -> Problems:
    yield from figure_problems(query, "")
    for name, figure in (query.series or {}).items():
        yield from figure_problems(figure, f"series.{name}.")
        yield from range_problems(figure.filters, f"series.{name}.filters")
    for index, column in enumerate(query.columns or ()):
        if column.metric is not None:
            yield from figure_problems(column, f"columns[{index}].")
            yield from range_problems(column.filters, f"columns[{index}].filters")


def _series_have_no_groups(query: QueryIn) -> Problems:
    if query.series is not None and query.group_by:
        yield FieldError("group_by", "does not go with series: several figures make one chart, or several groups do")


def _rolling_has_buckets(query: QueryIn) -> Problems:
    if query.cumulative and query.moving_average is not None:
        yield FieldError("moving_average", "does not go with cumulative: give one or the other")
    for name in ("cumulative", "moving_average"):
        if getattr(query, name) and query.columns is None and query.granularity == "none":
            yield FieldError(name, "needs granularity: it is of the buckets of a series")


def _groups_are_two_different_ones(query: QueryIn) -> Problems:
    labels = [Dimension.named(name).label for name in query.group_by or ()]
    if len(set(labels)) < len(labels):
        yield FieldError("group_by", "names a dimension twice")


def _columns_fit(query: QueryIn) -> Problems:
    if query.columns is None:
        if query.order_by is not None:
            yield FieldError("order_by", "belongs to a table: give columns")
        return
    labels: set[str] = set()
    for index, column in enumerate(query.columns):
        at = f"columns[{index}]"
        problem = _column_problem(column, query)
        if problem is not None:
            yield FieldError(at, problem)
            continue
        label = column.title or _label(column)
        if label in labels:
            yield FieldError(at, f"{label} is there twice; a title tells them apart")
        labels.add(label)
    if len(_names_of_columns(query)) > MAX_GROUP_BY:
        yield FieldError("columns", f"at most {MAX_GROUP_BY} of them may be names of group_by")
    if query.order_by is not None and query.order_by not in labels:
        yield FieldError("order_by", f"is none of the columns: {', '.join(sorted(labels))}")


def _column_problem(column: ColumnIn, query: QueryIn) -> str | None:
    if (column.name is None) == (column.metric is None):
        return 'must be a name of group_by or {"metric": …, "prop": …}'
    if column.name is None:
        return None
    if column != ColumnIn(name=column.name):
        return "a name of group_by has no other fields"
    groups = {Dimension.named(name).label for name in query.group_by or ()}
    if query.group_by is not None and Dimension.named(column.name).label not in groups:
        return f"{column.name} is not in group_by"
    if column.name in METRIC_NAMES and query.group_by is None:
        return f'for the metric write {{"metric": "{column.name}"}}, for a property string_props.{column.name}'
    return None


def _label(column: ColumnIn) -> str:
    if column.metric is None:
        return Dimension.named(column.name or "").label
    return Metric(column.metric, column.prop).label


def _table_has_only_what_tables_have(query: QueryIn) -> Problems:
    if query.columns is None:
        return
    if query.granularity != "none":
        yield FieldError("granularity", "does not go with columns: a table has no time buckets")
    if query.compare is not None:
        yield FieldError("compare", "does not go with columns")
    if query.other:
        yield FieldError("other", "does not go with columns")
    for name in ("cumulative", "moving_average"):
        if getattr(query, name):
            yield FieldError(name, "does not go with columns")


def _other_has_groups(query: QueryIn) -> Problems:
    if query.other and query.columns is None and not query.group_by:
        yield FieldError("other", "needs group_by: without groups nothing is left out")


def _one_way_to_say_when(query: QueryIn) -> Problems:
    if query.period is not None and (query.date_from is not None or query.date_to is not None):
        yield FieldError("period", "does not go with date_from and date_to: give one or the other")
    elif query.date_to is not None and query.date_from is None:
        yield FieldError("date_from", "is required with date_to")


def _ranges_have_an_end(query: QueryIn) -> Problems:
    yield from range_problems(query.filters, "filters")


CHECKS: tuple[Callable[[QueryIn], Problems], ...] = (
    _asks_one_thing,
    _figures_are_whole,
    _series_have_no_groups,
    _rolling_has_buckets,
    _groups_are_two_different_ones,
    _columns_fit,
    _table_has_only_what_tables_have,
    _other_has_groups,
    _one_way_to_say_when,
    _ranges_have_an_end,
)


def _spec(query: QueryIn) -> QuerySpec:
    groups = _groups(query)
    table = None if query.columns is None else _table(query, query.columns)
    return QuerySpec(
        event_name=shared_event_name(query) or ANY_EVENT,
        metrics=_metrics(query, table),
        group_by=groups,
        granularity=query.granularity,
        span=read_span(query.period, query.date_from, query.date_to),
        timezone=query.timezone,
        dimensions=dimension_filters(query.filters),
        ranges=numeric_filters(query.filters),
        compare=query.compare,
        limit=query.limit,
        order=query.order or _usual_order(table),
        other=query.other,
        table=table,
        series=tuple(query.series or ()),
        rolling=_rolling(query),
        as_of=None if query.as_of is None else read_instant(query.as_of),
    )


def _metrics(query: QueryIn, table: TableColumns | None) -> tuple[Metric, ...]:
    if table is not None:
        return tuple(column for column in table.shown if isinstance(column, Metric))
    return tuple(read_metric(figure, query) for figure in (query.series.values() if query.series else (query,)))


def _rolling(query: QueryIn) -> Rolling | None:
    if query.cumulative:
        return Rolling()
    return None if query.moving_average is None else Rolling(query.moving_average)


def read_span(period: Any, date_from: str | None, date_to: str | None) -> Span | None:
    """Return the span of checked texts, None where nothing was given."""
    if period is not None:
        return Period(period)
    if date_from is None:
        return None
    return Dates(read_day_or_instant(date_from), None if date_to is None else read_day_or_instant(date_to))


def _groups(query: QueryIn) -> tuple[Dimension, ...]:
    names = query.group_by if query.group_by is not None else _names_of_columns(query)
    return tuple(map(Dimension.named, names))


def _names_of_columns(query: QueryIn) -> list[str]:
    return [column.name for column in query.columns or () if column.name is not None]


def _table(query: QueryIn, columns: list[ColumnIn]) -> TableColumns:
    shown = tuple(_shown(column, query) for column in columns)
    table = TableColumns(shown, 0, tuple(column.title for column in columns))
    if query.order_by is not None:
        return replace(table, order_by=table.labels.index(query.order_by))
    return replace(table, order_by=next((n for n, column in enumerate(shown) if isinstance(column, Metric)), 0))


def _shown(column: ColumnIn, query: QueryIn) -> Dimension | Metric:
    return Dimension.named(column.name or "") if column.metric is None else read_metric(column, query)


def _usual_order(table: TableColumns | None) -> Order:
    return "asc" if table is not None and isinstance(table.shown[table.order_by], Dimension) else "desc"
