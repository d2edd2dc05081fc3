"""Embed sessions: minted for one tenant and one published dashboard, listed while they live, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Delete, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record, record_by
from emban.auth.embed_keys import EmbedKeys
from emban.auth.embed_tokens import EmbedClaims, EmbedTokens
from emban.auth.principal import Principal
from emban.dashboards.document import DashboardConfig, read_config
from emban.dashboards.repository import find
from emban.dashboards.scope_proof import prove
from emban.db import Database
from emban.db.paging import fetch_page
from emban.embed.permissions import Permissions
from emban.embed.schemas import MintBody, MintedOut, MintedSessionOut, MintedSessionPage
from emban.errors import FieldError, conflict, invalid, not_found
from emban.kit.clock import utcnow
from emban.kit.ids import new_id
from emban.models import Dashboard, EmbedSession
from emban.plans import Feature, require_feature
from emban.scope import Scope, Tenant

# A day longer than a session can live; the audit log keeps what was minted.
FORGOTTEN_AFTER = timedelta(days=2)
FORGOTTEN_AT_ONCE = 20


class EmbedSessions:
    """Mints, lists and revokes the sessions of the caller's org and environment."""

    def __init__(self, database: Database, tokens: EmbedTokens, keys: EmbedKeys) -> None:
        self._database = database
        self._tokens = tokens
        self._keys = keys

    async def mint(self, caller: Principal, body: MintBody, base_url: str) -> MintedOut:
        """Return a session and its token.

        Raises 400 for permissions that are malformed or that the dashboard's queries cannot carry, 402 for any below
        the growth plan, 404 for an unknown dashboard, 409 for one that is not published.
        """
        permissions = body.permissions.parsed()
        if not permissions.are_defaults:
            require_feature(caller.plan, Feature.EMBED_PERMISSIONS)
        await self._keys.refresh()
        # Whole seconds, as the token has them.
        now = utcnow().replace(microsecond=0)
        row = EmbedSession(
            id=new_id("es"),
            org_id=caller.org_id,
            environment=caller.environment,
            tenant_id=body.tenant_id,
            dashboard_id=body.dashboard_id,
            permissions=permissions.stored(),
            created_by=caller.actor,
            created_at=now,
            expires_at=now + timedelta(seconds=body.expires_in),
            revoked_at=None,
        )
        async with self._database.for_org(caller.org_id) as session:
            dashboard = await find(session, caller, body.dashboard_id)
            config = _published_config(dashboard)
            check_against(config, permissions)
            scope = Scope(caller.org_id, caller.environment, Tenant(body.tenant_id), permissions.locks)
            prove(config.widgets, scope, now, "permissions.locked_filters")
            await session.execute(_forgetting(caller.org_id, now))
            session.add(row)
            await session.flush()
            await _audit(session, caller, "embed_session.create", row)
        token = self._tokens.mint(_claims(row, permissions, now))
        address = f"{base_url}/embed/{row.dashboard_id}?token={token}"
        return MintedOut(id=row.id, token=token, embed_url=address, expires_at=row.expires_at)

    async def list(self, caller: Principal, limit: int, cursor: str | None, tenant_id: str | None) -> MintedSessionPage:
        """Return a page of the sessions that a browser could use now, newest first."""
        conditions = [*_own(caller), *_live()]
        if tenant_id is not None:
            conditions.append(EmbedSession.tenant_id == tenant_id)
        query = select(EmbedSession).where(*conditions)
        async with self._database.for_org(caller.org_id) as session:
            rows, next_cursor = await fetch_page(
                session, query, EmbedSession.created_at, EmbedSession.id, limit, cursor
            )
        return MintedSessionPage(items=[_shown(row[0]) for row in rows], next_cursor=next_cursor)

    async def revoke(self, caller: Principal, session_id: str) -> None:
        """Refuse the session from now on; nothing happens to one that is revoked already. Raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            query = select(EmbedSession).where(EmbedSession.id == session_id, *_own(caller)).with_for_update()
            row = (await session.execute(query)).scalar_one_or_none()
            if row is None:
                raise not_found("embed session")
            if row.revoked_at is None:
                row.revoked_at = utcnow()
                await session.flush()
                await _audit(session, caller, "embed_session.revoke", row)

    async def revoke_all(self, caller: Principal, tenant_id: str | None) -> None:
        """Refuse every live session of a tenant, or with None every one of the org, in the caller's environment."""
        conditions = [*_own(caller), *_live()]
        if tenant_id is not None:
            conditions.append(EmbedSession.tenant_id == tenant_id)
        ending = update(EmbedSession).where(*conditions).values(revoked_at=utcnow())
        async with self._database.for_org(caller.org_id) as session:
            ended = await session.execute(ending.execution_options(synchronize_session=False))
            whose = ("org", caller.org_id) if tenant_id is None else ("tenant", tenant_id)
            metadata = {"environment": caller.environment, "sessions": getattr(ended, "rowcount", 0)}
            await record_by(session, caller, "embed_session.revoke", *whose, metadata)


