"""A dashboard's data: the same numbers as single queries, for one tenant or all, draft or snapshot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from emban.billing.meters import QueryMeter
from tests.support.control import TestOrg, make_org, put_on_plan, service
from tests.support.showing import CONFIG, COUNT, now_utc, publish, store, two_tenants


@pytest.fixture(scope="module")
async def filled(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org with the events of two tenants and one published dashboard."""
    org = await make_org(app)
    await store(app, org.id, two_tenants(now_utc()))
    org.made["dashboard"] = await publish(org)
    yield org
    await org.close()


async def data(org: TestOrg, body: dict[str, Any], caller: str = "admin_key") -> dict[str, Any]:
    answer = await org[caller].post(f"/v1/dashboards/{org.made['dashboard']}/data", json=body)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = answer.json()
    return decoded


async def query(org: TestOrg, body: dict[str, Any]) -> dict[str, Any]:
    answer = await org["admin_key"].post("/v1/query", json=body)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = answer.json()
    return decoded


def calls(answer: dict[str, Any]) -> Any:
    return answer["widgets"]["w_calls"]["points"][0]["value"]


async def test_every_widget_is_answered_as_its_query_alone(filled: TestOrg) -> None:
    for whose in ({"tenant_id": "customer_1"}, {"tenant_id": "customer_2"}, {"all_tenants": True}):
        answer = await data(filled, {**whose, "period": "7d"})
        assert set(answer["widgets"]) == {widget["id"] for widget in CONFIG["widgets"]}
        for widget in CONFIG["widgets"]:
            alone = await query(filled, {**whose, "query": {**widget["query"], "period": "7d"}})
            together = answer["widgets"][widget["id"]]
            assert together["meta"]["as_of"] == alone["meta"]["as_of"] == answer["as_of"]
            for part in ("points", "columns", "rows"):
                assert together.get(part) == alone.get(part)


async def test_tenants_are_apart(filled: TestOrg) -> None:
    assert calls(await data(filled, {"tenant_id": "customer_1"})) == 10
    assert calls(await data(filled, {"tenant_id": "customer_2"})) == 4
    assert calls(await data(filled, {"all_tenants": True})) == 14
    assert calls(await data(filled, {"tenant_id": "customer_9"})) == 0
    rows = (await data(filled, {"tenant_id": "customer_2"}))["widgets"]["w_table"]["rows"]
    assert {row[0] for row in rows} == {"customer_2"}


async def test_filters_narrow_what_widgets_already_ask_for(filled: TestOrg) -> None:
    only_pro = {"all_tenants": True, "filters": {"dimensions": {"plan": "pro"}}}
    assert calls(await data(filled, only_pro)) == 7
    both = {**only_pro, "filters": {"dimensions": {"plan": ["pro"], "model": "large"}}}
    assert calls(await data(filled, both)) == 1
    heavy = {"all_tenants": True, "filters": {"numeric_ranges": {"tokens": {"min": 105, "max": 107}}}}
    assert calls(await data(filled, heavy)) == 3
    tenants = {"all_tenants": True, "filters": {"dimensions": {"tenant_id": "customer_2"}}}
    assert calls(await data(filled, tenants)) == 4
    elsewhere = {"tenant_id": "customer_1", "filters": {"dimensions": {"tenant_id": "customer_2"}}}
    assert calls(await data(filled, elsewhere)) == 0


async def test_some_widgets_may_be_asked_for_alone(filled: TestOrg) -> None:
    answer = await data(filled, {"all_tenants": True, "widgets": ["w_calls"], "reload": True})
    assert set(answer["widgets"]) == {"w_calls"}


