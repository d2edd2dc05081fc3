"""The one step with a store: all reads of a plan, side by side, under the scope of its question."""

from __future__ import annotations

import asyncio
from typing import Protocol

from emban.kit.scope import Scope
from emban.query.compile import compile_read
from emban.query.plan import Plan, Read
from emban.query.shape import Fetched
from emban.store.statement import Rows, Statement


class Store(Protocol):
    """The part of the event store that queries need."""

    async def select(self, scope: Scope, statement: Statement) -> Rows:
        """Run one SELECT within a scope; see `EventStore.select`."""


async def fetch(store: Store, plan: Plan) -> list[Fetched]:
    """Return the rows of every read of a plan. Raises what the store raises."""
    scope = plan.question.scope
    if len(plan.reads) == 1:
        return [await _fetch_one(store, scope, plan.reads[0])]
    results = await asyncio.gather(*(_fetch_one(store, scope, read) for read in plan.reads), return_exceptions=True)
    fetched = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        fetched.append(result)
    return fetched


async def _fetch_one(store: Store, scope: Scope, read: Read) -> Fetched:
    answer = await store.select(scope, compile_read(read))
    return Fetched(answer.rows, answer.read_rows)
