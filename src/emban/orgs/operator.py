"""What the operator does with orgs, as the tables' owner: the one role that may see all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import RowMapping, text

from emban.auth.principal import Principal, Rank
from emban.billing.limits import lock_org
from emban.billing.service import month_of, set_plan
from emban.db import Database, RowContext
from emban.db.urls import owner_url
from emban.errors import not_found
from emban.kit.clock import utcnow
from emban.orgs.erasure import Erasure
from emban.orgs.service import delete_org
from emban.rollup.eraser import EventEraser
from emban.rollup.state import RollupStates
from emban.settings import Settings
from emban.store.client import EventStore
from emban.store.erase import StoredRows

ACTOR = "operator"
_LIST = text(
    "SELECT o.id, o.name, o.plan, coalesce(u.email, '') AS owner, "
    "(SELECT count(*) FROM memberships m WHERE m.org_id = o.id) AS members, "
    "(SELECT coalesce(sum(d.events), 0) FROM usage_daily d WHERE d.org_id = o.id AND d.day >= :start) AS events, "
    "(SELECT coalesce(sum(d.queries), 0) FROM usage_daily d WHERE d.org_id = o.id AND d.day >= :start) AS queries "
    "FROM orgs o LEFT JOIN memberships w ON w.org_id = o.id AND w.role = 'owner' LEFT JOIN users u ON u.id = w.user_id "
    "ORDER BY o.created_at, o.id"
)


@dataclass(frozen=True, slots=True)
class OrgLine:
    """An org as the operator sees it; meters are this month's."""

    id: str
    name: str
    plan: str
    owner: str
    members: int
    events: int
    queries: int

    def as_dict(self) -> dict[str, Any]:
        """Return the line for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorPrincipal(Principal):
    """The person at the command line."""

    @property
    def actor(self) -> str:
        """How the audit log names the operator."""
        return ACTOR


class Operator:
    """Lists orgs, changes plans, deletes."""

    def __init__(self, database: Database, erasure: Erasure) -> None:
        self._database = database
        self._erasure = erasure

    @classmethod
    @asynccontextmanager
    async def connected(cls, settings: Settings) -> AsyncIterator[Operator]:
        """Connect to both stores for a while."""
        database, store = Database(owner_url(settings), pool_size=1), EventStore(settings)
        try:
            yield cls(database, Erasure(database, EventEraser(database, RollupStates(database), StoredRows(store))))
        finally:
            await store.close()
            await database.close()

    async def orgs(self) -> list[OrgLine]:
        """Return every org, the oldest first."""
        start, _ = month_of(utcnow())
        async with self._database.session(RowContext()) as session:
            rows = (await session.execute(_LIST, {"start": start.date()})).mappings().all()
        return [_line(row) for row in rows]

    async def find(self, name: str) -> OrgLine:
        """Return the org with that id, or the only one whose owner has that email; raises 404."""
        wanted = name.strip().lower()
        found = [line for line in await self.orgs() if wanted in {line.id, line.owner}]
        if len(found) != 1:
            raise not_found(f"one org with the id or the owner {name!r}")
        return found[0]

    async def set_plan(self, org_id: str, plan: str) -> str:
        """Put the org on a plan; returns the one before."""
        async with self._database.for_org(org_id) as session:
            return await set_plan(session, org_id, plan, actor=ACTOR)

    async def delete(self, org_id: str) -> None:
        """Delete the org in both stores."""
        async with self._database.for_org(org_id) as session:
            org = await lock_org(session, org_id)
            caller = OperatorPrincipal(org_id=org_id, environment="prod", rank=Rank.OWNER, plan=org.plan)
            await delete_org(session, caller, org.name)
        await self._erasure.erase_org(org_id)


def _line(row: RowMapping) -> OrgLine:
    return OrgLine(**{**row, "events": int(row["events"]), "queries": int(row["queries"])})
