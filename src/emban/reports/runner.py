"""Making one run of a report: ask the dashboard's snapshot, make the file, put a message for each destination out.

The job `report.run` may be called again at any time: what a killed process had begun is begun anew, and the file, its
messages and their jobs appear in one transaction, under the run's lock, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.dashboards.document import DashboardConfig, read_config
from emban.dashboards.page_widgets import shown_theme
from emban.dashboards.widget_queries import View
from emban.db import Database
from emban.db.present import present
from emban.delivery.messages import NewMessage
from emban.delivery.outbox import Outbox
from emban.errors import CODES, EmbanError
from emban.jobs.queue import JobQueue
from emban.kit.rfc3339 import parse_instant
from emban.models import Dashboard, Org, Report, ReportArtifact, ReportRun
from emban.query.run.watermarks import Watermarks
from emban.reports.claims import enqueue_run
from emban.reports.files import MadeFile, ReportFiles
from emban.reports.rules import read_report_view
from emban.scope import ALL_TENANTS, Scope, Tenant
from emban.views.export_formats import ExportContent, FileFormat
from emban.views.widget_answers import WidgetAnswers, WidgetData, WidgetFailure

# Statuses that pass by themselves: the store is away, or busy. A report waits for better times.
_PASSING = frozenset({429, 503})
# 5, 10, 20 … 300 seconds between two attempts: over an hour in all.
MOST_ATTEMPTS = 20
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0
log = structlog.get_logger("emban.reports")


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What one attempt works with: the report as it is now, the snapshot that is published now."""

    report: Report
    run: ReportRun
    name: str
    config: DashboardConfig
    view: View
    plan: str

    @property
    def scope(self) -> Scope:
        """Whose rows: the report's org and environment, and its tenant if it names one."""
        tenant = ALL_TENANTS if self.report.tenant_id is None else Tenant(self.report.tenant_id)
        return Scope(self.report.org_id, self.report.environment, tenant)

    @property
    def moment(self) -> datetime:
        """Where periods end: when the run was first begun, however often it is begun again."""
        return self.run.started_at or self.run.scheduled_for

    @property
    def file_format(self) -> FileFormat:
        """What the file is to be."""
        return "csv_zip" if self.report.csv_zip else cast("FileFormat", self.report.format)

    def content(self, data: WidgetData) -> ExportContent:
        """Return what the file is made of."""
        return ExportContent(
            org_id=self.report.org_id,
            name=self.name,
            widgets=self.config.widgets,
            view=self.view,
            data=data,
            now=self.moment,
            tenant=self.report.tenant_id,
            theme=shown_theme(self.config.theme, self.plan),
        )


class RunFailedError(Exception):
    """The run cannot be made, now or later; the text says why, to people."""


