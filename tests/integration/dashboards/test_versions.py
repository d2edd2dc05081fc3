"""The history of a dashboard: who saved what when, what is kept of it, and old versions brought back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.dashboards import history
from emban.db import Database
from tests.support.control import TestOrg, audit_rows, put_on_plan, service
from tests.support.showing import COUNT

A = {"id": "w_a", "title": "A", "kind": "kpi", "query": COUNT}
B = {"id": "w_b", "title": "B", "kind": "kpi", "query": COUNT}
DEV = {"x-emban-environment": "dev"}


@pytest.fixture
def every_save(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each save as a version of its own."""
    monkeypatch.setattr(history, "ONE_EDIT", timedelta(0))


async def make(org: TestOrg, caller: str = "editor", *widgets: dict[str, Any]) -> str:
    made = await org[caller].post("/v1/dashboards", json={"name": "Usage", "config": {"widgets": list(widgets)}})
    assert made.status_code == 201, made.text
    return f"/v1/dashboards/{made.json()['id']}"


async def save(org: TestOrg, path: str, caller: str, *widgets: dict[str, Any], name: str | None = None) -> int:
    version = (await org["owner"].get(path)).json()["version"]
    body = {"version": version, "config": {"widgets": list(widgets)}, **({"name": name} if name else {})}
    saved = await org[caller].put(path, json=body)
    assert saved.status_code == 200, saved.text
    return int(saved.json()["version"])


async def versions(org: TestOrg, path: str, caller: str = "editor") -> list[dict[str, Any]]:
    answer = await org[caller].get(f"{path}/versions", params={"limit": 200})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_history_tells_who_saved_what(fresh_org: TestOrg, every_save: None) -> None:
    path = await make(fresh_org, "editor", A)
    await save(fresh_org, path, "admin", A, B)
    await save(fresh_org, path, "admin_key", {**A, "title": "New"}, name="Renamed")
    key, admin, editor = await versions(fresh_org, path)
    assert [(one["version"], one["action"], one["name"]) for one in (key, admin, editor)] == [
        (3, "update", "Renamed"),
        (2, "update", "Usage"),
        (1, "create", "Usage"),
    ]
    assert editor["widgets"] == {"added": ["w_a"], "removed": [], "changed": []}
    assert admin["widgets"] == {"added": ["w_b"], "removed": [], "changed": []}
    assert key["widgets"] == {"added": [], "removed": ["w_b"], "changed": ["w_a"]}
    emails = {item["user_id"]: item["email"] for item in (await fresh_org["owner"].get("/v1/members")).json()["items"]}
    assert (editor["actor"], admin["actor"]) == tuple(emails[fresh_org.user_ids[role]] for role in ("editor", "admin"))
    assert fresh_org.raw_admin_key.startswith(key["actor"])
    assert "config" not in key
    one = (await fresh_org["editor"].get(f"{path}/versions/2")).json()
    assert [widget["id"] for widget in one["config"]["widgets"]] == ["w_a", "w_b"]
    assert {**one, "config": None} == {**admin, "config": None}


