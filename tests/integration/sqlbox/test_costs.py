"""What the engine's limits do not bound is refused over HTTP with what and why; what analysts mean goes through."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.control import TestOrg


async def ask(org: TestOrg, sql: str) -> tuple[int, dict[str, Any]]:
    answer = await org["admin_key"].post("/v1/query/adhoc", json={"sql": sql})
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("sql", "construct", "words"),
    [
        ("SELECT match(repeat('a', 1000000), '((a{1,100}){1,10})b')", "match", "1,001 parts"),
        ("SELECT repeat('a', 1000000) REGEXP 'a{300}b{300}'", "match", "600 parts"),
        ("SELECT countMatches(repeat('a', 10000), 'a*b|a')", "countMatches", "also calls repeat"),
        ("SELECT extractAll(user_id, tenant_id) FROM emban.events", "extractAll", "as plain text"),
        ("SELECT kolmogorovSmirnovTest('two-sided', 'exact')(1.0, 0)", "kolmogorovSmirnovTest", "square of the rows"),
        ("SELECT kolmogorovSmirnovTestIf('two-sided')(1.0, 0, 1)", "kolmogorovSmirnovTestIf", "square of the rows"),
        ("SELECT length(printf('%2147483646d', 1))", "printf", "at most 1,000"),
        ("SELECT length(printf('%1000000000d', 1))", "printf", "at most 1,000"),
        ("SELECT length(printf('%.1000000000f', 1.5))", "printf", "at most 1,000"),
        ("SELECT repeat('x', 1000001)", "repeat", "at most 1,000,000"),
        ("SELECT rpad('x', 1000000)", "rpad", "at most 100,000"),
        ("SELECT toFixedString('x', 16000000)", "toFixedString", "at most 100,000"),
        ("SELECT arrayResize([1], 1000000)", "arrayResize", "at most 100,000"),
        ("SELECT hasAll(range(9999), arrayReverse(range(9999)))", "hasAll", "each element with each"),
        ("SELECT arrayCount(x -> has(range(99999), x), range(9))", "has", "for over 10,000 elements"),
        ("SELECT pointInPolygon((1, 1), arrayMap(x -> (x, x), range(9999)))", "pointInPolygon", "written out"),
        ("SELECT * FROM generateSeries(1, 10)", "generateSeries", "arrayJoin(range"),
        ("SELECT generateSeries(1, 10)", "generateSeries", "arrayJoin(range"),
        ("SELECT " + "[" * 252 + "1" + "]" * 252, "depth", "nested over 100 levels"),
        ("SELECT " + "map(1, " * 150 + "1" + ")" * 150, "depth", "nested over 100 levels"),
        ("SELECT " + "(1, " * 252 + "1" + ")" * 252, "depth", "nested over 100 levels"),
        ("SELECT " + "arrayPushBack([], " * 150 + "1" + ")" * 150, "depth", "nested over 100 levels"),
        ("SELECT " + "array(" * 252 + "1" + ")" * 252, None, "nested too deeply"),
        ("SELECT " + "(" * 252 + "1" + ")" * 252, "size", "nested too deeply"),
        ("SELECT " + "abs(" * 252 + "1" + ")" * 252, None, "nested too deeply"),
        ("SELECT " + "(SELECT " * 60 + "1" + ")" * 60, None, "nested too deeply"),
    ],
)
async def test_a_statement_that_could_take_the_engine_is_a_400(
    analyst_org: TestOrg, sql: str, construct: str | None, words: str
) -> None:
    status, body = await ask(analyst_org, sql)
    assert (status, body["code"]) == (400, "sql_refused"), body
    assert words in body["error"]
    if construct is not None:
        assert body["construct"].lower() == construct.lower()


HIDDEN = ("org_id", "environment", "event_key")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT columns('id$') FROM emban.events",
        "SELECT COLUMNS('.*') FROM emban.events",
        "SELECT e.COLUMNS('env') FROM emban.events AS e",
        "SELECT COLUMNS('^o') APPLY(upper) FROM emban.events",
        "SELECT COLUMNS('id$') EXCEPT (user_id) FROM emban.events",
        "SELECT COLUMNS('id$') REPLACE ('x' AS user_id) FROM emban.events",
        "SELECT * FROM (SELECT COLUMNS('id$') FROM emban.events) ORDER BY 1",
    ],
)
async def test_no_error_names_a_column_that_nobody_may_know_of(analyst_org: TestOrg, sql: str) -> None:
    status, body = await ask(analyst_org, sql)
    assert (status, body["construct"]) == (400, "COLUMNS")
    assert not [name for name in HIDDEN if name in str(body)]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("timestamp = '2026-03-01T00:00:00.000Z'", 1),
        ("timestamp < '2026-03-01T02:00:00.000Z'", 2),
        ("'2026-03-01T02:00:00Z' > timestamp", 2),
        ("timestamp BETWEEN '2026-03-01T01:00:00.000Z' AND '2026-03-01T03:00:00.000Z'", 3),
        ("timestamp NOT BETWEEN '2026-03-01T01:00:00.000Z' AND '2026-03-01T03:00:00.000Z'", 27),
        ("timestamp IN ('2026-03-01T00:00:00.000Z', '2026-03-01T01:00:00.000Z')", 2),
        ("timestamp IN ('2026-03-01T00:00:00.000Z')", 1),
        ("timestamp >= toDateTime64('2026-03-01T00:00:00.000Z', 3)", 30),
        ("timestamp < '2026-03-01T02:00:00.000+02:00'", 0),
        ("timestamp <= '2026-03-01T00:00:00.000500Z'", 1),
        ("toStartOfHour(timestamp) = '2026-03-01T05:00:00.000Z'", 1),
        ("string_props['plan'] != '2026-03-01T05:00:00.000Z'", 30),
        ("timestamp = '2026-03-01 00:00:00'", 1),
    ],
)
async def test_times_are_compared_as_emban_writes_them(analyst_org: TestOrg, condition: str, count: int) -> None:
    status, body = await ask(analyst_org, f"SELECT count() FROM emban.events WHERE {condition}")
    assert (status, body.get("rows")) == (200, [[count]]), body


async def test_a_text_that_is_no_time_is_still_a_mistake(analyst_org: TestOrg) -> None:
    status, body = await ask(analyst_org, "SELECT 1 FROM emban.events WHERE timestamp = '2026-13-01T00:00:00.000Z'")
    assert (status, body["code"]) == (400, "sql_error")


async def test_an_alias_that_hides_a_column_is_told(analyst_org: TestOrg) -> None:
    sql = (
        "SELECT upper(tenant_id) AS tenant_id, count() AS n FROM emban.events WHERE tenant_id = 't1' GROUP BY tenant_id"
    )
    for _ in range(2):  # The second time the text is remembered.
        status, body = await ask(analyst_org, sql)
        assert (status, body["rows"]) == (200, [])
        (warning,) = body["warnings"]
        assert "not the column tenant_id" in warning
    status, body = await ask(analyst_org, sql.replace("tenant_id = 't1'", "events.tenant_id = 't1'"))
    assert body["rows"] == [["T1", 10]]
    status, body = await ask(analyst_org, "SELECT tenant_id AS tenant FROM emban.events WHERE tenant_id = 't1' LIMIT 1")
    assert body["warnings"] == []
