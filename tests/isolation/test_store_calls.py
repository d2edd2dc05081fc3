"""Every call of the event store: as the wrong org and as no org it finds nothing, and changes nothing of another's."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

import emban.store
from emban.kit.ids import new_id
from emban.scope import ALL_TENANTS, Scope
from emban.store import discovery_queries as discover
from emban.store import events
from emban.store import rollup_tables as rollups
from emban.store.adhoc import AdhocStore, CanonicalStatement
from emban.store.client import QUERY_ACCOUNT, EventStore
from emban.store.erase import StoredRows
from emban.store.events import EventColumns, EventLog, event_keys
from emban.store.policies import readable_tables
from emban.store.rollup_tables import RollupLayout, RollupTables, Segment
from emban.store.scope_check import UnscopedStatementError
from emban.store.statement import Statement
from tests.support.control import service

AT = datetime(2026, 11, 5, 12, tzinfo=UTC)
AT_MS = int(AT.timestamp() * 1000)
SEGMENT = Segment(AT_MS - 1, AT_MS)
IDS = ["canary-1", "canary-2", "canary-3"]
LAYOUT = RollupLayout(("amount",), ("canary",))
TABLES = [f"emban.{table.name}" for table in readable_tables()]


@dataclass(frozen=True, slots=True)
class World:
    """The store, with events and rollups of one org, `owner`, in it."""

    store: EventStore
    log: EventLog
    tables: RollupTables
    adhoc: AdhocStore
    eraser: StoredRows
    owner: Scope

    async def fingerprint(self) -> list[bytes]:
        """Return what tells any change of the owner's rows, table by table."""
        sql = "SELECT count(), sum(cityHash64(*)), sum(cityHash64(org_id)) FROM {} WHERE org_id = {{org:String}}"
        asked = [
            self.store.fetch(sql.format(table), {"org": self.owner.org_id}, output_format="TabSeparated")
            for table in TABLES
        ]
        return list(await asyncio.gather(*asked))


def columns(prefix: str) -> EventColumns:
    ids = [f"{prefix}{one}" for one in IDS]
    return EventColumns(
        tenant_id=["t1"] * 3,
        event_name=["api.call"] * 3,
        timestamp_ms=[AT_MS - 86_400_000 * day for day in range(3)],
        event_id=ids,
        user_id=["canary"] * 3,
        string_props=[{"canary": one} for one in ids],
        numeric_props=[{"amount": 1.0}] * 3,
        event_key=event_keys(ids),
    )


@pytest.fixture(scope="module")
async def world(app: FastAPI) -> AsyncIterator[World]:
    store = service(app, EventStore)
    made = World(
        store,
        EventLog(store),
        RollupTables(store, crowded_cells=0),
        AdhocStore(store, seconds=10, memory_mb=256),
        StoredRows(store),
        Scope(new_id("org"), "prod", ALL_TENANTS),
    )
    await made.log.append(made.owner, columns(""), AT_MS)
    await made.tables.add(made.owner, SEGMENT, LAYOUT, LAYOUT.dimensions)
    yield made
    await made.eraser.delete_org(made.owner.org_id)


def others(world: World) -> list[Scope]:
    """Return scopes that must not reach the owner's rows: another org, no real one, its own other environment."""
    return [
        Scope(new_id("org"), "prod", ALL_TENANTS),
        Scope("*", "prod", ALL_TENANTS),
        Scope(world.owner.org_id, "dev", ALL_TENANTS),
    ]


def _discovering(made: Callable[..., Statement]) -> Callable[[World, Scope], Awaitable[Any]]:
    window = () if made is discover.overview else (AT - timedelta(days=30), AT)
    return lambda world, scope: world.store.select(scope, made(scope, *window))


def counted(scope: Scope) -> Statement:
    whose = {"org": scope.org_id, "environment": scope.environment}
    condition = "org_id = {org:String} AND environment = {environment:String}"
    return Statement(f"SELECT count() AS n FROM emban.events WHERE {condition} HAVING n > 0", whose)


