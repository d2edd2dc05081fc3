"""The asynchronous client: the same calls, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from types import TracebackType
from typing import Any, TypeVar

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
    EmbedSession,
    EmbedSessionPage,
    Event,
    EventsAnswer,
    MintedSession,
    Permissions,
    Query,
    QueryAnswer,
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
