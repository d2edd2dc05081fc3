"""Leaving a report by the link in its mail: no login, one address of one report, as often as one likes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from emban.audit.service import record
from emban.db import Database
from emban.errors import not_found
from emban.mail.recipients import masked
from emban.models import Report
from emban.reports.links import ReportLinks

ACTOR = "unsubscribe link"


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What the page of a link says: the report's name, and the masked address, None where it is off the report."""

    report_name: str
    address: str | None


class ReportSubscriptions:
    """Reads and ends what an address gets of a report."""

    def __init__(self, database: Database, links: ReportLinks) -> None:
        self._database = database
        self._links = links

    async def read(self, token: str) -> Subscribed:
        """Return what a link is about; raises 404 for a token that is none, and for a report that was deleted."""
        return await self._find(token, leave=False, client_address=None)

    async def leave(self, token: str, client_address: str | None) -> Subscribed:
        """Take the address off the report, if it still is on it; raises as `read`."""
        return await self._find(token, leave=True, client_address=client_address)

    async def _find(self, token: str, *, leave: bool, client_address: str | None) -> Subscribed:
        asked = self._links.subscription(token)
        async with self._database.for_org(asked.org_id) as session:
            query = select(Report).where(Report.org_id == asked.org_id, Report.id == asked.report_id)
            report = (await session.execute(query.with_for_update() if leave else query)).scalar_one_or_none()
            if report is None:
                raise not_found("report")
            found = next((one for one in report.email_to if self._links.is_of(asked, one)), None)
            if found is None or not leave:
                return Subscribed(report.name, None if found is None else masked(found))
            report.email_to = [one for one in report.email_to if one != found]
            metadata = {"environment": report.environment, "name": report.name, "email": masked(found)}
            if not report.email_to and report.webhook_url is None:
                # Nobody is left to send it to; whoever adds somebody switches it on again.
                report.enabled, report.next_run_at = False, None
                metadata["enabled"] = "false"
            await record(
                session,
                org_id=report.org_id,
                actor=ACTOR,
                action="report.unsubscribe",
                entity_type="report",
                entity_id=str(report.id),
                metadata=metadata,
                address=client_address,
            )
        return Subscribed(report.name, None)
