"""Statements made to burn time or memory: each ends with an error within its limits, and the store goes on."""

from __future__ import annotations

import time

import pytest

from tests.isolation.sqlbox.world import SECONDS, World

# Beyond the statement's own limit: reading it, stopping it, and a machine that is busy with other tests.
GRACE = 60
DEEP = "SELECT " + "(" * 2000 + "1" + ")" * 2000
BOMBS = {
    "deep parentheses": DEEP,
    "deep arrays": "SELECT " + "[" * 1500 + "1" + "]" * 1500,
    "deep subqueries": "SELECT 1 FROM (" * 120 + "SELECT 1" + ")" * 120,
    "many NOTs": "SELECT " + "NOT " * 12_000 + "1",
    "many terms": "SELECT " + "+".join(["1"] * 30_000),
    "many unions": " UNION ALL ".join(["SELECT 1"] * 4000),
    "many columns": "SELECT " + ",".join(["tenant_id"] * 7000) + " FROM emban.events",
    "long string": "SELECT '" + "x" * 60_000 + "'",
    "aliases that double": "WITH "
    + ", ".join([f"(a{n}, a{n}) AS a{n + 1}" for n in range(30)]).replace("(a0, a0)", "(1, 1)", 1)
    + " SELECT a30",
    "cross join": "SELECT sum(cityHash64(*)) FROM emban.events a, emban.events b, emban.events c, emban.events d",
    "large range": "SELECT range(1000000000)",
    "ranges of ranges": "SELECT length(arrayFlatten(arrayMap(x -> range(10000), range(10000))))",
    "array join of array join": "SELECT sum(a + b + c) FROM (SELECT arrayJoin(range(100000)) AS a, "
    "arrayJoin(range(100000)) AS b, arrayJoin(range(100000)) AS c)",
    "large text": "SELECT length(repeat(repeat('x', 1000000), 1000000))",
    "texts of texts": "SELECT groupArray(repeat('x', 1000000)) FROM (SELECT arrayJoin(range(100000)))",
    "large array": "SELECT arrayWithConstant(1000000000, 'x')",
    "resized array": "SELECT arrayResize([1], 1000000000)",
    "wide fixed strings": "SELECT toFixedString('x', 16000000) FROM (SELECT arrayJoin(range(100000)))",
    "many groups": "SELECT a, b, count() FROM (SELECT arrayJoin(range(5000)) AS a, arrayJoin(range(5000)) AS b) "
    "GROUP BY a, b",
    "large sort": "SELECT a FROM (SELECT arrayJoin(range(9000000)) AS a, arrayJoin(range(100)) AS b) "
    "ORDER BY cityHash64(a, b)",
    "regular expression": "SELECT countMatches(repeat('a', 1000000), '(a*)*b(a|aa)+$') FROM emban.events",
    "edit of every pair": "SELECT sum(ngramDistance(repeat(a.event_id, 1000), repeat(b.event_id, 1000))) "
    "FROM emban.events a, emban.events b",
    "scalar subquery": "SELECT (SELECT sum(cityHash64(*)) FROM emban.events a, emban.events b, emban.events c, "
    "emban.events d)",
    "constant": "SELECT arraySum(arrayMap(x -> arraySum(range(x)), range(100000)))",
    "filled gaps": "SELECT 1 AS a ORDER BY a WITH FILL FROM 0 TO 1000000000000",
    "window of windows": "SELECT groupArray(event_id) OVER (ORDER BY rand_free ROWS BETWEEN UNBOUNDED PRECEDING AND "
    "UNBOUNDED FOLLOWING) FROM (SELECT event_id, arrayJoin(range(2000)) AS rand_free FROM emban.events)",
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_ends_in_time(world: World, name: str) -> None:
    started = time.monotonic()
    outcome = await world.in_shared(BOMBS[name])
    assert time.monotonic() - started < SECONDS + GRACE
    assert outcome["status"] in {200, 400}, outcome
    after = await world.in_shared("SELECT count() FROM emban.events")
    assert after["rows"] == [[240]]
