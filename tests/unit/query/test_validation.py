"""What a query may say, and how each mistake is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from emban.errors import EmbanError
from emban.query.spec.query_spec import Dimension, DimensionFilter, Metric, NumericFilter, QuerySpec, TableColumns
from emban.query.spec.schemas import MAX_FILTER_VALUES, MAX_FILTERS
from emban.query.spec.validation import problems_of, read_query
from emban.query.time.span import Dates, Period

COUNT = {"event_name": "api.call", "metric": "count"}
SUM = {"event_name": "*", "metric": "sum", "prop": "tokens"}
MODEL, PLAN = Dimension("model"), Dimension("plan")

READ: list[tuple[dict[str, Any], QuerySpec]] = [
    (COUNT, QuerySpec(event_name="api.call", metrics=(Metric("count"),))),
    (SUM, QuerySpec(event_name="*", metrics=(Metric("sum", "tokens"),))),
    (
        {**COUNT, "group_by": "model", "limit": 3, "order": "asc", "other": True, "compare": "previous_period"},
        QuerySpec(
            event_name="api.call",
            metrics=(Metric("count"),),
            group_by=(MODEL,),
            limit=3,
            order="asc",
            other=True,
            compare="previous_period",
        ),
    ),
    (
        {**COUNT, "group_by": None, "prop": None, "period": None, "columns": None, "compare": None, "as_of": None},
        QuerySpec(event_name="api.call", metrics=(Metric("count"),)),
    ),
    (
        {**COUNT, "group_by": ["tenant_id", "string_props.tenant_id"], "granularity": "auto", "period": "7d"},
        QuerySpec(
            event_name="api.call",
            metrics=(Metric("count"),),
            group_by=(Dimension("tenant_id", "tenant_id"), Dimension("tenant_id")),
            granularity="auto",
            span=Period("7d"),
        ),
    ),
    (
        {
            **COUNT,
            "date_from": "2026-11-01",
            "date_to": "2026-11-02T01:00:00.1234567+01:00",
            "timezone": "Asia/Kolkata",
        },
        QuerySpec(
            event_name="api.call",
            metrics=(Metric("count"),),
            span=Dates(date(2026, 11, 1), datetime(2026, 11, 2, 0, 0, 0, 123_000, tzinfo=UTC)),
            timezone="Asia/Kolkata",
        ),
    ),
    (
        {
            **COUNT,
            "filters": {
                "dimensions": {"plan": ["pro", "free", "pro"], "model": ""},
                "numeric_ranges": {"tokens": {"min": 1}, "cost": {"min": 0.5, "max": 2}},
            },
            "as_of": "2026-11-23T12:00:01.25Z",
        },
        QuerySpec(
            event_name="api.call",
            metrics=(Metric("count"),),
            dimensions=(DimensionFilter(MODEL, ("",)), DimensionFilter(PLAN, ("free", "pro"))),
            ranges=(NumericFilter("cost", 0.5, 2), NumericFilter("tokens", 1, None)),
            as_of=datetime(2026, 11, 23, 12, 0, 1, 250_000, tzinfo=UTC),
        ),
    ),
    (
        {"event_name": "*", "columns": ["model", {"metric": "count"}, {"metric": "avg", "prop": "ms"}]},
        QuerySpec(
            event_name="*",
            metrics=(Metric("count"), Metric("avg", "ms")),
            group_by=(MODEL,),
            table=TableColumns((MODEL, Metric("count"), Metric("avg", "ms")), 1, (None, None, None)),
        ),
    ),
    (
        {"event_name": "*", "columns": ["model", {"metric": "avg", "prop": "ms"}], "order_by": "model", "limit": 5},
        QuerySpec(
            event_name="*",
            metrics=(Metric("avg", "ms"),),
            group_by=(MODEL,),
            limit=5,
            order="asc",
            table=TableColumns((MODEL, Metric("avg", "ms")), 0, (None, None)),
        ),
    ),
    (
        {"event_name": "*", "group_by": ["count"], "columns": ["count", {"metric": "sum", "prop": "a"}]},
        QuerySpec(
            event_name="*",
            metrics=(Metric("sum", "a"),),
            group_by=(Dimension("count"),),
            table=TableColumns((Dimension("count"), Metric("sum", "a")), 1, (None, None)),
        ),
    ),
]


@pytest.mark.parametrize(("given", "spec"), READ)
def test_what_is_read(given: dict[str, Any], spec: QuerySpec) -> None:
    assert read_query(given) == spec
    assert problems_of(given) == []


LONG = "x" * 65
RATE: dict[str, Any] = {
    "event_name": "*",
    "metric": "formula",
    "formula": "failed / total * 100",
    "figures": {
        "failed": {"metric": "count", "filters": {"dimensions": {"status": "error"}}},
        "total": {"metric": "count"},
    },
}
TWO: dict[str, Any] = {
    "event_name": "*",
    "series": {"in": {"metric": "sum", "prop": "tokens_in"}, "out": {"metric": "sum", "prop": "tokens_out"}},
}


def _with(query: dict[str, Any], name: str, figure: dict[str, Any]) -> dict[str, Any]:
    return {**query, "figures": {**query["figures"], name: figure}}


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "query.event_name", "is required"),
    ({"metric": "count", "event_name": ""}, "query.event_name", "at least 1 character"),
    ({"metric": "count", "event_name": "x" * 129}, "query.event_name", "at most 128"),
    ({"metric": "count", "event_name": 5}, "query.event_name", "valid string"),
    ({"event_name": "*"}, "query.metric", "is required"),
    ({**COUNT, "metric": "median"}, "query.metric", "count"),
    ({**COUNT, "metrik": "sum"}, "query.metrik", "is not a known field"),
    ({"event_name": "*", "metric": "sum"}, "query.prop", "is required"),
    ({**COUNT, "prop": "tokens"}, "query.prop", "takes no property"),
    ({**SUM, "prop": LONG}, "query.prop", "at most 64"),
    ({**SUM, "prop": ""}, "query.prop", "at least 1"),
    ({**SUM, "prop": "a\x00"}, "query.prop", "NUL"),
    ({**COUNT, "group_by": ["a", "b", "c"]}, "query.group_by", "at most 2"),
    ({**COUNT, "group_by": ["model", "string_props.model"]}, "query.group_by", "twice"),
    ({**COUNT, "group_by": [""]}, "query.group_by[0]", "at least 1"),
    ({**COUNT, "group_by": [5]}, "query.group_by[0]", "valid string"),
    ({**COUNT, "group_by": {"a": 1}}, "query.group_by", "valid list"),
    ({**COUNT, "granularity": "second"}, "query.granularity", "minute"),
    ({**COUNT, "period": "2d"}, "query.period", "7d"),
    ({**COUNT, "period": "7d", "date_from": "2026-01-01"}, "query.period", "one or the other"),
    ({**COUNT, "date_to": "2026-01-01"}, "query.date_from", "is required with date_to"),
    ({**COUNT, "date_from": "yesterday"}, "query.date_from", "must be a date such as"),
    ({**COUNT, "date_from": "2026-02-30"}, "query.date_from", "is not a date"),
    ({**COUNT, "date_from": "2026-01-01T00:00:00"}, "query.date_from", "RFC 3339"),
    ({**COUNT, "date_from": "2026-01-01T25:00:00Z"}, "query.date_from", "RFC 3339 instant"),
    ({**COUNT, "date_from": "0001-01-01T00:00:00+14:00"}, "query.date_from", ""),
    ({**COUNT, "date_from": "1900-01-01"}, "query.date_from", "year must be from"),
    ({**COUNT, "date_from": "٢٠٢٦-01-01"}, "query.date_from", "must be a date such as"),
    ({**COUNT, "timezone": "Berlin"}, "query.timezone", "IANA"),
    ({**COUNT, "timezone": "../etc/passwd"}, "query.timezone", "IANA"),
    ({**COUNT, "as_of": "2026-01-01"}, "query.as_of", "RFC 3339"),
    ({**COUNT, "filters": {"dimension": {}}}, "query.filters.dimension", "is not a known field"),
    ({**COUNT, "filters": {"dimensions": {"plan": []}}}, "query.filters.dimensions.plan", "at least 1"),
    ({**COUNT, "filters": {"dimensions": {"plan": 5}}}, "query.filters.dimensions.plan", "valid list"),
    ({**COUNT, "filters": {"dimensions": {"plan": ["a", None]}}}, "query.filters.dimensions.plan[1]", "valid string"),
    ({**COUNT, "filters": {"dimensions": {"plan": ["\ud800"]}}}, "query.filters.dimensions.plan[0]", ""),
    ({**COUNT, "filters": {"dimensions": {"plan": "x" * 1025}}}, "query.filters.dimensions.plan[0]", "at most 1024"),
    (
        {**COUNT, "filters": {"dimensions": {"plan": ["x"] * (MAX_FILTER_VALUES + 1)}}},
        "query.filters.dimensions.plan",
        "at most 200",
    ),
    (
        {**COUNT, "filters": {"dimensions": {f"p{number}": "x" for number in range(MAX_FILTERS + 1)}}},
        "query.filters.dimensions",
        "at most 20",
    ),
    ({**COUNT, "filters": {"numeric_ranges": {"cost": {}}}}, "query.filters.numeric_ranges.cost", "needs min"),
    (
        {**COUNT, "filters": {"numeric_ranges": {"cost": {"min": 2, "max": 1}}}},
        "query.filters.numeric_ranges.cost",
        "min is greater",
    ),
    (
        {**COUNT, "filters": {"numeric_ranges": {"cost": {"min": float("inf")}}}},
        "query.filters.numeric_ranges.cost.min",
        "finite",
    ),
    ({**COUNT, "filters": {"numeric_ranges": {"c": {"min": "1"}}}}, "query.filters.numeric_ranges.c.min", "number"),
    ({**COUNT, "filters": {"numeric_ranges": {"c": {"min": True}}}}, "query.filters.numeric_ranges.c.min", "number"),
    ({**COUNT, "compare": "last_year"}, "query.compare", "previous_period"),
    ({**COUNT, "limit": 0}, "query.limit", "greater than or equal to 1"),
    ({**COUNT, "limit": 1001}, "query.limit", "less than or equal to 1000"),
    ({**COUNT, "limit": "10"}, "query.limit", "integer"),
    ({**COUNT, "order": "up"}, "query.order", "asc"),
    ({**COUNT, "other": True}, "query.other", "needs group_by"),
    ({**COUNT, "other": 1, "group_by": "a"}, "query.other", "boolean"),
    ({**COUNT, "order_by": "count"}, "query.order_by", "belongs to a table"),
    ({**COUNT, "columns": ["model"]}, "query.metric", "does not go with columns"),
    ({"event_name": "*", "columns": []}, "query.columns", "at least 1"),
    ({"event_name": "*", "columns": ["a"] * 9}, "query.columns", "at most 8"),
    ({"event_name": "*", "columns": ["a", "a"]}, "query.columns[1]", "twice"),
    ({"event_name": "*", "columns": ["a", "b", "c"]}, "query.columns", "at most 2"),
    ({"event_name": "*", "columns": ["count"]}, "query.columns[0]", "for the metric write"),
    ({"event_name": "*", "columns": [{"metric": "sum"}]}, "query.columns[0].prop", "is required"),
    ({"event_name": "*", "columns": [{"metric": "count", "prop": "a"}]}, "query.columns[0].prop", "takes no property"),
    ({"event_name": "*", "columns": [{}]}, "query.columns[0]", "must be a name"),
    ({"event_name": "*", "columns": [{"name": "a", "metric": "count"}]}, "query.columns[0]", "must be a name"),
    ({"event_name": "*", "columns": [{"name": "a", "prop": "b"}]}, "query.columns[0]", "no other fields"),
    ({"event_name": "*", "columns": ["a"], "group_by": ["b"]}, "query.columns[0]", "not in group_by"),
    ({"event_name": "*", "columns": ["a"], "granularity": "day"}, "query.granularity", "no time buckets"),
    ({"event_name": "*", "columns": ["a"], "compare": "previous_period"}, "query.compare", "does not go"),
    ({"event_name": "*", "columns": ["a"], "other": True}, "query.other", "does not go"),
    ({"event_name": "*", "columns": ["a"], "order_by": "b"}, "query.order_by", "none of the columns: a"),
    ({"event_name": "*", "columns": ["a"], "prop": "b"}, "query.prop", "belongs to a metric"),
    ({**COUNT, "compare": "previous_month"}, "query.compare", "previous_year"),
    ({**COUNT, "period": "this_quarter"}, "query.period", "this_month"),
    ({**COUNT, "formula": "a"}, "query.formula", "belongs to the metric"),
    ({**COUNT, "figures": {"a": {"metric": "count"}}}, "query.figures", "belongs to the metric"),
    ({**RATE, "formula": None}, "query.formula", "is required"),
    ({**RATE, "figures": None}, "query.figures", "is required"),
    ({**RATE, "prop": "tokens"}, "query.prop", "belongs to the formula's figures"),
    ({**RATE, "figures": {}}, "query.figures", "at least 1"),
    ({**RATE, "figures": {f"f{n}": {"metric": "count"} for n in range(9)}}, "query.figures", "at most 8"),
    ({**RATE, "figures": {"a b": {"metric": "count"}}}, "query.figures.a b.[key]", "pattern"),
    ({**RATE, "formula": "failed"}, "query.figures.total", "is not in the formula"),
    ({**RATE, "formula": "failed / missing"}, "query.formula", "at character 10: no figure is called 'missing'"),
    ({**RATE, "formula": "failed / total)"}, "query.formula", "at character 15: expected +, -, *, / or the end"),
    ({**RATE, "formula": "x" * 501}, "query.formula", "at most 500"),
    (_with(RATE, "total", {"metric": "sum"}), "query.figures.total.prop", "is required"),
    (_with(RATE, "total", {"metric": "formula"}), "query.figures.total.metric", "not of another formula"),
    (_with(RATE, "total", {"metric": "count", "formula": "1"}), "query.figures.total.formula", "not a known field"),
    (_with(RATE, "total", {}), "query.figures.total.metric", "is required"),
    (
        _with(RATE, "total", {"metric": "count", "filters": {"numeric_ranges": {"a": {}}}}),
        "query.figures.total.filters.numeric_ranges.a",
        "needs min",
    ),
    ({**RATE, "event_name": None}, "query.event_name", "is required"),
    ({**TWO, "metric": "count"}, "query.series", "does not go with metric"),
    ({**TWO, "columns": ["a"]}, "query.series", "does not go with metric or columns"),
    ({**TWO, "group_by": "model"}, "query.group_by", "does not go with series"),
    ({**TWO, "event_name": None}, "query.event_name", "is required"),
    ({**TWO, "prop": "tokens"}, "query.prop", "belongs to a metric"),
    ({"event_name": "*", "series": {"a": {"metric": "sum"}}}, "query.series.a.prop", "is required"),
    ({"event_name": "*", "series": {"a": {"metric": "formula"}}}, "query.series.a.formula", "is required"),
    ({"event_name": "*", "series": {"a": {**RATE, "formula": "1 +"}}}, "query.series.a.formula", "at character 4"),
    ({**COUNT, "cumulative": True}, "query.cumulative", "needs granularity"),
    ({**COUNT, "moving_average": 7}, "query.moving_average", "needs granularity"),
    ({**COUNT, "granularity": "day", "moving_average": 1}, "query.moving_average", "greater than or equal to 2"),
    (
        {**COUNT, "granularity": "day", "moving_average": 2, "cumulative": True},
        "query.moving_average",
        "one or the other",
    ),
    ({"event_name": "*", "columns": ["a"], "cumulative": True}, "query.cumulative", "does not go with columns"),
    ({**COUNT, "event_name": "a\x00"}, "query.event_name", "NUL"),
    ({"event_name": "*", "columns": [{"metric": "count"}] * 2}, "query.columns[1]", "a title tells them apart"),
    ({"event_name": "*", "columns": [{"metric": "count", "formula": "1"}]}, "query.columns[0].formula", "belongs to"),
    ({"event_name": "*", "columns": [{"name": "a", "title": "A"}]}, "query.columns[0]", "no other fields"),
]


@pytest.mark.parametrize(("given", "path", "message"), REFUSED)
def test_what_is_refused(given: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(EmbanError) as refused:
        read_query(given)
    assert refused.value.status == 400
    named = {field.path: field.message for field in refused.value.fields}
    assert path in named, named
    assert message in named[path]


def test_figures_of_one_event_share_its_name() -> None:
    """So that a statement looks at the events of that name alone."""
    named = {"failed": {"metric": "count", "event_name": "job.failed"}, "total": {"metric": "count"}}
    apart = read_query({**RATE, "event_name": "job", "figures": named})
    assert apart.event_name == "*"
    assert [one.rows and one.rows.event_name for one in apart.figures] == ["job.failed", "job"]
    alike = {name: {"metric": "count", "event_name": "job"} for name in named}
    together = read_query({**RATE, "event_name": None, "figures": alike})
    assert together.event_name == "job"
    assert [one.rows for one in together.figures] == [None]


def test_a_column_takes_what_a_figure_takes() -> None:
    rate = {name: value for name, value in RATE.items() if name != "event_name"}
    spec = read_query({"event_name": "*", "columns": ["model", {**rate, "title": "Error rate"}, rate]})
    assert spec.table is not None
    assert spec.table.labels == ("model", "Error rate", "formula")
    assert spec.table.shown[1] == spec.table.shown[2]


def test_all_problems_are_named_at_once() -> None:
    given = {"event_name": "*", "metric": "sum", "other": True, "period": "7d", "date_from": "2026-01-01"}
    assert [problem.path for problem in problems_of(given, "widgets[2].query")] == [
        "widgets[2].query.prop",
        "widgets[2].query.other",
        "widgets[2].query.period",
    ]


LABELS = [
    ("model", "model", None),
    ("tenant_id", "tenant_id", "tenant_id"),
    ("string_props.model", "model", None),
    ("string_props.tenant_id", "string_props.tenant_id", None),
    ("a.b c", "a.b c", None),
    ("string_props.string_props.x", "string_props.string_props.x", None),
]


@pytest.mark.parametrize(("given", "label", "column"), LABELS)
def test_names_of_dimensions_read_back(given: str, label: str, column: str | None) -> None:
    dimension = Dimension.named(given)
    assert dimension.label == label
    assert dimension.column == column
    assert Dimension.named(dimension.label) == dimension
