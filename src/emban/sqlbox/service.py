"""Ad-hoc SQL for a caller: a place among the org's two, a slot of the lane, the gate, the audit log, run and meter."""

from __future__ import annotations

import asyncio
import contextlib
import time

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.billing.meters import QueryMeter
from emban.db import Database
from emban.db.org_semaphore import OrgSemaphore
from emban.db.urls import app_url
from emban.errors import EmbanError
from emban.kit.ids import new_id
from emban.settings import Settings
from emban.sqlbox.lane import AdhocLane
from emban.sqlbox.runner import AdhocResult, AdhocRunner
from emban.sqlbox.runs import AdhocRuns, RunOutcome
from emban.sqlbox.suspension import Suspensions
from emban.store.adhoc import GATE_SECONDS, AdhocStore, EngineEndedError
from emban.store.client import EventStore
from emban.store.engine_stop import overdue_after

AT_A_TIME = 2
RETRY_AFTER_S = 2
EXCERPT_LENGTH = 512
# How often a run is looked up to see whether it was cancelled.
CANCEL_POLL_S = 0.25


class Sqlbox:
    """Ad-hoc SQL of one API process; `await close()` with it. `runs` are those of all processes."""

    def __init__(self, settings: Settings, database: Database, store: EventStore, meter: QueryMeter) -> None:
        self._database = database
        self._meter = meter
        self._slots = OrgSemaphore(app_url(settings), purpose="adhoc", slots=AT_A_TIME)
        self._lane = AdhocLane.of(settings)
        self._suspensions = Suspensions(database)
        # A wait for its turn, the gate, the statement and the count of its rows.
        longest = 3 * overdue_after(settings.query_timeout_s) + 6 * GATE_SECONDS
        self.runs = AdhocRuns(database, gone_after_s=longest)
        self._runner = AdhocRunner(
            AdhocStore(store, seconds=settings.query_timeout_s, memory_mb=settings.query_memory_mb)
        )

    async def close(self) -> None:
        """Give back the places that this process holds."""
        await self._slots.close()
        await self._lane.close()

    async def run(self, caller: Principal, sql: str, run_id: str | None = None) -> AdhocResult:
        """Run a statement for a caller, over every tenant of its org and environment.

        Raises `EmbanError`: 400 for a statement that is refused, mistaken or too expensive, 402 where the month's
        queries are used up, 409 for a `run_id` that is taken and for a run that was cancelled, 429 where the org runs
        `AT_A_TIME` already, where the lane is taken for long, or where a statement of the org ended the engine, 503.
        Cancelling it stops the statement, and takes as long as that does.
        """
        await self._suspensions.check(caller.org_id)
        async with self._slots.take(caller.org_id) as taken:
            if not taken:
                raise EmbanError(
                    "concurrency_limited",
                    f"{AT_A_TIME} ad-hoc statements of the org run already; wait for one of them",
                    retry_after=RETRY_AFTER_S,
                )
            name = run_id or new_id("run")
            await self.runs.begin(caller, name, sql)
            return await self._on_record(caller, name, sql)

    async def _on_record(self, caller: Principal, run_id: str, sql: str) -> AdhocResult:
        """Run a statement, and note what came of it, however it ends."""
        started = time.perf_counter()
        outcome = RunOutcome("cancelled", error=_cancelled())
        try:
            result = await self._until_cancelled(caller, run_id, sql)
            outcome = RunOutcome("ok", None, len(result.rows), result.rows_read)
        except EmbanError as error:
            outcome = RunOutcome("cancelled" if error.code == "run_cancelled" else "failed", error)
            raise
        except Exception:
            outcome = RunOutcome("failed", EmbanError("internal_error", "the run failed within Emban"))
            raise
        finally:
            passed_ms = (time.perf_counter() - started) * 1000
            # The answer does not depend on it: a run that is not noted counts as left behind after a while.
            with contextlib.suppress(EmbanError):
                await asyncio.shield(self.runs.end(caller, run_id, outcome, passed_ms))
        return result

    async def _until_cancelled(self, caller: Principal, run_id: str, sql: str) -> AdhocResult:
        """Run a statement until it ends or somebody asks for its end. Raises 409 `run_cancelled` then."""
        work = asyncio.ensure_future(self._unless_engine_ends(caller, sql))
        watch = asyncio.ensure_future(self._cancel_asked(caller, run_id))
        try:
            await asyncio.wait((work, watch), return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            raise _cancelled()
        finally:
            for task in (work, watch):
                task.cancel()
            ended, _ = await asyncio.gather(work, watch, return_exceptions=True)
            if isinstance(ended, EmbanError) and ended.code == "adhoc_suspended":
                raise ended

    async def _cancel_asked(self, caller: Principal, run_id: str) -> None:
        """Return once somebody has asked for the run's end."""
        while True:
            await asyncio.sleep(CANCEL_POLL_S)
            # Away for a moment: the run goes on, and is looked up again.
            with contextlib.suppress(EmbanError):
                if await self.runs.cancel_asked(caller, run_id):
                    return

    async def _unless_engine_ends(self, caller: Principal, sql: str) -> AdhocResult:
        try:
            return await self._run(caller, sql)
        except EngineEndedError as error:
            raise await self._suspensions.impose(caller.org_id) from error

    async def _run(self, caller: Principal, sql: str) -> AdhocResult:
        scope = caller.scope()
        async with self._meter.counted(caller.org_id) as count, self._lane.hold(scope):
            passed = await self._runner.check(scope, sql)
            await self._write_down(caller, sql)
            result = await self._runner.answer(scope, passed, sql)
            count.answered()
            return result

    async def _write_down(self, caller: Principal, sql: str) -> None:
        """Add the run to the audit log, before it begins: what was never written down was never run."""
        excerpt = {"excerpt": sql[:EXCERPT_LENGTH], "environment": caller.environment}
        async with self._database.for_org(caller.org_id) as session:
            await record_by(session, caller, "query.adhoc.run", "query", caller.environment, excerpt)


def _cancelled() -> EmbanError:
    return EmbanError("run_cancelled", "the run was cancelled before it had an answer")
