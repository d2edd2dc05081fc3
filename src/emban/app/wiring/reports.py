"""The reports' services: those of every process, and what a worker does for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from emban.billing.meters import UncountedQueries
from emban.db import Database
from emban.delivery.outbound.client import OutboundHttp
from emban.delivery.outbox import Outbox
from emban.jobs.kinds import RUN_REPORT, Handler
from emban.jobs.queue import JobQueue
from emban.query.run.interfaces import StatementRunner
from emban.query.run.watermarks import Watermarks
from emban.query.service import QueryService
from emban.render.renderer import Renderer
from emban.reports.claims import CLAIM_EVERY_S, LOOK_FOR_FORGOTTEN_EVERY_S, SWEEP_EVERY_S, ReportClock
from emban.reports.composer import ReportComposer
from emban.reports.files import ReportFiles
from emban.reports.links import ReportLinks
from emban.reports.outcome import RunOutcomes
from emban.reports.runner import ReportRunner
from emban.reports.runs import ReportRuns
from emban.reports.service import Reports
from emban.reports.subscriptions import ReportSubscriptions
from emban.settings import Settings
from emban.views.widget_answers import WidgetAnswers

Chore = tuple[str, Callable[[], Awaitable[None]], float]


@dataclass(frozen=True, slots=True)
class ReportServices:
    """Reports, their runs, and the links in their mails."""

    reports: Reports
    runs: ReportRuns
    links: ReportLinks
    subscriptions: ReportSubscriptions
    composer: ReportComposer
    outcomes: RunOutcomes


@dataclass(frozen=True, slots=True)
class ReportWork:
    """What a worker does for reports: the job of a run, and chores."""

    handlers: Mapping[str, Handler]
    chores: tuple[Chore, ...]


def wire_reports(settings: Settings, database: Database, queue: JobQueue, outbound: OutboundHttp) -> ReportServices:
    """Make what every process has."""
    links = ReportLinks(settings)
    return ReportServices(
        reports=Reports(database, outbound),
        runs=ReportRuns(database, queue),
        links=links,
        subscriptions=ReportSubscriptions(database, links),
        composer=ReportComposer(database, settings, links),
        outcomes=RunOutcomes(),
    )


def wire_report_work(
    settings: Settings,
    database: Database,
    queue: JobQueue,
    outbox: Outbox,
    *,
    store: StatementRunner,
    renderer: Renderer,
) -> ReportWork:
    """Make what a worker does. Its questions wait for their turn in the event store and are refused by no limit."""
    watermarks = Watermarks(database)
    patient = QueryService(store, watermarks)
    runner = ReportRunner(
        database,
        queue,
        outbox,
        WidgetAnswers(patient, UncountedQueries()),
        watermarks,
        ReportFiles(renderer),
        retention_days=settings.report_retention_days,
    )
    clock = ReportClock(database, queue)
    return ReportWork(
        handlers={RUN_REPORT.name: runner.run},
        chores=(
            ("due reports", clock.claim, CLAIM_EVERY_S),
            ("forgotten runs of reports", clock.requeue_forgotten, LOOK_FOR_FORGOTTEN_EVERY_S),
            ("old files of reports", clock.sweep, SWEEP_EVERY_S),
        ),
    )
