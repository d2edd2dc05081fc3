"""Rollups through the running app: kept up, exact through late events and repeats, whole through stops at any point."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emban.db import Database
from emban.errors import EmbanError, unavailable
from emban.query.plan.coverage import RollupCoverage
from emban.query.run.watermarks import Watermarks
from emban.rollup.keeper import RollupKeeper
from emban.rollup.state import RollupStates
from emban.scope import ALL_TENANTS, Scope
from emban.store.client import EventStore
from emban.store.rollup_tables import RollupTables, Segment, _mark
from emban.store.schema import DAILY, DAILY_USERS, HOURLY
from tests.support.control import TestOrg, service

NOW = datetime.now(UTC).replace(microsecond=0)
TENANTS = ("t1", "t2")


def event(number: int, **more: Any) -> dict[str, Any]:
    return {
        "tenant_id": TENANTS[number % 2],
        "event_name": "api.call",
        "timestamp": (NOW - timedelta(minutes=53 * number)).isoformat(),
        "event_id": f"e{number}",
        "user_id": f"u{number % 5}",
        "string_props": {"model": f"m{number % 3}"},
        "numeric_props": {"tokens": number + 0.25},
        **more,
    }


async def send(org: TestOrg, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    answer = await org["ingest_key"].post("/v1/events", json={"events": list(events)})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


QUERIES: dict[str, dict[str, Any]] = {
    "hours": {"metric": "sum", "prop": "tokens", "granularity": "hour", "period": "7d"},
    "extremes": {"metric": "max", "prop": "tokens", "granularity": "day", "period": "30d"},
    "models": {"metric": "sum", "prop": "tokens", "group_by": "model", "period": "30d"},
    "regions": {"metric": "count", "group_by": "region", "period": "30d"},
    "people": {"metric": "count_unique", "period": "30d"},
}


async def ask(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    body = {"query": {"event_name": "*", **query}, "all_tenants": True, "reload": True}
    answer = await client.post("/v1/query", json=body)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = answer.json()
    return decoded


async def figures(org: TestOrg) -> dict[str, Any]:
    """Every query's points, and that a rollup had a part in each."""
    answers = {name: await ask(org["admin_key"], **query) for name, query in QUERIES.items()}
    assert {name: answer["meta"]["path"] for name, answer in answers.items() if answer["meta"]["path"] == "raw"} == {}
    return {name: answer["points"] for name, answer in answers.items()}


async def of_events(org: TestOrg) -> dict[str, Any]:
    """The same from the events: a filter that every event passes is one that no rollup carries."""
    every = {"numeric_ranges": {"tokens": {"min": -1e300}}}
    answers = {name: await ask(org["admin_key"], **query, filters=every) for name, query in QUERIES.items()}
    assert {answer["meta"]["path"] for answer in answers.values()} == {"raw"}
    return {name: answer["points"] for name, answer in answers.items()}


def stream(org: TestOrg) -> Scope:
    return Scope(org.id, "prod", ALL_TENANTS)


async def roll_up(app: FastAPI, org: TestOrg) -> int:
    return await service(app, RollupKeeper).roll_up(stream(org))


async def test_late_events_repeats_and_new_properties(app: FastAPI, fresh_org: TestOrg) -> None:
    await send(fresh_org, [event(number) for number in range(200)])
    assert await roll_up(app, fresh_org) == 1
    regional = {"model": "m1", "region": "eu"}
    late = [event(number, string_props=regional, numeric_props={"tokens": 2, "cost": 1}) for number in range(150, 260)]
    again = await send(fresh_org, late)
    assert (again["accepted"], again["duplicates"]) == (60, 50)
    assert await roll_up(app, fresh_org) == 1
    # Not rolled up yet: read from the events, on top of the rollup rows.
    await send(fresh_org, [event(number) for number in range(300, 320)])
    truth = await of_events(fresh_org)
    assert {tuple(point["group"]) for point in truth["regions"]} == {("",), ("eu",)}
    assert await figures(fresh_org) == truth
    assert await roll_up(app, fresh_org) == 1
    assert await figures(fresh_org) == truth
    assert await roll_up(app, fresh_org) == 0


