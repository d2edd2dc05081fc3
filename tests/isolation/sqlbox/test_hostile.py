"""Hostile statements through the API: nothing of others', no other answer than over the own rows alone, no files."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path

from tests.isolation.sqlbox.world import CANARY, Outcome, World, alike, difference

HERE = Path(__file__).parent
# Others may be kept beside the repository, in the same form.
KEPT = Path(os.environ.get("EMBAN_TEST_HOSTILE_SQL", HERE / "hostile_kept.jsonl"))
SENTINEL = "SELECT 'sentinel', count() FROM emban.events"
# What is about time: it fails or is stopped, and how is not for the other store to say.
ABOUT_TIME = "dos"


def own_statements() -> list[str]:
    """Return this suite's own statements."""
    lines = (HERE / "hostile.txt").read_text().splitlines()
    return [line.replace("\\n", "\n") for line in lines if line and not line.startswith("#")]


def kept_statements() -> list[tuple[str, str]]:
    """Return the category and text of the statements that made the walls what they are."""
    found = [json.loads(line) for line in KEPT.read_text().splitlines()]
    return [(item["category"], item["sql"]) for item in found]


async def check(world: World, sql: str, outcome: Outcome, *, about_time: bool = False) -> str | None:
    """Return what is wrong with the outcome of a statement."""
    text = json.dumps(outcome)
    if CANARY in text.replace(json.dumps(sql)[1:-1], "") and CANARY not in sql:
        return f"LEAK {sql}\n    {text[:400]}"
    if outcome["status"] not in {200, 400}:
        return f"STATUS {sql}\n    {text[:400]}"
    if about_time or outcome.get("code") == "sql_refused":
        return None
    different = await difference(world, sql, outcome)
    return None if different is None else f"DIFFERENT {different}"


async def run_all(world: World, statements: list[tuple[str, str]]) -> None:
    """Run statements one after the other, with the same question after each; fail with everything that was wrong."""
    before = world.files()
    expected = await world.through_http(SENTINEL)
    assert expected["rows"] == [["sentinel", 240]]
    wrong: list[str] = []
    for category, sql in statements:
        outcome = await world.through_http(sql)
        problem = await check(world, sql, outcome, about_time=category == ABOUT_TIME)
        if problem is not None:
            wrong.append(problem)
        if outcome.get("code") != "sql_refused" and await world.through_http(SENTINEL) != expected:
            wrong.append(f"BLED INTO THE NEXT {sql}")
    appeared = world.files() - before
    assert not appeared, f"files were made: {sorted(appeared)}"
    assert not wrong, f"{len(wrong)} of {len(statements)}:\n" + "\n".join(wrong)


async def test_kept_statements(world: World) -> None:
    statements = kept_statements()
    assert len(statements) >= 218
    await run_all(world, statements)


async def test_own_statements(world: World) -> None:
    statements = own_statements()
    assert len(statements) >= 350
    await run_all(world, [("own", sql) for sql in statements])


async def test_the_truth_is_another_store(world: World) -> None:
    """Without others' rows in the one and not in the other, the comparison would prove nothing."""
    store = world.shared._store._store
    everything = await store.fetch(
        f"SELECT count() FROM emban.events WHERE tenant_id LIKE '{CANARY}%'", output_format="TabSeparated"
    )
    assert int(everything) > 5_000
    truth = world.truth._store._store
    assert int(await truth.fetch("SELECT count() FROM emban.events", output_format="TabSeparated")) == 240


async def test_statements_side_by_side_get_their_own_answers(world: World) -> None:
    async def ask(number: int) -> None:
        outcome = await world.in_shared(f"SELECT {number}, '{number}', count() FROM emban.events")
        assert outcome["rows"] == [[number, str(number), 240]]

    for start in range(0, 60, 6):
        await asyncio.gather(*(ask(number) for number in range(start, start + 6)))


async def test_a_scope_of_somebody_else_would_be_noticed(world: World) -> None:
    """The harness has to find what the policies would let through, were they given the wrong scope."""
    wrong = replace(world, scope=replace(world.scope, environment="dev"))
    outcome = await wrong.in_shared("SELECT tenant_id, count() FROM emban.events GROUP BY tenant_id")
    assert CANARY in json.dumps(outcome)
    counted = await wrong.in_shared("SELECT count(), max(numeric_props['amount']) FROM emban.events")
    assert not alike(counted, await world.in_truth("SELECT count(), max(numeric_props['amount']) FROM emban.events"))
