"""Rows of reports and of their runs, read within one org and environment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.auth.principal import Principal
from emban.db.paging import fetch_page
from emban.errors import not_found
from emban.models import OutboundMessage, Report, ReportArtifact, ReportRun

Sent = dict[int, list[OutboundMessage]]


async def find_report(session: AsyncSession, caller: Principal, report_id: int, *, for_update: bool = False) -> Report:
    """Return the report, locked if it is about to change; raises 404 for one of another org or environment."""
    query = select(Report).where(
        Report.org_id == caller.org_id, Report.environment == caller.environment, Report.id == report_id
    )
    row = (await session.execute(query.with_for_update() if for_update else query)).scalar_one_or_none()
    if row is None:
        raise not_found("report")
    return row


async def page_of_reports(
    session: AsyncSession, caller: Principal, limit: int, cursor: str | None
) -> tuple[list[Report], str | None]:
    """Return a page of reports, the newest first, and the next page's cursor."""
    query = select(Report).where(Report.org_id == caller.org_id, Report.environment == caller.environment)
    rows, following = await fetch_page(session, query, Report.created_at, Report.id, limit, cursor)
    return [row[0] for row in rows], following


async def find_run(session: AsyncSession, report: Report, run_id: int) -> tuple[ReportRun, bool]:
    """Return a run of a report, and whether its file is there; raises 404."""
    query = _runs_of(report).where(ReportRun.id == run_id)
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise not_found("run")
    return found[0], found[1]


async def page_of_runs(
    session: AsyncSession, report: Report, limit: int, cursor: str | None
) -> tuple[list[tuple[ReportRun, bool]], str | None]:
    """Return a page of a report's runs, each with whether its file is there, and the next page's cursor."""
    rows, following = await fetch_page(session, _runs_of(report), ReportRun.created_at, ReportRun.id, limit, cursor)
    return [(row[0], row[1]) for row in rows], following


async def messages_of(session: AsyncSession, org_id: str, run_ids: Iterable[int]) -> Sent:
    """Return what each of the runs sent, in the order in which it was put into the outbox."""
    query = (
        select(OutboundMessage)
        .where(OutboundMessage.org_id == org_id, OutboundMessage.report_run_id.in_(list(run_ids)))
        .order_by(OutboundMessage.created_at, OutboundMessage.id)
    )
    sent: Sent = defaultdict(list)
    for message in (await session.execute(query)).scalars():
        sent[message.report_run_id or 0].append(message)
    return sent


async def read_artifact(session: AsyncSession, report: Report, run_id: int) -> ReportArtifact:
    """Return the file of a run with its content; raises 404 for one that is not made, or too old."""
    found = await read_linked_file(session, report.org_id, report.id, run_id)
    if found is None:
        raise not_found("file of this run")
    return found


async def read_linked_file(session: AsyncSession, org_id: str, report_id: int, run_id: int) -> ReportArtifact | None:
    """Return the same by ids alone; None for one that is not there."""
    query = (
        select(ReportArtifact)
        .join(ReportRun, ReportRun.id == ReportArtifact.run_id)
        .where(ReportArtifact.org_id == org_id, ReportArtifact.run_id == run_id)
        .where(ReportRun.org_id == org_id, ReportRun.report_id == report_id, ReportArtifact.expires_at > func.now())
    )
    return (await session.execute(query)).scalar_one_or_none()


def _runs_of(report: Report) -> Select[*tuple[Any, ...]]:
    file = exists().where(
        ReportArtifact.org_id == report.org_id,
        ReportArtifact.run_id == ReportRun.id,
        ReportArtifact.expires_at > func.now(),
    )
    return select(ReportRun, file).where(ReportRun.org_id == report.org_id, ReportRun.report_id == report.id)
