"""`POST /v1/events` on the real stores: what is taken, what is told, what is stored, what is counted."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI

from tests.integration.ingest.conftest import metered, numbered, rows, send
from tests.support.control import TestOrg


async def test_events_are_stored_as_they_were_sent(app: FastAPI, tenant_org: TestOrg) -> None:
    event = {
        "tenant_id": "Kundin Ä 😀",
        "event_name": "api.call",
        "timestamp": "2026-11-01T12:00:00.1239+01:00",
        "event_id": "one",
        "user_id": "u",
        "string_props": {"model": "gpt-4", "empty": ""},
        "numeric_props": {"tokens": 12, "cost": 0.5},
    }
    answer = await send(tenant_org["ingest_key"], [event, {"tenant_id": "t", "event_name": "bare"}])
    assert (answer.status_code, answer.json()) == (200, {"accepted": 2, "status": "ok"})
    columns = (
        "tenant_id, event_name, toUnixTimestamp64Milli(timestamp), event_id, user_id, string_props, numeric_props, "
        "environment, abs(toUnixTimestamp64Milli(ingested_at) - toUnixTimestamp64Milli(now64(3))) < 60000, "
        "abs(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(ingested_at)) < 60000"
    )
    stored = await rows(app, tenant_org.id, columns, "event_name")
    assert stored[0][:8] == [
        "Kundin Ä 😀",
        "api.call",
        1793530800123,
        "one",
        "u",
        {"model": "gpt-4", "empty": ""},
        {"tokens": 12, "cost": 0.5},
        "prod",
    ]
    assert stored[1][0:2] == ["t", "bare"]
    assert stored[1][3:] == ["", "", {}, {}, "prod", 1, 1]
    assert await metered(app, tenant_org) == 2


async def test_duplicates_count_once_however_they_come(app: FastAPI, tenant_org: TestOrg) -> None:
    key = tenant_org["ingest_key"]
    twice = [*numbered(3), *numbered(3)]
    assert (await send(key, twice)).json() == {"accepted": 3, "duplicates": 3, "status": "ok"}
    assert (await send(key, numbered(4))).json() == {"accepted": 1, "duplicates": 3, "status": "ok"}
    answers = await asyncio.gather(*(send(key, numbered(5, start=10)) for _ in range(20)))
    assert sum(answer.json()["accepted"] for answer in answers) == 5
    assert sum(answer.json().get("duplicates", 0) for answer in answers) == 95
    assert len(await rows(app, tenant_org.id)) == 9
    assert await metered(app, tenant_org) == 9
