"""Dashboards copied, within an environment and into another, and moved to one."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from tests.integration.dashboards.test_versions import DEV, A, B, make, save, versions
from tests.support.control import TestOrg, audit_rows, machine
from tests.support.showing import CONFIG, mint, publish


async def test_a_copy_is_a_draft_with_the_same_widgets(app: FastAPI, fresh_org: TestOrg) -> None:
    source = await publish(fresh_org, CONFIG)
    path = f"/v1/dashboards/{source}"
    await save(fresh_org, path, "editor", A, B)
    made = await fresh_org["editor"].post(f"{path}/duplicate", json={})
    assert made.status_code == 201, made.text
    copy = made.json()
    assert (copy["name"], copy["status"], copy["version"], copy["environment"]) == ("Copy of Usage", "draft", 1, "prod")
    assert copy["config"] == (await fresh_org["editor"].get(path)).json()["config"]  # The draft's, with its ids.
    assert copy["published_config"] is None
    assert copy["id"] != source
    (first,) = await versions(fresh_org, f"/v1/dashboards/{copy['id']}")
    assert first["action"] == "duplicate"
    row = (await audit_rows(app, fresh_org.id))[-1]
    assert (row["action"], row["entity_id"]) == ("dashboard.duplicate", copy["id"])
    assert row["metadata"] == {
        "environment": "prod",
        "name": "Copy of Usage",
        "from": source,
        "widgets": ["w_a", "w_b"],
    }


async def test_the_name_of_a_copy_fits(fresh_org: TestOrg) -> None:
    long = await fresh_org["editor"].post("/v1/dashboards", json={"name": "x" * 200})
    path = f"/v1/dashboards/{long.json()['id']}/duplicate"
    assert (await fresh_org["editor"].post(path, json={})).json()["name"] == "Copy of " + "x" * 192
    assert (await fresh_org["editor"].post(path, json={"name": " Mine "})).json()["name"] == "Mine"
    for name in ("", " ", "x" * 201):
        refused = await fresh_org["editor"].post(path, json={"name": name})
        assert (refused.status_code, refused.json()["fields"][0]["path"]) == (400, "name")


async def test_a_copy_goes_into_another_environment(app: FastAPI, fresh_org: TestOrg) -> None:
    path = await make(fresh_org, "editor", A)
    for caller in ("editor", "admin_key"):
        made = await fresh_org[caller].post(f"{path}/duplicate", json={"environment": "dev"})
        assert (made.status_code, made.json()["environment"]) == (201, "dev")
        there = f"/v1/dashboards/{made.json()['id']}"
        assert (await fresh_org["editor"].get(there)).status_code == 404
        assert (await fresh_org["editor"].get(there, headers=DEV)).status_code == 200
    assert (await fresh_org["editor"].get(path)).status_code == 200


async def test_a_confined_key_copies_and_moves_nothing_out(app: FastAPI, fresh_org: TestOrg) -> None:
    confined = {"label": "c", "scope": "admin", "environment": "prod", "environment_only": True}
    key = machine(app, (await fresh_org["admin"].post("/v1/api-keys", json=confined)).json()["key"])
    path = await make(fresh_org, "editor", A)
    for way in ("duplicate", "move"):
        refused = await key.post(f"{path}/{way}", json={"environment": "dev"})
        assert (refused.status_code, refused.json()["code"]) == (403, "key_confined")
    assert (await key.post(f"{path}/duplicate", json={"environment": "prod"})).status_code == 201
    assert (await fresh_org["editor"].get("/v1/dashboards", headers=DEV)).json()["items"] == []
    await key.aclose()


async def move(org: TestOrg, path: str, environment: str = "dev", caller: str = "editor") -> httpx.Response:
    return await org[caller].post(f"{path}/move", json={"environment": environment})


async def test_a_dashboard_moves_with_its_history_and_without_its_sessions(app: FastAPI, fresh_org: TestOrg) -> None:
    source = await publish(fresh_org, {"widgets": [A]})
    path = f"/v1/dashboards/{source}"
    token = (await mint(fresh_org, source))["token"]
    refused = await move(fresh_org, path)
    assert (refused.status_code, refused.json()["code"]) == (409, "dashboard_published")
    await fresh_org["admin"].post(f"{path}/unpublish")
    moved = await move(fresh_org, path)
    assert (moved.status_code, moved.json()["environment"], moved.json()["published_version"]) == (200, "dev", 1)
    row = (await audit_rows(app, fresh_org.id))[-1]
    assert (row["action"], row["entity_id"]) == ("dashboard.move", source)
    assert row["metadata"] == {"environment": "prod", "name": "Usage", "version": 1, "moved_to": "dev"}

    assert (await fresh_org["editor"].get(path)).status_code == 404
    kept = await fresh_org["editor"].get(f"{path}/versions", headers=DEV)
    assert [one["published"] for one in kept.json()["items"]] == [True]
    assert (await fresh_org["admin"].get("/v1/embed-sessions")).json()["items"] == []
    # Published there, it still serves nobody who was let in where it came from.
    assert (await fresh_org["admin"].post(f"{path}/publish", headers=DEV)).status_code == 204
    back = await fresh_org["admin"].post(f"{path}/unpublish", headers=DEV)
    assert back.status_code == 204
    returned = await fresh_org["editor"].post(f"{path}/move", json={"environment": "prod"}, headers=DEV)
    assert returned.status_code == 200
    assert (await fresh_org["admin"].post(f"{path}/publish")).status_code == 204
    headers = {"authorization": f"Bearer {token}"}
    shown = await fresh_org["nobody"].get("/v1/embed/dashboard", headers=headers)
    assert (shown.status_code, shown.json()["code"]) == (401, "token_revoked")


async def test_where_a_dashboard_cannot_go(fresh_org: TestOrg, other_org: TestOrg) -> None:
    path = await make(fresh_org, "editor", A)
    await other_org["owner"].post("/v1/environments", json={"name": "theirs-alone"})
    for name in ("nowhere", "theirs-alone"):
        for way in ("move", "duplicate"):
            answer = await fresh_org["editor"].post(f"{path}/{way}", json={"environment": name})
            assert (answer.status_code, answer.json()["error"]) == (404, "environment not found")
    here = await move(fresh_org, path, "prod")
    assert (here.status_code, here.json()["fields"][0]["path"]) == (400, "environment")
    assert (await fresh_org["editor"].post(f"{path}/move", json={})).status_code == 400
    assert (await move(fresh_org, path, "No such")).status_code == 400
    assert (await move(fresh_org, path, caller="viewer")).status_code == 403
    for way in ("move", "duplicate"):
        for client, headers in ((other_org["owner"], {}), (fresh_org["owner"], DEV)):
            answer = await client.post(f"{path}/{way}", json={"environment": "dev"}, headers=headers)
            assert (answer.status_code, answer.json()["error"]) == (404, "dashboard not found")
    assert (await fresh_org["editor"].get(path)).json()["environment"] == "prod"


async def test_an_environment_with_a_moved_dashboard_is_in_use(fresh_org: TestOrg) -> None:
    await fresh_org["admin"].post("/v1/environments", json={"name": "staging"})
    path = await make(fresh_org, "editor", A)
    assert (await move(fresh_org, path, "staging")).status_code == 200
    refused = await fresh_org["admin"].delete("/v1/environments/staging")
    assert (refused.status_code, refused.json()["code"]) == (409, "environment_in_use")
