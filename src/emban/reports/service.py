"""Reports made, read, changed and deleted. What they do is in `emban.reports.runs`."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.dashboards.document import read_config
from emban.dashboards.repository import find as find_dashboard
from emban.db import Database
from emban.db.present import present
from emban.delivery.messages import shown_destination
from emban.delivery.outbound.client import OutboundHttp
from emban.errors import conflict
from emban.mail.recipients import allowed_domains, masked
from emban.models import Report
from emban.reports.repository import find_report, page_of_reports
from emban.reports.rules import check_body, check_period, schedule_of
from emban.reports.schedule import next_run
from emban.reports.schemas import ReportBody, ReportOut, ReportPage

_SCHEDULE_FIELDS = ("schedule_kind", "hour", "day_of_week", "day_of_month", "timezone")


class Reports:
    """The reports of the caller's org and environment."""

    def __init__(self, database: Database, outbound: OutboundHttp) -> None:
        self._database = database
        self._outbound = outbound

    async def page(self, caller: Principal, limit: int, cursor: str | None) -> ReportPage:
        """Return a page, the newest first; raises 400 for a cursor that was not given out."""
        async with self._database.for_org(caller.org_id) as session:
            rows, following = await page_of_reports(session, caller, limit, cursor)
        return ReportPage(items=[shown(row) for row in rows], next_cursor=following)

    async def read(self, caller: Principal, report_id: int) -> ReportOut:
        """Return one report; raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            return shown(await find_report(session, caller, report_id))

    async def create(self, caller: Principal, body: ReportBody) -> ReportOut:
        """Make a report; raises 400 naming each wrong field, 404 and 409 about its dashboard."""
        await self._check_destinations(caller, body)
        async with self._database.for_org(caller.org_id) as session:
            await _check_dashboard(session, caller, body)
            now = await present(session)
            row = Report(
                org_id=caller.org_id,
                environment=caller.environment,
                created_by=caller.actor,
                created_at=now,
                updated_at=now,
                next_run_at=next_run(schedule_of(body), now) if body.enabled else None,
                **_columns(body),
            )
            session.add(row)
            await session.flush()
            await record_by(session, caller, "report.create", "report", str(row.id), _noted(row))
            return shown(row)

    async def update(self, caller: Principal, report_id: int, body: ReportBody) -> ReportOut:
        """Replace a report; raises as `create`. A run that is due stays due unless the schedule is another."""
        await self.read(caller, report_id)
        await self._check_destinations(caller, body)
        async with self._database.for_org(caller.org_id) as session:
            row = await find_report(session, caller, report_id, for_update=True)
            if body.enabled or body.dashboard_id != row.dashboard_id:  # Else it can be ended, whatever became of it.
                await _check_dashboard(session, caller, body)
            before, raw, scheduled = _noted(row), _fields(row), _schedule(row)
            for name, value in _columns(body).items():
                setattr(row, name, value)
            now = await present(session)
            if not body.enabled:
                row.next_run_at = None
            elif row.next_run_at is None or scheduled != _schedule(row):
                row.next_run_at = next_run(schedule_of(body), now)
            row.updated_at = now
            await session.flush()
            after, changed = _noted(row), [name for name, value in _fields(row).items() if value != raw[name]]
            metadata = {
                "environment": caller.environment,
                "before": {name: before[name] for name in changed},
                "after": {name: after[name] for name in changed},
            }
            await record_by(session, caller, "report.update", "report", str(row.id), metadata)
            return shown(row)

    async def delete(self, caller: Principal, report_id: int) -> None:
        """Delete a report with its runs and files; the log of its deliveries stays. Raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            row = await find_report(session, caller, report_id, for_update=True)
            metadata = _noted(row)
            await session.delete(row)
            await record_by(session, caller, "report.delete", "report", str(report_id), metadata)

    async def _check_destinations(self, caller: Principal, body: ReportBody) -> None:
        """Check what needs no lock; a webhook's name is looked up, which may take seconds."""
        async with self._database.for_org(caller.org_id) as session:
            domains = await allowed_domains(session, caller.org_id)
        check_body(body, domains)
        if body.webhook_url is not None:
            await self._outbound.require("webhook_url", body.webhook_url)


async def _check_dashboard(session: AsyncSession, caller: Principal, body: ReportBody) -> None:
    dashboard = await find_dashboard(session, caller, body.dashboard_id)
    if not dashboard.published or dashboard.snapshot is None:
        raise conflict("this dashboard is not published; publish it first", "not_published")
    check_period(body, read_config(dashboard.snapshot["config"]).filters)


def shown(row: Report) -> ReportOut:
    """Return a report as its readers see it."""
    return ReportOut.model_validate({name: getattr(row, name) for name in ReportOut.model_fields})


def _columns(body: ReportBody) -> dict[str, Any]:
    columns = body.model_dump(mode="json")
    return {**columns, "filters": body.filters.model_dump(mode="json", exclude_defaults=True, exclude_none=True)}


def _schedule(row: Report) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _SCHEDULE_FIELDS)


def _fields(row: Report) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ReportBody.model_fields}


def _noted(row: Report) -> dict[str, Any]:
    """Return what the audit log has of a report: addresses masked, of a webhook nothing that may be a secret."""
    url = row.webhook_url
    return {
        **_fields(row),
        "environment": row.environment,
        "email_to": [masked(address) for address in row.email_to],
        "webhook_url": None if url is None else shown_destination("webhook", url),
    }
