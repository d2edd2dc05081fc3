"""The synchronous client."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

import httpx

from emban_client import calls
from emban_client.calls import JSON, Call, Event
from emban_client.errors import EmbanAPIError, EmbanConnectionError

DEFAULT_TIMEOUT_S = 10.0
DEFAULT_RETRIES = 3


class Emban:
    """One server and one API key. Use it as a context manager, or call `close()`.

    Every method raises `EmbanAPIError` for an answer that is an error and `EmbanConnectionError` for no answer.
    """

    def __init__(
        self, url: str, *, api_key: str, timeout: float = DEFAULT_TIMEOUT_S, retries: int = DEFAULT_RETRIES
    ) -> None:
        self._retries = retries
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=timeout,
            follow_redirects=False,
        )

    def send_events(self, events: Iterable[Event]) -> JSON:
        """Send any number of events, in batches of 1,000; returns accepted, rejected, duplicates, errors, status."""
        return calls.merge_answers([self._run(call) for call in calls.event_batches(events)])

    def query(self, query: Mapping[str, Any], *, tenant_id: str | None = None, all_tenants: bool = False) -> JSON:
        """Run one structured query for a tenant, or explicitly for all; returns `points` (or `rows`) and `meta`."""
        return self._run(calls.query(query, tenant_id, all_tenants))

    def list_dashboards(self, *, limit: int = 50, cursor: str | None = None) -> JSON:
        """Return one page: `items` and `next_cursor`."""
        return self._run(calls.list_dashboards(limit, cursor))

    def get_dashboard(self, dashboard_id: str) -> JSON:
        """Return a dashboard with its config."""
        return self._run(calls.get_dashboard(dashboard_id))

    def create_dashboard(self, name: str, config: Mapping[str, Any]) -> JSON:
        """Create a draft; not retried after a timeout, because a second one would be made."""
        return self._run(calls.create_dashboard(name, config))

    def publish_dashboard(self, dashboard_id: str) -> None:
        """Publish the draft as it is."""
        self._run(calls.publish_dashboard(dashboard_id))

    def create_embed_session(
        self,
        *,
        tenant_id: str,
        dashboard_id: str,
        expires_in: int | None = None,
        permissions: Mapping[str, Any] | None = None,
    ) -> JSON:
        """Mint an embed session; returns `id`, `token`, `embed_url` and `expires_at`."""
        return self._run(calls.create_embed_session(tenant_id, dashboard_id, expires_in, permissions))

    def list_embed_sessions(self, *, limit: int = 50, cursor: str | None = None) -> JSON:
        """Return one page of live sessions: `items` and `next_cursor`."""
        return self._run(calls.list_embed_sessions(limit, cursor))

    def revoke_embed_session(self, session_id: str) -> None:
        """End a session; its token is refused within 5 seconds."""
        self._run(calls.revoke_embed_session(session_id))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Emban:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, call: Call) -> JSON:
        retries = self._retries if call.repeatable else 0
        for attempt in range(retries + 1):
            try:
                response = self._http.request(call.method, call.path, json=call.body, params=call.params)
            except httpx.TransportError as error:
                if attempt == retries:
                    raise EmbanConnectionError(str(error) or type(error).__name__) from error
                time.sleep(calls.retry_delay(attempt, None))
                continue
            if response.status_code in calls.RETRIED_STATUSES and attempt < retries:
                time.sleep(calls.retry_delay(attempt, response.headers.get("retry-after")))
                continue
            return read_answer(response)
        raise AssertionError("the last attempt returns or raises")


def read_answer(response: httpx.Response) -> JSON:
    """Return the JSON body of a success ({} for none); raises `EmbanAPIError` for anything else."""
    if response.is_success:
        return dict(response.json()) if response.content else {}
    try:
        body = response.json()
    except ValueError:
        body = {}
    raise EmbanAPIError(response.status_code, body if isinstance(body, dict) else {})
