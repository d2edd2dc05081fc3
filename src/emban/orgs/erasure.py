"""Removing events: an org's, an environment's, a tenant's, and those past their retention.

The control plane decides and commits first, the event store follows. What it could not do at once is on record in
`deleted_orgs` and tried again by the sweeper, in whichever process comes first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, or_, select, update

from emban.db import Database, RowContext
from emban.errors import EmbanError
from emban.kit.clock import utcnow
from emban.models import DeletedOrg, Environment, RateLimit
from emban.rollup.eraser import EventEraser

SWEEP_EVERY_S = 60.0
# An INSERT whose process was killed may end after its org did: for this long what is deleted is looked at again.
LOOKED_AT_AGAIN = timedelta(minutes=10)
_SWEEP = RowContext(task="sweep")
log = structlog.get_logger("emban.erasure")


class Erasure:
    """Removes events after their owner's rows are gone, and works off what is left."""

    def __init__(self, database: Database, events: EventEraser) -> None:
        self._database = database
        self._events = events

    async def erase_org(self, org_id: str) -> None:
        """Remove the events of a deleted org now; leaves them to the sweeper where the store does not answer."""
        try:
            await self._events.delete_org(org_id)
        except (EmbanError, OSError, TimeoutError) as error:
            log.warning("erasure.postponed", org_id=org_id, error=type(error).__name__)
            return
        done = update(DeletedOrg).where(DeletedOrg.org_id == org_id).values(events_deleted_at=utcnow())
        async with self._database.session(_SWEEP) as session:
            await session.execute(done)

    async def sweep(self) -> None:
        """Finish the removal of deleted orgs, drop events past their retention and attempts past their window."""
        left = select(DeletedOrg.org_id).where(
            or_(DeletedOrg.events_deleted_at.is_(None), DeletedOrg.deleted_at > utcnow() - LOOKED_AT_AGAIN)
        )
        kept = select(Environment.org_id, Environment.name, Environment.retention_days)
        async with self._database.session(_SWEEP) as session:
            await session.execute(delete(RateLimit).where(RateLimit.expires_at < func.now()))
            orgs = (await session.execute(left)).scalars().all()
            environments = (await session.execute(kept)).all()
        for org_id in orgs:
            await self.erase_org(org_id)
        for org_id, environment, days in environments:
            if days is not None:
                await self._events.delete_before(org_id, environment, _day_before(days))


def _day_before(days: int) -> datetime:
    """Return the start of the UTC day that many days ago: rollups keep whole days, and go with their events."""
    return (utcnow() - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
