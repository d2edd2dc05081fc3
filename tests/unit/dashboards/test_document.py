"""Configs: what is filled in, and what is refused under the path of the wrong field."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from emban.dashboards.document import DashboardConfig, check_config, read_config
from emban.dashboards.schemas import CreateBody
from emban.errors import EmbanError
from emban.http.responses import validation_error

COUNT: dict[str, Any] = {"event_name": "api.call", "metric": "count"}
RATE = {"event_name": "*", "metric": "formula", "formula": "a / a", "figures": {"a": {"metric": "count"}}}
SERIES = {"event_name": "*", "series": {"a": {"metric": "count"}, "b": {"metric": "sum", "prop": "tokens"}}}
FULL: dict[str, Any] = {
    "widgets": [
        {
            "id": "w_calls",
            "title": "Calls",
            "kind": "kpi",
            "chart": "progress",
            "query": {**COUNT, "compare": "previous_period"},
            "layout": {"x": 0, "y": 0, "w": 3, "h": 2},
            "target": 5000,
            "good": "up",
            "description": "Calls of the API.",
        },
        {
            "id": "w_tokens",
            "title": "Tokens",
            "kind": "timeseries",
            "chart": "stacked_bar",
            "query": {
                "event_name": "*",
                "metric": "sum",
                "prop": "tokens",
                "group_by": ["model"],
                "granularity": "day",
                "filters": {"dimensions": {"plan": ["pro"]}, "numeric_ranges": {"tokens": {"min": 1.0}}},
                "other": True,
            },
            "layout": {"x": 3, "y": 0, "w": 9, "h": 4},
            "unit": "tokens",
        },
        {
            "id": "w_models",
            "title": "Models",
            "kind": "breakdown",
            "chart": "donut",
            "query": {**COUNT, "group_by": ["model"]},
            "layout": {"x": 0, "y": 4, "w": 4, "h": 4},
        },
        {
            "id": "w_table",
            "title": "Details",
            "kind": "table",
            "chart": "table",
            "query": {"event_name": "*", "columns": [{"name": "model"}, {"metric": "count"}]},
            "layout": {"x": 4, "y": 4, "w": 8, "h": 4},
        },
    ],
    "filters": {
        "periods": ["24h", "7d"],
        "default_period": "7d",
        "timezone": "Europe/Berlin",
        "dimensions": ["model", "event_name"],
        "numeric": ["tokens"],
    },
    "theme": {"mode": "dark", "primaryColor": "#123abc"},
}


def checked(document: dict[str, Any]) -> DashboardConfig:
    return check_config(DashboardConfig.model_validate(document))


def wrong_paths(document: dict[str, Any]) -> list[str]:
    """Return the paths of the 400 that a create with this config answers."""
    try:
        body = CreateBody.model_validate({"name": "x", "config": document})
    except ValidationError as error:
        return [field.path for field in validation_error(error.errors()).fields]
    try:
        check_config(body.config)
    except EmbanError as error:
        return [field.path for field in error.fields]
    return []


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the full config with one thing changed; the path is like `widgets.0.layout.x`."""
    document: Any = copy.deepcopy(FULL)
    *parents, last = path.split(".")
    inner = document
    for part in parents:
        inner = inner[int(part)] if isinstance(inner, list) else inner[part]
    inner[int(last) if isinstance(inner, list) else last] = value
    assert isinstance(document, dict)
    return document


def test_a_full_config_comes_back_as_it_was_given() -> None:
    stored = checked(FULL).stored()
    assert stored == FULL
    assert read_config(stored).stored() == FULL


def test_an_empty_config_is_an_empty_dashboard() -> None:
    assert checked({}).stored() == {
        "widgets": [],
        "filters": {"periods": ["24h", "7d", "30d", "90d"], "default_period": "30d", "dimensions": []},
        "theme": {},
    }
    assert checked({"filters": None, "theme": None}).stored() == checked({}).stored()


def test_what_a_widget_leaves_out_is_filled_in() -> None:
    bare = [{"title": "Calls", "kind": "kpi", "query": COUNT} for _ in range(5)]
    widgets = checked({"widgets": bare}).stored()["widgets"]
    assert all(widget["id"].startswith("w_") for widget in widgets)
    assert len({widget["id"] for widget in widgets}) == 5
    assert {widget["chart"] for widget in widgets} == {"stat"}
    boxes = [(box["x"], box["y"]) for box in (widget["layout"] for widget in widgets)]
    assert boxes == [(0, 0), (3, 0), (6, 0), (9, 0), (0, 2)]


