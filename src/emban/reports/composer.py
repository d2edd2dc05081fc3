"""What a report sends, composed when it is sent: who may still get it is looked up at each attempt."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import quote

from sqlalchemy import func, select

from emban.db import Database
from emban.delivery.messages import BodyGoneError, WebhookContent
from emban.http.base_url import configured_base_url
from emban.mail.recipients import allowed_domains, is_allowed
from emban.models import OutboundMessage, Report, ReportArtifact
from emban.reports.links import FileLink, ReportLinks
from emban.reports.mail import ReportMail, compose_report
from emban.reports.words import ReportWords
from emban.settings import Settings


@dataclass(frozen=True, slots=True)
class _Sent:
    report: Report
    artifact: ReportArtifact
    domains: list[str] | None


class ReportComposer:
    """Composes the messages whose source is a report."""

    def __init__(self, database: Database, settings: Settings, links: ReportLinks) -> None:
        self._database = database
        self._links = links
        self._base_url = configured_base_url(settings)
        self._largest = settings.mail_max_mb << 20

    async def webhook(self, message: OutboundMessage) -> WebhookContent:
        """Return the file and its headers; raises `BodyGoneError` where the report or the file is gone."""
        sent = await self._read(message)
        if sent.report.webhook_url != message.destination:
            raise BodyGoneError("the report is not sent to this address any more")
        headers = {
            "X-Emban-Report-Id": str(sent.report.id),
            "X-Emban-Report-Name": quote(sent.report.name, safe=""),
            "X-Emban-Report-Run": str(sent.artifact.run_id),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(sent.artifact.file_name, safe='')}",
        }
        return WebhookContent(sent.artifact.content, sent.artifact.media_type, headers)

    async def mail(self, message: OutboundMessage) -> EmailMessage:
        """Return the mail; raises `BodyGoneError` where the address left the report or is not allowed."""
        sent = await self._read(message)
        report, artifact = sent.report, sent.artifact
        if message.destination not in report.email_to:
            raise BodyGoneError("this address was taken off the report")
        if not is_allowed(message.destination, sent.domains):
            raise BodyGoneError("the org does not allow mail to this domain")
        token = self._links.subscription_token(report.org_id, report.id, message.destination)
        return compose_report(
            ReportMail(
                to=message.destination,
                report_name=report.name,
                words=ReportWords.from_json(message.body or ""),
                file_name=artifact.file_name,
                media_type=artifact.media_type,
                content=artifact.content,
                file_url=self._file_url(report, artifact) if len(artifact.content) > self._largest else None,
                dashboard_url=f"{self._base_url}/app/dashboards/{quote(report.dashboard_id, safe='')}",
                leave_url=f"{self._base_url}/reports/unsubscribe/{token}",
            )
        )

    def _file_url(self, report: Report, artifact: ReportArtifact) -> str:
        link = FileLink(report.org_id, report.id, artifact.run_id)
        return f"{self._base_url}/reports/files/{self._links.file_token(link, artifact.expires_at)}"

    async def _read(self, message: OutboundMessage) -> _Sent:
        async with self._database.for_org(message.org_id) as session:
            report_query = select(Report).where(Report.org_id == message.org_id, Report.id == message.source_id)
            report = (await session.execute(report_query)).scalar_one_or_none()
            file_query = select(ReportArtifact).where(
                ReportArtifact.org_id == message.org_id,
                ReportArtifact.run_id == message.report_run_id,
                ReportArtifact.expires_at > func.now(),
            )
            artifact = (await session.execute(file_query)).scalar_one_or_none()
            domains = await allowed_domains(session, message.org_id)
        if report is None:
            raise BodyGoneError("the report was deleted")
        if artifact is None:
            raise BodyGoneError("the file of this run is not kept any more")
        return _Sent(report, artifact, domains)
