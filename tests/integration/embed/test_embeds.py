"""Embeds over HTTP: what a session shows, that it shows nothing else, and how it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI

from emban.kit.ids import new_id
from tests.support.control import (
    BASE_URL,
    TestOrg,
    audit_rows,
    counted_statements,
    make_org,
    put_on_plan,
    running,
    services,
)
from tests.support.showing import CONFIG, COUNT, embedded, mint, now_utc, publish, store, two_tenants


@pytest.fixture(scope="module")
async def filled(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org with the events of two tenants and one published dashboard."""
    org = await make_org(app)
    await store(app, org.id, two_tenants(now_utc()))
    org.made["dashboard"] = await publish(org)
    yield org
    await org.close()


async def opened(app: FastAPI, org: TestOrg, tenant_id: str = "customer_1", **more: Any) -> httpx.AsyncClient:
    return embedded(app, (await mint(org, org.made["dashboard"], tenant_id, **more))["token"])


async def numbers(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/v1/embed/data", json=body)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = answer.json()
    return decoded


def calls(answer: dict[str, Any]) -> Any:
    return answer["widgets"]["w_calls"]["points"][0]["value"]


async def refusal(client: httpx.AsyncClient, path: str = "/v1/embed/dashboard") -> tuple[int, str]:
    answer = await (client.get(path) if path.endswith("dashboard") else client.post(path, json={}))
    return answer.status_code, answer.json().get("code", "")


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
        ({"expires_in": None}, "expires_in"),
        ({"org": "org_1"}, "org"),
        ({"permissions": {"see_all": True}}, "permissions.see_all"),
        ({"permissions": {"locked_filters": {"plan": ""}}}, "permissions.locked_filters"),
        ({"permissions": {"locked_filters": {"plan": None}}}, "permissions.locked_filters.plan"),
        ({"permissions": {"locked_filters": {"plan": "*"}}}, "permissions.locked_filters"),
        ({"permissions": {"locked_filters": {"plan": []}}}, "permissions.locked_filters.plan"),
        ({"permissions": {"locked_filters": {"tenant_id": "customer_2"}}}, "permissions.locked_filters"),
        ({"permissions": {"hidden_widgets": ["w_calls", "w_9"]}}, "permissions.hidden_widgets[1]"),
        ({"permissions": {"allowed_periods": ["1y"]}}, "permissions.allowed_periods"),
        ({"permissions": None}, "permissions"),
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


async def test_the_config_is_the_snapshot_without_its_queries(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled) as browser:
        answer = await browser.get("/v1/embed/dashboard")
    assert answer.status_code == 200
    config = answer.json()
    assert set(config) == {"dashboard", "filters", "permissions", "session"}
    shown = config["dashboard"]
    assert (shown["id"], shown["name"]) == (filled.made["dashboard"], "Usage")
    assert [widget["id"] for widget in shown["widgets"]] == ["w_calls", "w_tokens", "w_models", "w_table"]
    assert set(shown["widgets"][0]["query"]) == {"metric", "prop", "group_by", "granularity", "compare"}
    assert shown["branding"] == {"powered_by": False}
    assert config["filters"]["default_period"] == "7d"
    assert config["filters"]["dimensions"] == [
        {"name": "model", "values": ["small", "large", "only-customer_1"]},
        {"name": "plan", "values": ["free", "pro"]},
    ]
    assert 3590 <= config["session"]["expires_in"] <= 3600
    assert "lock" not in answer.text
    assert "customer_2" not in answer.text


async def test_two_tenants_see_their_own_numbers_and_those_of_the_api(app: FastAPI, filled: TestOrg) -> None:
    for tenant, other, count in (("customer_1", "customer_2", 10), ("customer_2", "customer_1", 4)):
        async with await opened(app, filled, tenant) as browser:
            answer = await browser.post("/v1/embed/data", json={"period": "7d"})
            config = await browser.get("/v1/embed/dashboard")
        assert calls(answer.json()) == count
        assert other not in answer.text + config.text
        for widget in CONFIG["widgets"]:
            body = {"tenant_id": tenant, "query": {**widget["query"], "period": "7d"}}
            alone = (await filled["admin_key"].post("/v1/query", json=body)).json()
            mine = answer.json()["widgets"][widget["id"]]
            assert [mine.get(part) for part in ("points", "rows")] == [alone.get(part) for part in ("points", "rows")]


@pytest.mark.parametrize(
    "body",
    [
        {"tenant_id": "customer_2"},
        {"all_tenants": True},
        {"org_id": "org_1"},
        {"environment": "dev"},
        {"query": COUNT},
        {"metric": "count"},
        {"event_name": "*"},
        {"draft": True},
        {"locked_filters": {}},
        {"permissions": {}},
        {"as_of": "2026-01-01T00:00:00Z"},
        {"filters": {"dimensions": {}, "tenant_id": "customer_2"}},
        {"filters": {"sql": "1=1"}},
        {"filters": {"numeric_ranges": {"tokens": {"min": 1, "or": 2}}}},
        {"widgets": [{"id": "w_calls", "query": COUNT}]},
        {"widgets": "w_calls"},
        {"period": ["7d"]},
        {"reload": "yes"},
        [],
        "w_calls",
    ],
)
async def test_any_other_key_is_a_400(app: FastAPI, filled: TestOrg, body: Any) -> None:
    async with await opened(app, filled) as browser:
        answer = await browser.post("/v1/embed/data", json=body)
    assert answer.status_code == 400
    assert "customer_2" not in answer.text


async def test_another_tenants_values_as_filters_find_nothing(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled) as browser:
        theirs = {"filters": {"dimensions": {"model": "only-customer_2"}}}
        assert calls(await numbers(browser, **theirs)) == 0
        named = await browser.post("/v1/embed/data", json={"filters": {"dimensions": {"tenant_id": "customer_2"}}})
        assert (named.status_code, named.json()["code"]) == (403, "filter_not_allowed")
        assert calls(await numbers(browser, filters={"dimensions": {"string_props.tenant_id": "customer_2"}})) == 0


async def test_locks_hold_in_data_and_in_the_values_of_filters(app: FastAPI, filled: TestOrg) -> None:
    locked = {"locked_filters": {"plan": "pro"}}
    async with await opened(app, filled, permissions=locked) as browser:
        assert calls(await numbers(browser)) == 5
        assert calls(await numbers(browser, filters={"dimensions": {"plan": ["pro", "free"]}})) == 5
        assert calls(await numbers(browser, filters={"dimensions": {"plan": "free"}})) == 0
        assert calls(await numbers(browser, filters={"dimensions": {"string_props.plan": "free"}})) == 0
        rows = (await numbers(browser))["widgets"]["w_table"]["rows"]
        assert rows == [["customer_1", "pro", 5]]
        config = await browser.get("/v1/embed/dashboard")
        assert [one["name"] for one in config.json()["filters"]["dimensions"]] == ["model"]
        assert '"pro"' not in json.dumps(config.json()["permissions"])
    token = (await mint(filled, filled.made["dashboard"], permissions=locked))["token"]
    assert '"pro"' not in json.dumps(jwt.decode(token, options={"verify_signature": False}))


async def test_hidden_widgets_periods_and_dimensions_are_refused(app: FastAPI, filled: TestOrg) -> None:
    allowed = {
        "hidden_widgets": ["w_table"],
        "allowed_periods": ["24h", "7d"],
        "max_date_range_days": 7,
        "allowed_dimensions": ["model"],
        "allow_drill_down": False,
    }
    async with await opened(app, filled, permissions=allowed) as browser:
        config = await browser.get("/v1/embed/dashboard")
        assert "w_table" not in config.text
        shown = config.json()
        assert shown["filters"]["periods"] == ["24h", "7d"]
        assert [one["name"] for one in shown["filters"]["dimensions"]] == ["model"]
        assert shown["permissions"] == {
            "allow_drill_down": False,
            "allowed_dimensions": ["model"],
            "allowed_periods": ["24h", "7d"],
            "max_date_range_days": 7,
        }
        assert "w_table" not in (await numbers(browser))["widgets"]
        for body, code in (
            ({"widgets": ["w_table"]}, "widget_not_available"),
            ({"widgets": ["w_calls", "w_unknown"]}, "widget_not_available"),
            ({"period": "30d"}, "period_not_allowed"),
            ({"date_from": "2020-01-01"}, "period_not_allowed"),
            ({"filters": {"dimensions": {"plan": "pro"}}}, "filter_not_allowed"),
        ):
            answer = await browser.post("/v1/embed/data", json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, code)


async def test_nothing_but_an_embed_token_opens_an_embed(app: FastAPI, filled: TestOrg) -> None:
    token = (await mint(filled, filled.made["dashboard"]))["token"]
    header, _, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    forged = {
        "another tenant": jwt.encode({**claims, "tenant": "customer_2"}, "x" * 64, headers={"kid": "k1"}),
        "an old signature": ".".join(
            [header, jwt.encode({**claims, "tenant": "customer_2"}, "x" * 64).split(".")[1], signature]
        ),
        "no algorithm": jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"}),
        "an admin key": filled.raw_admin_key,
        "an ingest key": filled.raw_ingest_key,
        "nothing": "x",
    }
    for name, text in forged.items():
        async with embedded(app, text) as browser:
            for path in ("/v1/embed/dashboard", "/v1/embed/data"):
                assert await refusal(browser, path) == (401, "token_invalid"), name
    for caller in ("nobody", "viewer", "owner"):  # A cookie is no way in.
        for path in ("/v1/embed/dashboard", "/v1/embed/data"):
            assert await refusal(filled[caller], path) == (401, "unauthorized")
    in_address = await filled["nobody"].get(f"/v1/embed/dashboard?token={token}")
    assert in_address.status_code == 401


async def test_an_embed_token_opens_nothing_else(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled) as browser:
        for path in ("/v1/dashboards", "/v1/discover", "/v1/embed-sessions", "/v1/auth/me", "/v1/org"):
            assert (await browser.get(path)).status_code == 401
        body = {"all_tenants": True, "query": COUNT}
        assert (await browser.post("/v1/query", json=body)).status_code == 401


async def test_a_signed_token_without_its_session_is_refused(app: FastAPI, filled: TestOrg) -> None:
    """Even this server's own signature does not stand for a session that was never minted, or minted otherwise."""
    minted = await mint(filled, filled.made["dashboard"], permissions={"allowed_dimensions": ["model"]})
    claims = jwt.decode(minted["token"], options={"verify_signature": False})
    secret = services(app).settings.derived_secret("embed token signing key k1")
    for change in ({"jti": new_id("es")}, {"permissions": {"allow_drill_down": True}}, {"environment": "dev"}):
        token = jwt.encode({**claims, **change}, secret, headers={"kid": "k1"})
        async with embedded(app, token) as browser:
            assert (await refusal(browser))[0] in {401, 404}
    async with embedded(app, jwt.encode(claims, secret, headers={"kid": "k1"})) as browser:
        assert (await browser.get("/v1/embed/dashboard")).status_code == 200


async def test_an_expired_session_says_so(app: FastAPI, filled: TestOrg) -> None:
    minted = await mint(filled, filled.made["dashboard"])
    claims = jwt.decode(minted["token"], options={"verify_signature": False})
    secret = services(app).settings.derived_secret("embed token signing key k1")
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
                for client in both:
                    assert await refusal(client) == (403, "dashboard_unpublished")
                    assert await refusal(client, "/v1/embed/data") == (403, "dashboard_unpublished")
                empty = {"version": 1, "name": "Renamed", "config": {"widgets": []}}
                await org["admin_key"].put(path, json=empty)
                await org["admin_key"].post(f"{path}/publish")
                for client in both:
                    config = (await client.get("/v1/embed/dashboard")).json()["dashboard"]
                    assert (config["name"], config["widgets"]) == ("Renamed", [])
                await org["admin_key"].delete(path)
                for client in both:
                    assert await refusal(client) == (404, "not_found")
    finally:
        await org.close()


async def test_a_draft_never_reaches_a_browser(app: FastAPI, fresh_org: TestOrg) -> None:
    dashboard_id = await publish(fresh_org)
    fresh_org.made["dashboard"] = dashboard_id
    draft = {"widgets": [{"id": "w_secret", "title": "Secret plan", "kind": "kpi", "query": COUNT}]}
    body = {"version": 1, "name": "Secret name", "config": draft}
    assert (await fresh_org["editor"].put(f"/v1/dashboards/{dashboard_id}", json=body)).status_code == 200
    async with await opened(app, fresh_org) as browser:
        config = await browser.get("/v1/embed/dashboard")
        assert "ecret" not in config.text
        assert (await browser.post("/v1/embed/data", json={"widgets": ["w_secret"]})).status_code == 403


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


async def test_an_embed_request_costs_one_statement_once_its_snapshot_is_known(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled) as browser:
        await numbers(browser)
        with counted_statements(app) as sent:
            await asyncio.gather(*(numbers(browser) for _ in range(3)))
    assert sum("emban_find_embed" in statement for statement in sent) == 3
    assert not [statement for statement in sent if "snapshot" in statement]


async def test_a_sandboxed_frame_may_ask_and_other_routes_stay_closed(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled) as browser:
        asked = {"Origin": "null", "Access-Control-Request-Method": "POST"}
        preflight = await browser.options("/v1/embed/data", headers=asked)
        assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, "*")
        assert "Authorization" in preflight.headers["access-control-allow-headers"]
        answer = await browser.get("/v1/embed/dashboard", headers={"Origin": "null"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    async with embedded(app, "x") as stranger:
        refused = await stranger.get("/v1/embed/dashboard", headers={"Origin": "null"})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "*")
        closed = await stranger.get("/v1/embed-sessions", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in closed.headers
