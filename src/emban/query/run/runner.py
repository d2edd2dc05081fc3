"""The one step with a store: questions of one scope answered side by side, each in its own right.

All reads of a plan go under the scope of its question; the store refuses one that does not carry it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

import structlog

from emban.errors import EmbanError
from emban.query.answer.answers import Answer
from emban.query.answer.shaper import ReadRows, SumOverflowError, shape
from emban.query.batch.shared_reads import ReadUse, SharedRead, share
from emban.query.plan.coverage import RollupCoverage
from emban.query.plan.planner import QueryPlan, Read, ask, plan
from emban.query.run.interfaces import StatementRunner
from emban.query.spec.query_spec import QuerySpec
from emban.query.sql.compiler import compile_read
from emban.scope import Scope
from emban.store.errors import StoreError
from emban.store.statement import Rows, Statement

THROWN_BY_THE_STATEMENT = 395  # The engine's code for throwIf; see emban.query.sql.rollup_rows.
# Refusals and failures that are a statement's own: too expensive, or one that the engine does not take.
_OF_THE_STATEMENT = frozenset({400, 500})
log = structlog.get_logger("emban.query")


class RollupMovedError(Exception):
    """The rollups were added to between the planning and the reading: a rollup row knows more than it was asked for."""


async def run_together(
    store: StatementRunner,
    scope: Scope,
    asked: Sequence[tuple[QuerySpec, datetime]],
    now: datetime,
    rolled: RollupCoverage | None = None,
) -> list[Answer | EmbanError | RollupMovedError]:
    """Answer questions of one scope side by side: each a spec and the watermark that its answer covers.

    The answers come in the order of the questions; those that look at the same rows share one scan. One that fails has
    its error in its place and does not take the others along: 400 where its window or its cost is refused, 503 where
    the store is away, 500 for a mistake of ours, and `RollupMovedError` where it is to be asked anew. One whose sums
    overflow on the way is asked again of the events.
    """
    started = time.perf_counter()
    plans: list[QueryPlan | EmbanError] = [_planned(spec, scope, now, covered, rolled) for spec, covered in asked]
    reads = [() if isinstance(one, EmbanError) else one.reads for one in plans]
    fetched: list[dict[int, ReadRows]] = [{} for _ in plans]
    failures: dict[int, EmbanError | RollupMovedError] = {}

    async def fetch(shared: SharedRead) -> None:
        try:
            rows = await run_statement(store, scope, compile_read(shared.read))
        except (EmbanError, RollupMovedError) as error:
            if len(shared.uses) > 1 and isinstance(error, EmbanError) and error.status in _OF_THE_STATEMENT:
                # One of them was too much; the others are not to pay for it.
                await asyncio.gather(*(fetch(_alone(reads, use)) for use in shared.uses))
                return
            failures.update((use.plan, error) for use in shared.uses)
            return
        if shared.too_many(rows.rows):
            await asyncio.gather(*(fetch(one) for one in shared.apart))
            return
        for use in shared.uses:
            fetched[use.plan][use.read] = ReadRows(shared.rows_for(use, rows.rows), rows.read_rows)

    await asyncio.gather(*(fetch(shared) for shared in share(reads)))
    ms = (time.perf_counter() - started) * 1000
    shaped = [failures.get(index) or _shaped(chosen, fetched[index], ms) for index, chosen in enumerate(plans)]
    return await _widened(store, scope, asked, now, shaped)


def _alone(reads: Sequence[Sequence[Read]], use: ReadUse) -> SharedRead:
    return SharedRead(reads[use.plan][use.read], (ReadUse(use.plan, use.read),))


async def _widened(
    store: StatementRunner,
    scope: Scope,
    asked: Sequence[tuple[QuerySpec, datetime]],
    now: datetime,
    shaped: Sequence[Answer | EmbanError | RollupMovedError | SumOverflowError],
) -> list[Answer | EmbanError | RollupMovedError]:
    """Ask once more, of the events and in a way that does not overflow, what overflowed."""
    indexes = [index for index, one in enumerate(shaped) if isinstance(one, SumOverflowError)]
    again = [(asked[index][0].widened(), asked[index][1]) for index in indexes]
    answers = dict(zip(indexes, await run_together(store, scope, again, now) if again else (), strict=True))
    return [answers[index] if isinstance(one, SumOverflowError) else one for index, one in enumerate(shaped)]


def _planned(
    spec: QuerySpec, scope: Scope, now: datetime, covered: datetime, rolled: RollupCoverage | None
) -> QueryPlan | EmbanError:
    try:
        return plan(ask(spec, scope, now, covered, rolled))
    except EmbanError as error:
        return error
    except Exception as error:
        log.exception("query.failed", error=type(error).__name__)
        return EmbanError("internal_error", "Emban failed to answer this query; it is logged")


async def run_statement(store: StatementRunner, scope: Scope, statement: Statement) -> Rows:
    """Run one compiled statement; every read of events that a query makes goes through here.

    Raises `RollupMovedError` where a rollup row knows more than was asked, and `EmbanError`: what the store answers,
    and 500 for a statement that it did not understand, which is a mistake of ours and logged.
    """
    try:
        return await store.select(scope, statement)
    except EmbanError:
        raise
    except StoreError as error:
        if error.code == THROWN_BY_THE_STATEMENT:
            raise RollupMovedError from error
        log.exception("query.refused", code=error.code)
        raise EmbanError("internal_error", "the event store did not understand the query; it is logged") from error
    except Exception as error:
        log.exception("query.failed", error=type(error).__name__)
        raise EmbanError("internal_error", "Emban failed to answer this query; it is logged") from error


def _shaped(
    chosen: QueryPlan | EmbanError, fetched: dict[int, ReadRows], ms: float
) -> Answer | EmbanError | SumOverflowError:
    if isinstance(chosen, EmbanError):
        return chosen
    try:
        return shape(chosen, [fetched[index] for index in range(len(chosen.reads))], ms)
    except SumOverflowError as error:
        return error
    except Exception as error:
        log.exception("query.failed", error=type(error).__name__)
        return EmbanError("internal_error", "Emban failed to answer this query; it is logged")
