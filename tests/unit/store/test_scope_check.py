"""The proof that a statement keeps to its scope: it holds for what the compiler makes, and for nothing less."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from emban.query.plan.planner import NOTHING_YET, ask, plan
from emban.query.spec.validation import read_query
from emban.query.sql.compiler import compile_read
from emban.scope import ALL_TENANTS, Lock, Scope, Tenant
from emban.store.schema import EVENTS
from emban.store.scope_check import carries, keeps_to
from emban.store.statement import Statement

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SCOPE = Scope("org_1", "prod", Tenant("it's {p0:String} \\ x"), (Lock("plan", ("pro",)), Lock("region", ("eu", "us"))))
QUERIES: list[dict[str, Any]] = [
    {"event_name": "*", "metric": "count"},
    {"event_name": "a", "metric": "p95", "prop": "ms", "granularity": "day", "compare": "previous_period"},
    {"event_name": "*", "metric": "avg", "prop": "ms", "group_by": ["model"], "other": True},
    {"event_name": "*", "metric": "count", "group_by": ["model", "user_id"], "granularity": "hour", "period": "24h"},
    {"event_name": "*", "metric": "count_unique", "group_by": ["model"], "granularity": "day", "other": True},
    {"event_name": "*", "columns": ["tenant_id", {"metric": "count"}, {"metric": "sum", "prop": "ms"}]},
    {"event_name": "*", "metric": "count", "filters": {"dimensions": {"plan": "free"}}},
]


def statements(query: dict[str, Any], scope: Scope) -> list[Statement]:
    reads = plan(ask(read_query(query), scope, NOW, NOTHING_YET)).reads
    return [compile_read(read) for read in reads]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("scope", [SCOPE, replace(SCOPE, locks=()), replace(SCOPE, tenant=ALL_TENANTS)])
def test_whatever_the_compiler_makes_carries_its_scope(query: dict[str, Any], scope: Scope) -> None:
    assert all(carries(statement, scope) for statement in statements(query, scope))


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    "wider",
    [
        replace(SCOPE, org_id="org_2"),
        replace(SCOPE, environment="dev"),
        replace(SCOPE, tenant=Tenant("b")),
        replace(SCOPE, tenant=ALL_TENANTS),
        replace(SCOPE, locks=()),
        replace(SCOPE, locks=SCOPE.locks[:1]),
        replace(SCOPE, locks=(SCOPE.locks[0], Lock("region", ("eu", "us", "ap")))),
        replace(SCOPE, locks=(SCOPE.locks[0], Lock("string_props.tenant_id", ("eu", "us")))),
    ],
)
def test_a_statement_for_another_scope_does_not(query: dict[str, Any], wider: Scope) -> None:
    assert not any(carries(statement, SCOPE) for statement in statements(query, wider))


def test_what_reads_no_table_keeps_to_every_scope_and_carries_none() -> None:
    assert keeps_to(Statement("SELECT 1"), SCOPE)
    assert not carries(Statement("SELECT 1"), SCOPE)


CARRIED = "SELECT count() FROM emban.events WHERE org_id = {o:String} AND environment = {e:String}"


@pytest.mark.parametrize(
    ("sql", "is_held"),
    [
        (CARRIED, True),
        (f"{CARRIED} AND (tenant_id = 'a' OR 1) GROUP BY tenant_id", True),
        (f"SELECT * FROM ({CARRIED} UNION ALL {CARRIED} LIMIT 1) ORDER BY 1", True),
        (CARRIED.replace("WHERE", "ARRAY JOIN mapKeys(string_props) AS name WHERE"), True),
        (CARRIED.replace("WHERE", "ARRAY JOIN (SELECT groupArray(org_id) FROM events) AS name WHERE"), False),
        (CARRIED.replace("WHERE", "AS a, events WHERE"), False),
        (CARRIED.replace("AND", "OR"), False),
        (CARRIED.replace("emban.events", "system.tables"), False),
        (CARRIED.replace("WHERE", "WHERE 1 OR"), False),
        (CARRIED.replace("= {o:String}", "!= {o:String}"), False),
        (CARRIED.replace("{o:String}", "'org_1'"), True),
        (CARRIED.replace("{o:String}", "'org_2'"), False),
    ],
)
def test_conditions_count_where_all_rows_meet_them(sql: str, is_held: bool) -> None:
    scope = Scope("org_1", "prod", ALL_TENANTS)
    assert keeps_to(Statement(sql, {"o": "org_1", "e": "prod"}), scope) is is_held


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        f"SELECT count() FROM {EVENTS}",
        f"SELECT count() FROM {EVENTS} WHERE 1",
        "{good} UNION ALL SELECT count() FROM " + EVENTS,
        "{good} UNION ALL SELECT count() FROM " + EVENTS + " WHERE org_id = {p0:String} OR 1",
        "{good} UNION ALL SELECT count() FROM events",
        "{good} UNION ALL SELECT count() FROM (SELECT 1), events",
        "{good} UNION ALL SELECT count() FROM (SELECT 1) JOIN events",
        "{good} UNION ALL SELECT count() FROM merge('emban', 'events')",
        "{good} UNION ALL SELECT 1 IN events",
        "{good} UNION ALL SELECT 1 IN emban.events",
        "{good} -- what follows",
        "{good} SETTINGS log_comment = ''",
        "{good} INTO OUTFILE 'x'",
        "{good} OR 1",
        "{good} ? 1 : 1",
        "{good} AND 1 OR (1)",
    ],
)
def test_one_scan_without_its_conditions_is_enough_to_fail(sql: str) -> None:
    (good,) = statements(QUERIES[0], SCOPE)
    assert carries(good, SCOPE)
    assert not carries(replace(good, sql=sql.replace("{good}", good.sql)), SCOPE)
