"""The widget library and saved queries."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.control import TestOrg

COUNT = {"metric": "count"}
WIDGET: dict[str, Any] = {
    "title": "Calls",
    "kind": "timeseries",
    "query": {"event_name": "api.call", "metric": "count", "granularity": "day"},
}


async def test_a_widget_lives(fresh_org: TestOrg) -> None:
    made = await fresh_org["editor"].post("/v1/widgets", json=WIDGET)
    path = f"/v1/widgets/{made.json()['id']}"
    assert made.status_code == 201
    assert (made.json()["status"], made.json()["version"], made.json()["chart"]) == ("draft", 1, "bar")

    assert (await fresh_org["editor"].post(f"{path}/publish")).status_code == 403
    assert (await fresh_org["admin"].post(f"{path}/publish")).status_code == 204
    changed = await fresh_org["editor"].put(path, json={**WIDGET, "title": "Calls a day", "version": 1})
    read = (await fresh_org["viewer"].get(path)).json()

    assert changed.status_code == 200
    assert (read["status"], read["version"], read["published_version"]) == ("published", 2, 1)
    assert (read["title"], read["published_config"]["title"]) == ("Calls a day", "Calls")
    assert read["has_unpublished_changes"] is True
    late = await fresh_org["editor"].put(path, json={**WIDGET, "title": "Late", "version": 1})
    assert (late.status_code, late.json()["code"], late.json()["version"]) == (409, "version_conflict", 2)
    whatever = await fresh_org["editor"].put(path, json={**WIDGET, "title": "Over whatever is there"})
    assert (whatever.status_code, whatever.json()["version"]) == (200, 3)
    assert whatever.json()["published_config"] == read["published_config"]
    assert [item["id"] for item in (await fresh_org["viewer"].get("/v1/widgets")).json()["items"]] == [read["id"]]
    assert (await fresh_org["editor"].delete(path)).status_code == 204
    assert (await fresh_org["viewer"].get(path)).status_code == 404


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("kpi", {"metric": "formula", "formula": "b / a", "figures": {"b": COUNT, "a": {**COUNT, "event_name": "x"}}}),
        ("timeseries", {"series": {"second": COUNT, "b": {**COUNT, "title": "B"}}, "moving_average": 7}),
        ("timeseries", {**COUNT, "granularity": "day", "cumulative": True, "compare": "previous_year"}),
        ("table", {"columns": [{"name": "model"}, {"metric": "p95_approx", "prop": "ms", "title": "Slow"}]}),
    ],
    ids=["formula", "series", "cumulative", "column"],
)
async def test_richer_questions_come_back_as_they_were_given(
    fresh_org: TestOrg, kind: str, query: dict[str, Any]
) -> None:
    query = {"event_name": "api.call", **query}
    made = await fresh_org["editor"].post("/v1/widgets", json={"title": "A", "kind": kind, "query": query})
    assert made.status_code == 201, made.text
    path = f"/v1/widgets/{made.json()['id']}"
    assert (await fresh_org["admin"].post(f"{path}/publish")).status_code == 204
    read = (await fresh_org["viewer"].get(path)).json()
    for kept in (read["query"], read["published_config"]["query"]):
        # The order of a series' figures is that of its lines.
        assert json.dumps(kept.get("series")) == json.dumps(query.get("series"))
        assert kept == query


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"kind": "pie"}, "kind"),
        ({"chart": "donut"}, "chart"),
        ({"query": {"event_name": "x", "metric": "sum"}}, "query"),
        ({"query": {"event_name": "x", "metric": "count", "groupby": "y"}}, "query.groupby"),
        ({"query": {"event_name": "x", "series": {"a": {"metric": "sum"}}}}, "query.series.a.prop"),
        ({"query": {"event_name": "x", **COUNT, "moving_average": 0}}, "query.moving_average"),
        ({"layout": {"x": 8, "y": 0, "w": 6, "h": 1}}, "layout.w"),
        ({"id": "w_mine"}, "id"),
        ({"title": ""}, "title"),
        ({"titel": "x"}, "titel"),
        ({"title": "x\u0000"}, "title"),
    ],
)
async def test_what_cannot_be_drawn_is_refused(org: TestOrg, change: dict[str, Any], path: str) -> None:
    answer = await org["editor"].post("/v1/widgets", json={**WIDGET, **change})

    assert answer.status_code == 400, answer.text
    assert answer.json()["fields"][0]["path"].startswith(path)


async def test_a_saved_query_lives(fresh_org: TestOrg) -> None:
    editor = fresh_org["editor"]
    made = (await editor.post("/v1/saved-queries", json={"name": "Busiest", "sql": "SELECT 1"})).json()
    path = f"/v1/saved-queries/{made['id']}"
    changed = await editor.put(path, json={"name": "Busiest", "sql": "SELECT 2"})

    assert changed.json()["sql"] == "SELECT 2"
    assert changed.json()["created_by"].startswith("editor-")
    assert len((await editor.get("/v1/saved-queries")).json()["items"]) == 1
    assert (await editor.delete(path)).status_code == 204
    assert (await editor.delete(path)).status_code == 404
    for body in ({"name": "x", "sql": ""}, {"name": "", "sql": "x"}, {"name": "x", "sql": "ü" * 40_000}):
        assert (await editor.post("/v1/saved-queries", json=body)).status_code == 400
