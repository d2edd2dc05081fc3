"""The one way in which events are removed: from the tables, while no rollup is added to, and made known everywhere.

Three things belong together. The rows go (`emban.store.erase`). Meanwhile nobody adds to the org's rollups, else a
segment under way would bring some of it back. And every API process is told, so that answers kept in memory end with
the events they were made of; told afterwards, and of what was done in part as well, because an answer that was made
meanwhile has some of the events in it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from emban.db import Database
from emban.rollup.state import RollupStates
from emban.store.erase import StoredRows


class EventEraser:
    """Removes events and their rollups; every call is safe to repeat. Raises `EmbanError` 503 where a store is away."""

    def __init__(self, database: Database, states: RollupStates, rows: StoredRows) -> None:
        self._database = database
        self._states = states
        self._rows = rows

    async def delete_org(self, org_id: str) -> None:
        """Remove every event and rollup of an org."""
        async with self._erasing(org_id):
            await self._rows.delete_org(org_id)

    async def delete_environment(self, org_id: str, environment: str) -> None:
        """Remove every event and rollup of an environment."""
        async with self._erasing(org_id):
            await self._rows.delete_environment(org_id, environment)

    async def delete_tenant(self, org_id: str, environment: str, tenant_id: str) -> None:
        """Remove every event and rollup of a tenant in an environment."""
        async with self._erasing(org_id):
            await self._rows.delete_tenant(org_id, environment, tenant_id)

    async def delete_before(self, org_id: str, environment: str, before: datetime) -> bool:
        """Remove the events of an environment whose timestamp is before an instant; tell whether there were any.

        The sweeper's many calls that find nothing make nobody forget anything.
        """
        async with self._states.alone(org_id):
            erased = await self._rows.delete_before(org_id, environment, before)
        if erased:
            await self._database.tell("events", org_id)
        return erased

    @asynccontextmanager
    async def _erasing(self, org_id: str) -> AsyncIterator[None]:
        try:
            async with self._states.alone(org_id):
                yield
        finally:
            await self._database.tell("events", org_id)
