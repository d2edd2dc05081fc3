"""Fairness on the real store: whose statement runs, who is refused and told why, and what stops when nobody waits."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import Message

from emban.errors import EmbanError
from emban.query.scheduling.scheduler import QueryScheduler, SchedulerLimits
from emban.query.service import QueryService
from emban.scope import Scope, Tenant
from emban.store.client import EventStore
from emban.store.statement import Statement
from tests.integration.query.caching import Clock, Tap
from tests.support.control import TestOrg, machine, running, service
from tests.support.showing import CONFIG, now_utc, opened, publish, store, two_tenants
from tests.support.waiting import PATIENCE_S

ONE = Statement("SELECT 1")
ALLOWANCES = SchedulerLimits(
    slots=4, tenant_requests=3, org_requests=5, tenant_seconds=10, org_seconds=20, patience_s=5
)
_orgs = itertools.count(1)


def tenant(name: str, org: str = "org_fair") -> Scope:
    return Scope(org, "prod", Tenant(name))


@pytest.fixture
def tap(store: EventStore) -> Tap:
    """The store behind a closed tap."""
    return Tap(store)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fair(tap: Tap, clock: Clock) -> QueryScheduler:
    return QueryScheduler(tap, ALLOWANCES, clock=clock)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_heavy_tenant_leaves_a_place_for_another(fair: QueryScheduler, tap: Tap) -> None:
    heavy = [asyncio.create_task(fair.select(tenant("heavy"), ONE)) for _ in range(20)]
    await settled()
    assert tap.statements == 3
    light = asyncio.create_task(fair.select(tenant("light", "org_other"), ONE))
    await settled()
    assert tap.statements == 4
    tap.open.set()
    await asyncio.gather(light, *heavy)
    assert tap.statements == 21


async def test_heavy_users_come_after_light_ones_here_and_in_the_engine(
    store: EventStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, Any]] = []

    class Noting:
        async def select(self, scope: Scope, statement: Statement) -> Any:
            assert isinstance(scope.tenant, Tenant)
            seen.append((scope.tenant.id, statement.settings["priority"]))
            clock.now += 60 if scope.tenant.id == "heavy" else 0.01
            return await store.select(scope, statement)

    fair = QueryScheduler(Noting(), replace(ALLOWANCES, slots=1), clock=clock)
    await asyncio.gather(*(fair.select(tenant(name), ONE) for name in ("heavy", "heavy", "light", "light")))
    assert seen == [("heavy", 1), ("light", 1), ("light", 1), ("heavy", 6)]


async def test_the_engine_takes_priorities_from_a_reader(store: EventStore) -> None:
    rows = await store.select(tenant("a"), Statement("SELECT getSetting('priority')", settings={"priority": 3}))
    assert rows.rows == [[3]]


async def test_too_many_requests_of_a_tenant_or_an_org_are_refused(fair: QueryScheduler) -> None:
    async with held(fair, tenant("a"), tenant("a"), tenant("a")):
        with pytest.raises(EmbanError) as refused:
            await enter(fair, tenant("a"))
        assert (refused.value.status, refused.value.code) == (429, "concurrency_limited")
        assert "3 requests of this tenant" in refused.value.message
        assert refused.value.retry_after == 2
        async with held(fair, tenant("b"), tenant("c")):
            with pytest.raises(EmbanError, match="5 requests of this org"):
                await enter(fair, tenant("d"))
            await enter(fair, tenant("d", "org_other"))
    await enter(fair, tenant("a"))


async def test_a_used_up_budget_is_told_while_others_wait_and_only_then(
    fair: QueryScheduler, tap: Tap, clock: Clock
) -> None:
    heavy = asyncio.create_task(fair.select(tenant("heavy"), ONE))
    await settled()
    clock.now += 15
    tap.open.set()
    await heavy
    await enter(fair, tenant("heavy"))  # Nobody is harmed.
    tap.open.clear()
    others = [asyncio.create_task(fair.select(tenant(f"light{nth}", f"org_{nth % 2}"), ONE)) for nth in range(8)]
    await settled()
    with pytest.raises(EmbanError) as refused:
        await enter(fair, tenant("heavy"))
    assert (refused.value.status, refused.value.code) == (429, "query_budget")
    assert "10 seconds a minute" in refused.value.message
    assert refused.value.retry_after == 25  # When a tenth of 15 has faded to 10: 60 s · ln(1.5).
    await enter(fair, tenant("light0", "org_0"))
    clock.now += 25
    await enter(fair, tenant("heavy"))
    tap.open.set()
    await asyncio.gather(*others)


async def test_an_orgs_budget_is_its_tenants_together(fair: QueryScheduler, tap: Tap, clock: Clock) -> None:
    for nth in range(3):
        tap.open.clear()
        each = asyncio.create_task(fair.select(tenant(f"t{nth}", "org_sum"), ONE))
        await settled()
        clock.now += 9
        tap.open.set()
        await each
    tap.open.clear()
    own = [asyncio.create_task(fair.select(tenant("t9", "org_sum"), ONE)) for _ in range(4)]
    await settled()
    await enter(fair, tenant("t0", "org_sum"))  # Only the org's own tenants wait.
    others = [asyncio.create_task(fair.select(tenant(f"t{nth}", "org_else"), ONE)) for nth in range(4)]
    await settled()
    with pytest.raises(EmbanError, match="this org has used its 20 seconds"):
        await enter(fair, tenant("t0", "org_sum"))
    tap.open.set()
    await asyncio.gather(*own, *others)


async def test_places_of_the_cancelled_are_given_on(fair: QueryScheduler, tap: Tap) -> None:
    for _ in range(3):  # Each time those that run and those that wait.
        tasks = [asyncio.create_task(fair.select(tenant(f"t{nth}"), ONE)) for nth in range(8)]
        await settled()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert tap.statements == tap.ended == 9
    tap.open.set()
    await asyncio.gather(*(fair.select(tenant(f"t{nth}"), ONE) for nth in range(8)))


async def test_a_place_that_comes_together_with_the_cancellation_is_given_on(fair: QueryScheduler, tap: Tap) -> None:
    holders = [asyncio.create_task(fair.select(tenant(f"t{nth}", f"org_{nth}"), ONE)) for nth in range(4)]
    await settled()
    waiting = asyncio.create_task(fair.select(tenant("late"), ONE))
    await settled()
    holders[0].cancel()
    await asyncio.sleep(0)  # The holder gives its slot to the one that waits, which has not run yet.
    waiting.cancel()
    await asyncio.gather(holders[0], waiting, return_exceptions=True)
    after = asyncio.create_task(fair.select(tenant("after"), ONE))
    await settled()
    assert tap.statements == 5
    tap.open.set()
    await asyncio.gather(after, *holders[1:])


async def test_waiting_has_an_end(tap: Tap) -> None:
    fair = QueryScheduler(tap, replace(ALLOWANCES, patience_s=0.05))
    holders = [asyncio.create_task(fair.select(tenant(f"t{nth}", f"org_{nth}"), ONE)) for nth in range(4)]
    await settled()
    with pytest.raises(EmbanError, match="too long") as refused:
        await fair.select(tenant("late"), ONE)
    assert (refused.value.status, refused.value.code) == (429, "concurrency_limited")
    tap.open.set()
    await asyncio.gather(*holders)


def enter(fair: QueryScheduler, scope: Scope) -> Any:
    async def once() -> None:
        async with fair.admit(scope):
            pass

    return once()


@asynccontextmanager
async def held(fair: QueryScheduler, *scopes: Scope) -> AsyncIterator[None]:
    if not scopes:
        yield
        return
    async with fair.admit(scopes[0]), held(fair, *scopes[1:]):
        yield


async def test_a_refusal_over_http_says_when_to_come_again(app: FastAPI, fresh_org: TestOrg) -> None:
    await store_events(app, fresh_org)
    tight = app.state.settings.model_copy(update={"query_requests_per_tenant": 1, "cache_mb": 0})
    async with running(tight) as small, machine(small, fresh_org.raw_admin_key) as client:
        fair = service(small, QueryService).admission
        assert isinstance(fair, QueryScheduler)
        query = {"query": {"event_name": "*", "metric": "count"}, "tenant_id": "customer_1"}
        path = f"/v1/dashboards/{fresh_org.made['dashboard']}/data"
        async with fair.admit(Scope(fresh_org.id, "prod", Tenant("customer_1"))):
            for route, body in (("/v1/query", query), (path, {"tenant_id": "customer_1"})):
                answer = await client.post(route, json=body)
                assert (answer.status_code, answer.json()["code"]) == (429, "concurrency_limited")
                assert answer.headers["retry-after"] == "2"
            async with await opened(small, fresh_org) as browser:
                assert (await browser.post("/v1/embed/data", json={})).status_code == 429
            other = await client.post("/v1/query", json={**query, "tenant_id": "customer_2"})
            assert other.json()["points"][0]["value"] == 4
        assert (await client.post("/v1/query", json=query)).status_code == 200


async def store_events(app: FastAPI, org: TestOrg) -> None:
    await store(app, org.id, two_tenants(now_utc()))
    org.made["dashboard"] = await publish(org, CONFIG)


async def test_the_statement_of_a_client_that_is_gone_is_stopped_in_the_engine(
    app: FastAPI, fresh_org: TestOrg
) -> None:
    await service(app, EventStore).command(
        "INSERT INTO emban.events (org_id, environment, tenant_id, event_name, timestamp, event_id, user_id, "
        f"string_props, numeric_props, ingested_at) SELECT '{fresh_org.id}', 'prod', 't', 'e', now64(3), "
        "toString(number), toString(number), map('k', toString(number)), map('n', number / 7), now64(3) "
        "FROM numbers(400000)",
        insert_allow_materialized_columns=1,
    )
    await store(app, fresh_org.id, [])
    query = {"event_name": "*", "metric": "p95", "prop": "n", "group_by": ["k", "user_id"], "period": "24h"}
    body = json.dumps({"query": query, "all_tenants": True}).encode()
    began, sent = asyncio.Event(), list[Message]()
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        await began.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = {"authorization": f"Bearer {fresh_org.raw_admin_key}", "content-type": "application/json"}
    asking = asyncio.create_task(app(http_scope("/v1/query", headers), receive, send))
    while not await statements_of(app, fresh_org.id):
        assert not asking.done()
    began.set()
    await asking
    async with asyncio.timeout(PATIENCE_S):
        while await statements_of(app, fresh_org.id):
            pass
    assert sent[0]["status"] == 499


def http_scope(path: str, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 8000),
    }


async def statements_of(app: FastAPI, org_id: str) -> int:
    """Return how many statements run in the engine for an org."""
    answer = await service(app, EventStore).command(
        "SELECT count() FROM system.processes WHERE startsWith(Settings['log_comment'], {org:String})", {"org": org_id}
    )
    return int(json.loads(answer)["data"][0][0])