def check_against(config: DashboardConfig, permissions: Permissions) -> None:
    """Raise 400 naming each hidden widget that the published dashboard does not have."""
    known = {widget.id for widget in config.widgets}
    unknown = [
        FieldError(f"permissions.hidden_widgets[{index}]", f"the published dashboard has no widget {widget_id!r}")
        for index, widget_id in enumerate(permissions.hidden_widgets)
        if widget_id not in known
    ]
    if unknown:
        raise invalid(*unknown)


def _published_config(dashboard: Dashboard) -> DashboardConfig:
    if not dashboard.published or dashboard.snapshot is None:
        raise conflict("this dashboard is not published; publish it first", "not_published")
    return read_config(dashboard.snapshot["config"])


def _claims(row: EmbedSession, permissions: Permissions, now: datetime) -> EmbedClaims:
    return EmbedClaims(
        session_id=row.id,
        org_id=row.org_id,
        environment=row.environment,
        tenant_id=row.tenant_id,
        dashboard_id=row.dashboard_id,
        issued_at=now,
        expires_at=row.expires_at,
        permissions=permissions.public(),
    )


def _forgetting(org_id: str, now: datetime) -> Delete:
    """Return what removes some sessions that ended a day ago or more: each mint more of them than it makes."""
    old = (
        select(EmbedSession.id)
        .where(EmbedSession.org_id == org_id, EmbedSession.created_at < now - FORGOTTEN_AFTER)
        .order_by(EmbedSession.created_at)
        .limit(FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return delete(EmbedSession).where(EmbedSession.org_id == org_id, EmbedSession.id.in_(old))


def _own(caller: Principal) -> list[ColumnElement[bool]]:
    return [EmbedSession.org_id == caller.org_id, EmbedSession.environment == caller.environment]


def _live() -> list[ColumnElement[bool]]:
    return [EmbedSession.revoked_at.is_(None), EmbedSession.expires_at > utcnow()]


def _shown(row: EmbedSession) -> MintedSessionOut:
    return MintedSessionOut(
        id=row.id,
        tenant_id=row.tenant_id,
        dashboard_id=row.dashboard_id,
        environment=row.environment,
        permissions=row.permissions,
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


async def _audit(session: AsyncSession, caller: Principal, action: str, row: EmbedSession) -> None:
    await record(
        session,
        org_id=caller.org_id,
        actor=caller.actor,
        action=action,
        entity_type="embed_session",
        entity_id=row.id,
        metadata={
            "environment": row.environment,
            "tenant_id": row.tenant_id,
            "dashboard_id": row.dashboard_id,
            "permissions": row.permissions,
            "expires_at": row.expires_at.isoformat(),
        },
        address=caller.address,
    )
