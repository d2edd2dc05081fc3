"""The asynchronous client: the same calls, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

import httpx

from emban_client import calls
from emban_client.calls import JSON, Call, Event
from emban_client.client import DEFAULT_RETRIES, DEFAULT_TIMEOUT_S, read_answer
from emban_client.errors import EmbanConnectionError


class AsyncEmban:
    """One server and one API key, for asyncio. Use it as an async context manager, or await `close()`."""

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

    async def send_events(self, events: Iterable[Event]) -> JSON:
        """Send any number of events, in batches of 1,000; returns accepted, rejected, duplicates, errors, status."""
        return calls.merge_answers([await self._run(call) for call in calls.event_batches(events)])

    async def query(self, query: Mapping[str, Any], *, tenant_id: str | None = None, all_tenants: bool = False) -> JSON:
        """Run one structured query for a tenant, or explicitly for all; returns `points` (or `rows`) and `meta`."""
        return await self._run(calls.query(query, tenant_id, all_tenants))

    async def list_dashboards(self, *, limit: int = 50, cursor: str | None = None) -> JSON:
        """Return one page: `items` and `next_cursor`."""
        return await self._run(calls.list_dashboards(limit, cursor))

    async def get_dashboard(self, dashboard_id: str) -> JSON:
        """Return a dashboard with its config."""
        return await self._run(calls.get_dashboard(dashboard_id))

    async def create_dashboard(self, name: str, config: Mapping[str, Any]) -> JSON:
        """Create a draft; not retried after a timeout, because a second one would be made."""
        return await self._run(calls.create_dashboard(name, config))

    async def publish_dashboard(self, dashboard_id: str) -> None:
        """Publish the draft as it is."""
        await self._run(calls.publish_dashboard(dashboard_id))

    async def create_embed_session(
        self,
        *,
        tenant_id: str,
        dashboard_id: str,
        expires_in: int | None = None,
        permissions: Mapping[str, Any] | None = None,
    ) -> JSON:
        """Mint an embed session; returns `id`, `token`, `embed_url` and `expires_at`."""
        return await self._run(calls.create_embed_session(tenant_id, dashboard_id, expires_in, permissions))

    async def list_embed_sessions(self, *, limit: int = 50, cursor: str | None = None) -> JSON:
        """Return one page of live sessions: `items` and `next_cursor`."""
        return await self._run(calls.list_embed_sessions(limit, cursor))

    async def revoke_embed_session(self, session_id: str) -> None:
        """End a session; its token is refused within 5 seconds."""
        await self._run(calls.revoke_embed_session(session_id))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> AsyncEmban:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _run(self, call: Call) -> JSON:
        retries = self._retries if call.repeatable else 0
        for attempt in range(retries + 1):
            try:
                response = await self._http.request(call.method, call.path, json=call.body, params=call.params)
            except httpx.TransportError as error:
                if attempt == retries:
                    raise EmbanConnectionError(str(error) or type(error).__name__) from error
                await asyncio.sleep(calls.retry_delay(attempt, None))
                continue
            if response.status_code in calls.RETRIED_STATUSES and attempt < retries:
                await asyncio.sleep(calls.retry_delay(attempt, response.headers.get("retry-after")))
                continue
            return read_answer(response)
        raise AssertionError("the last attempt returns or raises")
