"""One statement from text to answer: through the gate, run in a scope, its rows as JSON values."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from emban.scope import Scope
from emban.sqlbox.datasets import find_dataset
from emban.sqlbox.gate import CheckedStatement, StatementGate
from emban.sqlbox.instants import with_times
from emban.sqlbox.messages import explained
from emban.sqlbox.values import check_depth, convert_rows
from emban.store.adhoc import AdhocError, AdhocRows, AdhocStore
from emban.store.statement import Column


@dataclass(frozen=True, slots=True)
class AdhocResult:
    """Columns, JSON rows, the totals row, milliseconds in the store, own rows before it, whether rows are missing.

    `warnings` are sentences about what the statement may not have meant.
    """

    columns: tuple[Column, ...]
    rows: list[list[Any]]
    totals: list[Any] | None
    wall_ms: float
    rows_read: int
    truncated: bool
    warnings: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the API contract."""
        return {
            "columns": [{"name": column.name, "type": column.type} for column in self.columns],
            "rows": self.rows,
            "totals": self.totals,
            "stats": {
                "wall_ms": round(self.wall_ms, 1),
                "rows_returned": len(self.rows),
                "rows_read": self.rows_read,
                "truncated": self.truncated,
            },
            "warnings": list(self.warnings),
        }


class AdhocRunner:
    """Checks and runs statements. Raises `EmbanError`: 400 for one that is refused, wrong or too expensive, 503."""

    def __init__(self, store: AdhocStore) -> None:
        self._store = store
        self._gate = StatementGate(store)

    async def check(self, scope: Scope, sql: str) -> CheckedStatement:
        """Return the statement that may run in place of `sql`."""
        return await self._gate.check(scope, sql)

    async def answer(self, scope: Scope, passed: CheckedStatement, sql: str) -> AdhocResult:
        """Run a statement that passed, over the rows of a scope. Cancelling it stops the statement."""
        started = time.perf_counter()
        try:
            answer, passed = await self._run(scope, passed)
            wall_ms = (time.perf_counter() - started) * 1000
            rows_read = await self._own_rows(scope, passed.reads)
        except AdhocError as error:
            raise explained(error, sql) from error
        types = [column.type for column in answer.columns]
        check_depth(types)
        convert_rows(types, answer.rows)
        convert_rows(types, [answer.totals] if answer.totals is not None else [])
        return AdhocResult(
            answer.columns, answer.rows, answer.totals, wall_ms, rows_read, answer.truncated, passed.warnings
        )

    async def _run(self, scope: Scope, passed: CheckedStatement) -> tuple[AdhocRows, CheckedStatement]:
        """Run a statement, with texts made times where the engine asks for it; returns what was run, too."""
        while True:
            try:
                return await self._store.run(scope, passed.canonical), passed
            except AdhocError as error:
                rewritten = with_times(passed.canonical.text, error)
                if rewritten is None:
                    raise
                passed = await self._gate.check(scope, rewritten)

    async def _own_rows(self, scope: Scope, reads: tuple[str, ...]) -> int:
        """Count the caller's own rows of each dataset that is read, once for each time that it is.

        The engine's own count is not given out: it includes rows that share a block with the caller's, so it tells of
        rows that the caller cannot see.
        """
        total = 0
        for name, times in Counter(reads).items():
            dataset = find_dataset(name)
            if dataset is not None:
                total += times * await self._store.count(scope, dataset.table)
        return total
