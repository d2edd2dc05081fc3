"""The org's settings, environments, keys, the removal of data."""

from __future__ import annotations

import asyncio
import json

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.auth.authenticator import Authenticator
from emban.db.urls import owner_url
from emban.errors import unavailable
from emban.models import Base
from emban.orgs.erasure import Erasure
from emban.rollup.eraser import EventEraser
from emban.settings import Settings
from emban.store.client import EventStore
from tests.support.control import (
    PASSWORD,
    TestOrg,
    browser,
    connected,
    machine,
    make_org,
    put_on_plan,
    running,
    service,
)


async def stored_events(app: FastAPI, org_id: str, where: str = "1") -> int:
    store = service(app, EventStore)
    raw = await store.command(
        f"SELECT count() FROM emban.events WHERE org_id = {{org:String}} AND {where}", {"org": org_id}
    )
    return int(json.loads(raw)["data"][0][0])


async def store_some(app: FastAPI, org_id: str, environment: str = "prod", tenant: str = "customer_1") -> None:
    """Put three events of two months into the event store, past the ingestion."""
    await service(app, EventStore).command(
        "INSERT INTO emban.events "
        "(org_id, environment, tenant_id, event_name, timestamp, event_id, user_id, ingested_at) "
        "SELECT {org:String}, {environment:String}, {tenant:String}, 'api.call', "
        "toDateTime64('2026-10-30 00:00:00', 3, 'UTC') + INTERVAL number DAY, toString(number), 'u', now64(3) "
        "FROM numbers(3)",
        {"org": org_id, "environment": environment, "tenant": tenant},
    )


async def test_the_org_is_read_and_changed(fresh_org: TestOrg) -> None:
    changed = await fresh_org["admin"].patch(
        "/v1/org",
        json={"name": "  New name ", "embed_origins": ["https://App.acme.example/", "https://*.acme.example"]},
    )
    read = await fresh_org["viewer"].get("/v1/org")

    assert changed.status_code == 200
    assert read.json()["name"] == "New name"
    assert read.json()["embed_origins"] == ["https://app.acme.example", "https://*.acme.example"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": " "},
        {"name": "x" * 129},
        {"name": "a\u0000b"},
        {"name": "Acme\nBcc: everybody@else.example"},
        {"embed_origins": ["acme.example"]},
        {"embed_origins": ["https://acme.example/path"]},
        {"embed_origins": ["https://a.example; script-src *"]},
        {"embed_origins": ["*"]},
        {"embed_origins": ["javascript:alert(1)"]},
        {"embed_origins": ["https://a.example"] * 51},
        {"plan": "scale"},
    ],
)
async def test_what_the_org_refuses(org: TestOrg, body: dict[str, object]) -> None:
    answer = await org["admin"].patch("/v1/org", json=body)

    assert answer.status_code == 400
    assert answer.json()["fields"] or body == {}


async def test_events_past_their_retention_go(app: FastAPI, fresh_org: TestOrg) -> None:
    await store_some(app, fresh_org.id, "dev")
    await store_some(app, fresh_org.id, "prod")
    answer = await fresh_org["admin"].patch("/v1/environments/dev", json={"retention_days": 1})
    assert answer.json()["retention_days"] == 1

    await service(app, Erasure).sweep()

    assert await stored_events(app, fresh_org.id, "environment = 'dev'") == 0
    assert await stored_events(app, fresh_org.id, "environment = 'prod'") == 3


async def test_a_tenants_data_goes_and_others_stay(app: FastAPI, fresh_org: TestOrg) -> None:
    odd = "cust/omer ü?1"
    await store_some(app, fresh_org.id, tenant=odd)
    await store_some(app, fresh_org.id, tenant="customer_2")
    await store_some(app, fresh_org.id, "dev", tenant=odd)

    path = "/v1/tenants/cust%2Fomer%20%C3%BC%3F1/data"
    assert (await fresh_org["editor"].delete(path)).status_code == 403
    assert (await fresh_org["admin"].delete(path)).status_code == 204

    assert await stored_events(app, fresh_org.id, "tenant_id = 'cust/omer ü?1' AND environment = 'prod'") == 0
    assert await stored_events(app, fresh_org.id, "tenant_id = 'cust/omer ü?1' AND environment = 'dev'") == 3
    assert await stored_events(app, fresh_org.id, "tenant_id = 'customer_2'") == 3


