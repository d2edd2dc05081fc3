"""A browser with a good token that wants more: other keys, values, widgets, periods, and yesterday's permission.

Every answer is searched for what it must not hold (`tests.isolation.browser`); here is which status each attempt gets.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import httpx
import structlog
from fastapi import FastAPI

from emban.app.openapi.document import described_routes
from tests.isolation.browser import (
    BODIES,
    CANARY,
    DATA,
    DRILL,
    EXPORT,
    HIDING,
    VISIBLE,
    World,
    each,
    hostile_world,
    statuses,
    watched,
)
from tests.isolation.contract import contract
from tests.isolation.test_roles import address
from tests.support.showing import embedded, mint, now_utc


async def figures(browser: httpx.AsyncClient) -> list[Any]:
    """Return everything that a browser can read at all, without what differs from one request to the next."""
    config = (await browser.get("/v1/embed/dashboard")).json()
    data = (await browser.post("/v1/embed/data", json=DATA)).json()["widgets"]
    drill = (await browser.post("/v1/embed/drill", json=DRILL)).json()
    export = (await browser.post("/v1/embed/export", json=EXPORT)).text.split("\r\n\r\n", 1)[1]
    parts = [{name: value for name, value in data[one].items() if name != "meta"} for one in data]
    return [config["dashboard"], config["filters"], config["permissions"], parts, drill["rows"], export]


async def test_what_is_asked_rightly_is_answered(browser: httpx.AsyncClient) -> None:
    config, bar, permissions, data, rows, export = await figures(browser)
    assert [widget["id"] for widget in config["widgets"]] == list(VISIBLE)
    assert bar["dimensions"][0] == {"name": "model", "values": ["small", "large", "medium"]}
    assert "locked_filters" not in permissions
    assert data[0]["points"][0]["value"] == 10
    assert len(rows) == 4
    assert "Calls" in export


async def test_other_tenants_values_find_nothing(browser: httpx.AsyncClient) -> None:
    names = ("model", "plan", "string_props.model", "string_props.plan")
    values = (
        f"{CANARY}-model",
        f"{CANARY}-plan",
        f"{CANARY}.event",
        "customer_2",
        "customer_1",
        "' OR 1=1 --",
        "%",
        "*",
    )
    for name, value in itertools.product(names, values):
        filters = {"dimensions": {name: value}}
        data = await browser.post("/v1/embed/data", json={**DATA, "filters": filters})
        assert data.status_code == 200
        assert data.json()["widgets"]["w_calls"]["points"][0]["value"] == 0
        drill = await browser.post("/v1/embed/drill", json={**DRILL, "dimension": name, "value": value})
        assert (drill.status_code, drill.json()["rows"]) == (200, [])
        export = await browser.post("/v1/embed/export", json={**EXPORT, "widget_id": "w_table", "filters": filters})
        assert export.text == "Details\r\ntenant_id,plan,Tokens\r\n"
    for name in ("tenant_id", "user_id"):
        filters = {"dimensions": {name: "customer_2"}}
        found = await statuses(browser, ((path, {**body, "filters": filters}) for path, body in each()))
        assert set(found.values()) == {(403, "dimension_not_shown")}
        drill = await browser.post("/v1/embed/drill", json={**DRILL, "dimension": name, "value": f"{CANARY}-them"})
        assert (drill.status_code, drill.json()["code"]) == (403, "dimension_not_shown")


async def test_a_widget_that_is_not_shown_is_not_there(world: World, browser: httpx.AsyncClient) -> None:
    messages = set()
    for hidden in ("w_hidden", "w_draft", "w_second", "w_other", "w_unknown", "W_CALLS", "w_callsx"):
        for path, body in (
            ("/v1/embed/data", {**DATA, "widgets": [hidden]}),
            ("/v1/embed/data", {**DATA, "widgets": ["w_calls", hidden, "w_calls"]}),
            ("/v1/embed/drill", {**DRILL, "widget_id": hidden}),
            ("/v1/embed/export", {**EXPORT, "widget_id": hidden}),
        ):
            answer = await browser.post(path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "widget_not_available"), (path, body)
            messages.add(answer.json()["error"].replace(repr(hidden), "…"))
    assert len(messages) == 1  # What is hidden and what does not exist look alike.
    for other in (world.org.made["second"], world.other_dashboard_id):
        assert (await browser.get(f"/v1/embed/dashboard?dashboard_id={other}")).json()["dashboard"]["id"] == (
            world.dashboard_id
        )


BEYOND: tuple[dict[str, Any], ...] = (
    {"period": "1h"},
    {"period": "30d"},
    {"period": "90d"},
    {"date_from": "2020-01-01"},
    {"date_from": "2026-01-01", "date_to": "2026-01-09"},
    {"date_from": "2026-01-01T00:00:00Z", "date_to": "2026-01-08T00:00:00.001Z"},
    {"date_from": "2026-01-01T00:00:00+14:00", "date_to": "2026-01-08T00:00:00-12:00"},
    {"date_from": "2026-10-20", "date_to": "2026-10-28", "timezone": "Europe/Berlin"},
    {"date_from": "2026-10-20T00:00:00Z", "date_to": "2026-10-27T00:30:00Z"},
    {"date_from": "1971-01-01", "date_to": "2104-12-31"},
)
WEEKS: tuple[dict[str, Any], ...] = (
    {"date_from": "2026-01-01", "date_to": "2026-01-08"},
    {"date_from": "2026-01-01T00:00:00Z", "date_to": "2026-01-08T00:00:00Z"},
    {"date_from": "2026-10-20", "date_to": "2026-10-27", "timezone": "Europe/Berlin"},  # 169 hours.
)
WITHIN: tuple[dict[str, Any], ...] = ({}, {"period": "24h"}, {"period": "7d"})


def days_ago(days: float) -> str:
    return (now_utc() - timedelta(days=days)).isoformat(timespec="milliseconds")


async def test_ranges_and_periods_beyond_the_permission_are_a_403(world: World) -> None:
    bare = [(path, {k: v for k, v in body.items() if k != "period"}) for path, body in each()]
    recent = {"date_from": days_ago(5.9), "date_to": days_ago(1)}  # Seven days begin with the sixth before today.
    async with await world.browser(allowed_periods=["24h", "7d"], max_date_range_days=7) as limited:
        found = await statuses(limited, ((path, {**body, **span}) for path, body in bare for span in BEYOND))
        assert {sent: one for sent, one in found.items() if one != (403, "period_not_allowed")} == {}
        found = await statuses(limited, ((path, {**body, **span}) for path, body in bare for span in (*WITHIN, recent)))
        assert {sent: one for sent, one in found.items() if one[0] != 200} == {}
    async with await world.browser(max_date_range_days=7) as any_week:
        beyond = [span for span in BEYOND if span.get("period") != "1h"]
        found = await statuses(any_week, ((path, {**body, **span}) for path, body in bare for span in beyond))
        assert {sent: one for sent, one in found.items() if one != (403, "period_not_allowed")} == {}
        found = await statuses(any_week, ((path, {**body, **span}) for path, body in bare for span in WEEKS))
        assert {sent: one for sent, one in found.items() if one[0] != 200} == {}
    async with await world.browser(allowed_periods=["7d"]) as by_period:
        old = ({"date_from": days_ago(8.1)}, {"date_from": days_ago(400), "date_to": days_ago(399)})
        found = await statuses(by_period, ((path, {**body, **span}) for path, body in bare for span in old))
        assert set(found.values()) == {(403, "period_not_allowed")}
        found = await statuses(by_period, ((path, {**body, **recent}) for path, body in bare))
        assert set(found.values()) == {(200, "")}


async def test_nothing_beside_the_token_changes_what_is_read(world: World, browser: httpx.AsyncClient) -> None:
    as_it_is = await figures(browser)
    owner = "; ".join(f"{name}={value}" for name, value in world.org["owner"].cookies.items())
    for headers in (
        {"cookie": owner},
        {"x-emban-environment": "dev"},
        {"x-tenant-id": "customer_2", "x-emban-tenant": "customer_2", "x-org-id": world.other.id},
        {"x-forwarded-user": "admin", "x-forwarded-host": "evil.example", "x-original-url": "/v1/dashboards"},
        {"x-http-method-override": "DELETE"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
    ):
        async with watched(world.app, await world.token()) as other:
            other.headers.update(headers)
            assert await figures(other) == as_it_is, headers
    for query in (
        "tenant_id=customer_2",
        "all_tenants=true",
        "draft=true",
        "permissions={}",
        f"token={await world.token()}",
    ):
        answer = await browser.get(f"/v1/embed/dashboard?{query}")
        assert answer.json()["dashboard"] == as_it_is[0]


async def test_the_token_opens_no_other_route(world: World, browser: httpx.AsyncClient) -> None:
    opened = []
    for method, path in described_routes(world.app):
        if contract()[method, path] in {"P", "T"}:
            continue
        answer = await browser.request(method, address(path), json={} if method in {"POST", "PUT", "PATCH"} else None)
        if answer.status_code != 401:
            opened.append(f"{method} {path}: {answer.status_code}")
    assert opened == []


async def test_other_methods_and_addresses_are_nothing(browser: httpx.AsyncClient) -> None:
    for path in ("/v1/embed/data", "/v1/embed/drill", "/v1/embed/export"):
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            assert (await browser.request(method, path)).status_code == 405
    for path in (
        "/v1/embed", "/v1/embed/", "/v1/embed/data/", "/v1/embed//data", "/v1/embed/dashboard/w_hidden",
        "/v1/embed/..%2fdashboards", "/v1/embed/%2e%2e/dashboards", "/v1/EMBED/dashboard", "/v1/embed/dashboard;x=1",
    ):  # fmt: skip
        answer = await browser.get(path)
        assert answer.status_code in {401, 404}, path


async def test_any_origin_may_ask_and_none_with_credentials(world: World, browser: httpx.AsyncClient) -> None:
    for path in ("/v1/embed/dashboard", *BODIES):
        for origin in ("null", "https://evil.example"):
            asked = {"origin": origin, "access-control-request-method": "POST"}
            preflight = await browser.options(path, headers=asked)
            assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, "*")
            assert "access-control-allow-credentials" not in preflight.headers
            refused = await browser.post(path, json={"tenant_id": "x"}, headers={"origin": origin})
            assert refused.headers["access-control-allow-origin"] == "*"  # The page can read why.
            assert "set-cookie" not in refused.headers
    for path in ("/v1/embed-sessions", "/v1/query", f"/v1/dashboards/{world.dashboard_id}/export"):
        closed = await browser.options(path, headers={"origin": "null", "access-control-request-method": "POST"})
        assert "access-control-allow-origin" not in closed.headers


async def test_no_line_of_the_log_holds_a_token_or_a_value(world: World) -> None:
    token = await world.token()
    with structlog.testing.capture_logs() as logged:
        async with watched(world.app, token) as browser:
            await browser.get(f"/v1/embed/dashboard?token={token}")
            await browser.get(f"/embed/{world.dashboard_id}?token={token}")
            for path, body in each():
                await browser.post(path, json={**body, "filters": {"dimensions": {"plan": "whisper"}}})
                await browser.post(path, json={**body, "token": token})
                await browser.post(f"{path}?token={token}", content=token)
    text = repr(logged)
    assert len(logged) >= 8
    assert not [part for part in (token, *token.split(".")) if part in text]
    assert "whisper" not in text
    assert CANARY not in text


async def answers(browser: httpx.AsyncClient) -> set[tuple[int, str]]:
    """Return what every route of the browser answers."""
    config = await browser.get("/v1/embed/dashboard")
    found = await statuses(browser, each())
    return {(config.status_code, config.json().get("code", "")), *found.values()}


async def test_what_was_allowed_yesterday_is_refused_today(app: FastAPI) -> None:
    """Replays of a good token after each way in which it ends, on every route."""
    async with hostile_world(app) as world:
        key = world.org["admin_key"]
        path = f"/v1/dashboards/{world.dashboard_id}"
        minted = [await mint(world.org, world.dashboard_id, permissions=HIDING) for _ in range(3)]
        one, of_tenant, left = [watched(app, session["token"]) for session in minted]
        other_tenant = await world.browser("customer_3")
        for browser in (one, of_tenant, left, other_tenant):
            assert await answers(browser) == {(200, "")}
        await key.delete(f"/v1/embed-sessions/{minted[0]['id']}")
        assert await answers(one) == {(401, "token_revoked")}
        await key.post(f"{path}/unpublish")
        assert await answers(left) == {(403, "dashboard_unpublished")}
        assert await answers(one) == {(401, "token_revoked")}
        await key.post(f"{path}/publish")
        republished = await left.post("/v1/embed/data", json=DATA)  # The draft is the snapshot now: another widget.
        assert list(republished.json()["widgets"]) == ["w_draft"]
        assert (await left.post("/v1/embed/drill", json=DRILL)).json()["code"] == "widget_not_available"
        await key.delete("/v1/embed-sessions?tenant_id=customer_1")
        assert await answers(of_tenant) == {(401, "token_revoked")}
        assert (await other_tenant.post("/v1/embed/data", json=DATA)).status_code == 200
        await key.delete(path)
        for browser in (one, of_tenant, left, other_tenant):
            assert await answers(browser) == {(404, "not_found")}
        second = embedded(app, (await mint(world.org, world.org.made["second"]))["token"])
        assert (await second.get("/v1/embed/dashboard")).status_code == 200
        assert (await world.org["owner"].delete("/v1/org")).status_code == 204
        assert await answers(second) == {(404, "not_found")}
        assert (await world.other["admin_key"].get("/v1/embed-sessions")).status_code == 200
