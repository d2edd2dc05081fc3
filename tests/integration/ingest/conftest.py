"""What the tests of ingestion share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from emban.store.client import EventStore
from emban.store.schema import EVENTS
from tests.support.control import TestOrg, make_org, service

Event = dict[str, Any]


@pytest.fixture
async def tenant_org(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org of a test's own, without members besides its owner."""
    made = await make_org(app, roles=("owner",))
    yield made
    await made.close()


async def send(client: httpx.AsyncClient, events: list[Event] | Any, **more: Any) -> httpx.Response:
    """Post a batch."""
    return await client.post("/v1/events", json={"events": events}, **more)


def numbered(count: int, start: int = 0, **fields: Any) -> list[Event]:
    """Return that many good events with ids of their own."""
    return [
        {"tenant_id": "t1", "event_name": "made", "event_id": f"e{start + place}", **fields} for place in range(count)
    ]


async def rows(app: FastAPI, org_id: str, columns: str = "event_id", order: str = "event_id") -> list[list[Any]]:
    """Return the org's rows as they are in the store."""
    sql = f"SELECT {columns} FROM {EVENTS} WHERE org_id = {{org:String}} ORDER BY {order}"
    raw = await service(app, EventStore).command(sql, {"org": org_id})
    found: list[list[Any]] = msgspec.json.decode(raw)["data"]
    return found


async def metered(app: FastAPI, org: TestOrg) -> int:
    """Return the month's accepted events as billing tells them."""
    answer = await org["owner"].get("/v1/billing")
    return int(answer.json()["events_used"])


Sender = Callable[..., Any]
