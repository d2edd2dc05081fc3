"""The workers' clock for reports: due ones become runs, forgotten runs are queued again, old files go.

Any number of workers run these at once. What is due is found over all orgs and then claimed in the org's own scope,
under a lock that others pass over.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from emban.db import Database, RowContext
from emban.db.present import present
from emban.jobs.kinds import RUN_REPORT
from emban.jobs.queue import JobQueue
from emban.models import Report, ReportArtifact, ReportRun
from emban.reports.rules import schedule_of_row
from emban.reports.schedule import last_slot, next_run

CLAIM_EVERY_S = 5.0
CLAIMED_AT_ONCE = 200
LOOK_FOR_FORGOTTEN_EVERY_S = 60.0
# A run that is neither made nor waiting for so long has lost its job.
FORGOTTEN_AFTER_S = 600
SWEEP_EVERY_S = 600.0
# The first of each org before the second of any.
_DUE = text(
    "SELECT org_id, id FROM (SELECT org_id, id, next_run_at, row_number() OVER (PARTITION BY org_id "
    "ORDER BY next_run_at, id) AS place FROM reports WHERE enabled AND next_run_at <= now()) AS due "
    "ORDER BY place, next_run_at, id LIMIT :most"
)
_FORGOTTEN = text(
    "SELECT org_id, id FROM report_runs WHERE bytes IS NULL AND finished_at IS NULL "
    "AND coalesce(tried_at, created_at) < now() - make_interval(secs => :age_s) ORDER BY id LIMIT :most"
)
log = structlog.get_logger("emban.reports")


class ReportClock:
    """Makes runs of due reports, once each however many processes there are."""

    def __init__(self, database: Database, queue: JobQueue) -> None:
        self._database = database
        self._queue = queue

    async def claim(self) -> None:
        """Make a run of each report that is due by PostgreSQL's clock. One that fails holds up no other."""
        passed_over: set[int] = set()
        while due := [(org_id, one) for org_id, one in await self._due() if one not in passed_over]:
            for org_id, report_id in due:
                passed_over.add(report_id)
                try:
                    async with self._database.for_org(org_id) as session:
                        await self._claim(session, org_id, report_id)
                except Exception as error:
                    log.exception("report.claim_failed", report=report_id, error=type(error).__name__)

    async def requeue_forgotten(self) -> None:
        """Queue runs again that no job is left of: their worker was killed more often than the queue tries a job."""
        async with self._database.session(RowContext(task="due")) as session:
            given = {"age_s": FORGOTTEN_AFTER_S, "most": CLAIMED_AT_ONCE}
            forgotten = [(row.org_id, row.id) for row in await session.execute(_FORGOTTEN, given)]
        for org_id, run_id in forgotten:
            async with self._database.for_org(org_id) as session:
                if await enqueue_run(self._queue, session, org_id, run_id):
                    log.warning("report.run_queued_again", run=run_id)

    async def sweep(self) -> None:
        """Remove the files whose time is over."""
        async with self._database.session(RowContext(task="sweep")) as session:
            await session.execute(delete(ReportArtifact).where(ReportArtifact.expires_at < func.now()))

    async def _due(self) -> list[tuple[str, int]]:
        async with self._database.session(RowContext(task="due")) as session:
            return [(row.org_id, row.id) for row in await session.execute(_DUE, {"most": CLAIMED_AT_ONCE})]

    async def _claim(self, session: AsyncSession, org_id: str, report_id: int) -> None:
        """Make the run and move the report on, unless another process did."""
        query = (
            select(Report)
            .where(Report.org_id == org_id, Report.id == report_id, Report.enabled, Report.next_run_at <= func.now())
            .with_for_update(skip_locked=True)
        )
        report = (await session.execute(query)).scalar_one_or_none()
        if report is None or report.next_run_at is None:
            return
        schedule, now = schedule_of_row(report), await present(session)
        slot = last_slot(schedule, report.next_run_at, now)
        report.next_run_at = next_run(schedule, now)
        await add_run(self._queue, session, report, trigger="schedule", scheduled_for=slot)


async def add_run(
    queue: JobQueue, session: AsyncSession, report: Report, *, trigger: str, scheduled_for: datetime
) -> ReportRun:
    """Add a run of a report and the job that makes it, both in the session's transaction."""
    run = ReportRun(
        org_id=report.org_id,
        report_id=report.id,
        trigger=trigger,
        status="queued",
        scheduled_for=scheduled_for,
        created_at=await present(session),
    )
    session.add(run)
    await session.flush()
    await enqueue_run(queue, session, report.org_id, run.id)
    return run


async def enqueue_run(queue: JobQueue, session: AsyncSession, org_id: str, run_id: int, *, wait_s: float = 0.0) -> bool:
    """Add the job of a run, due in so many seconds; returns False where one waits already."""
    return await queue.enqueue(
        session, RUN_REPORT, org_id, {"run_id": run_id}, wait_s=wait_s, unique=f"report.run {run_id}"
    )
