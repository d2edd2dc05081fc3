"""Thousands of statements from a grammar, with a fixed seed: no leak, and no answer that hidden rows change.

EMBAN_TEST_SQL_SECONDS (default 75) is how long they may take, EMBAN_TEST_SQL_SEED which ones they are: an engine
upgrade is worth an hour.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator

from tests.isolation.sqlbox.grammar import Generator
from tests.isolation.sqlbox.world import CANARY, World, alike, difference

SECONDS = float(os.environ.get("EMBAN_TEST_SQL_SECONDS", "75"))
SEED = int(os.environ.get("EMBAN_TEST_SQL_SEED", "20261123"))
AT_ONCE = 3
TOO_SLOW = "query_too_expensive"  # When that comes is for the machine to say.
LEAST = 3 * SECONDS  # On a machine that does much else besides.


async def test_no_generated_statement_sees_others(
    world: World, record_testsuite_property: Callable[[str, object], None]
) -> None:
    before = world.files()
    generator, deadline = Generator(SEED), time.monotonic() + SECONDS
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []

    def statements() -> Iterator[str]:
        while time.monotonic() < deadline:
            yield generator.statement()

    waiting = statements()

    async def work() -> None:
        for sql in waiting:
            outcome, truth = await world.in_both(sql)
            outcomes[outcome.get("code", "answered")] += 1
            if CANARY in json.dumps(outcome).replace("'CANARY'", ""):
                wrong.append(f"LEAK {sql}\n    {json.dumps(outcome)[:400]}")
            elif not alike(outcome, truth) and TOO_SLOW not in {outcome.get("code"), truth.get("code")}:
                different = await difference(world, sql, outcome)
                wrong.extend([] if different is None else [f"DIFFERENT {different}"])

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    record_testsuite_property("generated SQL", json.dumps(outcomes))
    assert not wrong, f"{len(wrong)} of {outcomes.total()}:\n" + "\n".join(wrong[:20])
    assert not world.files() - before
    assert outcomes.total() >= LEAST
    assert outcomes["answered"] > outcomes.total() / 4, outcomes
    assert outcomes["sql_refused"] > outcomes.total() / 50, outcomes


def test_a_seed_gives_the_same_statements() -> None:
    one, other = Generator(7), Generator(7)
    assert [one.statement() for _ in range(50)] == [other.statement() for _ in range(50)]
