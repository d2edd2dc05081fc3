"""Figures as queries name them (a metric, a formula's parts, a series', a table's columns), read into metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from emban.errors import FieldError
from emban.query.spec.formula import FormulaError, figures_in, parse_formula
from emban.query.spec.metrics import METRICS
from emban.query.spec.query_spec import (
    ANY_EVENT,
    Dimension,
    DimensionFilter,
    Formula,
    Metric,
    MetricName,
    NumericFilter,
    RowFilter,
)
from emban.query.spec.schemas import BaseFigureIn, FiltersIn, QueryIn

Problems = Iterator[FieldError]


class FigureLike(Protocol):
    """What a query, a figure of a series and a column of a table have in common."""

    @property
    def event_name(self) -> str | None: ...
    @property
    def metric(self) -> MetricName | None: ...
    @property
    def prop(self) -> str | None: ...
    @property
    def formula(self) -> str | None: ...
    @property
    def figures(self) -> Mapping[str, BaseFigureIn] | None: ...
    @property
    def filters(self) -> FiltersIn: ...


def figure_problems(given: FigureLike, path: str) -> Problems:
    """Tell what is wrong with a figure, its formula included; `path` ends with a dot, or is empty."""
    if given.metric != "formula":
        yield from _prop_problem(given.metric, given.prop, f"{path}prop")
        for name in ("formula", "figures"):
            if getattr(given, name) is not None:
                yield FieldError(f"{path}{name}", 'belongs to the metric "formula"')
        return
    if given.prop is not None:
        yield FieldError(f"{path}prop", "belongs to the formula's figures")
    if given.formula is None or given.figures is None:
        missing = "formula" if given.formula is None else "figures"
        yield FieldError(f"{path}{missing}", "is required: a formula and the figures that it names")
        return
    for name, figure in given.figures.items():
        at = f"{path}figures.{name}."
        if figure.metric == "formula":
            yield FieldError(f"{at}metric", "a formula is made of plain figures, not of another formula")
        else:
            yield from _prop_problem(figure.metric, figure.prop, f"{at}prop")
        yield from range_problems(figure.filters, f"{at}filters")
    yield from _formula_problems(given.formula, list(given.figures), path)


def _formula_problems(text: str, names: list[str], path: str) -> Problems:
    try:
        used = figures_in(parse_formula(text, names))
    except FormulaError as error:
        yield FieldError(f"{path}formula", str(error))
        return
    for index, name in enumerate(names):
        if index not in used:
            yield FieldError(f"{path}figures.{name}", "is not in the formula")


def _prop_problem(metric: MetricName | None, prop: str | None, path: str) -> Problems:
    if metric is None:
        return
    kind = METRICS[metric]
    if kind.needs_prop and prop is None:
        yield FieldError(path, f"is required: {metric} of which numeric property?")
    if prop is not None and not (kind.needs_prop or kind.takes_prop):
        yield FieldError(path, f"{metric} takes no property")


def range_problems(filters: FiltersIn, path: str) -> Problems:
    """Tell which numeric ranges have no end, or ends in the wrong order."""
    for prop, limits in filters.numeric_ranges.items():
        at = f"{path}.numeric_ranges.{prop}"
        if limits.min is None and limits.max is None:
            yield FieldError(at, "needs min, max or both")
        elif limits.min is not None and limits.max is not None and limits.min > limits.max:
            yield FieldError(at, "min is greater than max")


def shared_event_name(query: QueryIn) -> str | None:
    """Return the one event that all figures of a query are of, `*` where they differ; None where one names none."""
    names = {name for figure in _asked(query) for name in _event_names(figure, query.event_name)}
    if None in names:
        return None
    return names.pop() if len(names) == 1 else ANY_EVENT


def _asked(query: QueryIn) -> list[FigureLike]:
    if query.series is not None:
        return list(query.series.values())
    if query.columns is not None:
        return [column for column in query.columns if column.metric is not None] or [query]
    return [query]


def _event_names(figure: FigureLike, usual: str | None) -> list[str | None]:
    own = figure.event_name or usual
    return [one.event_name or own for one in figure.figures.values()] if figure.figures else [own]


def read_metric(given: FigureLike, query: QueryIn) -> Metric:
    """Return the metric of a checked figure: the query's own, or one of its series or columns."""
    assert given.metric is not None  # noqa: S101 - the checks have run
    shared = shared_event_name(query)
    own = FiltersIn() if given is query else given.filters
    usual = given.event_name or query.event_name
    if given.formula is None or given.figures is None:
        return Metric(given.metric, given.prop, rows=_rows(usual, shared, own))
    figures = tuple(
        Metric(one.metric, one.prop, rows=_rows(one.event_name or usual, shared, own, one.filters))
        for one in given.figures.values()
    )
    return Metric("formula", formula=Formula(given.formula, parse_formula(given.formula, list(given.figures)), figures))


def _rows(event_name: str | None, shared: str | None, *filters: FiltersIn) -> RowFilter | None:
    rows = RowFilter(
        event_name=None if event_name in {shared, ANY_EVENT} else event_name,
        dimensions=tuple(one for given in filters for one in dimension_filters(given)),
        ranges=tuple(one for given in filters for one in numeric_filters(given)),
    )
    return None if rows == RowFilter() else rows


def dimension_filters(given: FiltersIn) -> tuple[DimensionFilter, ...]:
    """Return checked filters in one order, so that the same question is the same value."""
    named = sorted(given.dimensions.items())
    return tuple(DimensionFilter(Dimension.named(name), tuple(sorted(set(values)))) for name, values in named)


def numeric_filters(given: FiltersIn) -> tuple[NumericFilter, ...]:
    """Return checked ranges in one order."""
    return tuple(NumericFilter(prop, ends.min, ends.max) for prop, ends in sorted(given.numeric_ranges.items()))
