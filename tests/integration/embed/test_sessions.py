"""Embed sessions over HTTP: minting, listing, revoking, and everything else that ends one."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.db import Database
from emban.kit.ids import new_id
from emban.settings import Settings
from tests.support.control import (
    BASE_URL,
    TestOrg,
    audit_rows,
    caught_up,
    make_org,
    put_on_plan,
    running,
    service,
)
from tests.support.showing import CONFIG, embedded, mint, opened, publish, refusal


async def test_mint_answers_what_the_backend_needs(filled: TestOrg) -> None:
    answer = await mint(filled, filled.made["dashboard"])
    assert set(answer) == {"id", "token", "embed_url", "expires_at"}
    assert answer["id"].startswith("es_")
    assert answer["embed_url"] == f"{BASE_URL}/embed/{filled.made['dashboard']}?token={answer['token']}"
    claims = jwt.decode(answer["token"], options={"verify_signature": False})
    assert (claims["jti"], claims["org"], claims["environment"]) == (answer["id"], filled.id, "prod")
    assert (claims["tenant"], claims["dashboard"]) == ("customer_1", filled.made["dashboard"])
    assert claims["exp"] - claims["iat"] == 3600
    longer = await mint(filled, filled.made["dashboard"], expires_in=86_400)
    claims = jwt.decode(longer["token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 86_400


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"tenant_id": None}, "tenant_id"),
        ({"tenant_id": ""}, "tenant_id"),
        ({"tenant_id": "x" * 257}, "tenant_id"),
        ({"tenant_id": 5}, "tenant_id"),
        ({"dashboard_id": None}, "dashboard_id"),
        ({"expires_in": 3599}, "expires_in"),
        ({"expires_in": 86_401}, "expires_in"),
        ({"expires_in": "3600"}, "expires_in"),
        ({"expires_in": 3600.5}, "expires_in"),
        ({"expires_in": True}, "expires_in"),
        ({"org": "org_1"}, "org"),
        ({"permissions": {"see_all": True}}, "permissions.see_all"),
        ({"permissions": {"locked_filters": {"plan": ""}}}, "permissions.locked_filters"),
        ({"permissions": {"locked_filters": {"plan": None}}}, "permissions.locked_filters.plan"),
        ({"permissions": {"locked_filters": {"plan": "*"}}}, "permissions.locked_filters"),
        ({"permissions": {"locked_filters": {"plan": []}}}, "permissions.locked_filters.plan"),
        ({"permissions": {"locked_filters": {"tenant_id": "customer_2"}}}, "permissions.locked_filters"),
        ({"permissions": {"hidden_widgets": ["w_calls", "w_9"]}}, "permissions.hidden_widgets[1]"),
        ({"permissions": {"allowed_periods": ["1y"]}}, "permissions.allowed_periods"),
    ],
)
async def test_a_mint_that_makes_no_sense_is_a_400(filled: TestOrg, body: dict[str, Any], path: str) -> None:
    full: dict[str, Any] = {"tenant_id": "customer_1", "dashboard_id": filled.made["dashboard"], **body}
    given = {name: value for name, value in full.items() if not (name.endswith("_id") and value is None)}
    answer = await filled["admin_key"].post("/v1/embed-sessions", json=given)
    assert answer.status_code == 400
    assert path in [field["path"] for field in answer.json()["fields"]]


async def test_only_published_dashboards_of_the_own_org_can_be_minted(filled: TestOrg, other_org: TestOrg) -> None:
    body = {"tenant_id": "customer_1", "dashboard_id": filled.made["dashboard"]}
    assert (await other_org["admin_key"].post("/v1/embed-sessions", json=body)).status_code == 404
    in_dev = await filled["admin"].post("/v1/embed-sessions", json=body, headers={"X-Emban-Environment": "dev"})
    assert in_dev.status_code == 404
    draft = await filled["editor"].post("/v1/dashboards", json={"name": "Draft", "config": CONFIG})
    answer = await filled["admin_key"].post("/v1/embed-sessions", json={**body, "dashboard_id": draft.json()["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_published")


async def test_permissions_need_the_growth_plan_and_defaults_do_not(app: FastAPI) -> None:
    for plan, status in (("free", 402), ("starter", 402), ("growth", 201)):
        org = await make_org(app, roles=())
        try:
            dashboard_id = await publish(org)
            await put_on_plan(app, org.id, plan)
            body = {"tenant_id": "a", "dashboard_id": dashboard_id}
            plain = {**body, "permissions": {"allow_drill_down": True, "locked_filters": {}}}
            assert (await org["admin_key"].post("/v1/embed-sessions", json=plain)).status_code == 201
            locked = {**body, "permissions": {"locked_filters": {"plan": "pro"}}}
            answer = await org["admin_key"].post("/v1/embed-sessions", json=locked)
            assert answer.status_code == status
            if status == 402:
                assert (answer.json()["code"], answer.json()["upgrade_to"]) == (
                    "embed_permissions_not_in_plan",
                    "growth",
                )
        finally:
            await org.close()


async def test_old_sessions_are_forgotten(app: FastAPI, fresh_org: TestOrg) -> None:
    dashboard_id = await publish(fresh_org)
    old = await mint(fresh_org, dashboard_id)
    async with service(app, Database).for_org(fresh_org.id) as session:
        await session.execute(text("UPDATE embed_sessions SET created_at = created_at - interval '3 days'"))
    new = await mint(fresh_org, dashboard_id)
    async with service(app, Database).for_org(fresh_org.id) as session:
        left = (await session.execute(text("SELECT id FROM embed_sessions"))).scalars().all()
    assert left == [new["id"]]
    assert old["id"] != new["id"]


async def test_a_signed_token_without_its_session_is_refused(app: FastAPI, filled: TestOrg) -> None:
    """Even this server's own signature does not stand for a session that was never minted, or minted otherwise."""
    minted = await mint(filled, filled.made["dashboard"], permissions={"allowed_dimensions": ["model"]})
    claims = jwt.decode(minted["token"], options={"verify_signature": False})
    secret = service(app, Settings).derived_secret("embed token signing key k1")
    for change in ({"jti": new_id("es")}, {"permissions": {"allow_drill_down": True}}, {"environment": "dev"}):
        token = jwt.encode({**claims, **change}, secret, headers={"kid": "k1"})
        async with embedded(app, token) as browser:
            assert (await refusal(browser))[0] in {401, 404}
    async with embedded(app, jwt.encode(claims, secret, headers={"kid": "k1"})) as browser:
        assert (await browser.get("/v1/embed/dashboard")).status_code == 200


