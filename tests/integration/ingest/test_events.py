"""`POST /v1/events` on the real stores: what is taken, what is told, what is stored, what is counted."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import datetime

import pytest
from fastapi import FastAPI

from emban.billing.meters import meter_events
from emban.db import Database
from emban.ingest.schemas import MAX_BODY_BYTES
from emban.kit.epoch import to_ms
from tests.integration.ingest.conftest import metered, numbered, rows, send
from tests.support.control import TestOrg, machine, put_on_plan, service


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


async def test_bad_events_are_told_and_the_good_ones_stored(app: FastAPI, tenant_org: TestOrg) -> None:
    bad = {"tenant_id": "", "event_name": "e"}
    typo = {"tenant_id": "t", "event_name": "e", "numeric_prop": {}}
    answer = await send(tenant_org["ingest_key"], [*numbered(2), bad, *numbered(2), typo])
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "accepted": 2,
            "duplicates": 2,
            "rejected": 2,
            "errors": [
                {"index": 2, "path": "tenant_id", "message": "must have 1 to 256 characters"},
                {"index": 5, "path": "numeric_prop", "message": "is not a known field"},
            ],
            "status": "partial",
        },
    )
    assert await rows(app, tenant_org.id) == [["e0"], ["e1"]]
    refused = await send(tenant_org["ingest_key"], [bad, typo])
    assert refused.status_code == 400
    assert refused.json()["code"] == "invalid_request"
    assert [field["path"] for field in refused.json()["fields"]] == ["events[0].tenant_id", "events[1].numeric_prop"]
    assert await metered(app, tenant_org) == 2


async def test_gzip_and_limits(app: FastAPI, tenant_org: TestOrg) -> None:
    key = tenant_org["ingest_key"]
    kind = {"content-type": "application/json"}
    packed = gzip.compress(json.dumps({"events": numbered(1000)}).encode())
    taken = await key.post("/v1/events", content=packed, headers={**kind, "content-encoding": "gzip"})
    assert taken.json() == {"accepted": 1000, "status": "ok"}
    refusals: list[tuple[bytes, dict[str, str], int, str]] = [
        (b"x" * (MAX_BODY_BYTES + 1), kind, 413, "payload_too_large"),
        (gzip.compress(b" " * (MAX_BODY_BYTES + 1)), {**kind, "content-encoding": "gzip"}, 413, "payload_too_large"),
        (b"{}", {"content-type": "text/plain"}, 400, "unsupported_content_type"),
        (b"{", kind, 400, "malformed_json"),
        (b'{"events":[{"tenant_id":"\xff"}]}', kind, 400, "malformed_json"),
        (json.dumps({"events": numbered(1001)}).encode(), kind, 400, "invalid_request"),
    ]
    for body, headers, status, code in refusals:
        answer = await key.post("/v1/events", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(await rows(app, tenant_org.id)) == 1000


async def test_a_batch_may_reach_over_any_number_of_months(app: FastAPI, tenant_org: TestOrg) -> None:
    months = [f"{year}-{month:02}-15T00:00:00Z" for year in range(2001, 2021) for month in range(1, 13)]
    events = [{"tenant_id": "t", "event_name": "e", "timestamp": month, "event_id": month} for month in months]
    assert (await send(tenant_org["ingest_key"], events)).json() == {"accepted": 240, "status": "ok"}
    assert (await send(tenant_org["ingest_key"], events)).json() == {"accepted": 0, "duplicates": 240, "status": "ok"}
    assert len(await rows(app, tenant_org.id)) == 240


async def test_environments_are_worlds_of_their_own(app: FastAPI, tenant_org: TestOrg) -> None:
    dev = await tenant_org["owner"].post("/v1/api-keys", json={"label": "dev", "scope": "ingest", "environment": "dev"})
    developer = machine(app, dev.json()["key"])
    for key in (tenant_org["ingest_key"], developer):
        assert (await send(key, numbered(2))).json() == {"accepted": 2, "status": "ok"}
    assert await rows(app, tenant_org.id, "environment, event_id", "1, 2") == [
        ["dev", "e0"],
        ["dev", "e1"],
        ["prod", "e0"],
        ["prod", "e1"],
    ]


@pytest.mark.parametrize(
    ("caller", "status"),
    [("nobody", 401), ("viewer", 403), ("editor", 403), ("admin", 200), ("admin_key", 200), ("ingest_key", 200)],
)
async def test_who_may_send(org: TestOrg, caller: str, status: int) -> None:
    assert (await send(org[caller], numbered(1))).status_code == status


async def test_events_beyond_the_plan_are_refused_whole(app: FastAPI, tenant_org: TestOrg) -> None:
    key = tenant_org["ingest_key"]
    await put_on_plan(app, tenant_org.id, "free")
    async with service(app, Database).for_org(tenant_org.id) as session:
        await meter_events(session, tenant_org.id, 250_000 - 15)
    assert (await send(key, numbered(10))).json() == {"accepted": 10, "status": "ok"}
    refused = await send(key, numbered(10, start=20))
    assert refused.status_code == 402
    assert refused.json()["code"] == "events_limit"
    assert (refused.json()["limit"], refused.json()["used"]) == (250_000, 249_995)
    # Together, what fits is taken, and what does not is not.
    answers = await asyncio.gather(*(send(key, numbered(3, start=100 * place)) for place in range(1, 5)))
    assert sorted(answer.status_code for answer in answers) == [200, 402, 402, 402]
    assert (await send(key, numbered(10))).json() == {"accepted": 0, "duplicates": 10, "status": "ok"}
    assert len(await rows(app, tenant_org.id)) == 13
    assert await metered(app, tenant_org) == 250_000 - 15 + 13


async def test_an_acknowledged_event_is_in_the_next_answer(app: FastAPI, tenant_org: TestOrg) -> None:
    query = {"query": {"event_name": "*", "metric": "count", "period": "24h"}, "all_tenants": True}
    for sent in (1, 2):
        await send(tenant_org["ingest_key"], numbered(1, start=sent))
        answer = (await tenant_org["owner"].post("/v1/query", json=query)).json()
        assert answer["points"][0]["value"] == sent
        newest = await rows(app, tenant_org.id, "toUnixTimestamp64Milli(max(ingested_at))", "1")
        as_of = datetime.fromisoformat(answer["meta"]["as_of"])
        assert to_ms(as_of) == newest[0][0]


async def test_the_last_tick_of_a_day_stays_in_its_day(app: FastAPI, tenant_org: TestOrg) -> None:
    """Seven digits and more are cut: .NET, Go and Java send them."""
    texts = ["2025-12-31T23:59:59.999999999Z", "2025-12-31T23:59:59.9999999Z", "2025-12-31T23:59:59.9999999-00:00"]
    answer = await send(
        tenant_org["ingest_key"], [{"tenant_id": "t", "event_name": "e", "timestamp": text} for text in texts]
    )
    assert answer.json() == {"accepted": 3, "status": "ok"}
    query = {"event_name": "e", "metric": "count", "granularity": "day", "date_from": "2025-12-31T23:59:59.999Z"}
    body = {"tenant_id": "t", "query": {**query, "date_to": "2026-01-02T00:00:00.0000009Z"}}
    points = (await tenant_org["admin_key"].post("/v1/query", json=body)).json()["points"]
    assert [(point["local"], point["value"]) for point in points] == [("2025-12-31", 3), ("2026-01-01", 0)]
    early = {"tenant_id": "t", "event_name": "e", "timestamp": "1999-12-31T23:59:59.999999999Z"}
    refused = await send(tenant_org["ingest_key"], [early])
    assert refused.json()["fields"] == [{"path": "events[0].timestamp", "message": "must not be before 2000"}]
