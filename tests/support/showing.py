"""What tests of dashboards and embeds start from: events of two tenants, a published dashboard, a browser's client."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from emban.db import Database
from emban.kit.clock import truncate_ms, utcnow
from emban.store.client import EventStore
from tests.support.control import BASE_URL, TestOrg, service
from tests.support.events import insert_events
from tests.support.reference import Event

COUNT: dict[str, Any] = {"event_name": "*", "metric": "count"}
CONFIG: dict[str, Any] = {
    "widgets": [
        {"id": "w_calls", "title": "Calls", "kind": "kpi", "query": {**COUNT, "compare": "previous_period"}},
        {
            "id": "w_tokens",
            "title": "Tokens",
            "kind": "timeseries",
            "chart": "bar",
            "query": {"event_name": "*", "metric": "sum", "prop": "tokens", "granularity": "day"},
        },
        {"id": "w_models", "title": "Models", "kind": "breakdown", "query": {**COUNT, "group_by": ["model"]}},
        {
            "id": "w_table",
            "title": "Details",
            "kind": "table",
            "query": {"event_name": "*", "columns": ["tenant_id", "plan", {"metric": "count"}]},
        },
    ],
    "filters": {"periods": ["24h", "7d", "30d"], "default_period": "7d", "dimensions": ["model", "plan"]},
}


def two_tenants(now: datetime) -> list[Event]:
    """Return events of the last two days: ten of customer_1, four of customer_2; models and plans of both differ."""
    events = []
    for tenant, count in (("customer_1", 10), ("customer_2", 4)):
        for nth in range(count):
            strings = {"model": ("small", "large", f"only-{tenant}")[nth % 3], "plan": ("pro", "free")[nth % 2]}
            events.append(
                Event(
                    tenant=tenant,
                    name="api.call",
                    # None between 24 and 25 hours ago, some of which the period 24h has.
                    at=now - timedelta(hours=3 * nth + nth // 8, minutes=1),
                    user=f"{tenant}-u{nth % 3}",
                    strings=strings,
                    numbers={"tokens": 100.0 + nth, "latency_ms": 20.5 * (nth + 1)},
                    ingested=now - timedelta(minutes=1),
                )
            )
    return events


async def store(app: FastAPI, org_id: str, events: Iterable[Event], environment: str = "prod") -> None:
    """Put events into the store and say that they were acknowledged."""
    by_year: defaultdict[int, list[Event]] = defaultdict(list)
    for event in events:  # One block may touch a hundred months, and no more.
        by_year[event.at.year].append(event)
    for block in by_year.values():
        await insert_events(service(app, EventStore), org_id, block, environment)
    async with service(app, Database).for_org(org_id) as session:
        await session.execute(
            text(
                "INSERT INTO ingest_watermarks (org_id, environment, watermark) VALUES (:org, :environment, :at) "
                "ON CONFLICT (org_id, environment) DO UPDATE SET watermark = excluded.watermark"
            ),
            {"org": org_id, "environment": environment, "at": truncate_ms(utcnow())},
        )


async def publish(org: TestOrg, config: dict[str, Any] = CONFIG, name: str = "Usage") -> str:
    """Make a dashboard and publish it; returns its id."""
    made = await org["admin_key"].post("/v1/dashboards", json={"name": name, "config": config})
    assert made.status_code == 201, made.text
    dashboard_id = str(made.json()["id"])
    published = await org["admin_key"].post(f"/v1/dashboards/{dashboard_id}/publish")
    assert published.status_code == 204, published.text
    return dashboard_id


async def mint(org: TestOrg, dashboard_id: str, tenant_id: str = "customer_1", **more: Any) -> dict[str, Any]:
    """Mint a session; returns the answer."""
    body = {"tenant_id": tenant_id, "dashboard_id": dashboard_id, **more}
    minted = await org["admin_key"].post("/v1/embed-sessions", json=body)
    assert minted.status_code == 201, minted.text
    answer: dict[str, Any] = minted.json()
    return answer


def embedded(app: FastAPI, token: str) -> httpx.AsyncClient:
    """Return the client of a browser that holds an embed token."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers={"authorization": f"Bearer {token}"})


def now_utc() -> datetime:
    """Return now, in whole milliseconds."""
    return truncate_ms(datetime.now(UTC))


async def opened(app: FastAPI, org: TestOrg, tenant_id: str = "customer_1", **more: Any) -> httpx.AsyncClient:
    """Mint a session for the org's dashboard and return its browser."""
    return embedded(app, (await mint(org, org.made["dashboard"], tenant_id, **more))["token"])


async def numbers(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    """Return the answer to a browser's request for data."""
    answer = await client.post("/v1/embed/data", json=body)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = answer.json()
    return decoded


def calls(answer: dict[str, Any]) -> Any:
    """Return the figure of the widget that counts."""
    return answer["widgets"]["w_calls"]["points"][0]["value"]


async def refusal(client: httpx.AsyncClient, path: str = "/v1/embed/dashboard") -> tuple[int, str]:
    """Return status and code of an embed route's answer."""
    answer = await (client.get(path) if path.endswith("dashboard") else client.post(path, json={}))
    return answer.status_code, answer.json().get("code", "")