COUNT = "SELECT count() AS n FROM emban.events HAVING n > 0"
Read = Callable[[World, Scope], Awaitable[Any]]
READS: dict[str, Read] = {
    "EventStore.select": lambda world, scope: world.store.select(scope, counted(scope)),
    "EventLog.received_after": lambda world, scope: world.log.received_after(scope, 0),
    "EventLog.received_at": lambda world, scope: world.log.received_at(scope, AT_MS),
    "EventLog.identified_since": lambda world, scope: world.log.identified_since(scope, 0),
    "EventLog.keys_between": lambda world, scope: world.log.keys_between(scope, 0, AT_MS),
    "EventLog.stored_ids": lambda world, scope: world.log.stored_ids(scope, event_keys(IDS), 0),
    "RollupTables.batches": lambda world, scope: world.tables.batches(scope, SEGMENT),
    "RollupTables.measures": lambda world, scope: world.tables.measures(scope, SEGMENT),
    "RollupTables.dimensions": lambda world, scope: world.tables.dimensions(scope, SEGMENT),
    "RollupTables.crowded": lambda world, scope: world.tables.crowded(scope, AT_MS),
    "AdhocStore.count": lambda world, scope: world.adhoc.count(scope, "events"),
    "AdhocStore.run": lambda world, scope: world.adhoc.run(
        scope, CanonicalStatement(COUNT, is_subquery=True, is_fixpoint=True)
    ),
    **{f"discover.{made.__name__}": _discovering(made) for made in (discover.event_names, discover.dimensions)},
    **{f"discover.{made.__name__}": _discovering(made) for made in (discover.measures,)},
}
# These answer one row of figures whatever there is.
FIGURES: dict[str, Read] = {
    f"discover.{made.__name__}": _discovering(made) for made in (discover.overview, discover.users)
}
RUNNING: dict[str, tuple[Callable[[Scope], str], Read]] = {
    "EventLog.is_writing": (events._mark, lambda world, scope: world.log.is_writing(scope)),
    "RollupTables.is_adding": (rollups._mark, lambda world, scope: world.tables.is_adding(scope)),
}
WRITES: dict[str, Read] = {
    "EventLog.append": lambda world, scope: world.log.append(scope, columns(new_id("e")), AT_MS),
    "RollupTables.add": lambda world, scope: world.tables.add(scope, SEGMENT, LAYOUT, LAYOUT.dimensions),
    "RollupTables.drop_dimension": lambda world, scope: world.tables.drop_dimension(scope, "canary"),
    "StoredRows.delete_environment": lambda world, scope: world.eraser.delete_environment(
        scope.org_id, scope.environment
    ),
    "StoredRows.delete_tenant": lambda world, scope: world.eraser.delete_tenant(scope.org_id, scope.environment, "t1"),
    "StoredRows.delete_before": lambda world, scope: world.eraser.delete_before(scope.org_id, scope.environment, AT),
}
ORGS_ONLY = {"StoredRows.delete_org"}
# Without rows: what a text looks like, and what constants in it come to where no scope is given.
NO_ROWS = {"AdhocStore.canonical", "AdhocStore.describe_syntax"}
# With no scope of their own; who calls them is held by the import contracts.
UNSCOPED = {f"EventStore.{name}" for name in ("command", "fetch", "insert", "ping", "close", "reader", "probe")}
UNSCOPED |= {"ReadGuard.require"}
ELSEWHERE = {"AdhocStore.describe_names"}


