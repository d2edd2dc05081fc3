"""An org with events, for ad-hoc SQL over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from emban.store.client import EventStore
from tests.support.control import TestOrg, make_org, service
from tests.support.events import insert_events
from tests.support.reference import Event

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
async def analyst_org(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org with 30 events in prod and 10 in dev."""
    org = await make_org(app)
    for environment, count in (("prod", 30), ("dev", 10)):
        events = [
            Event(
                tenant=f"t{number % 3}",
                name="login",
                at=AT + timedelta(hours=number),
                user=f"u{number % 4}",
                strings={"plan": "pro"},
                numbers={"amount": number * 0.5},
                ingested=AT + timedelta(days=3),
            )
            for number in range(count)
        ]
        await insert_events(service(app, EventStore), org.id, events, environment)
    yield org
    await org.close()