async def test_pages_follow_each_other(fresh_org: TestOrg, every_save: None) -> None:
    path = await make(fresh_org)
    for _ in range(4):
        await save(fresh_org, path, "editor", A)
    seen, cursor = [], None
    for _ in range(3):
        params = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
        page = (await fresh_org["editor"].get(f"{path}/versions", params=params)).json()
        seen += [item["version"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == ([5, 4, 3, 2, 1], None)
    bad = await fresh_org["editor"].get(f"{path}/versions", params={"cursor": "nonsense"})
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_cursor")


async def test_saves_of_one_edit_are_one_version(app: FastAPI, fresh_org: TestOrg) -> None:
    path = await make(fresh_org, "editor", A)
    for title in ("one", "two", "three"):
        await save(fresh_org, path, "editor", {**A, "title": title}, B)
    newest, created = await versions(fresh_org, path)
    assert (newest["version"], created["version"]) == (4, 1)
    assert newest["widgets"] == {"added": ["w_b"], "removed": [], "changed": ["w_a"]}  # Against what is kept before.
    assert (await fresh_org["editor"].get(f"{path}/versions/3")).status_code == 404

    await save(fresh_org, path, "admin", A)
    await save(fresh_org, path, "editor", B)  # Somebody else's save lies between.
    assert [one["version"] for one in await versions(fresh_org, path)] == [6, 5, 4, 1]

    async with service(app, Database).for_org(fresh_org.id) as session:
        await session.execute(text("UPDATE dashboard_versions SET began_at = began_at - interval '10 min'"))
    await save(fresh_org, path, "editor", A)
    assert [one["version"] for one in await versions(fresh_org, path)] == [7, 6, 5, 4, 1]


async def test_what_was_published_or_restored_is_never_replaced(fresh_org: TestOrg) -> None:
    path = await make(fresh_org, "editor", A)
    await save(fresh_org, path, "admin", B)
    await fresh_org["admin"].post(f"{path}/publish")
    await save(fresh_org, path, "admin", A, B)
    await save(fresh_org, path, "admin", A)
    assert [(one["version"], one["published"]) for one in await versions(fresh_org, path)] == [
        (4, False),
        (2, True),
        (1, False),
    ]
    assert (await fresh_org["admin"].post(f"{path}/versions/1/restore")).status_code == 200
    await save(fresh_org, path, "admin", B)
    await fresh_org["admin"].post(f"{path}/restore-published")
    await save(fresh_org, path, "admin", A)
    assert [(one["version"], one["action"], one["published"]) for one in await versions(fresh_org, path)] == [
        (8, "update", False),
        (7, "restore_published", True),
        (6, "update", False),
        (5, "restore_version", False),
        (4, "update", False),
        (2, "update", True),
        (1, "create", False),
    ]


async def test_the_newest_are_kept_and_every_published_one(
    fresh_org: TestOrg, every_save: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "KEPT", 3)
    path = await make(fresh_org, "editor", A)
    await save(fresh_org, path, "editor", B)
    await fresh_org["admin"].post(f"{path}/publish")
    for _ in range(4):
        await save(fresh_org, path, "editor", A)
    assert [one["version"] for one in await versions(fresh_org, path)] == [6, 5, 4, 2]


async def test_a_version_is_restored_as_a_new_one(app: FastAPI, fresh_org: TestOrg, every_save: None) -> None:
    path = await make(fresh_org, "editor", A)
    await save(fresh_org, path, "editor", B, name="Renamed")
    restored = await fresh_org["editor"].post(f"{path}/versions/1/restore")
    assert restored.status_code == 200, restored.text
    body = restored.json()
    assert (body["version"], body["name"]) == (3, "Usage")
    assert [widget["id"] for widget in body["config"]["widgets"]] == ["w_a"]
    assert (await fresh_org["editor"].get(path)).json() == body
    newest = (await versions(fresh_org, path))[0]
    assert (newest["version"], newest["action"]) == (3, "restore_version")
    assert newest["widgets"] == {"added": ["w_a"], "removed": ["w_b"], "changed": []}
    row = (await audit_rows(app, fresh_org.id))[-1]
    assert (row["action"], row["entity_id"]) == ("dashboard.restore_version", body["id"])
    assert row["metadata"] == {"environment": "prod", "name": "Usage", "version": 3, "restored_version": 1}
    stale = await fresh_org["admin"].put(path, json={"version": 2, "name": "x"})
    assert (stale.status_code, stale.json()["version"]) == (409, 3)


async def test_a_version_that_could_no_longer_be_saved_is_not_restored(app: FastAPI, fresh_org: TestOrg) -> None:
    path = await make(fresh_org, "editor", A)
    async with service(app, Database).for_org(fresh_org.id) as session:
        broken = "replace(config::text, '\"count\"', '\"average\"')::json"
        await session.execute(text(f"UPDATE dashboard_versions SET config = {broken}"))
    refused = await fresh_org["editor"].post(f"{path}/versions/1/restore")
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (400, "config.widgets[0].query.metric")
    assert (await fresh_org["editor"].get(path)).json()["version"] == 1


async def test_a_theme_that_the_plan_has_not_is_not_restored(app: FastAPI, fresh_org: TestOrg) -> None:
    themed = {"name": "x", "config": {"theme": {"primaryColor": "#3355ff"}}}
    path = f"/v1/dashboards/{(await fresh_org['editor'].post('/v1/dashboards', json=themed)).json()['id']}"
    await save(fresh_org, path, "editor", A)
    await put_on_plan(app, fresh_org.id, "free")
    refused = await fresh_org["editor"].post(f"{path}/versions/1/restore")
    assert (refused.status_code, refused.json()["code"]) == (402, "theme_not_in_plan")
    assert (await fresh_org["editor"].post(f"{path}/duplicate", json={})).status_code == 201
    await put_on_plan(app, fresh_org.id, "scale")


async def test_viewers_see_published_versions_and_restore_none(fresh_org: TestOrg, every_save: None) -> None:
    path = await make(fresh_org, "editor", A)
    for way in ("/versions", "/versions/1"):
        assert (await fresh_org["viewer"].get(f"{path}{way}")).status_code == 404
    await fresh_org["admin"].post(f"{path}/publish")
    await save(fresh_org, path, "editor", {**B, "id": "w_secret"})
    await save(fresh_org, path, "editor", A, B)
    await fresh_org["admin"].post(f"{path}/publish")
    await save(fresh_org, path, "editor", {**B, "id": "w_next"})
    newest, first = await versions(fresh_org, path, "viewer")
    assert (newest["version"], first["version"]) == (3, 1)
    # Against the version that was published before, not against a draft that no viewer ever saw.
    assert newest["widgets"] == {"added": ["w_b"], "removed": [], "changed": []}
    one = (await fresh_org["viewer"].get(f"{path}/versions/3")).json()
    assert one["widgets"] == newest["widgets"]
    (only,) = (await fresh_org["viewer"].get(f"{path}/versions", params={"limit": 1})).json()["items"]
    assert only == newest
    for draft in (2, 4):
        assert (await fresh_org["viewer"].get(f"{path}/versions/{draft}")).status_code == 404
    refused = await fresh_org["viewer"].post(f"{path}/versions/1/restore")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    await fresh_org["admin"].post(f"{path}/unpublish")
    assert (await fresh_org["viewer"].get(f"{path}/versions")).status_code == 404


async def test_versions_are_of_ones_own_org_and_environment(fresh_org: TestOrg, other_org: TestOrg) -> None:
    path = await make(fresh_org, "editor", A)
    for client, headers in (
        (other_org["owner"], {}),
        (other_org["admin_key"], {}),
        (fresh_org["owner"], DEV),
    ):
        for method, way in (("GET", "/versions"), ("GET", "/versions/1"), ("POST", "/versions/1/restore")):
            answer = await client.request(method, f"{path}{way}", headers=headers)
            assert (answer.status_code, answer.json()["error"]) == (404, "dashboard not found")
    for number, status in (("2", 404), ("0", 400), ("-1", 400), ("x", 400), (str(2**31), 400)):
        assert (await fresh_org["editor"].get(f"{path}/versions/{number}")).status_code == status


async def test_a_storm_of_two_editors_loses_nothing(fresh_org: TestOrg) -> None:
    path = await make(fresh_org, "editor", A)
    saved: dict[int, tuple[str, str]] = {}

    async def storm(caller: str) -> None:
        version = 1
        for nth in range(25):
            title = f"{caller} {nth}"
            answer = await fresh_org[caller].put(
                path, json={"version": version, "config": {"widgets": [{**A, "title": title}]}}
            )
            if answer.status_code == 200:
                version = answer.json()["version"]
                assert version not in saved
                saved[version] = (caller, title)
            else:
                assert answer.status_code == 409
                version = answer.json()["version"]

    await asyncio.gather(storm("editor"), storm("admin"), storm("editor"), storm("owner"))
    kept = {one["version"]: one for one in await versions(fresh_org, path)}
    assert max(kept) == max(saved) == (await fresh_org["editor"].get(path)).json()["version"]
    for version, (caller, title) in saved.items():
        if version in kept:
            config = (await fresh_org["editor"].get(f"{path}/versions/{version}")).json()["config"]
            assert config["widgets"][0]["title"] == title
        else:  # The same person's next save has taken its place.
            assert saved[version + 1][0] == caller
    assert sorted(saved) == list(range(2, len(saved) + 2))


async def test_versions_go_with_their_dashboard(app: FastAPI, fresh_org: TestOrg) -> None:
    path = await make(fresh_org, "editor", A)
    await fresh_org["editor"].delete(path)
    async with service(app, Database).for_org(fresh_org.id) as session:
        assert (await session.execute(text("SELECT count(*) FROM dashboard_versions"))).scalar_one() == 0


async def test_generated_and_sample_dashboards_have_a_first_version(fresh_org: TestOrg) -> None:
    seeded = (await fresh_org["admin"].post("/v1/onboarding/seed", json={})).json()["dashboard_id"]
    (first,) = await versions(fresh_org, f"/v1/dashboards/{seeded}")
    assert (first["version"], first["action"]) == (1, "create")
