"""Whether an embed may be served right now, and what: asked of the database in one round trip, and remembered.

A verified token proves what was true when it was minted. That the session was not revoked since, that the dashboard
still exists and is published, what the session's locks are: those are read here. The answer is remembered until
something of the org changes, which `db.change_listener` tells within seconds or makes nobody remember anything.
Refusals are not remembered. Snapshots are remembered by themselves, as one of them never changes under its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cachetools import LRUCache
from pydantic import ValidationError
from sqlalchemy import RowMapping, select, text

from emban.auth.principal import EmbedPrincipal
from emban.dashboards.document import DashboardConfig, read_config
from emban.db import Database
from emban.db.change_cache import ChangeCache
from emban.db.change_listener import ChangeListener
from emban.embed.permissions import Permissions, from_document
from emban.errors import EmbanError, forbidden, not_found, unauthorized
from emban.models import Dashboard

SNAPSHOTS_KEPT = 500
SESSIONS_KEPT = 10_000
# What tokens of older versions say nothing of: they fit a session that has the default, and no other.
_UNTOLD = {"allow_export": True}
_FIND = text("SELECT * FROM emban_open_embed(:org_id, :environment, :dashboard_id, :session_id)")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published dashboard: its name and config, frozen at one publish."""

    name: str
    config: DashboardConfig


@dataclass(frozen=True, slots=True)
class LiveEmbed:
    """What one request of an embed works with."""

    principal: EmbedPrincipal
    permissions: Permissions
    snapshot: Snapshot
    plan: str


@dataclass(frozen=True, slots=True)
class _Session:
    """What the database knows of a session and its dashboard; `public` is the part of the permissions in its token."""

    tenant_id: str
    permissions: Permissions
    public: dict[str, Any]
    snapshot: Snapshot
    plan: str


class LiveEmbeds:
    """Opens embeds for verified tokens. One per API process."""

    def __init__(self, database: Database, changes: ChangeListener) -> None:
        self._database = database
        self._sessions = ChangeCache[_Session](changes, "embeds", SESSIONS_KEPT)
        self._snapshots: LRUCache[tuple[str, str, datetime], Snapshot] = LRUCache(SNAPSHOTS_KEPT)

    async def open(self, principal: EmbedPrincipal) -> LiveEmbed:
        """Return what the token's holder may see now.

        Raises 404 for a dashboard that is gone, 401 for a revoked session, 403 while the dashboard is unpublished.
        """
        key = (principal.environment, principal.dashboard_id, principal.session_id)
        session = await self._sessions.get(principal.org_id, key, lambda: self._find(principal))
        # Org, environment and dashboard are what the row was found by.
        if session.tenant_id != principal.tenant_id or session.public != {**_UNTOLD, **principal.permissions}:
            raise unauthorized("the embed token is not valid: it does not fit its session", "token_invalid")
        return LiveEmbed(principal, session.permissions, session.snapshot, session.plan)

    async def _find(self, principal: EmbedPrincipal) -> _Session:
        """Look the session and its dashboard up; raises as `open` does."""
        row = await self._database.call(
            _FIND,
            {
                "org_id": principal.org_id,
                "environment": principal.environment,
                "dashboard_id": principal.dashboard_id,
                "session_id": principal.session_id,
            },
        )
        if row is None or not row["known"]:
            raise not_found("dashboard")
        permissions = _session_permissions(row)
        if not row["published"]:
            raise _unpublished()
        snapshot = await self._snapshot(principal, row["published_at"])
        return _Session(row["tenant_id"], permissions, permissions.public(), snapshot, row["plan"])

    async def _snapshot(self, principal: EmbedPrincipal, published_at: datetime) -> Snapshot:
        key = (principal.org_id, principal.dashboard_id, published_at)
        known = self._snapshots.get(key)
        if known is not None:
            return known
        wanted = select(Dashboard.snapshot).where(
            Dashboard.id == principal.dashboard_id,
            Dashboard.org_id == principal.org_id,
            Dashboard.published.is_(True),
            Dashboard.published_at == published_at,
        )
        async with self._database.for_org(principal.org_id) as session:
            document = (await session.execute(wanted)).scalar_one_or_none()
        if document is None:  # Unpublished or published anew between the two look-ups.
            raise _unpublished()
        snapshot = Snapshot(document["name"], read_config(document["config"]))
        self._snapshots[key] = snapshot
        return snapshot


def _session_permissions(row: RowMapping) -> Permissions:
    """Return the session's permissions; raises 401 for one that is unknown or revoked."""
    if not row["session_known"]:
        raise unauthorized("the embed token is not valid: its session is unknown", "token_invalid")
    if row["revoked"]:
        raise unauthorized("the embed session was revoked; ask for a new one", "token_revoked")
    try:
        return from_document(row["permissions"])
    except (ValidationError, EmbanError) as error:
        raise unauthorized("the embed session's permissions are of another version", "token_invalid") from error


def _unpublished() -> EmbanError:
    return forbidden("this dashboard is not published at the moment", "dashboard_unpublished")