@pytest.mark.parametrize(
    ("path", "value", "wrong"),
    [
        ("widgets.0.layout.x", 12, "config.widgets[0].layout.x"),
        ("widgets.0.layout.x", -1, "config.widgets[0].layout.x"),
        ("widgets.0.layout.w", 0, "config.widgets[0].layout.w"),
        ("widgets.0.layout.w", 13, "config.widgets[0].layout.w"),
        ("widgets.1.layout.w", 10, "config.widgets[1].layout.w"),
        ("widgets.0.layout.h", 0, "config.widgets[0].layout.h"),
        ("widgets.0.layout.x", 1.5, "config.widgets[0].layout.x"),
        ("widgets.0.layout.z", 1, "config.widgets[0].layout.z"),
        ("widgets.1.id", "w_calls", "config.widgets[1].id"),
        ("widgets.0.id", "", "config.widgets[0].id"),
        ("widgets.0.id", "a b", "config.widgets[0].id"),
        ("widgets.0.title", "", "config.widgets[0].title"),
        ("widgets.0.title", "x" * 201, "config.widgets[0].title"),
        ("widgets.0.kind", "gauge", "config.widgets[0].kind"),
        ("widgets.0.chart", "pie", "config.widgets[0].chart"),
        ("widgets.0.chart", "donut", "config.widgets[0].chart"),
        ("widgets.2.chart", "stat", "config.widgets[2].chart"),
        ("widgets.0.sql", "SELECT 1", "config.widgets[0].sql"),
        ("widgets.0.good", "sideways", "config.widgets[0].good"),
        ("widgets.0.target", 0, "config.widgets[0].target"),
        ("widgets.0.query.metric", "median", "config.widgets[0].query.metric"),
        ("widgets.0.query.metric", "sum", "config.widgets[0].query.prop"),
        ("widgets.0.query.group_by", ["model"], "config.widgets[0].query.group_by"),
        ("widgets.0.query.granularity", "day", "config.widgets[0].query.granularity"),
        ("widgets.0.query.as_of", "2026-11-01T00:00:00Z", "config.widgets[0].query.as_of"),
        ("widgets.0.query.tenant_id", "customer_2", "config.widgets[0].query.tenant_id"),
        ("widgets.0.query.timezone", "Mars/Base", "config.widgets[0].query.timezone"),
        ("widgets.0.query.event_name", "", "config.widgets[0].query.event_name"),
        ("widgets.1.query.filters.dimensions", {"plan": []}, "config.widgets[1].query.filters.dimensions.plan"),
        ("widgets.1.query.group_by", ["a", "b", "c"], "config.widgets[1].query.group_by"),
        ("widgets.2.query.group_by", None, "config.widgets[2].query.group_by"),
        ("widgets.2.query", {"event_name": "*", "columns": ["model"]}, "config.widgets[2].query.columns"),
        ("widgets.3.query", COUNT, "config.widgets[3].query.columns"),
        ("widgets.3.query.columns", [], "config.widgets[3].query.columns"),
        ("widgets.3.query", None, "config.widgets[3].query"),
        ("widgets.0.query", SERIES, "config.widgets[0].chart"),
        ("widgets.0.query", {**SERIES, "series": {"a": {"metric": "sum"}}}, "config.widgets[0].query.series.a.prop"),
        ("widgets.2.query", SERIES, "config.widgets[2].query.series"),
        ("widgets.3.query", SERIES, "config.widgets[3].query.columns"),
        ("widgets.0.query", {**RATE, "formula": "a b"}, "config.widgets[0].query.formula"),
        ("widgets.0.query.cumulative", True, "config.widgets[0].query.cumulative"),
        ("widgets.0.query.moving_average", 7, "config.widgets[0].query.moving_average"),
        ("widgets.3.query.cumulative", True, "config.widgets[3].query.cumulative"),
        ("widgets.0", "w_calls", "config.widgets[0]"),
        ("filters.periods", ["2d"], "config.filters.periods[0]"),
        ("filters.periods", [], "config.filters.periods"),
        ("filters.periods", ["7d", "30d", "7d"], "config.filters.periods"),
        ("filters.default_period", "90d", "config.filters.default_period"),
        ("filters.timezone", "Mars/Base", "config.filters.timezone"),
        ("filters.dimensions", ["model", "model"], "config.filters.dimensions"),
        ("filters.dimensions", ["model", "string_props.model"], "config.filters.dimensions"),
        ("filters.dimensions", [7], "config.filters.dimensions[0]"),
        ("filters.numeric", ["tokens", "tokens"], "config.filters.numeric"),
        ("filters.numeric", [""], "config.filters.numeric[0]"),
        ("filters.numeric", ["x" * 65], "config.filters.numeric[0]"),
        ("filters.colour", "red", "config.filters.colour"),
        ("theme.primaryColor", "red; background: url(//x)", "config.theme.primaryColor"),
        ("theme.font", "Comic Sans", "config.theme.font"),
        ("theme.mode", "sepia", "config.theme.mode"),
        ("widgets", {}, "config.widgets"),
    ],
)
def test_what_is_wrong_is_named(path: str, value: Any, wrong: str) -> None:
    assert wrong in wrong_paths(changed(path, value))


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("kpi", RATE),
        ("kpi", SERIES),
        ("timeseries", SERIES),
        ("timeseries", {**SERIES, "moving_average": 7}),  # Its buckets are those that fit the window.
        ("timeseries", {**RATE, "cumulative": True, "compare": "previous_year"}),
        ("breakdown", {**RATE, "group_by": ["model"], "other": True}),
        ("table", {"event_name": "*", "columns": [{"name": "model"}, {k: RATE[k] for k in RATE if k != "event_name"}]}),
    ],
)
def test_richer_questions_are_kept_as_they_were_given(kind: str, query: dict[str, Any]) -> None:
    stored = checked({"widgets": [{"title": "A", "kind": kind, "query": query}]}).stored()
    assert stored["widgets"][0]["query"] == query
    assert read_config(stored).stored() == stored


def test_every_wrong_widget_is_named_at_once() -> None:
    document = changed("widgets.0.chart", "donut")
    document["widgets"][2]["chart"] = "line"
    assert wrong_paths(document) == ["config.widgets[0].chart", "config.widgets[2].chart"]


def test_there_is_an_end_to_widgets() -> None:
    widget = {"title": "Calls", "kind": "kpi", "query": COUNT}
    assert wrong_paths({"widgets": [widget] * 50}) == []
    assert wrong_paths({"widgets": [widget] * 51}) == ["config.widgets"]


def test_a_stored_config_that_is_not_understood_names_the_place() -> None:
    with pytest.raises(EmbanError) as caught:
        read_config({"widgets": [{"title": "A", "kind": "kpi", "query": {"event_name": "*", "metric": "mode"}}]})
    assert [field.path for field in caught.value.fields] == ["config.widgets[0].query.metric"]
