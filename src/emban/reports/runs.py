"""The runs of a report as its readers see them, a run that somebody asks for, and the file of a run."""

from __future__ import annotations

from collections.abc import Sequence

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.db import Database
from emban.db.present import present
from emban.delivery.schemas import sent_message_out
from emban.errors import not_found
from emban.jobs.queue import JobQueue
from emban.models import OutboundMessage, ReportArtifact, ReportRun
from emban.reports.claims import add_run
from emban.reports.links import FileLink
from emban.reports.repository import find_report, find_run, messages_of, page_of_runs, read_artifact, read_linked_file
from emban.reports.schemas import ReportRunOut, ReportRunPage, StartedRunOut


class ReportRuns:
    """Reads and starts the runs of reports in the caller's org and environment."""

    def __init__(self, database: Database, queue: JobQueue) -> None:
        self._database = database
        self._queue = queue

    async def page(self, caller: Principal, report_id: int, limit: int, cursor: str | None) -> ReportRunPage:
        """Return a page of runs, the newest first; raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            report = await find_report(session, caller, report_id)
            rows, following = await page_of_runs(session, report, limit, cursor)
            sent = await messages_of(session, caller.org_id, [run.id for run, _ in rows])
        items = [_shown(run, kept, sent.get(run.id, ())) for run, kept in rows]
        return ReportRunPage(items=items, next_cursor=following)

    async def read(self, caller: Principal, report_id: int, run_id: int) -> ReportRunOut:
        """Return one run; raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            report = await find_report(session, caller, report_id)
            run, kept = await find_run(session, report, run_id)
            sent = await messages_of(session, caller.org_id, [run.id])
        return _shown(run, kept, sent.get(run.id, ()))

    async def start(self, caller: Principal, report_id: int) -> StartedRunOut:
        """Put a run into the queue, of a report that is not enabled, too; raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            report = await find_report(session, caller, report_id)
            now = await present(session)
            run = await add_run(self._queue, session, report, trigger="manual", scheduled_for=now)
            metadata = {"environment": report.environment, "name": report.name, "run_id": run.id}
            await record_by(session, caller, "report.run", "report", str(report.id), metadata)
        return StartedRunOut(run_id=run.id)

    async def artifact(self, caller: Principal, report_id: int, run_id: int) -> ReportArtifact:
        """Return the file of a run; raises 404 for one that is not made, or not kept any more."""
        async with self._database.for_org(caller.org_id) as session:
            report = await find_report(session, caller, report_id)
            return await read_artifact(session, report, run_id)

    async def linked_file(self, link: FileLink) -> ReportArtifact:
        """Return the file that a link in a mail leads to; raises 404 as `artifact` does."""
        async with self._database.for_org(link.org_id) as session:
            found = await read_linked_file(session, link.org_id, link.report_id, link.run_id)
        if found is None:
            raise not_found("file of this run")
        return found


def _shown(run: ReportRun, kept: bool, sent: Sequence[OutboundMessage]) -> ReportRunOut:
    return ReportRunOut.model_validate(
        {
            "id": run.id,
            "trigger": run.trigger,
            "status": run.status,
            "scheduled_for": run.scheduled_for,
            "created_at": run.created_at,
            "started_at": run.started_at,
            "finished_at": run.finished_at,
            "bytes": run.bytes,
            "as_of": run.as_of,
            "artifact": kept,
            "error": run.error,
            "deliveries": [sent_message_out(message) for message in sent],
        }
    )
