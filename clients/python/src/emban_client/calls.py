"""Every call of the API as a value: what to send and where. The sync and the async client both run these."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

MAX_EVENTS = 1_000
RETRIED_STATUSES = frozenset({429, 503})
Event = Mapping[str, Any]
JSON = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One HTTP request. `repeatable` calls may be sent again after a failure without doing their work twice."""

    method: str
    path: str
    body: Any = None
    params: Mapping[str, str] | None = None
    repeatable: bool = True


def event_batches(events: Iterable[Event]) -> Iterator[Call]:
    """Split events into calls of at most 1,000, each event with an `event_id` that all retries share."""
    remaining = iter(events)
    while batch := [_identified(event) for event in islice(remaining, MAX_EVENTS)]:
        yield Call("POST", "/v1/events", {"events": batch})


def _identified(event: Event) -> JSON:
    return {"event_id": uuid.uuid4().hex, **event}


def merge_answers(answers: Sequence[JSON]) -> JSON:
    """Add up the answers of several batches; the indexes of errors count through all of them."""
    total: JSON = {"accepted": 0, "rejected": 0, "duplicates": 0, "errors": [], "status": "ok"}
    for number, answer in enumerate(answers):
        for key in ("accepted", "rejected", "duplicates"):
            total[key] += answer.get(key, 0)
        for error in answer.get("errors", []):
            total["errors"].append({**error, "index": error["index"] + number * MAX_EVENTS})
    if total["rejected"]:
        total["status"] = "partial"
    return total


def query(query: Mapping[str, Any], tenant_id: str | None, all_tenants: bool) -> Call:
    """Run one structured query, for one tenant or, said explicitly, for all of them."""
    if (tenant_id is None) is not all_tenants:
        raise ValueError("a query needs either tenant_id or all_tenants=True")
    who: JSON = {"all_tenants": True} if all_tenants else {"tenant_id": tenant_id}
    return Call("POST", "/v1/query", {"query": dict(query), **who})


def list_dashboards(limit: int, cursor: str | None) -> Call:
    """List one page of dashboards."""
    return Call("GET", "/v1/dashboards", params=_page(limit, cursor))


def get_dashboard(dashboard_id: str) -> Call:
    """Read a dashboard."""
    return Call("GET", f"/v1/dashboards/{dashboard_id}")


def create_dashboard(name: str, config: Mapping[str, Any]) -> Call:
    """Create a draft."""
    return Call("POST", "/v1/dashboards", {"name": name, "config": dict(config)}, repeatable=False)


def publish_dashboard(dashboard_id: str) -> Call:
    """Freeze the draft into the snapshot that customers are served."""
    return Call("POST", f"/v1/dashboards/{dashboard_id}/publish")


def create_embed_session(
    tenant_id: str, dashboard_id: str, expires_in: int | None, permissions: Mapping[str, Any] | None
) -> Call:
    """Mint a token for one tenant and one dashboard."""
    body: JSON = {"tenant_id": tenant_id, "dashboard_id": dashboard_id}
    if expires_in is not None:
        body["expires_in"] = expires_in
    if permissions is not None:
        body["permissions"] = dict(permissions)
    return Call("POST", "/v1/embed-sessions", body)


def list_embed_sessions(limit: int, cursor: str | None) -> Call:
    """List one page of live embed sessions."""
    return Call("GET", "/v1/embed-sessions", params=_page(limit, cursor))


def revoke_embed_session(session_id: str) -> Call:
    """End an embed session before its time."""
    return Call("DELETE", f"/v1/embed-sessions/{session_id}")


def _page(limit: int, cursor: str | None) -> dict[str, str]:
    return {"limit": str(limit), **({"cursor": cursor} if cursor else {})}


def retry_delay(attempt: int, retry_after: str | None) -> float:
    """Return the seconds to wait before a retry: the server's word, else 0.2, 0.4, 0.8 … up to 5."""
    if retry_after is not None:
        try:
            return max(0.0, min(float(retry_after), 60.0))
        except ValueError:
            pass
    return float(min(0.2 * 2**attempt, 5.0))
