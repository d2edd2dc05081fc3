"""Queries through the real engine, as of a watermark that the test sets."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from emban.query.answer.answers import encode
from emban.query.plan.coverage import RollupCoverage
from emban.query.run.watermarks import StreamProgress
from emban.query.service import QueryService
from emban.query.spec.validation import read_query
from emban.scope import ALL_TENANTS, Lock, Scope, Tenant
from emban.settings import Settings
from emban.store.client import EventStore
from tests.support.events import insert_events
from tests.support.reference import Event

NOW = datetime(2026, 11, 10, 13, 37, 0, 250_000, tzinfo=UTC)
LATEST = datetime(2099, 1, 1, tzinfo=UTC)
_orgs = itertools.count(1)


@dataclass(slots=True)
class FixedWatermark:
    """A watermark that the test decides."""

    at: datetime | None = LATEST
    rolled: RollupCoverage | None = None

    async def progress(self, org_id: str, environment: str) -> StreamProgress:
        return StreamProgress(self.at, self.rolled)


@dataclass(slots=True)
class Asker:
    """One org's events, and questions about them."""

    store: EventStore
    org_id: str
    watermark: FixedWatermark = field(default_factory=FixedWatermark)

    async def insert(self, events: Iterable[Event], environment: str = "prod") -> None:
        await insert_events(self.store, self.org_id, events, environment)

    def scope(self, tenant: str | None = None, locks: tuple[Lock, ...] = (), environment: str = "prod") -> Scope:
        return Scope(self.org_id, environment, ALL_TENANTS if tenant is None else Tenant(tenant), locks)

    async def __call__(
        self,
        query: Mapping[str, Any],
        tenant: str | None = None,
        *,
        now: datetime = NOW,
        as_of: datetime | None = None,
        scope: Scope | None = None,
    ) -> dict[str, Any]:
        """Return the answer as a client reads it; raises the query's own error."""
        service = QueryService(self.store, self.watermark)
        spec = read_query(query)
        answered = await service.run(scope or self.scope(tenant), [spec], now=now, as_of=as_of)
        (answer,) = answered.answers
        if isinstance(answer, Exception):
            raise answer
        decoded: dict[str, Any] = msgspec.json.decode(encode(answer))
        return decoded


@pytest.fixture(scope="session")
async def store(settings: Settings) -> AsyncIterator[EventStore]:
    """The event store of the session's engines."""
    opened = EventStore(settings)
    yield opened
    await opened.close()


def fresh_asker(store: EventStore) -> Asker:
    """Return an org that no other test has, without events."""
    return Asker(store, f"org_query{next(_orgs)}")


@pytest.fixture
def asker(store: EventStore) -> Asker:
    """An org of the test's own, without events."""
    return fresh_asker(store)
