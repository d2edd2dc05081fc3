"""What a plan refuses, and the figures of `GET /v1/billing`."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.billing.meters import QueryMeter, meter_events
from emban.billing.service import month_of
from emban.db import Database
from emban.errors import EmbanError
from emban.plans import PLANS, Limit, limits_by_plan
from tests.support.control import TestOrg, make_org, put_on_plan, running, service, settings_for
from tests.support.engines import Engines


async def use(app: FastAPI, org_id: str, day: date, events: int = 0, queries: int = 0) -> None:
    """Write a day's meters as if they had been used."""
    async with service(app, Database).for_org(org_id) as session:
        await session.execute(
            text("INSERT INTO usage_daily (org_id, day, events, queries) VALUES (:org, :day, :events, :queries)"),
            {"org": org_id, "day": day, "events": events, "queries": queries},
        )


async def billed(app: FastAPI, org: TestOrg) -> dict[str, int]:
    await service(app, QueryMeter).flush()
    body: dict[str, int] = (await org["owner"].get("/v1/billing")).json()
    return body


async def test_billing_says_what_is_used_and_allowed(app: FastAPI) -> None:
    org = await make_org(app, plan="starter")
    today = datetime.now(UTC).date()
    start, _ = month_of(datetime.now(UTC))
    await use(app, org.id, today, events=12, queries=3)
    await use(app, org.id, date(start.year - 1, 1, 1), events=1_000_000, queries=9_999)
    answer = (await org["viewer"].get("/v1/billing")).json()

    assert answer["plan"] == "starter"
    assert answer["status"] == "active"
    assert (answer["events_used"], answer["events_limit"]) == (12, 1_000_000)
    assert (answer["queries_used"], answer["queries_limit"]) == (3, 10_000)
    assert answer["editor_seats"] == {"used": 3, "limit": 3}
    assert answer["api_keys"] == {"used": 2, "limit": 5}
    assert answer["published_dashboards"] == {"used": 0, "limit": 3}
    assert answer["period_start"] == start.isoformat().replace("+00:00", "Z")
    assert answer["features"] == {
        "custom_theme": True,
        "no_branding": True,
        "audit_log": False,
        "embed_permissions": False,
    }


async def test_dashboards_published_at_once_stop_at_the_limit(app: FastAPI) -> None:
    org = await make_org(app, plan="free", roles=("owner",))
    made = [(await org["owner"].post("/v1/dashboards", json={"name": str(n)})).json()["id"] for n in range(6)]
    answers = await asyncio.gather(*(org["owner"].post(f"/v1/dashboards/{one}/publish") for one in made))

    assert Counter(answer.status_code for answer in answers) == {204: 1, 402: 5}
    refused = next(answer for answer in answers if answer.status_code == 402).json()
    assert refused == {
        "error": "published dashboard limit reached for this plan",
        "code": "published_dashboards_limit",
        "plan": "free",
        "upgrade_to": "starter",
        "limit": 1,
        "used": 1,
    }


async def test_events_are_metered_exactly_and_never_past_the_limit(app: FastAPI, engines: Engines) -> None:
    org = await make_org(app, plan="free", roles=("owner",))
    limit = PLANS["free"].events
    assert limit is not None
    await use(app, org.id, datetime.now(UTC).date(), events=limit - 100)

    async def flush(process: FastAPI) -> bool:
        async with service(process, Database).for_org(org.id) as session:
            return (await meter_events(session, org.id, 9)).taken

    async with running(settings_for(engines)) as other:
        taken = await asyncio.gather(*(flush(app if n % 2 else other) for n in range(30)))

    assert sum(taken) == 11
    assert (await billed(app, org))["events_used"] == limit - 1
    async with service(app, Database).for_org(org.id) as session:
        refused = await meter_events(session, org.id, 9)
        assert (refused.taken, refused.remaining) == (False, 1)
        assert (await meter_events(session, org.id, 1)).taken


async def test_a_rolled_back_batch_is_not_metered(app: FastAPI, fresh_org: TestOrg) -> None:
    async with service(app, Database).for_org(fresh_org.id) as session:
        assert (await meter_events(session, fresh_org.id, 5)).used == 5
        await session.rollback()
    assert (await billed(app, fresh_org))["events_used"] == 0


async def test_a_deleted_org_has_no_meter(app: FastAPI, fresh_org: TestOrg) -> None:
    assert (await fresh_org["owner"].delete("/v1/org")).status_code == 204
    with pytest.raises(EmbanError) as caught:
        async with service(app, Database).for_org(fresh_org.id) as session:
            await meter_events(session, fresh_org.id, 5)
    assert caught.value.status == 401


