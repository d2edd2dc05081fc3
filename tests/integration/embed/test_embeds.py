"""Embeds over HTTP: what a session shows, and that it shows nothing else."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.billing.meters import QueryMeter
from emban.db import Database
from tests.support.control import (
    TestOrg,
    counted_statements,
    put_on_plan,
    service,
)
from tests.support.showing import (
    CONFIG,
    COUNT,
    calls,
    embedded,
    mint,
    now_utc,
    numbers,
    opened,
    publish,
    refusal,
    store,
    two_tenants,
)


async def test_the_config_is_the_snapshot_without_its_queries(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled) as browser:
        answer = await browser.get("/v1/embed/dashboard")
    assert answer.status_code == 200
    config = answer.json()
    assert set(config) == {"dashboard", "filters", "permissions", "session"}
    shown = config["dashboard"]
    assert (shown["id"], shown["name"]) == (filled.made["dashboard"], "Usage")
    assert [widget["id"] for widget in shown["widgets"]] == ["w_calls", "w_tokens", "w_models", "w_table"]
    told = {"metric", "prop", "group_by", "granularity", "compare", "series", "cumulative", "moving_average"}
    assert set(shown["widgets"][0]["query"]) == told
    assert shown["branding"] == {"powered_by": False}
    assert config["filters"]["default_period"] == "7d"
    assert config["filters"]["dimensions"] == [
        {"name": "model", "values": ["small", "large", "only-customer_1"]},
        {"name": "plan", "values": ["free", "pro"]},
    ]
    assert 3590 <= config["session"]["expires_in"] <= 3600
    assert "lock" not in answer.text
    assert "customer_2" not in answer.text


async def test_theme_and_branding_follow_the_plan(app: FastAPI, fresh_org: TestOrg) -> None:
    theme = {"mode": "dark", "primaryColor": "#0a5c36"}
    fresh_org.made["dashboard"] = await publish(fresh_org, {**CONFIG, "theme": theme})
    seen = {}
    for plan in ("starter", "free"):
        await put_on_plan(app, fresh_org.id, plan)
        async with await opened(app, fresh_org) as browser:
            shown = (await browser.get("/v1/embed/dashboard")).json()["dashboard"]
        seen[plan] = (shown["theme"], shown["branding"]["powered_by"])
    assert seen == {"starter": (theme, False), "free": ({"mode": "dark"}, True)}


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


async def test_a_tenant_of_any_name_sees_its_own_and_nothing_else(app: FastAPI, fresh_org: TestOrg) -> None:
    names = ["it's", "a|b", "*", "t:*", "%", "x' OR 1=1 --", "{p0:String}", "ü 🐙\t", " ", "a" * 256]
    fresh_org.made["dashboard"] = await publish(fresh_org)
    events = two_tenants(now_utc())
    theirs = [replace(event, tenant=name) for place, name in enumerate(names) for event in events[: place + 1]]
    await store(app, fresh_org.id, [*events, *theirs])
    for place, name in enumerate(names):
        async with await opened(app, fresh_org, name) as browser:
            answer = await numbers(browser)
            assert calls(answer) == place + 1
            assert {row[0] for row in answer["widgets"]["w_table"]["rows"]} == {name}


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
        assert (named.status_code, named.json()["code"]) == (403, "dimension_not_shown")


async def test_locks_hold_in_data_and_in_the_values_of_filters(app: FastAPI, filled: TestOrg) -> None:
    locked = {"locked_filters": {"plan": "pro"}}
    async with await opened(app, filled, permissions=locked) as browser:
        assert calls(await numbers(browser)) == 5
        tried = [{"plan": ["pro", "free"]}, {"plan": "free"}, {"plan": "pro"}, {"string_props.plan": "pro"}]
        answers = [await browser.post("/v1/embed/data", json={"filters": {"dimensions": one}}) for one in tried]
        assert {(answer.status_code, answer.text) for answer in answers} == {(403, answers[0].text)}
        assert answers[0].json()["code"] == "dimension_not_shown"
        rows = (await numbers(browser))["widgets"]["w_table"]["rows"]
        assert rows == [["customer_1", "pro", 5]]
        config = await browser.get("/v1/embed/dashboard")
        assert [one["name"] for one in config.json()["filters"]["dimensions"]] == ["model"]
        assert '"pro"' not in json.dumps(config.json()["permissions"])
    token = (await mint(filled, filled.made["dashboard"], permissions=locked))["token"]
    assert '"pro"' not in json.dumps(jwt.decode(token, options={"verify_signature": False}))


async def test_nothing_tells_how_much_others_have(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled) as browser:
        for widget in (await numbers(browser))["widgets"].values():
            assert "rows_read" not in widget["meta"]


async def test_a_used_up_plan_is_told_without_the_plan(app: FastAPI, fresh_org: TestOrg) -> None:
    fresh_org.made["dashboard"] = await publish(fresh_org)
    async with await opened(app, fresh_org) as browser:
        await put_on_plan(app, fresh_org.id, "free")
        async with service(app, Database).for_org(fresh_org.id) as session:
            used = "INSERT INTO usage_daily (org_id, day, queries) VALUES (:org, current_date, 2499)"
            await session.execute(text(used), {"org": fresh_org.id})
        service(app, QueryMeter)._known.clear()
        refused = await browser.post("/v1/embed/data", json={})
        assert (refused.status_code, refused.json()["code"]) == (402, "queries_limit")
        assert set(refused.json()) == {"error", "code"}


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
            "allow_export": True,
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
        "no algorithm": jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"}),
        "an admin key": filled.raw_admin_key,
        "an ingest key": filled.raw_ingest_key,
        "nothing": "x",
    }
    for name, forgery in forged.items():
        async with embedded(app, forgery) as browser:
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


async def test_an_embed_request_costs_no_statement_once_its_session_is_known(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled) as browser:
        await numbers(browser)
        with counted_statements(app) as sent:
            await asyncio.gather(*(numbers(browser) for _ in range(3)))
    assert not [statement for statement in sent if "emban_open_embed" in statement or "snapshot" in statement]


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
