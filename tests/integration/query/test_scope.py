"""Whose rows a query sees: the scope's, whatever its values are; nobody's through another door."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from emban.query.plan.planner import PointsRead, ask, plan
from emban.query.spec.validation import read_query
from emban.query.sql.compiler import compile_read
from emban.scope import ALL_TENANTS, Lock, Scope, Tenant
from emban.store.client import QUERY_ACCOUNT, EventStore
from emban.store.scope_check import UnscopedStatementError
from emban.store.scope_setting import scope_settings
from emban.store.statement import Statement
from tests.integration.query.conftest import LATEST, NOW, Asker, fresh_asker
from tests.support.reference import Event

AT = datetime.fromisoformat("2026-11-05T12:00:00Z")
TABLES = ("emban.events", "emban.hourly", "emban.daily", "emban.daily_users")
COUNT = {"event_name": "*", "metric": "count", "period": "30d"}
HOSTILE = [
    "' OR 1=1 --",
    "') OR ('1'='1",
    "\\' OR 1=1 --",
    "a\\",
    "a'; DROP TABLE emban.events; --",
    "{p0:String}",
    "{org:String} }",
    "%27%20OR%201",
    "a\nb\tc\rd\x0b\x01",
    "\\N",
    "\\x41\\0",
    "*",
    "t1|*",
    "t:7431",
    "][',\"",
    "ünïcödé 漢字 😀",
    "x" * 250,
    " ",
]


@pytest.fixture
async def neighbour(store: EventStore) -> Asker:
    """Another org with an event for each of its names."""
    made = fresh_asker(store)
    await made.insert([Event("t1", "api.call", AT, "canary", {"model": "canary"}, {"cost": 666.0})])
    return made


def hostile_event(text: str) -> Event:
    return Event(text, text[:128], AT, text, {text[:64]: text, "tenant_id": text}, {text[:64]: 2.0})


async def test_hostile_values_are_values(asker: Asker, neighbour: Asker) -> None:
    await asker.insert([hostile_event(text) for text in HOSTILE])
    for text in HOSTILE:
        prop = text[:64]
        own: list[dict[str, Any]] = [
            {"event_name": text[:128]} if text != "*" else {"filters": {"dimensions": {"event_name": text}}},
            {"filters": {"dimensions": {"tenant_id": text}}},
            {"filters": {"dimensions": {prop: text}}},
            {"filters": {"dimensions": {prop: [text, "nobody"]}}},
            {"filters": {"dimensions": {"string_props.tenant_id": text}}},
            {"filters": {"numeric_ranges": {prop: {"min": 1, "max": 2}}}},
        ]
        for part in own:
            assert (await asker({**COUNT, **part}))["points"][0]["value"] == 1, (text, part)
        grouped = await asker({**COUNT, "group_by": [f"string_props.{prop}", "user_id"], "limit": 100})
        assert {tuple(point["group"]): point["value"] for point in grouped["points"]}[text, text] == 1
        summed = await asker({**COUNT, "metric": "p95", "prop": prop, "group_by": "tenant_id", "granularity": "week"})
        assert {point["group"][0] for point in summed["points"]} == {text}
        assert (await asker(COUNT, text))["points"][0]["value"] == 1
        locked = asker.scope(locks=(Lock(prop, (text, "nobody")),))
        assert (await asker(COUNT, scope=locked))["points"][0]["value"] == 1
        table = {"event_name": "*", "columns": [f"string_props.{prop}", {"metric": "max", "prop": prop}], "limit": 1}
        assert (await asker(table))["rows"] == [[text, 2]]
    assert (await asker(COUNT))["points"][0]["value"] == len(HOSTILE)
    assert (await neighbour(COUNT))["points"][0]["value"] == 1


async def test_other_orgs_environments_and_tenants_are_not_there(asker: Asker, neighbour: Asker) -> None:
    await asker.insert([Event("t1", "api.call", AT), Event("t2", "api.call", AT)])
    await asker.insert([Event("t1", "api.call", AT)], environment="dev")
    assert (await asker(COUNT))["points"][0]["value"] == 2
    assert (await asker(COUNT, "t1"))["points"][0]["value"] == 1
    assert (await asker(COUNT, "t3"))["points"][0]["value"] == 0
    assert (await asker(COUNT, scope=asker.scope(environment="dev")))["points"][0]["value"] == 1
    assert (await asker(COUNT, scope=asker.scope(environment="test")))["points"][0]["value"] == 0
    assert (await asker(COUNT, scope=Scope("org_nobody", "prod", ALL_TENANTS)))["points"][0]["value"] == 0
    groups = (await asker({**COUNT, "group_by": ["user_id", "model"]}))["points"]
    assert [point["group"] for point in groups] == [["", ""]]


async def test_a_tenant_cannot_be_widened_by_a_filter(asker: Asker) -> None:
    await asker.insert([Event("t1", "api.call", AT), Event("t2", "api.call", AT)])
    for wish in ("t2", ["t1", "t2"], "*", "%"):
        found = await asker({**COUNT, "filters": {"dimensions": {"tenant_id": wish}}}, "t1")
        assert found["points"][0]["value"] == (1 if "t1" in wish else 0)


async def test_locks_only_narrow(asker: Asker) -> None:
    await asker.insert([Event("t1", "api.call", AT, strings={"plan": plan}) for plan in ("pro", "free", "")])
    pro = Lock("plan", ("pro",))
    for locks, count in (((pro,), 1), ((pro, Lock("plan", ("free",))), 0), ((Lock("plan", ()),), 0)):
        assert (await asker(COUNT, scope=asker.scope("t1", locks)))["points"][0]["value"] == count
    wish = {**COUNT, "filters": {"dimensions": {"plan": ["free", "pro"]}}}
    assert (await asker(wish, scope=asker.scope("t1", (pro,))))["points"][0]["value"] == 1


async def test_the_engine_holds_even_where_the_text_forgets(asker: Asker, neighbour: Asker) -> None:
    """Each wall alone: a statement compiled for the neighbour, run in this org's scope, gives nothing."""
    await asker.insert([Event("t1", "api.call", AT)])
    question = ask(read_query({**COUNT, "group_by": "user_id"}), neighbour.scope(), NOW, LATEST)
    (read,) = plan(question).reads
    assert isinstance(read, PointsRead)
    statement = compile_read(read)
    assert len((await neighbour.store.select(neighbour.scope(), statement)).rows) == 1
    forgetful = "SELECT count() FROM emban.events WHERE user_id = 'canary'"
    for scope in (
        asker.scope(),
        Scope(neighbour.org_id, "dev", ALL_TENANTS),
        Scope(neighbour.org_id, "prod", Tenant("t2")),
    ):
        with pytest.raises(UnscopedStatementError):
            await asker.store.select(scope, statement)
        with pytest.raises(UnscopedStatementError):
            await asker.store.select(scope, Statement(forgetful))
        assert await counted(asker.store, forgetful, scope) == 0
    assert await counted(asker.store, forgetful, neighbour.scope()) == 1


