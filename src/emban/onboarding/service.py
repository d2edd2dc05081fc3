"""Filling an org with sample events and a dashboard for them. Asking again gives the same answer and adds nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec
from pydantic import BaseModel, Field
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from emban.audit.service import record
from emban.auth.principal import Principal
from emban.dashboards.document import DashboardConfig
from emban.dashboards.service import Dashboards
from emban.db import Database
from emban.ingest.decode import decode
from emban.ingest.schemas import MAX_EVENTS
from emban.ingest.service import Ingest
from emban.kit.clock import utcnow
from emban.kit.ids import new_id
from emban.models import Dashboard, SampleSeed
from emban.onboarding.company import CUSTOMERS
from emban.onboarding.dashboard import NAME, sample_config
from emban.onboarding.sample import Event, Story, sample_events

SAMPLE_EVENTS = 24_000
_AT_ONCE = 6


class SeedOut(BaseModel):
    """What was made, now or by an earlier request."""

    dashboard_id: str
    tenants: list[str] = Field(description="The sample's tenants, the largest first.")
    events: int = Field(description="How many sample events there are.")


class Onboarding:
    """Makes samples of about `events` events."""

    def __init__(
        self, database: Database, ingest: Ingest, dashboards: Dashboards, *, events: int = SAMPLE_EVENTS
    ) -> None:
        self._events = events
        self._database = database
        self._ingest = ingest
        self._dashboards = dashboards

    async def seed(self, caller: Principal) -> SeedOut:
        """Store the sample events of the caller's org and environment and make the dashboard, unless they are there.

        Two requests at once do the same work, and the events' ids keep it from being there twice. Raises 402 where the
        plan has no room for the events.
        """
        seed = await self._begin(caller)
        events = seed.events
        if events is None:
            story = Story(f"{caller.org_id} {caller.environment}", seed.anchor, self._events)
            events = await self._store(caller, story)
        added = await self._add_dashboard(caller, seed.dashboard_id)
        await self._finish(caller, seed, events, dashboard_added=added)
        return SeedOut(dashboard_id=seed.dashboard_id, tenants=[customer.id for customer in CUSTOMERS], events=events)

    async def _begin(self, caller: Principal) -> SampleSeed:
        """Return the one seed of the org and environment, made now if there is none."""
        key = {"org_id": caller.org_id, "environment": caller.environment}
        now = utcnow()
        fresh = {
            **key,
            "anchor": now.replace(second=0, microsecond=0),
            "dashboard_id": new_id("dash"),
            "created_at": now,
        }
        async with self._database.for_org(caller.org_id) as session:
            await session.execute(insert(SampleSeed).values(**fresh).on_conflict_do_nothing())
            return (await session.execute(select(SampleSeed).filter_by(**key))).scalar_one()

    async def _store(self, caller: Principal, story: Story) -> int:
        """Store all events of a story, some batches at a time; returns how many there are."""
        batches = await asyncio.to_thread(lambda: list(bodies(sample_events(story))))
        gate = asyncio.Semaphore(_AT_ONCE)

        async def store(body: bytes) -> int:
            async with gate:
                decoded = await asyncio.to_thread(decode, body, utcnow())
                await self._ingest.store(caller.org_id, caller.environment, decoded, len(body))
                return len(decoded.events)

        return sum(await asyncio.gather(*(store(body) for body in batches)))

    async def _add_dashboard(self, caller: Principal, dashboard_id: str) -> bool:
        """Make the dashboard unless it is there; tells whether it was made."""
        async with self._database.for_org(caller.org_id) as session:
            known = select(Dashboard.id).where(Dashboard.id == dashboard_id, Dashboard.org_id == caller.org_id)
            if (await session.execute(known)).first() is not None:
                return False
        config = DashboardConfig.model_validate(sample_config())
        try:
            await self._dashboards.add(caller, NAME, config, action="dashboard.create", dashboard_id=dashboard_id)
        except IntegrityError:
            return False  # Another request was faster.
        return True

    async def _finish(self, caller: Principal, seed: SampleSeed, events: int, *, dashboard_added: bool) -> None:
        """Remember that all is there; the request that brought it about writes the audit row."""
        done = (
            update(SampleSeed)
            .where(
                SampleSeed.org_id == caller.org_id,
                SampleSeed.environment == caller.environment,
                SampleSeed.completed_at.is_(None),
            )
            .values(events=events, completed_at=utcnow())
            .returning(SampleSeed.org_id)
        )
        async with self._database.for_org(caller.org_id) as session:
            first = (await session.execute(done)).first() is not None
            if not (first or dashboard_added):
                return
            await record(
                session,
                org_id=caller.org_id,
                actor=caller.actor,
                action="onboarding.seed",
                entity_type="dashboard",
                entity_id=seed.dashboard_id,
                metadata={"environment": caller.environment, "events": events, "events_added": first},
                address=caller.address,
            )


def bodies(events: Iterable[Event]) -> Iterator[bytes]:
    """Yield bodies of `POST /v1/events` that together hold the events."""
    waiting = iter(events)
    while batch := list(islice(waiting, MAX_EVENTS)):
        yield msgspec.json.encode({"events": batch})
