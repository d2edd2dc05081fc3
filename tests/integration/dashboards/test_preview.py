"""Widgets that are not saved yet, answered in a draft's place; and what of a draft's figures counts on the plan."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emban.billing.meters import QueryMeter
from tests.support.control import TestOrg, make_org, put_on_plan, service
from tests.support.showing import CONFIG, COUNT, now_utc, publish, store, two_tenants

EVERYONE: dict[str, Any] = {"all_tenants": True}
NEW = {"id": "w_new", "title": "New", "kind": "kpi", "query": COUNT}


@pytest.fixture(scope="module")
async def filled(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org with the events of two tenants, one published dashboard and a draft."""
    org = await make_org(app)
    await store(app, org.id, two_tenants(now_utc()))
    org.made["dashboard"] = await publish(org)
    draft = await org["editor"].post("/v1/dashboards", json={"name": "Draft", "config": CONFIG})
    org.made["draft"] = draft.json()["id"]
    yield org
    await org.close()


async def ask(org: TestOrg, caller: str, which: str = "dashboard", **body: Any) -> httpx.Response:
    return await org[caller].post(f"/v1/dashboards/{org.made[which]}/data", json={**EVERYONE, **body})


async def queries_used(app: FastAPI, org: TestOrg) -> int:
    await service(app, QueryMeter).flush()
    return int((await org["admin_key"].get("/v1/billing")).json()["queries_used"])


async def test_exactly_the_previewed_widgets_are_answered_and_nothing_is_saved(filled: TestOrg) -> None:
    before = (await filled["editor"].get(f"/v1/dashboards/{filled.made['dashboard']}")).json()
    narrow = {
        "id": "w_pro",
        "title": "Pro",
        "kind": "kpi",
        "query": {**COUNT, "filters": {"dimensions": {"plan": "pro"}}},
    }
    answer = await ask(filled, "editor", preview=[NEW, narrow], tenant_id="customer_1", all_tenants=None)
    assert answer.status_code == 200, answer.text
    shown = answer.json()["widgets"]
    assert {name: one["points"][0]["value"] for name, one in shown.items()} == {"w_new": 10, "w_pro": 5}
    assert (await filled["editor"].get(f"/v1/dashboards/{filled.made['dashboard']}")).json() == before


async def test_texts_and_headings_ask_nothing(filled: TestOrg) -> None:
    words = [
        {"id": "w_h", "kind": "heading", "title": "Usage"},
        {"id": "w_t", "kind": "text", "title": "T", "text": "**x**"},
    ]
    answer = await ask(filled, "editor", preview=[words[0], NEW, words[1]])
    assert answer.status_code == 200, answer.text
    assert set(answer.json()["widgets"]) == {"w_new", "w_t"}
    answer = await ask(filled, "editor", preview=words)
    assert (answer.status_code, set(answer.json()["widgets"])) == (200, {"w_t"})
    refused = await ask(filled, "editor", preview=[NEW, {"id": "w_t", "kind": "text", "title": "T"}])
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (400, "preview[1].text")


async def test_a_preview_goes_by_the_drafts_period_and_timezone(filled: TestOrg) -> None:
    daily = {**NEW, "kind": "timeseries", "query": {**COUNT, "granularity": "day"}}
    answer = (await ask(filled, "editor", preview=[daily])).json()["widgets"]["w_new"]
    assert len(answer["points"]) == 7
    there = (await ask(filled, "editor", preview=[daily], timezone="Asia/Kolkata")).json()["widgets"]["w_new"]
    assert there["meta"]["timezone"] == "Asia/Kolkata"


async def test_a_widget_without_an_id_is_given_one_as_a_save_would(filled: TestOrg) -> None:
    unnamed = {key: value for key, value in NEW.items() if key != "id"}
    answer = await ask(filled, "editor", preview=[unnamed])
    (widget_id,) = answer.json()["widgets"]
    assert widget_id.startswith("w_")


@pytest.mark.parametrize(
    ("preview", "path"),
    [
        ([], "preview"),
        ([NEW] * 51, "preview"),
        ([NEW, {**NEW, "id": "w_2", "query": {"event_name": "*", "metric": "average"}}], "preview[1].query.metric"),
        ([NEW, {**NEW, "id": "w_2", "query": {"event_name": "*", "metric": "sum"}}], "preview[1].query.prop"),
        ([NEW, NEW], "preview[1].id"),
        ([{**NEW, "chart": "donut"}], "preview[0].chart"),
        ([{**NEW, "title": ""}], "preview[0].title"),
        ([{**NEW, "sql": "SELECT 1"}], "preview[0].sql"),
        ([{**NEW, "layout": {"x": 11, "y": 0, "w": 2, "h": 1}}], "preview[0].layout.w"),
    ],
)
async def test_a_widget_that_could_not_be_saved_is_named(filled: TestOrg, preview: list[Any], path: str) -> None:
    answer = await ask(filled, "editor", preview=preview)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert path in [field["path"] for field in answer.json()["fields"]]


@pytest.mark.parametrize(("more", "path"), [({"widgets": ["w_new"]}, "widgets"), ({"draft": False}, "draft")])
async def test_a_preview_stands_alone(filled: TestOrg, more: dict[str, Any], path: str) -> None:
    answer = await ask(filled, "editor", preview=[NEW], **more)
    assert (answer.status_code, answer.json()["fields"][0]["path"]) == (400, path)


