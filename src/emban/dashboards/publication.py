"""Publishing: freeze the draft into the snapshot that customers are served, take it offline, bring it back."""

from __future__ import annotations

from typing import Any

from emban.auth.principal import Principal
from emban.billing.limits import require_room
from emban.dashboards.document import check_config, read_config
from emban.dashboards.repository import find
from emban.dashboards.scope_proof import prove
from emban.dashboards.service import audit
from emban.db import Database
from emban.errors import conflict
from emban.kit.clock import utcnow
from emban.models import Dashboard
from emban.plans import Limit
from emban.scope import Tenant

# Stands for whichever tenant a session will name.
_ANY_TENANT = Tenant("any")


class Publishing:
    """Changes what customers see. Every change writes its audit row in the same transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def publish(self, caller: Principal, dashboard_id: str) -> None:
        """Freeze the draft and serve it; raises 400 for a draft that cannot be drawn, 402 above the plan's limit."""
        async with self._database.for_org(caller.org_id) as session:
            row = await find(session, caller, dashboard_id, for_update=True)
            checked = check_config(read_config(row.config))
            prove(checked.widgets, caller.scope(_ANY_TENANT), utcnow(), "config.widgets")
            if not row.published:
                await require_room(session, caller.org_id, Limit.PUBLISHED_DASHBOARDS)
            row.snapshot = {"name": row.name, "config": row.config}
            row.snapshot_version = row.version
            row.published, row.published_at = True, utcnow()
            await session.flush()
            await audit(session, caller, "dashboard.publish", row.id, _named(row))

    async def unpublish(self, caller: Principal, dashboard_id: str) -> None:
        """Take the dashboard and its embeds offline; the snapshot stays. Nothing happens to one that is offline."""
        async with self._database.for_org(caller.org_id) as session:
            row = await find(session, caller, dashboard_id, for_update=True)
            if not row.published:
                return
            row.published = False
            await session.flush()
            await audit(session, caller, "dashboard.unpublish", row.id, _named(row))

    async def restore(self, caller: Principal, dashboard_id: str) -> None:
        """Copy the snapshot over the draft, as a new version of it; raises 409 where there is none."""
        async with self._database.for_org(caller.org_id) as session:
            row = await find(session, caller, dashboard_id, for_update=True)
            if row.snapshot is None:
                raise conflict("this dashboard was never published, so there is nothing to restore", "not_published")
            discarded = row.version
            row.name, row.config = row.snapshot["name"], row.snapshot["config"]
            row.version, row.snapshot_version = row.version + 1, row.version + 1
            row.updated_at = utcnow()
            await session.flush()
            metadata = {**_named(row), "discarded_version": discarded}
            await audit(session, caller, "dashboard.restore_published", row.id, metadata)


def _named(row: Dashboard) -> dict[str, Any]:
    return {"name": row.name, "version": row.snapshot_version}
