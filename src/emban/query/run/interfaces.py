"""What running queries needs of others: the event store, the watermarks, and leave to ask."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from emban.query.run.watermarks import StreamProgress
from emban.scope import Scope
from emban.store.statement import Rows, Statement


class StatementRunner(Protocol):
    """The part of the event store that queries need."""

    async def select(self, scope: Scope, statement: Statement) -> Rows:
        """Run one SELECT within a scope; see `EventStore.select`."""


class WatermarkSource(Protocol):
    """Where the service learns what was acknowledged, and what is rolled up of it."""

    async def progress(self, org_id: str, environment: str) -> StreamProgress:
        """Return both; see `Watermarks.progress`."""


class Admission(Protocol):
    """Who may ask the event store now; see `query.scheduling.scheduler`."""

    def admit(self, scope: Scope) -> AbstractAsyncContextManager[None]:
        """Hold a place while a request's questions are answered. Raises `EmbanError` (429)."""
