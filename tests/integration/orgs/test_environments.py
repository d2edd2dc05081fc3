"""Environments beyond prod and dev: a world of their own, gone without a trace or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from emban.errors import unavailable
from emban.models import Base
from emban.onboarding.service import Onboarding
from emban.orgs.environments import TRACES, USERS
from emban.rollup.eraser import EventEraser
from tests.integration.orgs.test_settings_of_org import store_some, stored_events
from tests.support.control import TestOrg, machine, service

STAGING = {"x-emban-environment": "staging"}
COUNT = {"event_name": "*", "metric": "count"}
# Rows with an environment that nobody made by hand: they go with it, or say nothing once it is gone.
# Of the machine's: gone with the environment, or with what they belong to, or with its events.
OF_THE_MACHINE = frozenset(
    {
        *(model.__tablename__ for model in TRACES),
        *("delivery_attempts", "embed_sessions", "ingest_watermarks", "ingest_writers", "rollups"),
    }
)


async def test_environments_come_and_go(app: FastAPI, fresh_org: TestOrg) -> None:
    admin = fresh_org["admin"]
    assert (await admin.post("/v1/environments", json={"name": "staging"})).status_code == 201
    assert (await admin.post("/v1/environments", json={"name": "staging"})).json()["code"] == "environment_exists"
    names = {item["name"] for item in (await fresh_org["viewer"].get("/v1/environments")).json()["items"]}
    assert names == {"prod", "dev", "staging"}

    key = (await admin.post("/v1/api-keys", json={"label": "s", "scope": "admin", "environment": "staging"})).json()
    assert (await machine(app, key["key"]).get("/v1/auth/me")).json()["environment"] == "staging"
    in_use = await admin.delete("/v1/environments/staging")
    assert (in_use.status_code, in_use.json()["code"]) == (409, "environment_in_use")

    await store_some(app, fresh_org.id, "staging")
    await store_some(app, fresh_org.id, "prod")
    await admin.delete(f"/v1/api-keys/{key['id']}")
    assert (await admin.delete("/v1/environments/staging")).status_code == 204
    assert await stored_events(app, fresh_org.id, "environment = 'staging'") == 0
    assert await stored_events(app, fresh_org.id, "environment = 'prod'") == 3
    assert (await admin.delete("/v1/environments/prod")).status_code == 409
    refused = await admin.get("/v1/auth/me", headers=STAGING)
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_environment")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/dashboards", {"name": "In staging"}),
        ("/v1/widgets", {"title": "In staging", "kind": "kpi", "query": COUNT}),
        ("/v1/saved-queries", {"name": "In staging", "sql": "SELECT 1"}),
        ("/v1/api-keys", {"label": "In staging", "scope": "ingest"}),
    ],
)
async def test_what_people_made_is_never_deleted_with_an_environment(
    fresh_org: TestOrg, path: str, body: dict[str, Any]
) -> None:
    admin = fresh_org["admin"]
    await admin.post("/v1/environments", json={"name": "staging"})
    made = await admin.post(path, json=body, headers=STAGING)
    assert made.status_code == 201, made.text

    kept = await admin.delete("/v1/environments/staging")
    assert (kept.status_code, kept.json()["code"]) == (409, "environment_in_use")
    assert (await admin.delete(f"{path}/{made.json()['id']}", headers=STAGING)).status_code == 204
    assert (await admin.delete("/v1/environments/staging")).status_code == 204


async def test_an_environment_stays_while_its_events_cannot_be_removed(app: FastAPI, fresh_org: TestOrg) -> None:
    async def away(*_: object) -> None:
        raise unavailable()

    admin = fresh_org["admin"]
    await admin.post("/v1/environments", json={"name": "staging"})
    await store_some(app, fresh_org.id, "staging")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(service(app, EventEraser), "delete_environment", away)
        refused = await admin.delete("/v1/environments/staging")

    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (
        503,
        "store_unavailable",
        "1",
    )
    assert (await admin.get("/v1/auth/me", headers=STAGING)).status_code == 200
    assert await stored_events(app, fresh_org.id, "environment = 'staging'") == 3
    assert (await admin.delete("/v1/environments/staging")).status_code == 204
    assert await stored_events(app, fresh_org.id, "environment = 'staging'") == 0


async def test_an_environment_of_the_same_name_begins_anew(
    app: FastAPI, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service(app, Onboarding), "_events", 200)
    admin = fresh_org["admin"]
    for _ in range(2):
        await admin.post("/v1/environments", json={"name": "staging"})
        seeded = (await admin.post("/v1/onboarding/seed", json={}, headers=STAGING)).json()
        assert seeded["events"] > 0
        assert await stored_events(app, fresh_org.id, "environment = 'staging'") == seeded["events"]
        await admin.delete(f"/v1/dashboards/{seeded['dashboard_id']}", headers=STAGING)
        assert (await admin.delete("/v1/environments/staging")).status_code == 204
        assert await stored_events(app, fresh_org.id, "environment = 'staging'") == 0


def test_every_table_with_an_environment_is_thought_of() -> None:
    with_one = {name for name, table in Base.metadata.tables.items() if "environment" in table.columns}
    assert with_one == {model.__tablename__ for model in USERS} | OF_THE_MACHINE
