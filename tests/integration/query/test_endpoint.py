"""`/v1/query` as clients meet it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.billing.meters import QueryMeter
from emban.db import Database
from emban.store.client import EventStore
from tests.support.control import TestOrg, make_org, service
from tests.support.events import insert_events
from tests.support.reference import Event

URL = "/v1/query"
WATERMARK = datetime(2026, 1, 1, tzinfo=UTC)
COUNT = {"event_name": "*", "metric": "count"}


@pytest.fixture(scope="module")
async def filled(app: FastAPI, store: EventStore) -> TestOrg:
    """An org with 20 events of the last days: 15 of t1, 5 of t2, every second without a model."""
    made = await make_org(app)
    now = datetime.now(UTC)
    events = [
        Event(
            "t1" if number % 4 else "t2",
            "api.call",
            now - timedelta(hours=number + 1),
            f"u{number % 3}",
            {"model": "gpt"} if number % 2 else {},
            {"ms": float(number)},
            WATERMARK,
        )
        for number in range(20)
    ]
    await insert_events(store, made.id, events)
    async with service(app, Database).for_org(made.id) as session:
        sql = text("INSERT INTO ingest_watermarks (org_id, environment, watermark) VALUES (:org, 'prod', :at)")
        await session.execute(sql, {"org": made.id, "at": WATERMARK})
    return made


async def ask(client: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
    return await client.post(URL, json=body)


async def test_an_answer(filled: TestOrg) -> None:
    response = await ask(filled["viewer"], {"query": {**COUNT, "period": "7d"}, "tenant_id": "t1"})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    answer = response.json()
    assert answer["points"] == [{"t": None, "group": [], "value": 15}]
    meta = answer["meta"]
    assert (meta["path"], meta["cached"], meta["as_of"]) == ("raw", False, "2026-01-01T00:00:00Z")
    assert meta["rows_read"] >= 15
    assert meta["ms"] > 0


async def test_all_tenants_have_to_be_meant(filled: TestOrg) -> None:
    response = await ask(filled["viewer"], {"query": COUNT, "all_tenants": True})
    assert response.json()["points"][0]["value"] == 20
    for body in ({"query": COUNT}, {"query": COUNT, "all_tenants": False}, {"query": COUNT, "tenant_id": None}):
        refused = await ask(filled["viewer"], body)
        assert refused.status_code == 400
        assert refused.json()["code"] == "tenant_required"
        assert refused.json()["fields"][0]["path"] == "tenant_id"
    both = await ask(filled["viewer"], {"query": COUNT, "tenant_id": "t1", "all_tenants": True})
    assert both.status_code == 400
    assert both.json()["fields"][0]["path"] == "all_tenants"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"tenant_id": "t1"}, "query"),
    ({"query": {**COUNT, "metric": "avg"}, "tenant_id": "t1"}, "query.prop"),
    ({"query": {**COUNT, "filters": {"dimensions": {"plan": []}}}, "tenant_id": "t1"}, "query.filters.dimensions.plan"),
    ({"query": {**COUNT, "surprise": 1}, "tenant_id": "t1"}, "query.surprise"),
    ({"query": COUNT, "tenant_id": "t1", "surprise": 1}, "surprise"),
    ({"query": COUNT, "tenant_id": ""}, "tenant_id"),
    ({"query": COUNT, "tenant_id": "x" * 257}, "tenant_id"),
    ({"query": COUNT, "tenant_id": 5}, "tenant_id"),
    ({"query": {**COUNT, "granularity": "minute", "period": "90d"}, "tenant_id": "t1"}, "query.granularity"),
    ({"query": {**COUNT, "date_from": "2026-02-01", "date_to": "2026-01-01"}, "tenant_id": "t1"}, "query.date_to"),
    ({"query": COUNT, "tenant_id": "t1", "as_of": "now"}, "as_of"),
    (
        {"query": {**COUNT, "as_of": "2026-01-01T00:00:00Z"}, "tenant_id": "t1", "as_of": "2026-01-01T00:00:00Z"},
        "as_of",
    ),
]


@pytest.mark.parametrize(("body", "path"), REFUSED)
async def test_mistakes_are_named(filled: TestOrg, body: dict[str, Any], path: str) -> None:
    response = await ask(filled["admin_key"], body)
    assert response.status_code == 400, response.text
    assert response.json()["code"] == "invalid_request"
    assert path in {field["path"] for field in response.json()["fields"]}


async def test_get_takes_a_query_or_a_whole_body(filled: TestOrg) -> None:
    viewer = filled["viewer"]
    for parameters in (
        {"q": json.dumps(COUNT), "tenant_id": "t2"},
        {"q": json.dumps({"query": COUNT, "tenant_id": "t2"})},
    ):
        response = await viewer.get(URL, params=parameters)
        assert response.status_code == 200, response.text
        assert response.json()["points"][0]["value"] == 5
    everything = await viewer.get(URL, params={"q": json.dumps(COUNT), "all_tenants": "true"})
    assert everything.json()["points"][0]["value"] == 20


GET_REFUSED = [
    ({}, "q"),
    ({"q": "{"}, "q"),
    ({"q": "[]"}, "q"),
    ({"q": json.dumps(COUNT)}, "tenant_id"),
    ({"q": json.dumps({"metric": "count"}), "tenant_id": "t1"}, "query.event_name"),
    ({"q": json.dumps({"query": COUNT, "tenant_id": "t1"}), "tenant_id": "t1"}, "tenant_id"),
    ({"q": json.dumps({**COUNT, "tenant_id": "t1"}), "all_tenants": "true"}, "query.tenant_id"),
]


@pytest.mark.parametrize(("parameters", "path"), GET_REFUSED)
async def test_mistakes_in_the_address(filled: TestOrg, parameters: dict[str, str], path: str) -> None:
    response = await filled["viewer"].get(URL, params=parameters)
    assert response.status_code == 400, response.text
    assert path in {field["path"] for field in response.json()["fields"]}


@pytest.mark.parametrize(
    ("caller", "status"), [("nobody", 401), ("ingest_key", 403), ("viewer", 200), ("editor", 200), ("admin_key", 200)]
)
async def test_who_may_ask(filled: TestOrg, caller: str, status: int) -> None:
    client = filled[caller]
    assert (await ask(client, {"query": COUNT, "tenant_id": "t1"})).status_code == status
    assert (await client.get(URL, params={"q": json.dumps(COUNT), "tenant_id": "t1"})).status_code == status


async def test_another_org_and_another_environment_see_nothing(filled: TestOrg, other_org: TestOrg) -> None:
    theirs = await ask(other_org["admin_key"], {"query": COUNT, "tenant_id": "t1"})
    assert theirs.json()["points"][0]["value"] == 0
    assert theirs.json()["meta"]["as_of"] is None
    dev = await filled["viewer"].post(
        URL, json={"query": COUNT, "all_tenants": True}, headers={"X-Emban-Environment": "dev"}
    )
    assert dev.json()["points"][0]["value"] == 0


async def test_a_table(filled: TestOrg) -> None:
    columns = ["model", {"metric": "count"}, {"metric": "max", "prop": "ms"}]
    response = await ask(filled["viewer"], {"query": {"event_name": "*", "columns": columns}, "all_tenants": True})
    answer = response.json()
    assert [column["type"] for column in answer["columns"]] == ["string", "integer", "number"]
    assert answer["rows"] == [["", 10, 18], ["gpt", 10, 19]]


async def test_answers_count_as_queries_and_errors_do_not(app: FastAPI, filled: TestOrg) -> None:
    meter = service(app, QueryMeter)

    async def used() -> int:
        await meter.flush()
        return int((await filled["viewer"].get("/v1/billing")).json()["queries_used"])

    before = await used()
    for _ in range(3):
        await ask(filled["viewer"], {"query": COUNT, "tenant_id": "t1"})
    await ask(filled["viewer"], {"query": {**COUNT, "date_from": "2030-01-01"}, "tenant_id": "t1"})
    await ask(filled["viewer"], {"query": {}, "tenant_id": "t1"})
    assert await used() == before + 3