async def test_the_month_begins_at_zero(app: FastAPI, fresh_org: TestOrg) -> None:
    await put_on_plan(app, fresh_org.id, "free")
    last_of_month, first_of_next = date(2026, 1, 31), date(2026, 2, 1)
    await use(app, fresh_org.id, last_of_month, events=250_000)
    async with service(app, Database).for_org(fresh_org.id) as session:
        before = await meter_events(session, fresh_org.id, 1, day=last_of_month)
        after = await meter_events(session, fresh_org.id, 1, day=first_of_next)

    assert (before.taken, before.used) == (False, 250_000)
    assert (after.taken, after.used) == (True, 1)


async def ask(meter: QueryMeter, org_id: str, queries: int, answered: int) -> bool:
    try:
        async with meter.counted(org_id, queries) as count:
            await asyncio.sleep(0)
            count.answered(answered)
    except EmbanError as error:
        return error.code != "queries_limit"
    return True


async def test_queries_are_counted_exactly_over_processes(app: FastAPI, fresh_org: TestOrg, engines: Engines) -> None:
    async with running(settings_for(engines)) as other:
        meters = [service(app, QueryMeter), service(other, QueryMeter)]
        await asyncio.gather(*(ask(meters[n % 2], fresh_org.id, 4, 3) for n in range(200)))
    # The other process has ended, and written down what it had counted.
    assert (await billed(app, fresh_org))["queries_used"] == 600


async def test_a_failed_query_does_not_count(app: FastAPI, fresh_org: TestOrg) -> None:
    meter = service(app, QueryMeter)
    with contextlib.suppress(RuntimeError):
        async with meter.counted(fresh_org.id, 3) as count:
            count.answered(1)
            raise RuntimeError
    assert (await billed(app, fresh_org))["queries_used"] == 1


async def test_the_last_queries_of_a_month_are_shared_exactly(
    app: FastAPI, fresh_org: TestOrg, engines: Engines
) -> None:
    await put_on_plan(app, fresh_org.id, "free")
    await use(app, fresh_org.id, datetime.now(UTC).date(), queries=2_500 - 20)
    async with running(settings_for(engines)) as other:
        meters = [service(app, QueryMeter), service(other, QueryMeter)]
        answers = await asyncio.gather(*(ask(meters[n % 2], fresh_org.id, 1, 1) for n in range(60)))

    assert sum(answers) == 20
    assert (await billed(app, fresh_org))["queries_used"] == 2_500


async def test_a_failed_query_near_the_limit_is_given_back(app: FastAPI, fresh_org: TestOrg) -> None:
    await put_on_plan(app, fresh_org.id, "free")
    await use(app, fresh_org.id, datetime.now(UTC).date(), queries=2_499)
    meter = service(app, QueryMeter)

    assert await ask(meter, fresh_org.id, 1, 0)
    assert (await billed(app, fresh_org))["queries_used"] == 2_499
    assert await ask(meter, fresh_org.id, 1, 1)
    assert not await ask(meter, fresh_org.id, 1, 1)


async def test_plans_change_where_the_operator_lets_them(engines: Engines, fresh_org: TestOrg, app: FastAPI) -> None:
    changed = await fresh_org["admin"].put("/v1/billing/plan", json={"plan": "starter"})
    assert (changed.status_code, changed.json()["plan"]) == (200, "starter")
    assert (await fresh_org["admin"].put("/v1/billing/plan", json={"plan": "gold"})).status_code == 400
    async with running(settings_for(engines, self_serve_plans=False)) as closed:
        org = await make_org(closed, roles=("owner",))
        refused = await org["owner"].put("/v1/billing/plan", json={"plan": "growth"})
    assert refused.status_code == 403


def test_the_price_list_is_the_contracts() -> None:
    assert limits_by_plan(Limit.EVENTS) == {
        "free": 250_000,
        "starter": 1_000_000,
        "growth": 10_000_000,
        "scale": 100_000_000,
    }
    assert limits_by_plan(Limit.QUERIES) == {"free": 2_500, "starter": 10_000, "growth": 100_000, "scale": 1_000_000}
    assert limits_by_plan(Limit.PUBLISHED_DASHBOARDS) == {"free": 1, "starter": 3, "growth": None, "scale": None}
    assert limits_by_plan(Limit.EDITOR_SEATS) == {"free": 1, "starter": 3, "growth": 10, "scale": None}
    assert limits_by_plan(Limit.API_KEYS) == {"free": 2, "starter": 5, "growth": 15, "scale": None}
    assert [plan.price_usd for plan in PLANS.values()] == [0, 149, 399, None]
    assert [plan.custom_theme for plan in PLANS.values()] == [False, True, True, True]
    assert [plan.no_branding for plan in PLANS.values()] == [False, True, True, True]
    assert [plan.audit_log for plan in PLANS.values()] == [False, False, True, True]
    assert [plan.embed_permissions for plan in PLANS.values()] == [False, False, True, True]