async def test_a_deleted_org_leaves_nothing_in_either_store(app: FastAPI, fresh_org: TestOrg) -> None:
    survivor = await make_org(app, name="Survivor", roles=("owner",))
    await store_some(app, fresh_org.id)
    await store_some(app, survivor.id)
    assert (await fresh_org["admin"].delete("/v1/org")).status_code == 403

    assert (await fresh_org["owner"].delete("/v1/org")).status_code == 204

    assert await stored_events(app, fresh_org.id) == 0
    assert await stored_events(app, survivor.id) == 3
    with connected(owner_url(service(app, Settings))) as connection:
        connection.execute(text("SELECT set_config('emban.org_id', :org, false)"), {"org": fresh_org.id})
        for table in Base.metadata.sorted_tables:
            if "org_id" in table.columns and table.name != "deleted_orgs":
                left = text(f"SELECT count(*) FROM {table.name} WHERE org_id = :org")
                assert connection.scalar(left, {"org": fresh_org.id}) == 0, table.name
        users = text("SELECT count(*) FROM users WHERE email = :email")
        assert connection.scalar(users, {"email": fresh_org.owner_email}) == 0
        gone = text("SELECT events_deleted_at IS NOT NULL FROM deleted_orgs WHERE org_id = :org")
        assert connection.scalar(gone, {"org": fresh_org.id}) is True
    for caller in ("owner", "admin", "admin_key", "ingest_key"):
        assert (await fresh_org[caller].get("/v1/org")).status_code == 401
    again = {"email": fresh_org.owner_email, "password": PASSWORD, "org_name": "Again"}
    assert (await browser(app).post("/v1/auth/register", json=again)).status_code == 201


async def test_events_of_a_deleted_org_go_once_the_store_is_back(app: FastAPI, fresh_org: TestOrg) -> None:
    async def away(*_: object) -> None:
        raise unavailable()

    await store_some(app, fresh_org.id)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(service(app, EventEraser), "delete_org", away)
        assert (await fresh_org["owner"].delete("/v1/org")).status_code == 204
        assert await stored_events(app, fresh_org.id) == 3

    async with running(service(app, Settings)) as other:
        await service(other, Erasure).sweep()

    assert await stored_events(app, fresh_org.id) == 0


async def test_a_key_is_shown_once_and_used_with_its_environment(app: FastAPI, fresh_org: TestOrg) -> None:
    made = await fresh_org["admin"].post("/v1/api-keys", json={"label": "Dev", "scope": "admin", "environment": "dev"})
    body = made.json()
    listed = (await fresh_org["admin"].get("/v1/api-keys")).json()["items"]

    assert body["key"].startswith(body["prefix"])
    assert body["key"] not in str(listed)
    assert len(body["key"]) == len("eb_adm_") + 40
    assert (await machine(app, body["key"]).get("/v1/auth/me")).json()["environment"] == "dev"
    unknown = await fresh_org["admin"].post(
        "/v1/api-keys", json={"label": "x", "scope": "admin", "environment": "nowhere"}
    )
    assert unknown.json()["fields"][0]["path"] == "environment"
    scope = await fresh_org["admin"].post("/v1/api-keys", json={"label": "x", "scope": "root"})
    assert scope.json()["fields"][0]["path"] == "scope"


async def test_last_use_of_a_key_is_written_without_a_write_per_request(app: FastAPI, fresh_org: TestOrg) -> None:
    usage = service(app, Authenticator)._usage
    await asyncio.gather(*(fresh_org["admin_key"].get("/v1/org") for _ in range(20)))
    await usage.flush()

    keys = (await fresh_org["owner"].get("/v1/api-keys")).json()["items"]
    assert next(key for key in keys if key["label"] == "First admin key")["last_used_at"] is not None
    assert next(key for key in keys if key["label"] == "ingest")["last_used_at"] is None


async def test_a_smaller_plan_deletes_nothing_and_blocks_new(app: FastAPI, fresh_org: TestOrg) -> None:
    for number in range(3):
        await fresh_org["owner"].post("/v1/api-keys", json={"label": str(number), "scope": "ingest"})
    await put_on_plan(app, fresh_org.id, "free")

    billing = (await fresh_org["owner"].get("/v1/billing")).json()
    assert billing["api_keys"] == {"used": 5, "limit": 2}
    assert billing["editor_seats"] == {"used": 3, "limit": 1}
    assert (await fresh_org["admin_key"].get("/v1/org")).status_code == 200
    assert (await fresh_org["owner"].post("/v1/api-keys", json={"label": "x", "scope": "ingest"})).status_code == 402
    assert (await fresh_org["editor"].get("/v1/saved-queries")).status_code == 200


async def test_everything_happens_in_the_environment_asked_for(fresh_org: TestOrg) -> None:
    body = {"name": "In dev", "sql": "SELECT 1"}
    made = await fresh_org["editor"].post("/v1/saved-queries", json=body, headers={"x-emban-environment": "dev"})

    assert made.status_code == 201
    assert (await fresh_org["editor"].get("/v1/saved-queries")).json()["items"] == []
    in_dev = await fresh_org["editor"].get("/v1/saved-queries", headers={"x-emban-environment": "dev"})
    assert [item["name"] for item in in_dev.json()["items"]] == ["In dev"]
    elsewhere = await fresh_org["editor"].put(f"/v1/saved-queries/{made.json()['id']}", json=body)
    assert elsewhere.status_code == 404