async def test_an_expired_session_says_so(app: FastAPI, filled: TestOrg) -> None:
    minted = await mint(filled, filled.made["dashboard"])
    claims = jwt.decode(minted["token"], options={"verify_signature": False})
    secret = service(app, Settings).derived_secret("embed token signing key k1")
    past = {**claims, "iat": claims["iat"] - 7200, "exp": claims["iat"] - 3600}
    async with embedded(app, jwt.encode(past, secret, headers={"kid": "k1"})) as browser:
        assert await refusal(browser) == (401, "token_expired")


async def test_unpublishing_takes_embeds_offline_and_publishing_brings_them_back(app: FastAPI) -> None:
    org = await make_org(app, roles=())
    try:
        org.made["dashboard"] = await publish(org)
        path = f"/v1/dashboards/{org.made['dashboard']}"
        async with await opened(app, org) as browser, running(app.state.settings) as second:
            token = browser.headers["authorization"].split()[1]
            async with embedded(second, token) as elsewhere:
                both = (browser, elsewhere)
                for client in both:
                    assert (await client.get("/v1/embed/dashboard")).status_code == 200
                await org["admin_key"].post(f"{path}/unpublish")
                assert await refusal(browser) == (403, "dashboard_unpublished")
                await caught_up(second)
                for client in both:
                    assert await refusal(client) == (403, "dashboard_unpublished")
                    assert await refusal(client, "/v1/embed/data") == (403, "dashboard_unpublished")
                empty = {"version": 1, "name": "Renamed", "config": {"widgets": []}}
                await org["admin_key"].put(path, json=empty)
                await org["admin_key"].post(f"{path}/publish")
                await caught_up(second)
                for client in both:
                    config = (await client.get("/v1/embed/dashboard")).json()["dashboard"]
                    assert (config["name"], config["widgets"]) == ("Renamed", [])
                await org["admin_key"].delete(path)
                await caught_up(second)
                for client in both:
                    assert await refusal(client) == (404, "not_found")
    finally:
        await org.close()


async def test_a_revoked_session_is_refused_on_every_process(app: FastAPI, filled: TestOrg) -> None:
    minted = await mint(filled, filled.made["dashboard"])
    other = await mint(filled, filled.made["dashboard"])
    async with (
        running(app.state.settings) as second,
        embedded(app, minted["token"]) as here,
        embedded(second, minted["token"]) as there,
        embedded(second, other["token"]) as untouched,
    ):
        assert (await here.get("/v1/embed/dashboard")).status_code == 200
        assert (await there.get("/v1/embed/dashboard")).status_code == 200
        for _ in range(2):
            assert (await filled["admin_key"].delete(f"/v1/embed-sessions/{minted['id']}")).status_code == 204
        assert await refusal(here) == (401, "token_revoked")
        await caught_up(second)
        for client in (here, there):
            assert await refusal(client) == (401, "token_revoked")
            assert await refusal(client, "/v1/embed/data") == (401, "token_revoked")
        assert (await untouched.get("/v1/embed/dashboard")).status_code == 200


