"""Every call of the API as a value: what to send and where. The sync and the async client both run these."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, TypeVar, cast
from urllib.parse import quote

import httpx

from .batches import Batch
from .errors import EmbanAPIError, EmbanConnectionError, EmbanError, Unsent
from .models import (
    JSON,
    Dashboard,
    DashboardPage,
    Delivery,
    DeliveryPage,
    EmbedSessionPage,
    EventsAnswer,
    MintedSession,
    Permissions,
    Query,
    QueryAnswer,
    WebhookSecret,
)
from .retries import RETRIED_STATUSES, backoff, seconds_of, wait_for
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


@dataclass(frozen=True)
class Call(Generic[T]):
    """One HTTP request whose answer is a T. `repeatable` calls may be sent again without doing their work twice."""

    method: str
    path: str
    content: bytes | None = None
    params: Mapping[str, str] | None = None
    repeatable: bool = True

    def request(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """Return the request; every attempt sends the same bytes."""
        headers = {"Content-Type": "application/json"} if self.content is not None else None
        return client.build_request(self.method, self.path, content=self.content, params=self.params, headers=headers)

    def read(self, response: httpx.Response) -> T:
        """Return the answer of a success; raises `EmbanAPIError` for anything else."""
        if not response.is_success:
            raise _error_of(response)
        return cast("T", response.json() if response.content else None)

    def pause(self, outcome: httpx.Response | httpx.TransportError, attempt: int, retries: int) -> float | None:
        """Return the seconds to wait before the next attempt; None where there is to be none.

        A refusal (429, 503 …) did nothing and may be repeated by any call; silence may have done all of it.
        """
        if attempt >= retries:
            return None
        if isinstance(outcome, httpx.Response):
            if outcome.status_code not in RETRIED_STATUSES:
                return None
            if not self.repeatable and outcome.status_code not in {429, 503}:
                return None
            return wait_for(attempt, seconds_of(outcome.headers.get("retry-after")))
        if self.repeatable or isinstance(outcome, httpx.ConnectError | httpx.ConnectTimeout):
            return backoff(attempt)
        return None


class FileCall(Call[bytes]):
    """A request whose answer is a file."""

    def read(self, response: httpx.Response) -> bytes:
        """Return the file's bytes; raises `EmbanAPIError` for anything else."""
        if not response.is_success:
            raise _error_of(response)
        return response.content


def silence(error: httpx.TransportError) -> EmbanConnectionError:
    """Return what a request without an answer is raised as."""
    return EmbanConnectionError(str(error) or type(error).__name__)


def send_events(batch: Batch) -> Call[EventsAnswer]:
    """Store one batch; its events have their ids already."""
    return Call("POST", "/v1/events", batch.body)


def merge_answer(total: EventsAnswer, answer: EventsAnswer, offset: int) -> None:
    """Add a batch's answer to the total; the indexes of errors count through all batches."""
    total["accepted"] += answer.get("accepted", 0)
    total["rejected"] += answer.get("rejected", 0)
    total["duplicates"] += answer.get("duplicates", 0)
    for problem in answer.get("errors", []):
        total["errors"].append({**problem, "index": problem["index"] + offset})
    if total["rejected"]:
        total["status"] = "partial"


def nothing_sent() -> EventsAnswer:
    """Return the answer to no events."""
    return {"accepted": 0, "rejected": 0, "duplicates": 0, "errors": [], "status": "ok"}


def raise_unsent(error: EmbanError, total: EventsAnswer, batch: Batch) -> NoReturn:
    """Raise what ended `send_events`, with what was stored before and what was not."""
    error.unsent = Unsent(total, batch.offset, batch.decoded())
    raise error


def query(query: Query, tenant_id: str | None, all_tenants: bool) -> Call[QueryAnswer]:
    """Run one structured query, for one tenant or, said explicitly, for all of them."""
    if (tenant_id is None) is not all_tenants:
        raise ValueError("a query needs either tenant_id or all_tenants=True")
    who: JSON = {"all_tenants": True} if all_tenants else {"tenant_id": tenant_id}
    return Call("POST", "/v1/query", _json({"query": query, **who}))


def discover() -> Call[JSON]:
    """Look at what the environment's events have."""
    return Call("GET", "/v1/discover")