async def counted(store: EventStore, sql: str, scope: Scope) -> int:
    """Return the one figure that the engine gives to a statement which only its own rules hold to a scope."""
    answer = await store.probe(QUERY_ACCOUNT, sql, scope_settings(scope, TABLES))
    return int(json.loads(answer)[0])


PRO = Lock("plan", ("pro",))
LOCKS: list[tuple[Lock, ...]] = [
    (PRO,),
    (PRO, Lock("plan", ("free",))),
    (PRO, Lock("region", ("eu", "us"))),
    (Lock("plan", ()),),
    (Lock("event_name", ("a",)),),
    (Lock("tenant_id", ("t1", "t3")),),
    (Lock("user_id", ("u1",)),),
    (Lock("string_props.user_id", ("x",)),),
    *((Lock(text[:64], (text, "nobody")),) for text in HOSTILE),
]


def is_held(event: Event, lock: Lock) -> bool:
    columns = {"tenant_id": event.tenant, "event_name": event.name, "user_id": event.user}
    name = lock.prop.removeprefix("string_props.")
    return (columns[lock.prop] if lock.prop in columns else event.strings.get(name, "")) in lock.values


async def test_the_engine_holds_locks_that_the_text_forgets(asker: Asker) -> None:
    """In the events, in subqueries and unions, whatever the names and values are."""
    events = [
        Event(tenant, name, AT, user, {"plan": plan, "region": region, "user_id": "x"})
        for tenant, name, user, plan, region in (
            ("t1", "a", "u1", "pro", "eu"),
            ("t1", "b", "u2", "pro", "ap"),
            ("t2", "a", "u1", "free", "eu"),
            ("t2", "b", "u2", "", "us"),
        )
    ]
    events += [hostile_event(text) for text in HOSTILE]
    await asker.insert(events)
    for locks in LOCKS:
        wanted = sum(all(is_held(event, lock) for lock in locks) for event in events)
        scope = asker.scope(locks=locks)
        for sql in (
            "SELECT count() FROM emban.events",
            "SELECT count() FROM (SELECT * FROM emban.events) WHERE 1 OR tenant_id = ''",
            "SELECT sum(n) FROM (SELECT count() AS n FROM emban.events UNION ALL SELECT 0)",
            "SELECT (SELECT count() FROM emban.events)",
        ):
            assert await counted(asker.store, sql, scope) == wanted, (locks, sql)
