"""The synchronous client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Literal, TypeVar

import httpx

from . import calls, processes
from .batches import batches
from .calls import Call
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

DEFAULT_TIMEOUT_S = 10.0
DEFAULT_RETRIES = 3
T = TypeVar("T")


class Emban:
    """One server and one API key. Use it as a context manager, or call `close()`. May be shared by threads.

    `timeout` is in seconds, for each attempt; `retries` is how often a call that got no answer, or a 429, 502, 503 or
    504, is sent again. Every method raises `EmbanAPIError` for an answer that is an error and `EmbanConnectionError`
    for no answer.
    """

    def __init__(
        self, url: str, *, api_key: str, timeout: float = DEFAULT_TIMEOUT_S, retries: int = DEFAULT_RETRIES
    ) -> None:
        self._url = url.rstrip("/")
        self._key = api_key
        self._timeout = timeout
        self._retries = retries
        self._http = self._connect()
        processes.restart_in_children(self)

    def send_events(self, events: Iterable[Event]) -> EventsAnswer:
        """Send any number of events, in requests of at most 1,000; events without an `event_id` are given one.

        Refused events are in the answer's `errors`. What is raised has `unsent`: how far it came, what to send again.
        """
        total = calls.nothing_sent()
        for batch in batches(events):
            try:
                calls.merge_answer(total, self._run(calls.send_events(batch)), batch.offset)
            except EmbanError as error:
                calls.raise_unsent(error, total, batch)
        return total

    def query(self, query: Query, *, tenant_id: str | None = None, all_tenants: bool = False) -> QueryAnswer:
        """Run one structured query for a tenant, or explicitly for all; returns `points` (or `rows`) and `meta`."""
        return self._run(calls.query(query, tenant_id, all_tenants))

    def discover(self) -> JSON:
        """Return the event names, properties and measures that were found in the environment."""
        return self._run(calls.discover())

    def auto_create_dashboard(self) -> JSON:
        """Make a draft from what was found; returns its `dashboard_id`."""
        return self._run(calls.auto_create_dashboard())

    def list_dashboards(self, *, limit: int = 50, cursor: str | None = None) -> DashboardPage:
        """Return one page: `items` and `next_cursor`."""
        return self._run(calls.list_dashboards(limit, cursor))

    def iter_dashboards(self) -> Iterator[DashboardSummary]:
        """Yield every dashboard, page by page."""
        page = self.list_dashboards()
        yield from page["items"]
        while page["next_cursor"]:
            page = self.list_dashboards(cursor=page["next_cursor"])
            yield from page["items"]

    def get_dashboard(self, dashboard_id: str) -> Dashboard:
        """Return a dashboard with its config."""
        return self._run(calls.get_dashboard(dashboard_id))

    def create_dashboard(self, name: str, config: Mapping[str, Any]) -> Dashboard:
        """Create a draft; not sent again after a timeout, because a second one would be made."""
        return self._run(calls.create_dashboard(name, config))

    def update_dashboard(
        self, dashboard_id: str, *, version: int, name: str | None = None, config: Mapping[str, Any] | None = None
    ) -> Dashboard:
        """Change a draft. `version` is the one that the change was made from: 409 if somebody was faster."""
        return self._run(calls.update_dashboard(dashboard_id, version, name, config))

    def delete_dashboard(self, dashboard_id: str) -> None:
        """Delete a dashboard and its snapshot."""
        self._run(calls.delete_dashboard(dashboard_id))

    def publish_dashboard(self, dashboard_id: str) -> None:
        """Publish the draft as it is."""
        self._run(calls.publish_dashboard(dashboard_id))

    def unpublish_dashboard(self, dashboard_id: str) -> None:
        """Take the dashboard's embeds offline."""
        self._run(calls.unpublish_dashboard(dashboard_id))

    def create_embed_session(
        self,
        *,
        tenant_id: str,
        dashboard_id: str,
        expires_in: int | None = None,
        permissions: Permissions | None = None,
    ) -> MintedSession:
        """Mint an embed session of `expires_in` seconds (3,600 to 86,400, the former by default)."""
        return self._run(calls.create_embed_session(tenant_id, dashboard_id, expires_in, permissions))

    def list_embed_sessions(
        self, *, tenant_id: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> EmbedSessionPage:
        """Return one page of live sessions, newest first; those of one tenant, if it is named."""
        return self._run(calls.list_embed_sessions(tenant_id, limit, cursor))

    def iter_embed_sessions(self, *, tenant_id: str | None = None) -> Iterator[EmbedSession]:
        """Yield every live session, page by page."""
        page = self.list_embed_sessions(tenant_id=tenant_id)
        yield from page["items"]
        while page["next_cursor"]:
            page = self.list_embed_sessions(tenant_id=tenant_id, cursor=page["next_cursor"])
            yield from page["items"]

    def revoke_embed_session(self, session_id: str) -> None:
        """End a session; its token is refused within 5 seconds."""
        self._run(calls.revoke_embed_session(session_id))

    def revoke_embed_sessions(self, *, tenant_id: str | None = None, all_tenants: bool = False) -> None:
        """End every live session of a tenant, or explicitly of all; sessions minted afterwards are not touched."""
        self._run(calls.revoke_embed_sessions(tenant_id, all_tenants))

    def list_deliveries(
        self,
        *,
        channel: Literal["webhook", "email"] | None = None,
        source: Literal["alert", "report"] | None = None,
        source_id: int | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> DeliveryPage:
        """Return one page of attempts to deliver webhooks and mails, newest first."""
        return self._run(calls.list_deliveries(channel, source, source_id, limit, cursor))

    def redeliver(self, delivery_id: int) -> Delivery:
        """Send a webhook's body again under the same `webhook-id`; returns what came of it."""
        return self._run(calls.redeliver(delivery_id))

    def rotate_webhook_secret(self) -> WebhookSecret:
        """Make the secret that signs webhooks; the one before signs beside it for 24 hours."""
        return self._run(calls.rotate_webhook_secret())

    def list_alerts(self, *, limit: int = 50, cursor: str | None = None) -> AlertPage:
        """Return one page of alerts with their states, newest first."""
        return self._run(calls.list_alerts(limit, cursor))

    def get_alert(self, alert_id: int) -> Alert:
        """Return an alert and its state."""
        return self._run(calls.get_alert(alert_id))

    def create_alert(self, alert: NewAlert) -> Alert:
        """Watch a published widget's figure; not sent again after a timeout, because a second one would be made."""
        return self._run(calls.create_alert(alert))

    def replace_alert(self, alert_id: int, alert: NewAlert) -> Alert:
        """Replace an alert as a whole: what is left out goes back to its default."""
        return self._run(calls.replace_alert(alert_id, alert))

    def delete_alert(self, alert_id: int) -> None:
        """Delete an alert with its history; the log of deliveries stays."""
        self._run(calls.delete_alert(alert_id))

    def list_alert_events(self, alert_id: int, *, limit: int = 50, cursor: str | None = None) -> AlertEventPage:
        """Return one page of an alert's history, newest first, with what each time was sent to whom."""
        return self._run(calls.list_alert_events(alert_id, limit, cursor))

    def preview_alert(self, alert: NewAlert) -> AlertPreview:
        """Return what an alert would have done over the last 7 days, without saving it."""
        return self._run(calls.preview_alert(alert))

    def test_alert(self, alert_id: int) -> AlertTest:
        """Send a test message to each destination now; returns how it fared. Not sent again after a timeout."""
        return self._run(calls.test_alert(alert_id))

    def list_reports(self, *, limit: int = 50, cursor: str | None = None) -> ReportPage:
        """Return one page of reports, newest first."""
        return self._run(calls.list_reports(limit, cursor))

    def get_report(self, report_id: int) -> Report:
        """Return a report, with `next_run_at`."""
        return self._run(calls.get_report(report_id))

    def create_report(self, report: NewReport) -> Report:
        """Make a report; not sent again after a timeout, because a second one would be made."""
        return self._run(calls.create_report(report))

    def replace_report(self, report_id: int, report: NewReport) -> Report:
        """Replace a report as a whole: what is left out goes back to its default."""
        return self._run(calls.replace_report(report_id, report))

    def delete_report(self, report_id: int) -> None:
        """Delete a report with its runs and their files."""
        self._run(calls.delete_report(report_id))

    def run_report(self, report_id: int) -> StartedRun:
        """Ask for a run now; returns its `run_id`. It is made in the background."""
        return self._run(calls.run_report(report_id))

    def list_report_runs(self, report_id: int, *, limit: int = 50, cursor: str | None = None) -> ReportRunPage:
        """Return one page of a report's runs, newest first."""
        return self._run(calls.list_report_runs(report_id, limit, cursor))

    def get_report_run(self, report_id: int, run_id: int) -> ReportRun:
        """Return one run, with what became of each destination."""
        return self._run(calls.get_report_run(report_id, run_id))

    def download_report_run(self, report_id: int, run_id: int) -> bytes:
        """Return the file of a run; 404 while it is not made, and once it is no longer kept."""
        return self._run(calls.download_report_run(report_id, run_id))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Emban:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self._key}"}
        return httpx.Client(base_url=self._url, headers=headers, timeout=self._timeout, follow_redirects=False)

    def _start_after_fork(self) -> None:
        """Leave the connections to the process that opened them."""
        self._http = self._connect()

    def _run(self, call: Call[T], sleep: Callable[[float], None] = time.sleep) -> T:
        for attempt in range(self._retries + 1):
            try:
                response = self._http.send(call.request(self._http))
            except httpx.TransportError as error:
                if (pause := call.pause(error, attempt, self._retries)) is None:
                    raise calls.silence(error) from error
            else:
                if (pause := call.pause(response, attempt, self._retries)) is None:
                    return call.read(response)
            sleep(pause)
        raise AssertionError("the last attempt returns or raises")
