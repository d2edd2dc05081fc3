"""Removal of events and rollups while nobody adds to the rollups: else a segment under way would bring some back."""

from __future__ import annotations

from datetime import datetime

from emban.rollup.state import RollupStates
from emban.store.erase import Eraser


class QuietEraser:
    """Does what `Eraser` does, once the keeper is done with the org and before it begins anew."""

    def __init__(self, states: RollupStates, eraser: Eraser) -> None:
        self._states = states
        self._eraser = eraser

    async def delete_org(self, org_id: str) -> None:
        """As `Eraser.delete_org`."""
        async with self._states.alone(org_id):
            await self._eraser.delete_org(org_id)

    async def delete_environment(self, org_id: str, environment: str) -> None:
        """As `Eraser.delete_environment`."""
        async with self._states.alone(org_id):
            await self._eraser.delete_environment(org_id, environment)

    async def delete_tenant(self, org_id: str, environment: str, tenant_id: str) -> None:
        """As `Eraser.delete_tenant`."""
        async with self._states.alone(org_id):
            await self._eraser.delete_tenant(org_id, environment, tenant_id)

    async def delete_before(self, org_id: str, environment: str, before: datetime) -> bool:
        """As `Eraser.delete_before`."""
        async with self._states.alone(org_id):
            return await self._eraser.delete_before(org_id, environment, before)
