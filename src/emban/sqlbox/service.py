"""Ad-hoc SQL for a caller: a place among the org's two, a slot of the lane, the gate, the audit log, run and meter."""

from __future__ import annotations

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.billing.meters import QueryMeter
from emban.db import Database
from emban.db.org_semaphore import OrgSemaphore
from emban.db.urls import app_url
from emban.errors import EmbanError
from emban.settings import Settings
from emban.sqlbox.lane import AdhocLane
from emban.sqlbox.runner import AdhocResult, AdhocRunner
from emban.sqlbox.suspension import Suspensions
from emban.store.adhoc import AdhocStore, EngineEndedError
from emban.store.client import EventStore

AT_A_TIME = 2
RETRY_AFTER_S = 2
EXCERPT_LENGTH = 512


class Sqlbox:
    """Ad-hoc SQL of one API process; `await close()` with it."""

    def __init__(self, settings: Settings, database: Database, store: EventStore, meter: QueryMeter) -> None:
        self._database = database
        self._meter = meter
        self._slots = OrgSemaphore(app_url(settings), purpose="adhoc", slots=AT_A_TIME)
        self._lane = AdhocLane.of(settings)
        self._suspensions = Suspensions(database)
        self._runner = AdhocRunner(
            AdhocStore(store, seconds=settings.query_timeout_s, memory_mb=settings.query_memory_mb)
        )

    async def close(self) -> None:
        """Give back the places that this process holds."""
        await self._slots.close()
        await self._lane.close()

    async def run(self, caller: Principal, sql: str) -> AdhocResult:
        """Run a statement for a caller, over every tenant of its org and environment.

        Raises `EmbanError`: 400 for a statement that is refused, mistaken or too expensive, 402 where the month's
        queries are used up, 429 where the org runs `AT_A_TIME` already, where the lane is taken for long, or where a
        statement of the org ended the engine, 503. Cancelling it stops the statement, and takes as long as that does.
        """
        await self._suspensions.check(caller.org_id)
        try:
            return await self._run(caller, sql)
        except EngineEndedError as error:
            raise await self._suspensions.impose(caller.org_id) from error

    async def _run(self, caller: Principal, sql: str) -> AdhocResult:
        async with self._slots.take(caller.org_id) as taken:
            if not taken:
                raise EmbanError(
                    "concurrency_limited",
                    f"{AT_A_TIME} ad-hoc statements of the org run already; wait for one of them",
                    retry_after=RETRY_AFTER_S,
                )
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
