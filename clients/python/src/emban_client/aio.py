"""The asynchronous client: the same calls, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from types import TracebackType
from typing import Any, Literal, TypeVar

import httpx

from . import calls
from .batches import batches
from .calls import Call
from .client import DEFAULT_RETRIES, DEFAULT_TIMEOUT_S
from .errors import EmbanError
from .models import (
    JSON,
    Dashboard,
    DashboardPage,
    DashboardSummary,
    Delivery,
    DeliveryPage,
    EmbedSession,
    EmbedSessionPage,
    Event,
    EventsAnswer,
    MintedSession,
    Permissions,
    Query,
    QueryAnswer,
    WebhookSecret,
)
from .rules import (
    Alert,
    AlertEventPage,
    AlertPage,
    AlertPreview,
    AlertTest,
    NewAlert,
    NewReport,
    Report,
    ReportPage,
    ReportRun,
    ReportRunPage,
    StartedRun,
)

T = TypeVar("T")


class AsyncEmban:
    """One server and one API key, for asyncio. Use it as an async context manager, or await `close()`.

    Its methods are those of `Emban`, and so are their errors; a cancelled call stops at once.
    """

    def __init__(
        self, url: str, *, api_key: str, timeout: float = DEFAULT_TIMEOUT_S, retries: int = DEFAULT_RETRIES
    ) -> None:
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=timeout,
            follow_redirects=False,
        )

    async def send_events(self, events: Iterable[Event]) -> EventsAnswer:
        """Send any number of events, in requests of at most 1,000; events without an `event_id` are given one.

        Refused events are in the answer's `errors`. What is raised has `unsent`: how far it came, what to send again.
        """
        total = calls.nothing_sent()
        for batch in batches(events):
            try:
                calls.merge_answer(total, await self._run(calls.send_events(batch)), batch.offset)
            except EmbanError as error:
                calls.raise_unsent(error, total, batch)
        return total

    async def query(self, query: Query, *, tenant_id: str | None = None, all_tenants: bool = False) -> QueryAnswer:
        """Run one structured query for a tenant, or explicitly for all; returns `points` (or `rows`) and `meta`."""
        return await self._run(calls.query(query, tenant_id, all_tenants))

    async def discover(self) -> JSON:
        """Return the event names, properties and measures that were found in the environment."""
        return await self._run(calls.discover())

    async def auto_create_dashboard(self) -> JSON:
        """Make a draft from what was found; returns its `dashboard_id`."""
        return await self._run(calls.auto_create_dashboard())

    async def list_dashboards(self, *, limit: int = 50, cursor: str | None = None) -> DashboardPage:
        """Return one page: `items` and `next_cursor`."""
        return await self._run(calls.list_dashboards(limit, cursor))

    async def iter_dashboards(self) -> AsyncIterator[DashboardSummary]:
        """Yield every dashboard, page by page."""
        cursor: str | None = None
        while True:
            page = await self.list_dashboards(cursor=cursor)
            for dashboard in page["items"]:
                yield dashboard
            if (cursor := page["next_cursor"]) is None:
                return

    async def get_dashboard(self, dashboard_id: str) -> Dashboard:
        """Return a dashboard with its config."""
        return await self._run(calls.get_dashboard(dashboard_id))

    async def create_dashboard(self, name: str, config: Mapping[str, Any]) -> Dashboard:
        """Create a draft; not sent again after a timeout, because a second one would be made."""
        return await self._run(calls.create_dashboard(name, config))

    async def update_dashboard(
        self, dashboard_id: str, *, version: int, name: str | None = None, config: Mapping[str, Any] | None = None
    ) -> Dashboard:
        """Change a draft. `version` is the one that the change was made from: 409 if somebody was faster."""
        return await self._run(calls.update_dashboard(dashboard_id, version, name, config))

    async def delete_dashboard(self, dashboard_id: str) -> None:
        """Delete a dashboard and its snapshot."""
        await self._run(calls.delete_dashboard(dashboard_id))

    async def publish_dashboard(self, dashboard_id: str) -> None:
        """Publish the draft as it is."""
        await self._run(calls.publish_dashboard(dashboard_id))

    async def unpublish_dashboard(self, dashboard_id: str) -> None:
        """Take the dashboard's embeds offline."""
        await self._run(calls.unpublish_dashboard(dashboard_id))

    async def create_embed_session(
        self,
        *,
        tenant_id: str,
        dashboard_id: str,
        expires_in: int | None = None,
        permissions: Permissions | None = None,
    ) -> MintedSession:
        """Mint an embed session of `expires_in` seconds (3,600 to 86,400, the former by default)."""
        return await self._run(calls.create_embed_session(tenant_id, dashboard_id, expires_in, permissions))

    async def list_embed_sessions(
        self, *, tenant_id: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> EmbedSessionPage:
        """Return one page of live sessions, newest first; those of one tenant, if it is named."""
        return await self._run(calls.list_embed_sessions(tenant_id, limit, cursor))

    async def iter_embed_sessions(self, *, tenant_id: str | None = None) -> AsyncIterator[EmbedSession]:
        """Yield every live session, page by page."""
        cursor: str | None = None
        while True:
            page = await self.list_embed_sessions(tenant_id=tenant_id, cursor=cursor)
            for session in page["items"]:
                yield session
            if (cursor := page["next_cursor"]) is None:
                return

    async def revoke_embed_session(self, session_id: str) -> None:
        """End a session; its token is refused within 5 seconds."""
        await self._run(calls.revoke_embed_session(session_id))

    async def revoke_embed_sessions(self, *, tenant_id: str | None = None, all_tenants: bool = False) -> None:
        """End every live session of a tenant, or explicitly of all; sessions minted afterwards are not touched."""
        await self._run(calls.revoke_embed_sessions(tenant_id, all_tenants))

    async def list_deliveries(
        self,
        *,
        channel: Literal["webhook", "email"] | None = None,
        source: Literal["alert", "report"] | None = None,
        source_id: int | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> DeliveryPage:
        """Return one page of attempts to deliver webhooks and mails, newest first."""
        return await self._run(calls.list_deliveries(channel, source, source_id, limit, cursor))

    async def redeliver(self, delivery_id: int) -> Delivery:
        """Send a webhook's body again under the same `webhook-id`; returns what came of it."""
        return await self._run(calls.redeliver(delivery_id))

    async def rotate_webhook_secret(self) -> WebhookSecret:
        """Make the secret that signs webhooks; the one before signs beside it for 24 hours."""
        return await self._run(calls.rotate_webhook_secret())

    async def list_alerts(self, *, limit: int = 50, cursor: str | None = None) -> AlertPage:
        """Return one page of alerts with their states, newest first."""
        return await self._run(calls.list_alerts(limit, cursor))

    async def get_alert(self, alert_id: int) -> Alert:
        """Return an alert and its state."""
        return await self._run(calls.get_alert(alert_id))

    async def create_alert(self, alert: NewAlert) -> Alert:
        """Watch a published widget's figure; not sent again after a timeout, because a second one would be made."""
        return await self._run(calls.create_alert(alert))

    async def replace_alert(self, alert_id: int, alert: NewAlert) -> Alert:
        """Replace an alert as a whole: what is left out goes back to its default."""
        return await self._run(calls.replace_alert(alert_id, alert))

    async def delete_alert(self, alert_id: int) -> None:
        """Delete an alert with its history; the log of deliveries stays."""
        await self._run(calls.delete_alert(alert_id))

    async def list_alert_events(self, alert_id: int, *, limit: int = 50, cursor: str | None = None) -> AlertEventPage:
        """Return one page of an alert's history, newest first, with what each time was sent to whom."""
        return await self._run(calls.list_alert_events(alert_id, limit, cursor))

    async def preview_alert(self, alert: NewAlert) -> AlertPreview:
        """Return what an alert would have done over the last 7 days, without saving it."""
        return await self._run(calls.preview_alert(alert))

    async def test_alert(self, alert_id: int) -> AlertTest:
        """Send a test message to each destination now; returns how it fared. Not sent again after a timeout."""
        return await self._run(calls.test_alert(alert_id))

    async def list_reports(self, *, limit: int = 50, cursor: str | None = None) -> ReportPage:
        """Return one page of reports, newest first."""
        return await self._run(calls.list_reports(limit, cursor))

    async def get_report(self, report_id: int) -> Report:
        """Return a report, with `next_run_at`."""
        return await self._run(calls.get_report(report_id))

    async def create_report(self, report: NewReport) -> Report:
        """Make a report; not sent again after a timeout, because a second one would be made."""
        return await self._run(calls.create_report(report))

    async def replace_report(self, report_id: int, report: NewReport) -> Report:
        """Replace a report as a whole: what is left out goes back to its default."""
        return await self._run(calls.replace_report(report_id, report))

    async def delete_report(self, report_id: int) -> None:
        """Delete a report with its runs and their files."""
        await self._run(calls.delete_report(report_id))

    async def run_report(self, report_id: int) -> StartedRun:
        """Ask for a run now; returns its `run_id`. It is made in the background."""
        return await self._run(calls.run_report(report_id))

    async def list_report_runs(self, report_id: int, *, limit: int = 50, cursor: str | None = None) -> ReportRunPage:
        """Return one page of a report's runs, newest first."""
        return await self._run(calls.list_report_runs(report_id, limit, cursor))

    async def get_report_run(self, report_id: int, run_id: int) -> ReportRun:
        """Return one run, with what became of each destination."""
        return await self._run(calls.get_report_run(report_id, run_id))

    async def download_report_run(self, report_id: int, run_id: int) -> bytes:
        """Return the file of a run; 404 while it is not made, and once it is no longer kept."""
        return await self._run(calls.download_report_run(report_id, run_id))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> AsyncEmban:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _run(self, call: Call[T]) -> T:
        for attempt in range(self._retries + 1):
            try:
                response = await self._http.send(call.request(self._http))
            except httpx.TransportError as error:
                if (pause := call.pause(error, attempt, self._retries)) is None:
                    raise calls.silence(error) from error
            else:
                if (pause := call.pause(response, attempt, self._retries)) is None:
                    return call.read(response)
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")
