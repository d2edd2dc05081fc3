"""A hostile browser's world: what it must never see has a canary in it, and every answer that it gets is searched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from tests.support.control import BASE_URL, TestOrg, make_org
from tests.support.reference import Event
from tests.support.showing import COUNT, mint, now_utc, publish, store

CANARY = "CANARY"
SECRET_NUMBER = 918273.5
BY_MODEL: dict[str, Any] = {**COUNT, "group_by": ["model"], "limit": 100}
CONFIG: dict[str, Any] = {
    "widgets": [
        {"id": "w_calls", "title": "Calls", "kind": "kpi", "query": {**COUNT, "compare": "previous_period"}},
        {
            "id": "w_tokens",
            "title": "Tokens",
            "kind": "timeseries",
            "query": {**COUNT, "metric": "sum", "prop": "tokens", "granularity": "day"},
        },
        {"id": "w_models", "title": "Models", "kind": "breakdown", "query": {**BY_MODEL, "other": True, "limit": 2}},
        {
            "id": "w_table",
            "title": "Details",
            "kind": "table",
            "query": {"event_name": "*", "columns": ["tenant_id", "plan", {"metric": "sum", "prop": "tokens"}]},
        },
        {
            "id": "w_hidden",
            "title": f"{CANARY} margin",
            "description": f"{CANARY} of the org",
            "kind": "kpi",
            "query": {**COUNT, "metric": "sum", "prop": "margin"},
        },
    ],
    "filters": {
        "periods": ["24h", "7d", "30d"],
        "default_period": "7d",
        "dimensions": ["model", "plan"],
        "numeric": ["tokens"],
    },
}
HIDING = {"hidden_widgets": ["w_hidden"]}
VISIBLE = ("w_calls", "w_tokens", "w_models", "w_table")
Attempt = tuple[str, dict[str, Any]]
# A request of each kind that is answered with 200.
DATA: dict[str, Any] = {"period": "7d"}
DRILL: dict[str, Any] = {"widget_id": "w_models", "dimension": "model", "value": "small", "period": "7d"}
EXPORT: dict[str, Any] = {"format": "csv", "period": "7d"}
BODIES = {"/v1/embed/data": DATA, "/v1/embed/drill": DRILL, "/v1/embed/export": EXPORT}


@dataclass(slots=True)
class World:
    """Two orgs with a tenant of the same name, and a dashboard of each."""

    app: FastAPI
    org: TestOrg
    other: TestOrg
    dashboard_id: str
    other_dashboard_id: str

    async def token(self, tenant_id: str = "customer_1", **permissions: Any) -> str:
        """Mint a session that hides the hidden widget, and whatever else is given."""
        minted = await mint(self.org, self.dashboard_id, tenant_id, permissions={**HIDING, **permissions})
        return str(minted["token"])

    async def browser(self, tenant_id: str = "customer_1", **permissions: Any) -> httpx.AsyncClient:
        """Return a browser whose answers are all searched for canaries."""
        return watched(self.app, await self.token(tenant_id, **permissions))


def watched(app: FastAPI, token: str) -> httpx.AsyncClient:
    """Return a browser that fails when an answer holds a canary that its request did not."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    headers = {"authorization": f"Bearer {token}"}
    hooks = {"response": [_search]}
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers, event_hooks=hooks)


async def _search(answer: httpx.Response) -> None:
    await answer.aread()
    seen = answer.text + repr(answer.headers.raw)
    asked = answer.request.content.decode("utf-8", "replace") + str(answer.request.url)
    if CANARY not in asked:
        assert CANARY not in seen, f"{answer.request.url}: {seen[:2000]}"
    else:
        others = {word for word in seen.replace('"', " ").split() if CANARY in word and word.strip(",") not in asked}
        assert not others, others
    assert str(SECRET_NUMBER) not in seen
    token = answer.request.headers.get("authorization", "").removeprefix("Bearer ")
    assert len(token) < 40 or token not in seen


@asynccontextmanager
async def hostile_world(app: FastAPI) -> AsyncIterator[World]:
    """Make the world; its orgs end with it."""
    org = await make_org(app, name=f"{CANARY} Inc", roles=())
    other = await make_org(app, name=f"{CANARY} Other", roles=())
    now = now_utc()
    await store(app, org.id, [*_own(now), *_strangers(now, "customer_2")])
    await store(app, org.id, _strangers(now, "customer_1"), "dev")
    await store(app, other.id, _strangers(now, "customer_1"))
    dashboard_id = await publish(org, CONFIG)
    draft = {**CONFIG, "widgets": [{**CONFIG["widgets"][0], "id": "w_draft", "title": f"{CANARY} draft"}]}
    body = {"version": 1, "name": f"{CANARY} draft", "config": draft}
    assert (await org["admin_key"].put(f"/v1/dashboards/{dashboard_id}", json=body)).status_code == 200
    org.made["second"] = await publish(org, {"widgets": [{**CONFIG["widgets"][0], "id": "w_second"}]}, f"{CANARY} 2")
    other_config = {"widgets": [{**CONFIG["widgets"][0], "id": "w_other", "title": f"{CANARY} other"}]}
    yield World(app, org, other, dashboard_id, await publish(other, other_config, f"{CANARY} other"))
    await org.close()
    await other.close()


def _own(now: datetime) -> list[Event]:
    """Ten events of the browser's own tenant; what its dashboard does not name has canaries, too."""
    return [
        Event(
            "customer_1",
            "api.call",
            now - timedelta(hours=3 * nth, minutes=1),
            user=f"{CANARY}-user-{nth % 3}",
            strings={
                "model": ("small", "large", "medium")[nth % 3],
                "plan": ("pro", "free")[nth % 2],
                "note": f"{CANARY}-note",
            },
            numbers={"tokens": 100.0 + nth, "margin": SECRET_NUMBER},
        )
        for nth in range(10)
    ]


def _strangers(now: datetime, tenant: str) -> list[Event]:
    return [
        Event(
            tenant,
            f"{CANARY}.event",
            now - timedelta(hours=nth, minutes=2),
            user=f"{CANARY}-them",
            strings={"model": f"{CANARY}-model", "plan": f"{CANARY}-plan", "tenant_id": "customer_1"},
            numbers={"tokens": SECRET_NUMBER, "margin": SECRET_NUMBER},
        )
        for nth in range(7)
    ]


def each() -> Iterator[Attempt]:
    """Yield a good request of each kind."""
    yield from ((path, dict(body)) for path, body in BODIES.items())


async def statuses(browser: httpx.AsyncClient, attempts: Iterator[Attempt]) -> dict[str, tuple[int, str]]:
    """Send requests; return status and code of each, by what was sent."""
    found = {}
    for path, body in attempts:
        answer = await browser.post(path, json=body)
        code = "" if answer.status_code == 200 else str(answer.json()["code"])
        found[f"{path} {body}"] = answer.status_code, code
    return found