async def test_live_sessions_are_listed_and_another_orgs_cannot_be_revoked(
    app: FastAPI, fresh_org: TestOrg, other_org: TestOrg
) -> None:
    dashboard_id = await publish(fresh_org)
    made = [(await mint(fresh_org, dashboard_id, f"customer_{nth}"))["id"] for nth in range(3)]
    assert (await other_org["admin_key"].delete(f"/v1/embed-sessions/{made[0]}")).status_code == 404
    assert (await fresh_org["admin_key"].delete("/v1/embed-sessions/es_unknown")).status_code == 404
    await fresh_org["admin_key"].delete(f"/v1/embed-sessions/{made[1]}")
    listed = (await fresh_org["admin_key"].get("/v1/embed-sessions")).json()
    assert [item["id"] for item in listed["items"]] == [made[2], made[0]]
    assert set(listed["items"][0]) == {
        "id", "tenant_id", "dashboard_id", "environment", "permissions", "created_by", "created_at", "expires_at",
    }  # fmt: skip
    first = (await fresh_org["admin_key"].get("/v1/embed-sessions?limit=1")).json()
    second = (await fresh_org["admin_key"].get("/v1/embed-sessions", params={"cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + second["items"]] == [made[2], made[0]]
    mine = (await fresh_org["admin_key"].get("/v1/embed-sessions?tenant_id=customer_0")).json()["items"]
    assert [item["id"] for item in mine] == [made[0]]
    assert (await other_org["admin_key"].get("/v1/embed-sessions")).json()["items"] == []
    rows = [row for row in await audit_rows(app, fresh_org.id) if str(row["action"]).startswith("embed_session.")]
    assert [row["action"] for row in rows] == ["embed_session.create"] * 3 + ["embed_session.revoke"]
    assert "token" not in json.dumps([row["metadata"] for row in rows])


Browsers = dict[str, list[httpx.AsyncClient]]


async def still_served(browsers: Browsers, second: FastAPI) -> list[str]:
    """Return whose session both processes serve, once the second one was told; fails where they differ."""
    await caught_up(second)
    served = []
    for name, clients in browsers.items():
        answers = [await refusal(client) for client in clients]
        assert answers[0] == answers[1], name
        assert answers[0] in {(200, ""), (401, "token_revoked")}
        served += [name] if answers[0][0] == 200 else []
    return served


async def test_all_sessions_of_a_tenant_or_of_the_org_end_on_every_process(
    app: FastAPI, fresh_org: TestOrg, other_org: TestOrg
) -> None:
    dashboard_id = await publish(fresh_org)
    key, path = fresh_org["admin_key"], "/v1/embed-sessions"
    sessions = {name: await mint(fresh_org, dashboard_id, name) for name in ("a", "b", "c & d/é")}
    sessions |= {"again": await mint(fresh_org, dashboard_id, "a")}
    sessions |= {"theirs": await mint(other_org, await publish(other_org))}
    async with running(app.state.settings) as second, AsyncExitStack() as stack:
        browsers: Browsers = {
            name: [await stack.enter_async_context(embedded(at, one["token"])) for at in (app, second)]
            for name, one in sessions.items()
        }
        assert await still_served(browsers, second) == list(sessions)
        assert (await key.delete(path, params={"tenant_id": "a"})).status_code == 204
        assert await still_served(browsers, second) == ["b", "c & d/é", "theirs"]
        assert (await key.delete(path, params={"tenant_id": "c & d/é"})).status_code == 204
        await other_org["admin_key"].delete(path, params={"tenant_id": "b"})
        in_dev = {"x-emban-environment": "dev"}
        assert (await fresh_org["owner"].delete(f"{path}?all=true", headers=in_dev)).status_code == 204
        assert await still_served(browsers, second) == ["b", "theirs"]
        assert (await key.delete(f"{path}?all=true")).status_code == 204
        assert await still_served(browsers, second) == ["theirs"]
        assert (await key.get(path)).json()["items"] == []
        renewed = await mint(fresh_org, dashboard_id, "a")  # What is minted afterwards lives.
        async with embedded(second, renewed["token"]) as browser:
            assert await refusal(browser) == (200, "")
    rows = [row for row in await audit_rows(app, fresh_org.id) if row["action"] == "embed_session.revoke"]
    assert [(row["entity_type"], row["entity_id"], row["metadata"]) for row in rows] == [
        ("tenant", "a", {"environment": "prod", "sessions": 2}),
        ("tenant", "c & d/é", {"environment": "prod", "sessions": 1}),
        ("org", fresh_org.id, {"environment": "dev", "sessions": 0}),
        ("org", fresh_org.id, {"environment": "prod", "sessions": 1}),
    ]


@pytest.mark.parametrize("query", ["", "?all=false", "?tenant_id=", "?tenant_id=a&all=true", "?all=maybe"])
async def test_revoking_many_says_whose(filled: TestOrg, query: str) -> None:
    minted = await mint(filled, filled.made["dashboard"])
    answer = await filled["admin_key"].delete(f"/v1/embed-sessions{query}")
    assert answer.status_code == 400
    assert answer.json()["fields"][0]["path"] in {"tenant_id", "all"}
    listed = (await filled["admin_key"].get("/v1/embed-sessions")).json()["items"]
    assert minted["id"] in {item["id"] for item in listed}