def auto_create_dashboard() -> Call[JSON]:
    """Make a draft from what was found."""
    return Call("POST", "/v1/discover/auto-create", _json({}), repeatable=False)


def list_dashboards(limit: int, cursor: str | None) -> Call[DashboardPage]:
    """List one page of dashboards."""
    return Call("GET", "/v1/dashboards", params=_page(limit, cursor))


def get_dashboard(dashboard_id: str) -> Call[Dashboard]:
    """Read a dashboard."""
    return Call("GET", _dashboard(dashboard_id))


def create_dashboard(name: str, config: Mapping[str, Any]) -> Call[Dashboard]:
    """Create a draft."""
    return Call("POST", "/v1/dashboards", _json({"name": name, "config": config}), repeatable=False)


def update_dashboard(
    dashboard_id: str, version: int, name: str | None, config: Mapping[str, Any] | None
) -> Call[Dashboard]:
    """Change a draft. Not repeatable: after a change that arrived, a second one is a 409."""
    changes: JSON = {"version": version}
    if name is not None:
        changes["name"] = name
    if config is not None:
        changes["config"] = config
    return Call("PUT", _dashboard(dashboard_id), _json(changes), repeatable=False)


def delete_dashboard(dashboard_id: str) -> Call[None]:
    """Delete a dashboard. Not repeatable: after one that arrived, a second one is a 404."""
    return Call("DELETE", _dashboard(dashboard_id), repeatable=False)


def publish_dashboard(dashboard_id: str) -> Call[None]:
    """Freeze the draft into the snapshot that customers are served."""
    return Call("POST", f"{_dashboard(dashboard_id)}/publish")


def unpublish_dashboard(dashboard_id: str) -> Call[None]:
    """Take the dashboard's embeds offline."""
    return Call("POST", f"{_dashboard(dashboard_id)}/unpublish")


def create_embed_session(
    tenant_id: str, dashboard_id: str, expires_in: int | None, permissions: Permissions | None
) -> Call[MintedSession]:
    """Mint a token for one tenant and one dashboard. A repeated one is another session, which does no harm."""
    body: JSON = {"tenant_id": tenant_id, "dashboard_id": dashboard_id}
    if expires_in is not None:
        body["expires_in"] = expires_in
    if permissions is not None:
        body["permissions"] = permissions
    return Call("POST", "/v1/embed-sessions", _json(body))


def list_embed_sessions(tenant_id: str | None, limit: int, cursor: str | None) -> Call[EmbedSessionPage]:
    """List one page of live embed sessions."""
    params = _page(limit, cursor)
    return Call("GET", "/v1/embed-sessions", params=params if tenant_id is None else {**params, "tenant_id": tenant_id})


def revoke_embed_session(session_id: str) -> Call[None]:
    """End an embed session before its time."""
    return Call("DELETE", f"/v1/embed-sessions/{quote(session_id, safe='')}")


def revoke_embed_sessions(tenant_id: str | None, all_tenants: bool) -> Call[None]:
    """End every live session of a tenant or, said explicitly, of all of them."""
    if (tenant_id is None) is not all_tenants:
        raise ValueError("revoking sessions needs either tenant_id or all_tenants=True")
    return Call(
        "DELETE", "/v1/embed-sessions", params={"all": "true"} if tenant_id is None else {"tenant_id": tenant_id}
    )


def list_deliveries(
    channel: str | None, source: str | None, source_id: int | None, limit: int, cursor: str | None
) -> Call[DeliveryPage]:
    """List one page of attempts to deliver webhooks and mails."""
    given = {"channel": channel, "source": source, "source_id": source_id}
    chosen = {name: str(value) for name, value in given.items() if value is not None}
    return Call("GET", "/v1/deliveries", params={**chosen, **_page(limit, cursor)})


def redeliver(delivery_id: int) -> Call[Delivery]:
    """Send a webhook's body again. Not repeatable: each call sends it once more."""
    return Call("POST", f"/v1/webhook-deliveries/{delivery_id}/redeliver", repeatable=False)


def rotate_webhook_secret() -> Call[WebhookSecret]:
    """Make a new signing secret. Not repeatable: each call makes another."""
    return Call("POST", "/v1/org/webhook-secret", repeatable=False)


