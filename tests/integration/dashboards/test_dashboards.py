"""Dashboards over HTTP: drafts, versions, snapshots, who sees what, and the audit rows of every change."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from tests.support.control import TestOrg, audit_rows, make_org, put_on_plan
from tests.support.showing import CONFIG, COUNT, publish

EMPTY: dict[str, Any] = {"widgets": []}


async def create(org: TestOrg, name: str = "Usage", config: Any = CONFIG) -> dict[str, Any]:
    made = await org["editor"].post("/v1/dashboards", json={"name": name, "config": config})
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def test_a_draft_is_made_read_changed_and_deleted(org: TestOrg) -> None:
    made = await create(org)
    assert (made["status"], made["version"], made["name"]) == ("draft", 1, "Usage")
    assert made["id"].startswith("dash_")
    assert [widget["id"] for widget in made["config"]["widgets"]] == ["w_calls", "w_tokens", "w_models", "w_table"]
    read = await org["editor"].get(f"/v1/dashboards/{made['id']}")
    assert read.json() == made
    body = {"version": 1, "name": "Calls", "config": EMPTY}
    saved = (await org["editor"].put(f"/v1/dashboards/{made['id']}", json=body)).json()
    assert (saved["version"], saved["name"], saved["config"]["widgets"]) == (2, "Calls", [])
    assert (await org["editor"].delete(f"/v1/dashboards/{made['id']}")).status_code == 204
    assert (await org["editor"].get(f"/v1/dashboards/{made['id']}")).status_code == 404
    assert (await org["editor"].delete(f"/v1/dashboards/{made['id']}")).status_code == 404


async def test_a_lost_update_is_a_conflict_and_changes_nothing(org: TestOrg) -> None:
    made = await create(org)
    path = f"/v1/dashboards/{made['id']}"
    answers = await asyncio.gather(
        *(org["editor"].put(path, json={"version": 1, "name": f"Try {nth}"}) for nth in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409).json()
    assert (refused["code"], refused["version"]) == ("version_conflict", 2)
    winner = next(answer for answer in answers if answer.status_code == 200).json()
    assert (await org["editor"].get(path)).json()["name"] == winner["name"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "x", "configuration": {}}, "configuration"),
        ({"name": "x", "config": {"widgets": [{"title": "t", "kind": "kpi"}]}}, "config.widgets[0].query"),
        (
            {"name": "x", "config": {"widgets": [{"title": "t", "kind": "kpi", "query": {**COUNT, "metric": "sum"}}]}},
            "config.widgets[0].query.prop",
        ),
        ({"name": "x\x00", "config": {}}, "name"),
    ],
)
async def test_a_body_that_is_wrong_is_a_400_that_names_the_field(
    org: TestOrg, body: dict[str, Any], field: str
) -> None:
    answer = await org["editor"].post("/v1/dashboards", json=body)
    assert answer.status_code == 400
    assert field in [item["path"] for item in answer.json()["fields"]]


async def test_put_needs_a_version(org: TestOrg) -> None:
    made = await create(org)
    answer = await org["editor"].put(f"/v1/dashboards/{made['id']}", json={"name": "x"})
    assert (answer.status_code, answer.json()["fields"][0]["path"]) == (400, "version")


async def test_publish_freezes_and_unpublish_keeps_the_snapshot(fresh_org: TestOrg) -> None:
    org = fresh_org
    made = await create(org)
    path = f"/v1/dashboards/{made['id']}"
    assert (await org["viewer"].get(path)).status_code == 404
    assert (await org["admin"].post(f"{path}/publish")).status_code == 204
    body = {"version": 1, "name": "Draft name", "config": EMPTY}
    assert (await org["editor"].put(path, json=body)).status_code == 200
    seen = (await org["viewer"].get(path)).json()
    assert (seen["name"], seen["version"], seen["status"]) == ("Usage", 1, "published")
    assert len(seen["config"]["widgets"]) == 4
    assert seen["published_config"] is seen["difference"] is None
    drafted = (await org["editor"].get(path)).json()
    assert drafted["has_unpublished_changes"]
    assert (drafted["config"]["widgets"], len(drafted["published_config"]["widgets"])) == ([], 4)
    for _ in range(2):  # Taking offline what is offline changes nothing.
        assert (await org["admin"].post(f"{path}/unpublish")).status_code == 204
    assert (await org["viewer"].get(path)).status_code == 404
    kept = (await org["editor"].get(path)).json()
    assert (kept["status"], len(kept["published_config"]["widgets"])) == ("draft", 4)


async def test_what_publishing_would_change_is_told(fresh_org: TestOrg) -> None:
    org = fresh_org
    made = await create(org)
    path = f"/v1/dashboards/{made['id']}"
    assert made["difference"] is None
    await org["admin"].post(f"{path}/publish")
    none: dict[str, Any] = {
        "name": None,
        "widgets": {"added": [], "removed": [], "changed": []},
        "filters": False,
        "theme": False,
    }
    assert (await org["editor"].get(path)).json()["difference"] == none

    first, second, *_ = CONFIG["widgets"]
    new = {"id": "w_new", "title": "New", "kind": "kpi", "query": COUNT}
    draft = {
        "widgets": [new, {**second, "title": "Tokens used"}, first],
        "filters": {**CONFIG["filters"], "default_period": "30d"},
        "theme": {"primaryColor": "#00ff00"},
    }
    saved = (await org["editor"].put(path, json={"version": 1, "name": "Usage 2", "config": draft})).json()

    assert saved["difference"] == {
        "name": {"published": "Usage", "draft": "Usage 2"},
        "widgets": {"added": ["w_new"], "removed": ["w_models", "w_table"], "changed": ["w_tokens", "w_calls"]},
        "filters": True,
        "theme": True,
    }
    assert (await org["editor"].post(f"{path}/restore-published")).status_code == 204
    assert (await org["editor"].get(path)).json()["difference"] == none


async def test_restoring_copies_the_snapshot_over_the_draft(fresh_org: TestOrg) -> None:
    org = fresh_org
    dashboard_id = await publish(org)
    path = f"/v1/dashboards/{dashboard_id}"
    await org["editor"].put(path, json={"version": 1, "name": "Other", "config": EMPTY})
    assert (await org["editor"].post(f"{path}/restore-published")).status_code == 204
    restored = (await org["editor"].get(path)).json()
    assert (restored["name"], restored["version"], len(restored["config"]["widgets"])) == ("Usage", 3, 4)
    assert not restored["has_unpublished_changes"]
    never = await create(org, "Never published")
    refused = await org["editor"].post(f"/v1/dashboards/{never['id']}/restore-published")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_published")


async def test_another_org_and_another_environment_see_nothing(org: TestOrg, other_org: TestOrg) -> None:
    dashboard_id = await publish(org)
    path = f"/v1/dashboards/{dashboard_id}"
    other = other_org["owner"]
    attempts = [
        await other.get(path),
        await other.put(path, json={"version": 1, "name": "mine"}),
        await other.delete(path),
        await other.post(f"{path}/publish"),
        await other.post(f"{path}/unpublish"),
        await other.post(f"{path}/restore-published"),
        await other.post(f"{path}/data", json={"all_tenants": True}),
        await org["owner"].get(path, headers={"X-Emban-Environment": "dev"}),
        await org["owner"].get("/v1/dashboards/dash_unknown"),
    ]
    assert {answer.status_code for answer in attempts} == {404}
    assert {answer.text for answer in attempts} == {attempts[0].text}
    listed = (await other.get("/v1/dashboards?limit=200")).json()["items"]
    assert dashboard_id not in [item["id"] for item in listed]
    assert (await org["owner"].get(path)).json()["status"] == "published"


async def test_lists_page_newest_first_and_hide_drafts_from_viewers(app: FastAPI) -> None:
    org = await make_org(app)
    try:
        made = [(await create(org, f"Dashboard {nth}"))["id"] for nth in range(5)]
        await org["admin"].post(f"/v1/dashboards/{made[1]}/publish")
        seen: list[str] = []
        cursor = None
        while True:
            query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            page = (await org["editor"].get("/v1/dashboards", params=query)).json()
            assert len(page["items"]) <= 2
            assert all("config" not in item for item in page["items"])
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == made[::-1]
        visible = (await org["viewer"].get("/v1/dashboards")).json()["items"]
        assert [(item["id"], item["name"]) for item in visible] == [(made[1], "Dashboard 1")]
        for bad in ("limit=0", "limit=201", "limit=x", "cursor=!!", "cursor=bm9wZQ"):
            assert (await org["editor"].get(f"/v1/dashboards?{bad}")).status_code == 400
    finally:
        await org.close()


async def test_of_six_publishes_at_once_on_a_plan_of_one_one_goes_through(app: FastAPI, fresh_org: TestOrg) -> None:
    org = fresh_org
    made = [(await create(org, config=EMPTY))["id"] for _ in range(6)]
    await put_on_plan(app, org.id, "free")
    answers = await asyncio.gather(*(org["admin_key"].post(f"/v1/dashboards/{one}/publish") for one in made))
    assert sorted(answer.status_code for answer in answers) == [204, 402, 402, 402, 402, 402]
    refused = next(answer for answer in answers if answer.status_code == 402).json()
    assert refused == {
        "error": "published dashboard limit reached for this plan",
        "code": "published_dashboards_limit",
        "plan": "free",
        "upgrade_to": "starter",
        "limit": 1,
        "used": 1,
    }
    (published,) = [one for one, answer in zip(made, answers, strict=True) if answer.status_code == 204]
    assert (await org["admin_key"].post(f"/v1/dashboards/{published}/publish")).status_code == 204  # Again is no more.
    assert (await org["admin_key"].post(f"/v1/dashboards/{published}/unpublish")).status_code == 204
    assert (await org["admin_key"].post(f"/v1/dashboards/{made[0]}/publish")).status_code == 204


async def test_a_custom_theme_needs_a_plan_and_one_that_is_there_stays(app: FastAPI, fresh_org: TestOrg) -> None:
    org = fresh_org
    themed = {**EMPTY, "theme": {"primaryColor": "#ff0000"}}
    made = await create(org, config=themed)
    await put_on_plan(app, org.id, "free")
    path = f"/v1/dashboards/{made['id']}"
    assert (await org["admin_key"].put(path, json={"version": 1, "name": "New", "config": themed})).status_code == 200
    other = {**EMPTY, "theme": {"primaryColor": "#00ff00"}}
    refused = await org["admin_key"].put(path, json={"version": 2, "config": other})
    assert (refused.status_code, refused.json()["code"]) == (402, "theme_not_in_plan")
    refused = await org["admin_key"].post("/v1/dashboards", json={"name": "x", "config": other})
    assert (refused.status_code, refused.json()["upgrade_to"]) == (402, "starter")
    dark = {**EMPTY, "theme": {"mode": "dark"}}
    assert (await org["admin_key"].post("/v1/dashboards", json={"name": "x", "config": dark})).status_code == 201


async def test_every_change_writes_one_audit_row_and_a_refused_one_none(app: FastAPI, fresh_org: TestOrg) -> None:
    org = fresh_org
    before = len(await audit_rows(app, org.id))
    made = await create(org)
    path = f"/v1/dashboards/{made['id']}"
    await org["editor"].put(path, json={"version": 1, "name": "New", "config": {**CONFIG, "widgets": []}})
    await org["editor"].put(path, json={"version": 1, "name": "Late"})
    await org["admin"].post(f"{path}/publish")
    await org["editor"].post(f"{path}/restore-published")
    await org["admin"].post(f"{path}/unpublish")
    await org["admin"].post(f"{path}/unpublish")
    await org["viewer"].delete(path)
    await org["editor"].delete(path)
    rows = (await audit_rows(app, org.id))[before:]
    assert [row["action"] for row in rows] == [
        "dashboard.create",
        "dashboard.update",
        "dashboard.publish",
        "dashboard.restore_published",
        "dashboard.unpublish",
        "dashboard.delete",
    ]
    assert {row["entity_id"] for row in rows} == {made["id"]}
    changed: Any = rows[1]["metadata"]
    assert changed["name"] == {"before": "Usage", "after": "New"}
    assert changed["widgets"]["removed"] == ["w_calls", "w_tokens", "w_models", "w_table"]