async def test_the_dashboards_own_period_and_timezone_hold_unless_named(filled: TestOrg) -> None:
    answer = await data(filled, {"all_tenants": True})
    meta = answer["widgets"]["w_tokens"]["meta"]
    assert (meta["granularity"], meta["timezone"], len(answer["widgets"]["w_tokens"]["points"])) == ("day", "UTC", 7)
    there = await data(filled, {"all_tenants": True, "timezone": "Asia/Kolkata", "period": "24h"})
    assert there["widgets"]["w_tokens"]["meta"]["timezone"] == "Asia/Kolkata"
    dates = {"all_tenants": True, "date_from": "2026-01-01", "date_to": "2026-01-08"}
    assert len((await data(filled, dates))["widgets"]["w_tokens"]["points"]) == 7


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({}, "tenant_required", "tenant_id"),
        ({"all_tenants": False}, "invalid_request", "all_tenants"),
        ({"tenant_id": ""}, "invalid_request", "tenant_id"),
        ({"tenant_id": "a", "all_tenants": True}, "invalid_request", "all_tenants"),
        ({"all_tenants": True, "period": "8d"}, "invalid_request", "period"),
        ({"all_tenants": True, "period": "7d", "date_from": "2026-01-01"}, "invalid_request", "period"),
        ({"all_tenants": True, "date_to": "2026-01-01"}, "invalid_request", "date_from"),
        ({"all_tenants": True, "timezone": "Nowhere"}, "invalid_request", "timezone"),
        ({"all_tenants": True, "widgets": []}, "invalid_request", "widgets"),
        ({"all_tenants": True, "widgets": ["w_calls", "w_9"]}, "invalid_request", "widgets[1]"),
        ({"all_tenants": True, "metric": "count"}, "invalid_request", "metric"),
        ({"all_tenants": True, "filters": {"sql": "1"}}, "invalid_request", "filters.sql"),
        (
            {"all_tenants": True, "filters": {"numeric_ranges": {"tokens": {}}}},
            "invalid_request",
            "filters.numeric_ranges.tokens",
        ),
        ({"all_tenants": True, "filters": {"dimensions": {"plan": 1}}}, "invalid_request", "filters.dimensions.plan"),
    ],
)
async def test_a_wish_that_makes_no_sense_is_a_400(filled: TestOrg, body: dict[str, Any], code: str, path: str) -> None:
    answer = await filled["admin_key"].post(f"/v1/dashboards/{filled.made['dashboard']}/data", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert path in [field["path"] for field in answer.json()["fields"]]


async def test_editors_get_the_draft_and_viewers_the_snapshot(app: FastAPI) -> None:
    org = await make_org(app)
    try:
        await store(app, org.id, two_tenants(now_utc()))
        org.made["dashboard"] = await publish(org)
        path = f"/v1/dashboards/{org.made['dashboard']}"
        draft = {"widgets": [{"id": "w_new", "title": "New", "kind": "kpi", "query": COUNT}]}
        assert (await org["editor"].put(path, json={"version": 1, "config": draft})).status_code == 200
        everyone = {"all_tenants": True}
        assert set((await data(org, everyone, "editor"))["widgets"]) == {"w_new"}
        assert len((await data(org, {**everyone, "draft": False}, "editor"))["widgets"]) == 4
        assert len((await data(org, everyone, "viewer"))["widgets"]) == 4
        refused = await org["viewer"].post(f"{path}/data", json={**everyone, "draft": True})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        unpublished = (await org["editor"].post("/v1/dashboards", json={"name": "x", "config": draft})).json()["id"]
        assert (await org["viewer"].post(f"/v1/dashboards/{unpublished}/data", json=everyone)).status_code == 404
        never = {**everyone, "draft": False}
        answer = await org["editor"].post(f"/v1/dashboards/{unpublished}/data", json=never)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_published")
    finally:
        await org.close()


async def test_one_widget_that_fails_takes_no_other_along(app: FastAPI, filled: TestOrg) -> None:
    config = {
        "widgets": [
            {"id": "w_ok", "title": "Calls", "kind": "kpi", "query": COUNT},
            {
                "id": "w_much",
                "title": "By the minute",
                "kind": "timeseries",
                "query": {**COUNT, "granularity": "minute", "group_by": ["model"], "limit": 1000},
            },
        ]
    }
    made = await filled["editor"].post("/v1/dashboards", json={"name": "x", "config": config})
    path = f"/v1/dashboards/{made.json()['id']}/data"
    day = {"all_tenants": True, "date_from": "2026-01-01", "date_to": "2026-01-02"}
    answer = (await filled["editor"].post(path, json=day)).json()["widgets"]
    assert answer["w_ok"]["points"][0]["value"] == 0
    assert answer["w_much"]["code"] == "invalid_request"
    assert set(answer["w_much"]) == {"error", "code"}


async def test_minutes_of_a_month_give_way_to_what_fits(filled: TestOrg) -> None:
    by_minute = {"id": "w_1", "title": "x", "kind": "timeseries", "query": {**COUNT, "granularity": "minute"}}
    made = await filled["editor"].post("/v1/dashboards", json={"name": "x", "config": {"widgets": [by_minute]}})
    path = f"/v1/dashboards/{made.json()['id']}/data"
    for period, granularity in (("1h", "minute"), ("24h", "minute"), ("30d", "day")):
        answer = await filled["editor"].post(path, json={"all_tenants": True, "period": period})
        assert answer.json()["widgets"]["w_1"]["meta"]["granularity"] == granularity


async def test_each_widget_counts_as_a_query_and_the_plan_has_an_end(app: FastAPI) -> None:
    org = await make_org(app, roles=())
    try:
        org.made["dashboard"] = await publish(org)
        before = (await org["admin_key"].get("/v1/billing")).json()["queries_used"]
        await data(org, {"all_tenants": True})
        meter = service(app, QueryMeter)
        await meter.flush()
        assert (await org["admin_key"].get("/v1/billing")).json()["queries_used"] == before + 4
    finally:
        await put_on_plan(app, org.id, "scale")
        await org.close()
