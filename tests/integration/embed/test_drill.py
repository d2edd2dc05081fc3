"""Drilling over HTTP: the rows behind a figure, and nothing that the dashboard and the session do not show."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.billing.meters import QueryMeter
from emban.db import Database
from tests.support.control import TestOrg, make_org, put_on_plan, service
from tests.support.showing import CONFIG, now_utc, opened, publish, store, two_tenants

MODEL = {"widget_id": "w_models", "dimension": "model", "value": "small", "period": "7d"}
WIDGETS: list[dict[str, Any]] = [
    *CONFIG["widgets"],
    {
        "id": "w_users",
        "title": "By user",
        "kind": "breakdown",
        "query": {
            "event_name": "api.call",
            "metric": "sum",
            "prop": "tokens",
            "group_by": ["user_id"],
            "filters": {"dimensions": {"plan": "pro"}},
        },
    },
]


@pytest.fixture(scope="module")
async def drilled(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org whose dashboard has a widget by user, with a filter of its own."""
    org = await make_org(app)
    await store(app, org.id, two_tenants(now_utc()))
    org.made["dashboard"] = await publish(org, {**CONFIG, "widgets": WIDGETS})
    yield org
    await org.close()


async def rows(browser: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await browser.post("/v1/embed/drill", json=body)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = answer.json()
    return decoded


def names(answer: dict[str, Any]) -> list[str]:
    return [column["name"] for column in answer["columns"]]


async def test_a_slice_has_as_many_rows_as_its_figure(app: FastAPI, drilled: TestOrg) -> None:
    async with await opened(app, drilled) as browser:
        data = (await browser.post("/v1/embed/data", json={"period": "7d"})).json()["widgets"]
        for point in data["w_models"]["points"]:
            behind = await rows(browser, **{**MODEL, "value": point["group"][0]})
            assert len(behind["rows"]) == point["value"]
            assert {row[2] for row in behind["rows"]} == {point["group"][0]}
        for point in data["w_users"]["points"]:
            behind = await rows(browser, widget_id="w_users", dimension="user_id", value=point["group"][0], period="7d")
            assert sum(row[-1] for row in behind["rows"]) == point["value"]
            assert {row[names(behind).index("plan")] for row in behind["rows"]} == {"pro"}
    assert names(behind) == ["timestamp", "event_name", "user_id", "model", "plan", "tokens"]
    assert behind["truncated"] is False
    assert "rows_read" not in behind["meta"]
    assert [row[0] for row in behind["rows"]] == sorted((row[0] for row in behind["rows"]), reverse=True)


async def test_filters_and_dates_cut_the_slice(app: FastAPI, drilled: TestOrg) -> None:
    async with await opened(app, drilled) as browser:
        everything = await rows(browser, **MODEL)
        pro = await rows(browser, **MODEL, filters={"dimensions": {"plan": "pro"}})
        assert 0 < len(pro["rows"]) < len(everything["rows"])
        none = await rows(
            browser,
            widget_id="w_models", dimension="model", value="small",
            date_from="2020-01-01", date_to="2020-01-08", timezone="Europe/Berlin",
        )  # fmt: skip
        assert none["rows"] == []
        window = none["meta"]["window"]
        assert (window["from"], window["to"]) == ("2019-12-31T23:00:00Z", "2020-01-07T23:00:00Z")
        assert (window["local_from"], window["local_to"]) == ("2020-01-01T00:00", "2020-01-08T00:00")


async def test_another_tenants_rows_are_not_there(app: FastAPI, drilled: TestOrg) -> None:
    async with await opened(app, drilled) as browser:
        for value in ("only-customer_2", "customer_2", "customer_2-u0"):
            for dimension in ("model", "plan"):
                answer = await browser.post("/v1/embed/drill", json={**MODEL, "dimension": dimension, "value": value})
                assert answer.json()["rows"] == []
        theirs = {**MODEL, "widget_id": "w_users", "dimension": "user_id", "value": "customer_2-u0"}
        assert (await rows(browser, **theirs))["rows"] == []
        named = await browser.post("/v1/embed/drill", json={**MODEL, "dimension": "tenant_id", "value": "customer_2"})
        assert (named.status_code, named.json()["code"]) == (403, "dimension_not_shown")


async def test_a_row_shows_what_the_dashboard_names_and_no_more(app: FastAPI, drilled: TestOrg) -> None:
    async with await opened(app, drilled) as browser:
        assert names(await rows(browser, **MODEL)) == ["timestamp", "event_name", "model", "plan"]
        table = await rows(browser, **{**MODEL, "widget_id": "w_table", "dimension": "plan", "value": "pro"})
        assert names(table) == ["timestamp", "event_name", "plan", "model"]  # Its tenant_id is no business of a row.
    locked = {"locked_filters": {"plan": "pro"}}
    async with await opened(app, drilled, permissions=locked) as browser:
        behind = await rows(browser, **MODEL)
        assert names(behind) == ["timestamp", "event_name", "model"]
        assert len(behind["rows"]) == 2
        for value in ("pro", "free"):
            refused = await browser.post("/v1/embed/drill", json={**MODEL, "dimension": "plan", "value": value})
            assert (refused.status_code, refused.json()["code"]) == (403, "dimension_not_shown")
    async with await opened(app, drilled, permissions={"allowed_dimensions": ["model"]}) as browser:
        assert names(await rows(browser, **MODEL)) == ["timestamp", "model"]


@pytest.mark.parametrize(
    ("permissions", "body", "code"),
    [
        ({"allow_drill_down": False}, MODEL, "drill_down_not_allowed"),
        ({"hidden_widgets": ["w_models"]}, MODEL, "widget_not_available"),
        ({}, {**MODEL, "widget_id": "w_unknown"}, "widget_not_available"),
        ({"allowed_dimensions": ["plan"]}, MODEL, "filter_not_allowed"),
        ({"allowed_dimensions": ["model"]}, {**MODEL, "dimension": "plan"}, "filter_not_allowed"),
        (
            {"allowed_dimensions": ["model"]},
            {**MODEL, "filters": {"dimensions": {"plan": "pro"}}},
            "filter_not_allowed",
        ),
        ({"allowed_periods": ["24h"]}, MODEL, "period_not_allowed"),
        ({"max_date_range_days": 1}, MODEL, "period_not_allowed"),
        ({"hidden_widgets": ["w_users"]}, {**MODEL, "dimension": "user_id"}, "dimension_not_shown"),
        ({}, {**MODEL, "dimension": "note"}, "dimension_not_shown"),
        ({}, {**MODEL, "filters": {"numeric_ranges": {"tokens": {"min": 1}}}}, "dimension_not_shown"),
    ],
)
async def test_what_the_session_does_not_allow_is_a_403(
    app: FastAPI, drilled: TestOrg, permissions: dict[str, Any], body: dict[str, Any], code: str
) -> None:
    async with await opened(app, drilled, permissions=permissions) as browser:
        answer = await browser.post("/v1/embed/drill", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, code)


@pytest.mark.parametrize("missing", ["widget_id", "dimension", "value"])
async def test_a_slice_is_named_in_full(app: FastAPI, drilled: TestOrg, missing: str) -> None:
    async with await opened(app, drilled) as browser:
        answer = await browser.post("/v1/embed/drill", json={k: v for k, v in MODEL.items() if k != missing})
    assert (answer.status_code, answer.json()["fields"][0]["path"]) == (400, missing)


async def test_drills_and_exports_are_on_the_meter(app: FastAPI, fresh_org: TestOrg) -> None:
    fresh_org.made["dashboard"] = await publish(fresh_org)
    meter = service(app, QueryMeter)
    async with await opened(app, fresh_org) as browser:
        await rows(browser, **MODEL)
        await browser.post("/v1/embed/export", json={"format": "csv", "widget_id": "w_calls"})
        await browser.post("/v1/embed/drill", json={**MODEL, "dimension": "tenant_id"})
        await meter.flush()
        async with service(app, Database).for_org(fresh_org.id) as session:
            used = text("SELECT sum(queries) FROM usage_daily WHERE org_id = :org")
            assert (await session.execute(used, {"org": fresh_org.id})).scalar_one() == 2
            fill = text("UPDATE usage_daily SET queries = 2500 WHERE org_id = :org")
            await session.execute(fill, {"org": fresh_org.id})
        await put_on_plan(app, fresh_org.id, "free")
        meter._known.clear()
        for path, body in (("drill", MODEL), ("export", {"format": "csv"})):
            refused = await browser.post(f"/v1/embed/{path}", json=body)
            assert (refused.status_code, set(refused.json())) == (402, {"error", "code"})


async def test_the_rows_behind_figures_of_their_own_are_theirs(app: FastAPI, fresh_org: TestOrg) -> None:
    """Whatever names a filter within itself: a column, a figure of a series or of a formula; and a lock beside it."""
    await store(app, fresh_org.id, two_tenants(now_utc()))
    pro = {"metric": "count", "filters": {"dimensions": {"plan": "pro"}}}
    ratio = {"metric": "formula", "formula": "a / b", "figures": {"a": pro, "b": {**pro, "event_name": "api.call"}}}
    queries: dict[str, dict[str, Any]] = {
        "w_table": {"columns": ["model", pro]},
        "w_ratio": {**ratio, "group_by": ["model"]},
        "w_series": {"series": {"pro": pro, "ratio": ratio}},
        "w_shown": {"metric": "count", "group_by": ["model"]},
    }
    kinds = {"w_table": "table", "w_ratio": "breakdown", "w_series": "kpi", "w_shown": "breakdown"}
    widgets = [
        {"id": name, "title": name, "kind": kinds[name], "query": {"event_name": "*", **query}}
        for name, query in queries.items()
    ]
    fresh_org.made["dashboard"] = await publish(fresh_org, {"widgets": widgets, "filters": CONFIG["filters"]})
    small = {"dimension": "model", "value": "small", "period": "7d"}
    # Of ten events each third is small, each second pro; of those, the first and the seventh.
    for widget, count in (("w_table", 2), ("w_ratio", 2), ("w_series", 2), ("w_shown", 4)):
        async with await opened(app, fresh_org) as browser:
            assert len((await rows(browser, widget_id=widget, **small))["rows"]) == count
        locked = {"locked_filters": {"plan": "free"}}
        async with await opened(app, fresh_org, permissions=locked) as browser:
            assert len((await rows(browser, widget_id=widget, **small))["rows"]) == (2 if widget == "w_shown" else 0)


async def test_a_property_of_a_figures_filter_alone_is_not_on_the_page(app: FastAPI, fresh_org: TestOrg) -> None:
    figures = {
        "a": {"metric": "count", "filters": {"dimensions": {"secret": "x"}, "numeric_ranges": {"margin": {"min": 1}}}},
        "b": {"metric": "count_unique", "prop": "tier"},
    }
    ratio = {"event_name": "*", "metric": "formula", "formula": "a / b", "figures": figures}
    widget = {"id": "w_a", "title": "A", "kind": "kpi", "query": ratio}
    fresh_org.made["dashboard"] = await publish(fresh_org, {"widgets": [widget]})
    async with await opened(app, fresh_org) as browser:
        config = await browser.get("/v1/embed/dashboard")
        assert not any(name in config.text for name in ("secret", "margin", "tier", "a / b"))
        for name in ("secret", "tier", "string_props.secret"):
            for path, body in (
                ("data", {"filters": {"dimensions": {name: "x"}}}),
                ("drill", {"widget_id": "w_a", "dimension": name, "value": "x"}),
                ("export", {"format": "csv", "filters": {"dimensions": {name: "x"}}}),
            ):
                answer = await browser.post(f"/v1/embed/{path}", json=body)
                assert (answer.status_code, answer.json()["code"]) == (403, "dimension_not_shown")
        measured = await browser.post("/v1/embed/data", json={"filters": {"numeric_ranges": {"margin": {"min": 2}}}})
        assert (measured.status_code, measured.json()["code"]) == (403, "dimension_not_shown")