def test_the_walk_has_every_call() -> None:
    found = set()
    for module in pkgutil.iter_modules(emban.store.__path__, "emban.store."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name:
                methods = inspect.getmembers(kind, inspect.iscoroutinefunction)
                found |= {f"{kind.__name__}.{name}" for name, _ in methods if not name.startswith("_")}
    found |= {
        f"discover.{name}"
        for name, function in inspect.getmembers(discover, inspect.isfunction)
        if function.__module__ == discover.__name__ and not name.startswith("_")
    }
    walked = {*READS, *FIGURES, *RUNNING, *WRITES, *ORGS_ONLY, *NO_ROWS, *UNSCOPED, *ELSEWHERE}
    assert found == walked


@pytest.mark.parametrize(("org_id", "environment"), [("", "prod"), ("org_1", ""), ("", "")])
def test_no_call_can_be_made_as_no_org(org_id: str, environment: str) -> None:
    with pytest.raises(ValueError, match="a scope needs an org"):
        Scope(org_id, environment, ALL_TENANTS)


def amount(result: Any) -> int:
    """Return how much an answer holds."""
    if isinstance(result, int):
        return result
    return len(getattr(result, "rows", getattr(result, "keys", result)))


@pytest.mark.parametrize("name", READS)
async def test_a_read_finds_nothing_of_others(world: World, name: str) -> None:
    assert amount(await READS[name](world, world.owner)) > 0
    for scope in others(world):
        assert amount(await READS[name](world, scope)) == 0, scope


async def test_a_statement_of_another_is_not_sent(world: World) -> None:
    for scope in others(world):
        with pytest.raises(UnscopedStatementError):
            await world.store.select(scope, counted(world.owner))
        with pytest.raises(UnscopedStatementError):
            await world.store.select(scope, Statement(COUNT))


@pytest.mark.parametrize("name", FIGURES)
async def test_figures_count_nothing_of_others(world: World, name: str) -> None:
    assert (await FIGURES[name](world, world.owner)).rows[0][0] == 3
    for scope in others(world):
        assert (await FIGURES[name](world, scope)).rows[0][0] == 0, scope


@pytest.mark.parametrize("name", RUNNING)
async def test_what_runs_for_another_is_not_seen(world: World, name: str) -> None:
    mark, asked = RUNNING[name]
    slow = "INSERT INTO FUNCTION null('x UInt8') SELECT sleepEachRow(0.3) FROM numbers(5)"
    running = asyncio.create_task(world.store.command(slow, log_comment=mark(world.owner), max_block_size=1))
    while not await asked(world, world.owner):
        assert not running.done()
        await asyncio.sleep(0.02)
    seen = [await asked(world, scope) for scope in others(world)]
    assert not running.done()
    await running
    assert seen == [False] * 3


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_leaves_others_rows_alone(world: World, name: str) -> None:
    scopes = others(world)[:2]  # What is written to another environment of the org is the org's own.
    before = await world.fingerprint()
    assert all(not row.startswith(b"0\t") for row in before)
    for scope in scopes:
        await WRITES[name](world, scope)
        assert await world.fingerprint() == before, scope
        await world.eraser.delete_org(scope.org_id)


async def test_an_org_that_goes_takes_no_other_along(world: World) -> None:
    before = await world.fingerprint()
    for scope in others(world)[:2]:
        await world.log.append(scope, columns(new_id("e")), AT_MS)
        await world.eraser.delete_org(scope.org_id)
        assert await world.fingerprint() == before
    await world.eraser.delete_org("")
    await world.eraser.delete_environment("", "prod")
    await world.eraser.delete_tenant("", "prod", "t1")
    await world.eraser.delete_before("", "prod", AT)
    assert await world.fingerprint() == before


async def test_constants_are_those_of_the_scope(world: World) -> None:
    canonical = CanonicalStatement(
        "SELECT (SELECT any(user_id) FROM emban.events) AS who", is_subquery=True, is_fixpoint=True
    )
    for scope in (None, *others(world)):
        assert "'canary'" not in await world.adhoc.describe_names(canonical, scope)


@pytest.mark.parametrize("table", TABLES)
async def test_a_reader_without_a_scope_sees_no_row(world: World, table: str) -> None:
    client = await world.store._client(QUERY_ACCOUNT)
    for setting in ("", "|", "||", "||*", f"{world.owner.org_id}|prod", "*|*|*"):
        answer = await client.raw_query(
            f"SELECT count() FROM {table}", settings={"log_comment": setting, "readonly": 1}, fmt="TabSeparated"
        )
        assert answer == b"0\n", setting
