"""Whether an embed may be served right now, and what: asked of the database at each request, in one round trip.

A verified token proves what was true when it was minted. That the session was not revoked since, that the dashboard
still exists and is published, what the session's locks are: those are read here. Only snapshots are remembered, and
one of them never changes under its key.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import RowMapping, select, text

from emban.auth.principal import EmbedPrincipal
from emban.dashboards.config import DashboardConfig, read_config
from emban.db import Database
from emban.embed.permissions import Permissions, from_document
from emban.errors import EmbanError, forbidden, not_found, unauthorized
from emban.models import Dashboard

SNAPSHOTS_KEPT = 500
_FIND = text("SELECT * FROM emban_find_embed(:org_id, :environment, :dashboard_id, :session_id)")


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


class LiveEmbeds:
    """Opens embeds for verified tokens. One per API process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._snapshots: OrderedDict[tuple[str, str, datetime], Snapshot] = OrderedDict()

    async def open(self, principal: EmbedPrincipal) -> LiveEmbed:
        """Return what the token's holder may see now.

        Raises 404 for a dashboard that is gone, 401 for a revoked session, 403 while the dashboard is unpublished.
        """
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
        permissions = _session_permissions(row, principal)
        if not row["published"]:
            raise _unpublished()
        snapshot = await self._snapshot(principal, row["published_at"])
        return LiveEmbed(principal, permissions, snapshot, row["plan"])

    async def _snapshot(self, principal: EmbedPrincipal, published_at: datetime) -> Snapshot:
        key = (principal.org_id, principal.dashboard_id, published_at)
        known = self._snapshots.get(key)
        if known is not None:
            self._snapshots.move_to_end(key)
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
        while len(self._snapshots) > SNAPSHOTS_KEPT:
            self._snapshots.popitem(last=False)
        return snapshot


def _session_permissions(row: RowMapping, principal: EmbedPrincipal) -> Permissions:
    """Return the session's permissions; the token's copy of their public part must say the same."""
    if not row["session_known"]:
        raise unauthorized("the embed token is not valid: its session is unknown", "token_invalid")
    if row["revoked"]:
        raise unauthorized("the embed session was revoked; ask for a new one", "token_revoked")
    try:
        permissions = from_document(row["permissions"])
    except (ValidationError, EmbanError) as error:
        raise unauthorized("the embed session's permissions are of another version", "token_invalid") from error
    if permissions.public() != principal.permissions:
        raise unauthorized("the embed token is not valid: it does not fit its session", "token_invalid")
    return permissions


def _unpublished() -> EmbanError:
    return forbidden("this dashboard is not published at the moment", "dashboard_unpublished")
