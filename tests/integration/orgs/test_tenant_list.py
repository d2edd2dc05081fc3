"""`GET /v1/tenants`: an environment's customers, whole and in order, from rollups and events alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from emban.billing.meters import QueryMeter
from emban.kit.rfc3339 import parse_instant
from emban.orgs.tenant_list import TenantList
from emban.query.run.watermarks import StreamProgress, Watermarks
from emban.rollup.keeper import RollupKeeper
from tests.support.control import TestOrg, service
from tests.support.reference import Event
from tests.support.showing import now_utc, store

DEV = {"x-emban-environment": "dev"}


def event(tenant: str, days_ago: float = 0.1, received_ago: float = 60) -> Event:
    now = now_utc()
    at = now - timedelta(days=days_ago)
    return Event(
        tenant=tenant,
        name="api.call",
        at=at,
        user="",
        strings={"model": "small"},
        numbers={"tokens": 1.0},
        ingested=now - timedelta(seconds=received_ago),
    )


async def every(org: TestOrg, limit: int = 2, caller: str = "viewer", **params: Any) -> list[dict[str, Any]]:
    items, cursor = [], None
    while True:
        page = {"limit": limit, **params, **({"cursor": cursor} if cursor else {})}
        answer = await org[caller].get("/v1/tenants", params=page)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return items


def counted(items: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(item["tenant_id"], item["events"]) for item in items]


async def test_the_largest_come_first_and_ties_go_by_name(app: FastAPI, fresh_org: TestOrg) -> None:
    assert await every(fresh_org) == []
    events = [event("b", 40), *(event("a", nth / 10) for nth in range(3)), event("c"), event("Zoë / 'x'\n"), event("d")]
    await store(app, fresh_org.id, events)
    expected = [("a", 3), ("Zoë / 'x'\n", 1), ("b", 1), ("c", 1), ("d", 1)]
    for limit in (1, 2, 4, 5, 200):
        assert counted(await every(fresh_org, limit)) == expected
    seen = {item["tenant_id"]: parse_instant(item["last_seen"]) for item in await every(fresh_org)}
    assert seen == {tenant: max(one.at for one in events if one.tenant == tenant) for tenant in seen}


async def test_rolled_up_and_fresh_events_count_once_each(app: FastAPI, fresh_org: TestOrg) -> None:
    first = [event("old", 50), event("both", 3), event("both", 2.5), *(event("big", nth / 7) for nth in range(9))]
    await store(app, fresh_org.id, first)
    await service(app, RollupKeeper).keep()
    rolled = [("big", 9), ("both", 2), ("old", 1)]
    assert counted(await every(fresh_org)) == rolled
    late = event("late", 300, received_ago=0)  # An old event that came in just now.
    fresh = [event("both", 0.01, received_ago=0), event("new", 0.01, received_ago=0), late]
    await store(app, fresh_org.id, fresh)
    expected = [("big", 9), ("both", 3), ("late", 1), ("new", 1), ("old", 1)]
    assert counted(await every(fresh_org)) == expected
    seen = {item["tenant_id"]: parse_instant(item["last_seen"]) for item in await every(fresh_org)}
    assert seen == {tenant: max(one.at for one in first + fresh if one.tenant == tenant) for tenant in seen}
    await service(app, RollupKeeper).keep()
    assert counted(await every(fresh_org)) == expected


@pytest.mark.parametrize("moves", [1, 5])
async def test_rollups_that_move_meanwhile_count_nothing_twice(
    app: FastAPI, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    await store(app, fresh_org.id, [event("a", received_ago=30)])
    await service(app, RollupKeeper).keep()
    source = service(app, Watermarks)
    stale = await source.progress(fresh_org.id, "prod")
    await store(app, fresh_org.id, [event("a", received_ago=0)])
    await service(app, RollupKeeper).keep()
    calls = 0

    async def progress(org_id: str, environment: str) -> StreamProgress:
        nonlocal calls
        calls += 1
        now = await whole(org_id, environment)
        return StreamProgress(now.watermark, stale.rolled) if calls <= moves else now

    whole: Callable[[str, str], Awaitable[StreamProgress]] = source.progress
    monkeypatch.setattr(source, "progress", progress)
    assert service(app, TenantList) is not None
    assert counted(await every(fresh_org)) == [("a", 2)]


async def test_a_part_of_the_id_finds_them(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, [event("acme-eu"), event("ACME-us"), event("b_50%"), event("Ärzte")])
    await service(app, RollupKeeper).keep()
    for q, found in (
        ("acme", ["ACME-us", "acme-eu"]),
        (" EU ", ["acme-eu"]),
        ("%", ["b_50%"]),
        ("_", ["b_50%"]),
        ("ärz", ["Ärzte"]),
        ("'; DROP", []),
        ("", ["ACME-us", "acme-eu", "b_50%", "Ärzte"]),
    ):
        assert [item["tenant_id"] for item in await every(fresh_org, q=q)] == found


async def test_orgs_and_environments_are_apart(app: FastAPI, fresh_org: TestOrg, other_org: TestOrg) -> None:
    await store(app, fresh_org.id, [event("prods")])
    await store(app, fresh_org.id, [event("devs")], "dev")
    await service(app, RollupKeeper).keep()
    assert counted(await every(fresh_org)) == [("prods", 1)]
    there = await fresh_org["viewer"].get("/v1/tenants", headers=DEV)
    assert counted(there.json()["items"]) == [("devs", 1)]
    for caller in ("owner", "admin_key"):
        theirs = await every(other_org, 200, caller)
        assert not {"prods", "devs"} & {item["tenant_id"] for item in theirs}


async def test_who_may_list_them_and_what_is_refused(fresh_org: TestOrg) -> None:
    assert (await fresh_org["nobody"].get("/v1/tenants")).status_code == 401
    assert (await fresh_org["ingest_key"].get("/v1/tenants")).status_code == 403
    assert (await fresh_org["admin_key"].get("/v1/tenants")).status_code == 200
    for params in ({"limit": 0}, {"limit": 201}, {"q": "x" * 257}):
        assert (await fresh_org["viewer"].get("/v1/tenants", params=params)).status_code == 400
    for cursor in ("nonsense", "W10", "WzEsMl0", "Wy0xLCJhIl0", "WyIxIiwiYSJd", "\N{SNOWMAN}"):
        refused = await fresh_org["viewer"].get("/v1/tenants", params={"cursor": cursor})
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_cursor")


async def test_it_is_no_query_of_the_plan(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, [event("a")])
    await every(fresh_org)
    await service(app, QueryMeter).flush()
    assert (await fresh_org["viewer"].get("/v1/billing")).json()["queries_used"] == 0


async def test_an_erased_tenant_is_gone(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, [event("stays"), event("goes")])
    await service(app, RollupKeeper).keep()
    assert (await fresh_org["admin"].delete("/v1/tenants/goes/data")).status_code == 204
    assert counted(await every(fresh_org)) == [("stays", 1)]