class ReportRunner:
    """Handles `report.run`. One per worker process."""

    def __init__(
        self,
        database: Database,
        queue: JobQueue,
        outbox: Outbox,
        answers: WidgetAnswers,
        watermarks: Watermarks,
        files: ReportFiles,
        *,
        retention_days: int,
    ) -> None:
        self._database = database
        self._queue = queue
        self._outbox = outbox
        self._answers = answers
        self._watermarks = watermarks
        self._files = files
        self._kept_for = timedelta(days=retention_days)

    async def run(self, org_id: str, arguments: Mapping[str, Any]) -> None:
        """Make the run of `run_id`, unless it is made already; a failure that passes is tried again later."""
        run_id = int(arguments["run_id"])
        try:
            order = await self._begin(org_id, run_id)
            if order is None:
                return
            data = await self._ask(order)
            made = await self._files.make(order.content(data), order.file_format)
            await self._finish(order, made, None if data.as_of is None else parse_instant(data.as_of))
        except RunFailedError as error:
            await self._fail(org_id, run_id, str(error))
        except EmbanError as error:
            if error.status in _PASSING or error.status >= 500:
                await self._try_later(org_id, run_id, error.message)
            else:
                await self._fail(org_id, run_id, error.message)
        except Exception as error:
            log.exception("report.run_failed", run=run_id, error=type(error).__name__)
            await self._try_later(org_id, run_id, "Emban failed to make the file; it is logged")

    async def _begin(self, org_id: str, run_id: int) -> RunOrder | None:
        """Count an attempt and return what it works with; None for a run that is made, over or gone."""
        async with self._database.for_org(org_id) as session:
            found = await _lock_run(session, org_id, run_id)
            if found is None:
                return None
            report, run = found
            now = await present(session)
            run.attempts, run.tried_at = run.attempts + 1, now
            run.started_at, run.status = run.started_at or now, "running"
            attempts, dashboard = run.attempts, await _published(session, report)
            plan = (await session.execute(select(Org.plan).where(Org.id == org_id))).scalar_one()
        if attempts > MOST_ATTEMPTS:
            raise RunFailedError(f"the run was begun {MOST_ATTEMPTS} times and never came to its end")
        if dashboard is None:
            raise RunFailedError("the dashboard was deleted")
        if not dashboard.published or dashboard.snapshot is None:
            raise RunFailedError("the dashboard is not published")
        config = read_config(dashboard.snapshot["config"])
        view = read_report_view(report, config.filters, run.scheduled_for)
        return RunOrder(report, run, dashboard.snapshot["name"], config, view, plan)

    async def _ask(self, order: RunOrder) -> WidgetData:
        """Return the widgets' answers, all as of one watermark; raises the error of one that may pass."""
        progress = await self._watermarks.progress(order.report.org_id, order.report.environment)
        data = await self._answers.of(
            order.scope, order.config.widgets, order.view, order.moment, with_costs=False, as_of=progress.watermark
        )
        for answer in data.widgets.values():
            if isinstance(answer, WidgetFailure) and CODES[answer.code][0] in _PASSING:
                raise EmbanError(answer.code, answer.error)
        return data

    async def _finish(self, order: RunOrder, made: MadeFile, as_of: datetime | None) -> None:
        """Keep the file and put its messages out, all or nothing; another process may have been first."""
        async with self._database.for_org(order.report.org_id) as session:
            found = await _lock_run(session, order.report.org_id, order.run.id)
            if found is None:
                return
            report, run = found
            now = await present(session)
            run.bytes, run.as_of, run.error = len(made.export.content), as_of, None
            session.add(
                ReportArtifact(
                    org_id=report.org_id,
                    run_id=run.id,
                    file_name=made.export.file_name,
                    media_type=made.export.media_type,
                    content=made.export.content,
                    created_at=now,
                    expires_at=now + self._kept_for,
                )
            )
            await session.flush()
            destinations = [("email", address) for address in report.email_to]
            if report.webhook_url is not None:
                destinations.append(("webhook", report.webhook_url))
            for channel, destination in destinations:
                await self._outbox.add(session, _message(report, run, channel, destination, made))
            if not destinations:
                run.status, run.finished_at = "failed", now
                run.error = "the report has no destination left"

    async def _try_later(self, org_id: str, run_id: int, why: str) -> None:
        """Begin the run again after a while, or end it where it was begun too often."""
        async with self._database.for_org(org_id) as session:
            found = await _lock_run(session, org_id, run_id)
            if found is None:
                return
            _, run = found
            if run.attempts >= MOST_ATTEMPTS:
                run.status, run.finished_at = "failed", await present(session)
                run.error = f"{why} (begun {run.attempts} times)"
                return
            wait_s = min(FIRST_WAIT_S * 2.0 ** (run.attempts - 1), LONGEST_WAIT_S)
            run.error = f"{why}; it is begun again in {wait_s:.0f} s"
            await enqueue_run(self._queue, session, org_id, run_id, wait_s=wait_s)

    async def _fail(self, org_id: str, run_id: int, why: str) -> None:
        async with self._database.for_org(org_id) as session:
            found = await _lock_run(session, org_id, run_id)
            if found is not None:
                _, run = found
                run.status, run.finished_at, run.error = "failed", await present(session), why


async def _lock_run(session: AsyncSession, org_id: str, run_id: int) -> tuple[Report, ReportRun] | None:
    """Return a run that is still to be made with its report, locked until the commit; else None."""
    query = (
        select(Report, ReportRun)
        .join(ReportRun, ReportRun.report_id == Report.id)
        .where(ReportRun.org_id == org_id, ReportRun.id == run_id)
        .where(ReportRun.bytes.is_(None), ReportRun.finished_at.is_(None))
        .with_for_update(of=ReportRun)
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else (found[0], found[1])


async def _published(session: AsyncSession, report: Report) -> Dashboard | None:
    query = select(Dashboard).where(
        Dashboard.org_id == report.org_id,
        Dashboard.environment == report.environment,
        Dashboard.id == report.dashboard_id,
    )
    return (await session.execute(query)).scalar_one_or_none()


def _message(report: Report, run: ReportRun, channel: Any, destination: str, made: MadeFile) -> NewMessage:
    return NewMessage(
        org_id=report.org_id,
        environment=report.environment,
        channel=channel,
        source="report",
        source_id=report.id,
        source_name=report.name,
        report_run_id=run.id,
        destination=destination,
        # What a mail says of the figures; the file itself is read when the message is sent.
        body=made.words.to_json() if channel == "email" else None,
    )
