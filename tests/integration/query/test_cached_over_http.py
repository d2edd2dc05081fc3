"""Kept answers as clients meet them: what they say, what they count, and what ends them on every API process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from emban.billing.meters import QueryMeter
from emban.db import Database, RowContext
from emban.db.change_listener import ChangeListener
from emban.orgs.erasure import Erasure
from tests.support.control import TestOrg, caught_up, counted_statements, machine, running, service
from tests.support.showing import calls, now_utc, numbers, opened, publish, store, two_tenants

QUERY: dict[str, Any] = {"query": {"event_name": "*", "metric": "count", "period": "7d"}, "tenant_id": "customer_1"}


async def ask(client: httpx.AsyncClient, **more: Any) -> tuple[Any, bool]:
    answer = await client.post("/v1/query", json={**QUERY, **more})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["meta"]["path"] == "cache") == answer.json()["meta"]["cached"]
    return answer.json()["points"][0]["value"], answer.json()["meta"]["cached"]


async def queries_used(app: FastAPI, org: TestOrg) -> int:
    await service(app, QueryMeter).flush()
    return int((await org["admin_key"].get("/v1/billing")).json()["queries_used"])


async def test_a_hit_says_so_and_counts_as_a_query_and_an_error_does_not(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc()))
    client = fresh_org["admin_key"]
    assert await ask(client) == (10, False)
    assert await ask(client) == (10, True)
    assert await ask(client, tenant_id="customer_2") == (4, False)
    assert await ask(client, reload=True) == (10, False)
    refused = {"query": {**QUERY["query"], "period": "90d", "granularity": "minute"}, "all_tenants": True}
    for _ in range(2):
        assert (await client.post("/v1/query", json=refused)).status_code == 400
    assert await queries_used(app, fresh_org) == 4


async def test_an_events_answer_is_there_as_soon_as_it_is_acknowledged(app: FastAPI, fresh_org: TestOrg) -> None:
    client = fresh_org["admin_key"]
    for sent in range(1, 4):
        event = {"tenant_id": "customer_1", "event_name": "api.call"}
        assert (await fresh_org["ingest_key"].post("/v1/events", json={"events": [event]})).status_code == 200
        assert await ask(client) == (sent, False)
        assert await ask(client) == (sent, True)


async def test_an_open_embed_is_answered_without_a_word_to_either_store(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc()))
    fresh_org.made["dashboard"] = await publish(fresh_org)
    async with await opened(app, fresh_org) as browser:
        cold = await numbers(browser)
        await service(app, QueryMeter).flush()
        with counted_statements(app) as sent:
            warm = await numbers(browser)
        assert sent == []
        for widget_id, answer in warm["widgets"].items():
            assert (answer["meta"]["cached"], answer["meta"]["path"]) == (True, "cache")
            assert "rows_read" not in answer["meta"]
            assert answer["meta"]["as_of"] == cold["widgets"][widget_id]["meta"]["as_of"] == warm["as_of"]
            assert {**answer, "meta": None} == {**cold["widgets"][widget_id], "meta": None}
        anew = await numbers(browser, reload=True)
        assert not any(answer["meta"]["cached"] for answer in anew["widgets"].values())


async def test_erasing_ends_answers_on_every_process(app: FastAPI, fresh_org: TestOrg) -> None:
    old = [*two_tenants(now_utc())]
    await store(app, fresh_org.id, old)
    fresh_org.made["dashboard"] = await publish(fresh_org)
    async with (
        running(app.state.settings) as second,
        machine(second, fresh_org.raw_admin_key) as there,
        await opened(app, fresh_org) as browser,
    ):
        await caught_up(second)
        here = fresh_org["admin_key"]
        for client in (here, there):
            assert [await ask(client) for _ in range(2)] == [(10, False), (10, True)]
        assert calls(await numbers(browser)) == 10
        assert (await here.delete("/v1/tenants/customer_1/data")).status_code == 204
        assert await ask(here) == (0, False)
        assert calls(await numbers(browser)) == 0
        await caught_up(second)
        assert await ask(there) == (0, False)


async def test_the_end_of_a_retention_ends_answers(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc() - timedelta(days=2)))
    client = fresh_org["admin_key"]
    assert [await ask(client) for _ in range(2)] == [(10, False), (10, True)]
    assert (await client.patch("/v1/environments/prod", json={"retention_days": 1})).status_code == 200
    await service(app, Erasure).sweep()
    left, cached = await ask(client)
    assert (left < 10, cached) == (True, False)
    await service(app, Erasure).sweep()  # Which finds nothing.
    assert await ask(client) == (left, True)


async def test_a_deleted_org_leaves_nothing_behind(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc()))
    await ask(fresh_org["admin_key"])
    mark = service(app, ChangeListener).epoch("events", fresh_org.id)
    assert (await fresh_org["owner"].delete("/v1/org")).status_code == 204
    assert service(app, ChangeListener).epoch("events", fresh_org.id) != mark
    async with service(app, Database).session(RowContext(task="watch")) as session:
        left = await session.execute(
            text("SELECT count(*) FROM ingest_watermarks WHERE org_id = :org"), {"org": fresh_org.id}
        )
        assert left.scalar_one() == 0