def list_alerts(limit: int, cursor: str | None) -> Call[AlertPage]:
    """List one page of alerts."""
    return Call("GET", "/v1/alerts", params=_page(limit, cursor))


def get_alert(alert_id: int) -> Call[Alert]:
    """Read an alert."""
    return Call("GET", f"/v1/alerts/{alert_id}")


def create_alert(alert: NewAlert) -> Call[Alert]:
    """Make an alert."""
    return Call("POST", "/v1/alerts", _json(alert), repeatable=False)


def replace_alert(alert_id: int, alert: NewAlert) -> Call[Alert]:
    """Replace an alert as a whole; a second time changes nothing."""
    return Call("PUT", f"/v1/alerts/{alert_id}", _json(alert))


def delete_alert(alert_id: int) -> Call[None]:
    """Delete an alert. Not repeatable: after one that arrived, a second one is a 404."""
    return Call("DELETE", f"/v1/alerts/{alert_id}", repeatable=False)


def list_alert_events(alert_id: int, limit: int, cursor: str | None) -> Call[AlertEventPage]:
    """List one page of an alert's history."""
    return Call("GET", f"/v1/alerts/{alert_id}/events", params=_page(limit, cursor))


def preview_alert(alert: NewAlert) -> Call[AlertPreview]:
    """Ask what an alert would have done; nothing is saved."""
    return Call("POST", "/v1/alerts/preview", _json(alert))


def test_alert(alert_id: int) -> Call[AlertTest]:
    """Send test messages. Not repeatable: each call sends them once more."""
    return Call("POST", f"/v1/alerts/{alert_id}/test", repeatable=False)


def list_reports(limit: int, cursor: str | None) -> Call[ReportPage]:
    """List one page of reports."""
    return Call("GET", "/v1/reports", params=_page(limit, cursor))


def get_report(report_id: int) -> Call[Report]:
    """Read a report."""
    return Call("GET", f"/v1/reports/{report_id}")


def create_report(report: NewReport) -> Call[Report]:
    """Make a report."""
    return Call("POST", "/v1/reports", _json(report), repeatable=False)


def replace_report(report_id: int, report: NewReport) -> Call[Report]:
    """Replace a report as a whole; a second time changes nothing."""
    return Call("PUT", f"/v1/reports/{report_id}", _json(report))


def delete_report(report_id: int) -> Call[None]:
    """Delete a report. Not repeatable: after one that arrived, a second one is a 404."""
    return Call("DELETE", f"/v1/reports/{report_id}", repeatable=False)


def run_report(report_id: int) -> Call[StartedRun]:
    """Ask for a run. Not repeatable: each call is another run."""
    return Call("POST", f"/v1/reports/{report_id}/run", repeatable=False)


def list_report_runs(report_id: int, limit: int, cursor: str | None) -> Call[ReportRunPage]:
    """List one page of a report's runs."""
    return Call("GET", f"/v1/reports/{report_id}/runs", params=_page(limit, cursor))


def get_report_run(report_id: int, run_id: int) -> Call[ReportRun]:
    """Read a run."""
    return Call("GET", f"/v1/reports/{report_id}/runs/{run_id}")


def download_report_run(report_id: int, run_id: int) -> Call[bytes]:
    """Download the file of a run."""
    return FileCall("GET", f"/v1/reports/{report_id}/runs/{run_id}/artifact")


def _dashboard(dashboard_id: str) -> str:
    return f"/v1/dashboards/{quote(dashboard_id, safe='')}"


def _json(body: object) -> bytes:
    return json.dumps(body, allow_nan=False, ensure_ascii=False).encode()


def _page(limit: int, cursor: str | None) -> dict[str, str]:
    return {"limit": str(limit), **({"cursor": cursor} if cursor else {})}


def _error_of(response: httpx.Response) -> EmbanAPIError:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):  # A proxy's page, say.
        body = {"error": response.reason_phrase or "no message"}
    return EmbanAPIError(
        response.status_code,
        body,
        retry_after=seconds_of(response.headers.get("retry-after")),
        request_id=response.headers.get("x-request-id"),
    )
