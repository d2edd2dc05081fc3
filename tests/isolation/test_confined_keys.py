"""A key that is confined to its environment, on every route: nothing of the org, nothing of another environment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emban.app.openapi.document import described_routes
from tests.isolation.contract import contract, may
from tests.isolation.test_roles import call
from tests.support.control import TestOrg, machine, make_org
from tests.support.showing import publish

# By hand, as the contract has them: what is about the whole org, its members, invites, keys, environments and billing.
OF_THE_ORG = (
    "/v1/org",
    "/v1/org/",
    "/v1/members",
    "/v1/invites",
    "/v1/environments",
    "/v1/api-keys",
    "/v1/audit",
    "/v1/billing",
)
PROD = "customer_of_prod"
EVENT = {"tenant_id": PROD, "event_name": "e"}


@dataclass(frozen=True, slots=True)
class Confined:
    org: TestOrg
    admin: httpx.AsyncClient
    ingest: httpx.AsyncClient


@pytest.fixture(scope="module")
async def confined(app: FastAPI) -> AsyncIterator[Confined]:
    """Confined keys of dev in an org that has events and a dashboard in prod."""
    org = await make_org(app, roles=("owner",))
    made = {}
    for scope in ("admin", "ingest"):
        body = {"label": scope, "scope": scope, "environment": "dev", "environment_only": True}
        made[scope] = machine(app, (await org["owner"].post("/v1/api-keys", json=body)).json()["key"])
    assert (await org["admin_key"].post("/v1/events", json={"events": [EVENT]})).status_code == 200
    yield Confined(org, made["admin"], made["ingest"])
    await org.close()


def is_of_the_org(path: str) -> bool:
    return any(path == prefix or path.startswith(prefix.rstrip("/") + "/") for prefix in OF_THE_ORG)


async def test_every_route(app: FastAPI, confined: Confined) -> None:
    """What is about the org is a 403 with a code of its own, before anything is looked up; all else is an admin's."""
    wrong, refused = [], 0
    for method, path in described_routes(app):
        letter = contract()[method, path]
        if letter in {"P", "T"} or not may(letter, "admin_key"):
            continue
        answer = await call(confined.admin, method, path)
        shut = answer.status_code == 403 and answer.json()["code"] == "key_confined"
        refused += shut
        if shut != is_of_the_org(path) or (not shut and answer.status_code in {401, 403}):
            wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []
    assert refused >= 15


async def test_it_makes_no_key_of_any_environment(confined: Confined) -> None:
    for environment in ("prod", "dev", None):
        body = {"label": "more", "scope": "admin", "environment": environment}
        answer = await confined.admin.post("/v1/api-keys", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "key_confined")
    assert [one["label"] for one in (await confined.org["owner"].get("/v1/api-keys")).json()["items"]].count(
        "more"
    ) == 0


async def test_it_sees_nothing_of_another_environment(confined: Confined) -> None:
    dashboard = await publish(confined.org)
    widget = {"title": "theirs", "kind": "kpi", "query": {"event_name": "*", "metric": "count"}}
    made = (await confined.org["owner"].post("/v1/widgets", json=widget)).json()["id"]
    saved = await confined.org["owner"].post("/v1/saved-queries", json={"name": "theirs", "sql": "SELECT 1"})
    key = confined.admin
    elsewhere = {"x-emban-environment": "prod"}
    for path in (f"/v1/dashboards/{dashboard}", f"/v1/widgets/{made}"):
        assert (await confined.org["owner"].get(path)).status_code == 200
        assert (await key.get(path, headers=elsewhere)).status_code == 404
    for path in ("/v1/dashboards", "/v1/widgets", "/v1/saved-queries", "/v1/embed-sessions"):
        listed = (await key.get(path, headers=elsewhere)).json()["items"]
        assert not {dashboard, made, saved.json()["id"]} & {item["id"] for item in listed}
    gone = await key.delete(f"/v1/saved-queries/{saved.json()['id']}", headers=elsewhere)
    assert gone.status_code == 404
    mint: dict[str, Any] = {"tenant_id": PROD, "dashboard_id": dashboard}
    assert (await key.post("/v1/embed-sessions", json=mint, headers=elsewhere)).status_code == 404
    counting = {"query": {"event_name": "*", "metric": "count", "period": "24h"}, "tenant_id": PROD}
    counted = await key.post("/v1/query", json=counting, headers=elsewhere)
    assert counted.json()["points"][0]["value"] == 0
    adhoc = await key.post("/v1/query/adhoc", json={"sql": "SELECT DISTINCT tenant_id FROM emban.events"})
    assert [PROD] not in adhoc.json()["rows"]
    assert PROD not in (await key.get("/v1/discover", headers=elsewhere)).text
    assert (await key.delete(f"/v1/tenants/{PROD}/data", headers=elsewhere)).status_code == 204
    whole = await confined.org["admin_key"].post("/v1/query", json=counting)
    assert whole.json()["points"][0]["value"] == 1, "what it erases is its own environment's"


async def test_a_confined_ingest_key_sends_events_as_any_other(confined: Confined) -> None:
    assert (await confined.ingest.post("/v1/events", json={"events": [EVENT]})).status_code == 200
    assert (await confined.ingest.get("/v1/org")).status_code == 403
