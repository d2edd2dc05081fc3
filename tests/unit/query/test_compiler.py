"""From reads to statements: every value bound, every scan behind the second wall."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from emban.query.spec.metrics import parts_of
from emban.query.spec.query_spec import METRIC_NAMES, Dimension
from emban.query.sql.compiler import compile_read
from emban.scope import ALL_TENANTS, Lock, Tenant
from emban.store.schema import EVENTS
from emban.store.scope_check import carries
from emban.store.statement import Statement
from tests.unit.query.builders import DAY, SUM, planned

GROUPS = {"group_by": ["model", "tenant_id"], "limit": 2}
SHAPES: dict[str, dict[str, Any]] = {
    "figure": {},
    "series": {"granularity": "day"},
    "uneven series": {"granularity": "month", "date_from": "2026-01-01"},
    "breakdown": GROUPS,
    "breakdown and other": {**GROUPS, "other": True},
    "grouped series": {**GROUPS, "granularity": "day"},
    "grouped series and other": {**GROUPS, "granularity": "day", "other": True},
    "compared breakdown": {**GROUPS, "other": True, "compare": "previous_period"},
    "running total": {"granularity": "day", "cumulative": True},
    "moving average": {"granularity": "day", "moving_average": 2},
    "grouped moving average and other": {**GROUPS, "granularity": "day", "other": True, "moving_average": 3},
}
RATE: dict[str, Any] = {
    "metric": "formula",
    "formula": "failed / total * 54321.5",
    "figures": {
        "failed": {"metric": "count", "filters": {"dimensions": {"status": "error"}}},
        "total": {"metric": "sum", "prop": "jobs", "event_name": "done"},
    },
}
TABLE = {
    "event_name": "*",
    "date_from": "2026-11-01",
    "columns": ["model", {"metric": "count"}, *({"metric": name, "prop": "ms"} for name in ("sum", "avg", "p95"))],
}


def statements(query: dict[str, Any], **scope: Any) -> list[Statement]:
    return [compile_read(read) for read in planned(query, **scope).reads]


def test_a_figure() -> None:
    (statement,) = statements(DAY)
    assert statement.sql == (
        f"SELECT count() AS v FROM {EVENTS} WHERE org_id = {{p0:String}} AND environment = {{p1:String}} "
        "AND timestamp >= {p2:DateTime64(3, 'UTC')} AND timestamp < {p3:DateTime64(3, 'UTC')} "
        "AND ingested_at <= {p4:DateTime64(3, 'UTC')}"
    )
    assert statement.parameters == {
        "p0": "org_1",
        "p1": "prod",
        "p2": "2026-11-01 00:00:00.000",
        "p3": "2026-11-04 00:00:00.000",
        "p4": "2026-11-23 15:20:01.250",
    }


def test_a_series_counts_even_buckets() -> None:
    (statement,) = statements({**SUM, "granularity": "day", "timezone": "Asia/Kolkata"})
    assert statement.sql.startswith(
        "SELECT intDiv(toUnixTimestamp(timestamp) - {p1:UInt32}, {p2:UInt32}) AS b, "
        "ifNotFinite(sumKahan(numeric_props[{p0:String}]), 1.7976931348623157e+308) AS v FROM "
    )
    assert statement.sql.endswith(" AND has(numeric_keys, {p0:String}) GROUP BY b")
    assert [statement.parameters[name] for name in ("p0", "p1", "p2")] == ["tokens", 1793471400, 86_400]


@pytest.mark.parametrize(
    "query", [SUM, {**DAY, **RATE}, {**SUM, **GROUPS, "other": True}], ids=["sum", "rate", "groups"]
)
def test_a_statement_is_the_same_whoever_asked_before(query: dict[str, Any]) -> None:
    """What is remembered of a metric is remembered for equal ones, not for one object."""
    parts_of.cache_clear()
    first = statements(query)
    assert [statements(query) for _ in range(2)] == [first, first]


def test_a_series_looks_uneven_buckets_up() -> None:
    (statement,) = statements({**DAY, "date_from": "2026-10-24", "granularity": "day", "timezone": "Europe/Berlin"})
    assert "roundDown(toUnixTimestamp(timestamp), {p0:Array(UInt32)}) AS b" in statement.sql
    starts = statement.parameters["p0"]
    assert [after - before for before, after in itertools.pairwise(starts)][:3] == [86_400, 90_000, 86_400]


def test_filters() -> None:
    filters = {"dimensions": {"plan": ["b", "a"], "user_id": "u"}, "numeric_ranges": {"ms": {"min": 1, "max": 2}}}
    (statement,) = statements({**DAY, "event_name": "api.call", "filters": filters})
    assert statement.sql.endswith(
        " AND event_name = {p5:String} AND string_props[{p6:String}] IN {p7:Array(String)} AND user_id = {p8:String} "
        "AND has(numeric_keys, {p9:String}) AND numeric_props[{p9:String}] >= {p10:Float64} "
        "AND numeric_props[{p9:String}] <= {p11:Float64}"
    )
    assert [statement.parameters[f"p{number}"] for number in range(5, 12)] == [
        "api.call",
        "plan",
        ["a", "b"],
        "u",
        "ms",
        1,
        2,
    ]


def test_an_empty_set_of_values_lets_nothing_through() -> None:
    (statement,) = statements(DAY, locks=(Lock("plan", ()),))
    assert "string_props[{p2:String}] IN {p3:Array(String)}" in statement.sql
    assert statement.parameters["p3"] == []


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("metric", METRIC_NAMES)
@pytest.mark.parametrize("tenant", [ALL_TENANTS, Tenant("it's")])
def test_every_scan_starts_with_the_scope(name: str, metric: str, tenant: Any) -> None:
    prop = None if metric.startswith("count") or metric == "formula" else "tokens"
    computed = RATE if metric == "formula" else {}
    query = {**DAY, **SHAPES[name], "metric": metric, "prop": prop, **computed}
    plan = planned(query, tenant, (Lock("plan", ("a", "b")),))
    for read in plan.reads:
        statement = compile_read(read)
        assert carries(statement, plan.question.scope)
        assert statement.sql.count(EVENTS) == statement.sql.count("ingested_at <= ")
        assert set(statement.parameters) == {f"p{number}" for number in range(len(statement.parameters))}


def test_a_table_ignores_rows_without_the_property_of_each_metric_alone() -> None:
    (statement,) = statements(TABLE)
    summed = "sumKahanIf(numeric_props[{p1:String}], has(numeric_keys, {p1:String}))"
    assert f"ifNotFinite({summed}, 1.7976931348623157e+308) AS c2" in statement.sql
    assert " count() AS c1" in statement.sql
    assert statement.sql.endswith("ORDER BY c1 DESC NULLS LAST, g0 LIMIT {p7:UInt32}")
    assert carries(statement, planned(TABLE).question.scope)


HOSTILE = "x' OR 1=1) --{p0:String}\\"


@pytest.mark.parametrize("name", SHAPES)
def test_no_value_is_ever_part_of_the_text(name: str) -> None:
    shape = dict(SHAPES[name])
    if "group_by" in shape:
        shape["group_by"] = [f"{HOSTILE}1", f"string_props.{HOSTILE}2"]
    filters = {
        "dimensions": {f"{HOSTILE}3": [f"{HOSTILE}4", f"{HOSTILE}5"], "tenant_id": f"{HOSTILE}6"},
        "numeric_ranges": {f"{HOSTILE}7": {"min": 12345.5, "max": 54321.5}},
    }
    query = {**SUM, **shape, "event_name": f"{HOSTILE}8", "prop": f"{HOSTILE}9", "filters": filters}
    locks = (Lock(f"{HOSTILE}a", (f"{HOSTILE}b",)),)
    made = statements(query, tenant=Tenant(f"{HOSTILE}c"), locks=locks)
    part = {"event_name": f"{HOSTILE}8", "metric": "sum", "prop": f"{HOSTILE}9", "filters": filters}
    computed = {"metric": "formula", "prop": None, "formula": "a / 12345.5", "figures": {"a": part}}
    made += statements(query | computed, tenant=Tenant(f"{HOSTILE}c"), locks=locks)
    for statement in made:
        assert "1=1" not in statement.sql
        assert "12345" not in statement.sql
        assert "'" not in statement.sql.replace("DateTime64(3, 'UTC')", "").replace("''", "")
        bound = repr(statement.parameters)
        for mark in "3456789abc":
            assert repr(f"{HOSTILE}{mark}")[1:-1] in bound


def test_a_hostile_dimension_is_a_property() -> None:
    assert Dimension.named("tenant_id, org_id").column is None