async def test_the_keeper_finds_what_is_due(app: FastAPI, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch) -> None:
    due = RollupStates.due

    async def of_this_org(self: RollupStates) -> list[Scope]:
        return [one for one in await due(self) if one.org_id == fresh_org.id]  # Other tests' streams take their time.

    monkeypatch.setattr(RollupStates, "due", of_this_org)
    await send(fresh_org, [event(number, string_props={"model": "m", "region": "eu"}) for number in range(50)])
    await service(app, RollupKeeper).keep()
    assert await roll_up(app, fresh_org) == 0
    assert await figures(fresh_org) == await of_events(fresh_org)


@pytest.mark.parametrize("stage", ["before", HOURLY, DAILY, DAILY_USERS, "crowded"])
async def test_a_stop_at_any_point_is_finished_by_the_next(
    app: FastAPI, fresh_org: TestOrg, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [event(number, string_props={"model": "m", "region": "eu"}) for number in range(120)]
    await send(fresh_org, rows[:60])
    await roll_up(app, fresh_org)
    await send(fresh_org, [{**one, "numeric_props": {"tokens": 1, "new": 2}} for one in rows[60:]])
    truth = await of_events(fresh_org)
    tables = service(app, RollupKeeper)._tables
    add, crowded = RollupTables._add, RollupTables.crowded

    async def stopping_add(self: RollupTables, table: str, *rest: Any) -> None:
        if stage == "before":
            raise unavailable("stopped")
        await add(self, table, *rest)
        if stage == table:
            raise unavailable("stopped")

    async def stopping_crowded(self: RollupTables, *rest: Any) -> list[str]:
        if stage == "crowded":
            raise unavailable("stopped")
        return await crowded(self, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(RollupTables, "_add", stopping_add)
        patch.setattr(RollupTables, "crowded", stopping_crowded)
        with pytest.raises(EmbanError):
            await roll_up(app, fresh_org)
    # Meanwhile no reader counts what was added twice: the rollup rows that know too much are not read.
    answers = {name: (await ask(fresh_org["admin_key"], **query))["points"] for name, query in QUERIES.items()}
    assert answers == truth
    other = RollupKeeper(RollupStates(service(app, Database)), tables)
    assert await other.roll_up(stream(fresh_org)) == 1
    assert await figures(fresh_org) == truth


async def test_an_insert_that_runs_on_is_seen(app: FastAPI, fresh_org: TestOrg) -> None:
    """What the keeper waits for before it finishes another's segment."""
    tables, scope = service(app, RollupKeeper)._tables, stream(fresh_org)
    slow = "INSERT INTO FUNCTION null('x UInt8') SELECT sleepEachRow(0.3) FROM numbers(4)"
    running = asyncio.create_task(service(app, EventStore).command(slow, log_comment=_mark(scope), max_block_size=1))
    seen = []
    while not running.done():
        seen.append(await tables.is_adding(scope))
        await asyncio.sleep(0.05)
    await running
    assert True in seen
    assert not await tables.is_adding(scope)


async def test_two_keepers_add_once(app: FastAPI, fresh_org: TestOrg) -> None:
    await send(fresh_org, [event(number, string_props={"model": "m", "region": "eu"}) for number in range(100)])
    keepers = [RollupKeeper(RollupStates(service(app, Database)), service(app, RollupKeeper)._tables) for _ in range(3)]
    done = await asyncio.gather(*(keeper.roll_up(stream(fresh_org)) for keeper in keepers))
    assert sorted(done) == [0, 0, 1]
    assert await figures(fresh_org) == await of_events(fresh_org)


async def test_segments_are_whole_batches(app: FastAPI, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emban.rollup.keeper.SEGMENT_EVENTS", 30)
    for start in range(0, 100, 20):
        rows = [event(number, string_props={"model": "m", "region": "eu"}) for number in range(start, start + 20)]
        await send(fresh_org, rows)
    assert await roll_up(app, fresh_org) == 5
    assert await figures(fresh_org) == await of_events(fresh_org)


async def test_an_older_answer_can_be_had_again(app: FastAPI, fresh_org: TestOrg) -> None:
    await send(fresh_org, [event(number) for number in range(100)])
    await roll_up(app, fresh_org)
    dates = {"date_from": (NOW - timedelta(days=9)).isoformat(), "date_to": NOW.isoformat()}
    first = await ask(fresh_org["admin_key"], metric="count", group_by="model", **dates)
    await send(fresh_org, [event(number) for number in range(100, 200)])
    await roll_up(app, fresh_org)
    again = await ask(fresh_org["admin_key"], metric="count", group_by="model", **dates, as_of=first["meta"]["as_of"])
    assert again["points"] == first["points"]


def regional(number: int, **more: Any) -> dict[str, Any]:
    return event(number, string_props={"model": "m", "region": "eu"}, **more)


async def known(app: FastAPI, org: TestOrg) -> RollupCoverage:
    rolled = (await Watermarks(service(app, Database)).progress(org.id, "prod")).rolled
    assert rolled is not None
    return rolled


async def test_today_is_read_from_its_cells_until_an_event_of_the_future_comes(
    app: FastAPI, fresh_org: TestOrg
) -> None:
    await send(fresh_org, [regional(number) for number in range(100)])
    await roll_up(app, fresh_org)
    assert (await known(app, fresh_org)).newest == NOW
    assert await figures(fresh_org) == await of_events(fresh_org)
    ahead = NOW + timedelta(hours=20)
    await send(fresh_org, [regional(number, timestamp=ahead.isoformat()) for number in range(100, 110)])
    assert await figures(fresh_org) == await of_events(fresh_org)
    await roll_up(app, fresh_org)
    assert (await known(app, fresh_org)).newest == ahead
    truth = await of_events(fresh_org)
    assert sum(point["value"] for point in truth["regions"]) == 100
    assert await figures(fresh_org) == truth


async def test_while_a_segment_is_added_nobody_relies_on_the_newest_cells(app: FastAPI, fresh_org: TestOrg) -> None:
    await send(fresh_org, [regional(number) for number in range(20)])
    await roll_up(app, fresh_org)
    states, scope = RollupStates(service(app, Database)), stream(fresh_org)
    await send(fresh_org, [regional(number) for number in range(20, 30)])
    state = await states.read(scope)
    assert state is not None
    begun = await states.begin(scope, state, Segment(state.upto_ms, state.watermark_ms), state.layout, 0)
    assert (await known(app, fresh_org)).newest is None
    assert await figures(fresh_org) == await of_events(fresh_org)
    assert begun.segment.upto_ms == state.watermark_ms
    await roll_up(app, fresh_org)
    assert (await known(app, fresh_org)).newest == NOW
    assert await figures(fresh_org) == await of_events(fresh_org)


async def test_a_tenants_removal_takes_its_cells(app: FastAPI, fresh_org: TestOrg) -> None:
    rows = [event(number, string_props={"model": "m", "region": "eu"}) for number in range(100)]
    await send(fresh_org, rows)
    await roll_up(app, fresh_org)
    assert (await fresh_org["owner"].delete("/v1/tenants/t1/data")).status_code == 204
    truth = await of_events(fresh_org)
    assert sum(point["value"] for point in truth["regions"]) == 50
    assert await figures(fresh_org) == truth
    await send(fresh_org, [{**one, "event_id": f"again-{one['event_id']}"} for one in rows[:10]])
    await roll_up(app, fresh_org)
    assert await figures(fresh_org) == await of_events(fresh_org)


async def test_a_property_with_too_many_values_is_given_up(app: FastAPI, fresh_org: TestOrg) -> None:
    keeper = RollupKeeper(
        RollupStates(service(app, Database)), RollupTables(service(app, EventStore), crowded_cells=20)
    )
    rows = [
        event(number, timestamp=(NOW - timedelta(days=2)).isoformat(), string_props={"model": "m", "id": f"r{number}"})
        for number in range(100)
    ]
    await send(fresh_org, rows)
    await keeper.roll_up(stream(fresh_org))
    by_id = await ask(fresh_org["admin_key"], metric="count", group_by="id", period="30d")
    by_model = await ask(fresh_org["admin_key"], metric="count", group_by="model", period="30d")
    assert (by_id["meta"]["path"], by_model["meta"]["path"]) == ("raw", "daily")
    await send(fresh_org, [{**one, "event_id": f"more-{one['event_id']}"} for one in rows])
    await keeper.roll_up(stream(fresh_org))
    again = await ask(fresh_org["admin_key"], metric="count", group_by="id", period="30d")
    assert again["meta"]["path"] == "raw"
    assert {point["value"] for point in again["points"]} == {2}
    left = f"SELECT count() FROM {DAILY} WHERE org_id = {{org:String}} AND dimension = 'id'"
    for _ in range(300):
        counted = await service(app, EventStore).fetch(left, {"org": fresh_org.id}, output_format="TSV")
        if counted.strip() == b"0":
            break
        await asyncio.sleep(0.1)
    assert counted.strip() == b"0"
