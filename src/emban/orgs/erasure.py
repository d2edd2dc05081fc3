"""Removing events: an org's, an environment's, a tenant's, and those past their retention.

The control plane decides and commits first, the event store follows. What it could not do at once is on record in
`deleted_orgs` and tried again by the sweeper, in whichever process comes first.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import delete, func, select, update

from emban.db import Database, RowContext
from emban.errors import EmbanError
from emban.kit.clock import utcnow
from emban.models import DeletedOrg, Environment, RateLimit

SWEEP_EVERY_S = 60.0
_SWEEP = RowContext(task="sweep")
log = structlog.get_logger("emban.erasure")


class EventEraser(Protocol):
    """What erasing needs of the event store; each call is safe to repeat."""

    async def delete_org(self, org_id: str) -> None:
        """Remove every event and rollup of an org."""

    async def delete_environment(self, org_id: str, environment: str) -> None:
        """Remove every event and rollup of an environment."""

    async def delete_tenant(self, org_id: str, environment: str, tenant_id: str) -> None:
        """Remove every event and rollup of a tenant in an environment."""

    async def delete_before(self, org_id: str, environment: str, before: datetime) -> None:
        """Remove the events of an environment whose timestamp is before an instant."""


class Erasure:
    """Removes events after their owner's rows are gone, and works off what is left."""

    def __init__(self, database: Database, events: EventEraser) -> None:
        self._database = database
        self.events = events

    async def erase_org(self, org_id: str) -> None:
        """Remove the events of a deleted org now; leaves them to the sweeper where the store does not answer."""
        try:
            await self.events.delete_org(org_id)
        except (EmbanError, OSError, TimeoutError) as error:
            log.warning("erasure.postponed", org_id=org_id, error=type(error).__name__)
            return
        done = update(DeletedOrg).where(DeletedOrg.org_id == org_id).values(events_deleted_at=utcnow())
        async with self._database.session(_SWEEP) as session:
            await session.execute(done)

    async def sweep(self) -> None:
        """Finish the removal of deleted orgs, drop events past their retention and attempts past their window."""
        left = select(DeletedOrg.org_id).where(DeletedOrg.events_deleted_at.is_(None))
        kept = select(Environment.org_id, Environment.name, Environment.retention_days)
        async with self._database.session(_SWEEP) as session:
            await session.execute(delete(RateLimit).where(RateLimit.expires_at < func.now()))
            orgs = (await session.execute(left)).scalars().all()
            environments = (await session.execute(kept)).all()
        for org_id in orgs:
            await self.erase_org(org_id)
        for org_id, environment, days in environments:
            if days is not None:
                await self.events.delete_before(org_id, environment, utcnow() - timedelta(days=days))
