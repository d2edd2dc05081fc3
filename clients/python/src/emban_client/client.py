"""The synchronous client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, TypeVar

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
    EmbedSession,
    EmbedSessionPage,
    Event,
    EventsAnswer,
    MintedSession,
    Permissions,
    Query,
    QueryAnswer,
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