async def test_who_may_preview(filled: TestOrg, other_org: TestOrg) -> None:
    for caller in ("editor", "admin", "owner", "admin_key"):
        assert (await ask(filled, caller, preview=[NEW])).status_code == 200
    assert (await ask(filled, "viewer", preview=[NEW])).status_code == 403
    assert (await ask(filled, "viewer", "draft", preview=[NEW])).status_code == 404
    assert (await ask(filled, "ingest_key", preview=[NEW])).status_code == 403
    assert (await ask(filled, "nobody", preview=[NEW])).status_code == 401
    elsewhere = f"/v1/dashboards/{filled.made['dashboard']}/data"
    for caller in ("editor", "owner", "admin_key"):
        answer = await other_org[caller].post(elsewhere, json={**EVERYONE, "preview": [NEW]})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_dashboard_of_another_environment_previews_nothing(filled: TestOrg) -> None:
    path = f"/v1/dashboards/{filled.made['dashboard']}/data"
    there = {"x-emban-environment": "dev"}
    answer = await filled["editor"].post(path, json={**EVERYONE, "preview": [NEW]}, headers=there)
    assert answer.status_code == 404
    made = await filled["editor"].post("/v1/dashboards", json={"name": "Dev"}, headers=there)
    own = f"/v1/dashboards/{made.json()['id']}/data"
    answer = await filled["editor"].post(own, json={**EVERYONE, "preview": [NEW]}, headers=there)
    assert answer.json()["widgets"]["w_new"]["points"][0]["value"] == 0  # All events are those of prod.


async def test_drafts_looked_at_in_the_console_do_not_count(app: FastAPI, filled: TestOrg) -> None:
    before = await queries_used(app, filled)
    assert (await ask(filled, "editor")).status_code == 200
    assert (await ask(filled, "owner", draft=True, reload=True)).status_code == 200
    assert (await ask(filled, "editor", preview=[NEW, {**NEW, "id": "w_2"}])).status_code == 200
    export = await filled["editor"].post(
        f"/v1/dashboards/{filled.made['draft']}/export", json={**EVERYONE, "format": "csv"}
    )
    assert export.status_code == 200
    assert await queries_used(app, filled) == before


async def test_snapshots_and_whatever_a_key_asks_for_count(app: FastAPI, filled: TestOrg) -> None:
    for caller, body, queries in (
        ("editor", {"draft": False}, 4),
        ("viewer", {}, 4),
        ("admin_key", {}, 4),
        ("admin_key", {"preview": [NEW, {**NEW, "id": "w_2"}]}, 2),
    ):
        before = await queries_used(app, filled)
        assert (await ask(filled, caller, **body)).status_code == 200
        assert await queries_used(app, filled) == before + queries
    before = await queries_used(app, filled)
    export = {**EVERYONE, "format": "csv", "draft": False}
    path = f"/v1/dashboards/{filled.made['dashboard']}/export"
    assert (await filled["editor"].post(path, json=export)).status_code == 200
    assert await queries_used(app, filled) == before + 4


async def test_a_draft_can_be_worked_on_when_the_plans_queries_are_used_up(app: FastAPI, fresh_org: TestOrg) -> None:
    fresh_org.made["dashboard"] = await publish(fresh_org)
    await put_on_plan(app, fresh_org.id, "free")
    meter = service(app, QueryMeter)
    async with meter.counted(fresh_org.id, 2_500) as count:
        count.answered(2_500)
    await meter.flush()
    assert (await ask(fresh_org, "viewer")).status_code == 402
    assert (await ask(fresh_org, "editor", draft=False)).status_code == 402
    assert (await ask(fresh_org, "admin_key", preview=[NEW])).status_code == 402
    assert (await ask(fresh_org, "editor")).status_code == 200
    assert (await ask(fresh_org, "editor", preview=[NEW])).status_code == 200
    assert await queries_used(app, fresh_org) == 2_500


async def test_widgets_of_no_dashboard_are_previewed_too(filled: TestOrg, other_org: TestOrg) -> None:
    body = {"preview": [NEW], "all_tenants": True, "period": "7d"}
    before = (await filled["viewer"].get("/v1/billing")).json()["queries_used"]
    alone = await filled["editor"].post("/v1/widgets/preview", json=body)
    within = await ask(filled, "editor", preview=[NEW], period="7d")
    assert alone.json()["widgets"]["w_new"]["points"] == within.json()["widgets"]["w_new"]["points"]
    assert (await filled["viewer"].get("/v1/billing")).json()["queries_used"] == before
    assert (await filled["viewer"].post("/v1/widgets/preview", json=body)).status_code == 403
    nobody = await filled["editor"].post("/v1/widgets/preview", json={**body, "all_tenants": None})
    assert (nobody.status_code, nobody.json()["fields"][0]["path"]) == (400, "tenant_id")
    wrong = {**body, "preview": [{**NEW, "chart": "pie"}]}
    refused = await filled["editor"].post("/v1/widgets/preview", json=wrong)
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (400, "preview[0].chart")
    elsewhere = (await other_org["editor"].post("/v1/widgets/preview", json=body)).json()["widgets"]["w_new"]
    assert all(not point["value"] for point in elsewhere["points"])
