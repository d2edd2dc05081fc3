"""Each wall taken away for a moment: the suite has to find what comes through, or it proves nothing.

The walls are the gate, and the reader's account with its grants and row policies. Nothing that is meant for other tests
is run here: these statements read, and with a wall gone they read what they should not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emban.scope import Scope
from emban.sqlbox.gate import CheckedStatement, StatementGate
from emban.sqlbox.runner import AdhocRunner
from emban.store import adhoc
from emban.store.adhoc import AdhocError, AdhocRows, AdhocStore, CanonicalStatement
from emban.store.errors import StoreError
from tests.isolation.sqlbox.grammar import Generator
from tests.isolation.sqlbox.test_hostile import check
from tests.isolation.sqlbox.world import SECONDS, World

# Ordinary and hostile statements whose answer hidden rows change, or which ask the server about itself.
READS_OTHERS = (
    "SELECT tenant_id, count() FROM emban.events GROUP BY tenant_id ORDER BY tenant_id",
    "SELECT max(numeric_props['amount']) FROM emban.events",
    "SELECT count() FROM emban.events WHERE toUInt64(string_props['n']) >= 0",
    "SELECT count() FROM (SELECT * FROM emban.events UNION ALL SELECT * FROM emban.events)",
)
ASKS_THE_SERVER = (
    "SELECT getSetting('log_comment')",
    "SELECT count() FROM merge('emban', '^events$')",
    "SELECT hostName(), version(), currentUser()",
    "SELECT name FROM system.tables WHERE database = 'emban' ORDER BY name",
    "SELECT count() > 0 FROM mergeTreeIndex('emban', 'events')",
)


async def found_wrong(world: World, statements: tuple[str, ...]) -> list[str]:
    """Run statements in the shared store and return what the suite has to say of them."""
    problems = [await check(world, sql, await world.in_shared(sql)) for sql in statements]
    return [problem for problem in problems if problem is not None]


class OpenGate(StatementGate):
    """Lets everything through that the engine can write in its canonical form."""

    async def check(self, scope: Scope, sql: str) -> CheckedStatement:
        return CheckedStatement(await self._store.canonical(sql), ())


class AsTheEngine(AdhocStore):
    """Runs statements as Emban's own account, which may write and so is let past the policies."""

    async def run(self, scope: Scope, canonical: CanonicalStatement) -> AdhocRows:
        settings: dict[str, Any] = {name: value for name, value in adhoc._RUN.items() if name != "readonly"}
        try:
            body = await self._store.fetch(canonical.text, output_format="JSONCompact", **settings)
        except StoreError as error:
            raise AdhocError(error.code, str(error)) from error
        return adhoc._decoded(body)


@pytest.fixture
def without_policies(world: World) -> World:
    runner = AdhocRunner(AsTheEngine(world.shared._store._store, seconds=SECONDS, memory_mb=256))
    runner._gate = StatementGate(world.shared._store)
    return replace(world, shared=runner)


@pytest.fixture
def without_gate(world: World) -> World:
    runner = AdhocRunner(world.shared._store)
    runner._gate = OpenGate(world.shared._store)
    return replace(world, shared=runner)


async def test_with_every_wall_nothing_is_wrong(world: World) -> None:
    assert await found_wrong(world, (*READS_OTHERS, *ASKS_THE_SERVER)) == []


async def test_without_policies_the_suite_finds_others_rows(without_policies: World) -> None:
    wrong = await found_wrong(without_policies, READS_OTHERS)
    assert len(wrong) == len(READS_OTHERS), wrong
    assert any(problem.startswith("LEAK") for problem in wrong)


async def test_without_policies_generated_statements_find_them_too(without_policies: World) -> None:
    generator = Generator(1, hostility=0.0)
    statements = tuple(generator.statement() for _ in range(40))
    assert len(await found_wrong(without_policies, statements)) > 5


async def test_without_the_gate_the_suite_finds_what_the_server_tells(without_gate: World) -> None:
    wrong = await found_wrong(without_gate, ASKS_THE_SERVER)
    assert len(wrong) >= 3, wrong
