"""Ordinary analyst SQL goes on working beside what is refused, over a store full of others' rows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from emban.scope import Scope
from emban.store.client import EventStore
from tests.isolation.sqlbox.analyst_cases import ROWS, cases
from tests.isolation.sqlbox.world import World
from tests.support.events import COLUMNS

ORG = "org_0000analyst"
CASES = cases()


@pytest.fixture(scope="module")
async def analyst(world: World) -> World:
    """The world as an org with `ROWS`."""
    store: EventStore = world.shared._store._store
    rows = [
        (
            *(ORG, "prod", tenant, event, at, f"{user}-{event}-{number}", user),
            *({"plan": plan}, {"amount": amount, "items": float(number)}, "2026-05-01 00:00:00"),
        )
        for number, (tenant, event, at, user, plan, amount) in enumerate(ROWS)
    ]
    block = "\n".join(json.dumps(dict(zip(COLUMNS, row, strict=True))) for row in rows).encode()
    client = await store._client("")
    await client.raw_insert("emban.events", COLUMNS, block, fmt="JSONEachRow")
    return replace(world, scope=Scope(ORG, "prod", world.scope.tenant))


@pytest.mark.parametrize(("sql", "rows", "totals"), CASES, ids=[case[0][:60] for case in CASES])
async def test_analyst_sql(analyst: World, sql: str, rows: list[list[Any]], totals: list[Any] | None) -> None:
    outcome = await analyst.in_shared(sql)
    assert outcome.get("rows") == rows, outcome
    assert outcome["totals"] == totals
    assert outcome["stats"]["rows_returned"] == len(rows)


async def test_rows_read_are_own_rows_for_each_mention_of_a_dataset(analyst: World) -> None:
    for sql, read in (
        ("SELECT 1", 0),
        ("SELECT count() FROM emban.events", 8),
        ("SELECT count() FROM emban.events WHERE tenant_id = 'nobody'", 8),
        ("SELECT count() FROM emban.events AS a JOIN events AS b USING (event_id)", 16),
        ("SELECT count() FROM emban.events WHERE user_id IN (SELECT user_id FROM emban.events)", 16),
    ):
        assert (await analyst.in_shared(sql))["stats"]["rows_read"] == read, sql


def test_there_are_enough() -> None:
    assert len(CASES) >= 60
