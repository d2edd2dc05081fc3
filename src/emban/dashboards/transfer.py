"""Dashboards taken elsewhere: copied, also into another environment of the org, and moved to one."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from emban.auth.principal import KeyPrincipal, Principal
from emban.dashboards.document import check_config, read_config
from emban.dashboards.repository import find
from emban.dashboards.schemas import MAX_DASHBOARD_NAME, DashboardOut, DuplicateBody, MoveBody
from emban.dashboards.service import audit, insert_draft, refuse_theme, shown, widget_ids
from emban.db import Database
from emban.errors import conflict, forbidden, invalid_field, not_found
from emban.kit.clock import utcnow
from emban.models import EmbedSession, Environment

_COPY_OF = "Copy of "


class DashboardTransfer:
    """Copies and moves dashboards of the caller's org and environment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def duplicate(self, caller: Principal, dashboard_id: str, body: DuplicateBody) -> DashboardOut:
        """Make a draft of a dashboard's draft, its widgets with the ids that they have; its history begins anew.

        Raises 404 for the dashboard and for the environment, 402 for a theme that the plan does not include, 403 for a
        key that is confined to another environment.
        """
        there = _in_environment(caller, body.environment)
        async with self._database.for_org(caller.org_id) as session:
            source = await find(session, caller, dashboard_id)
            await _hold_environment(session, there)
            checked = check_config(read_config(source.config))
            refuse_theme(there, checked, None)
            name = body.name or f"{_COPY_OF}{source.name}"[:MAX_DASHBOARD_NAME].rstrip()
            row = await insert_draft(session, there, name, checked, action="dashboard.duplicate")
            metadata = {"name": name, "from": source.id, "widgets": widget_ids(row.config)}
            await audit(session, there, "dashboard.duplicate", row.id, metadata)
        return shown(row, there)

    async def move(self, caller: Principal, dashboard_id: str, body: MoveBody) -> DashboardOut:
        """Take an unpublished dashboard to another environment, with its snapshot and its history.

        Its embed sessions end: they were for customers of the environment that it leaves. Raises 404 as `duplicate`
        does, 409 while it is published, 400 for the environment that it is in.
        """
        there = _in_environment(caller, body.environment)
        async with self._database.for_org(caller.org_id) as session:
            row = await find(session, caller, dashboard_id, for_update=True)
            await _hold_environment(session, there)
            if there.environment == row.environment:
                raise invalid_field("environment", "is the one that the dashboard is in")
            if row.published:
                raise conflict("unpublish the dashboard first; its embeds go offline with that", "dashboard_published")
            row.environment, row.updated_at = there.environment, utcnow()
            live = (EmbedSession.org_id == row.org_id, EmbedSession.dashboard_id == row.id)
            ended = update(EmbedSession).where(*live, EmbedSession.revoked_at.is_(None)).values(revoked_at=utcnow())
            await session.execute(ended.execution_options(synchronize_session=False))
            await session.flush()
            metadata = {"name": row.name, "version": row.version, "moved_to": there.environment}
            await audit(session, caller, "dashboard.move", row.id, metadata)
        return shown(row, there)


def _in_environment(caller: Principal, environment: str | None) -> Principal:
    """Return the caller as one who acts in an environment; raises 403 for a key that may not leave its own."""
    if environment is None or environment == caller.environment:
        return caller
    if isinstance(caller, KeyPrincipal) and caller.environment_only:
        raise forbidden(f"this key is confined to the environment {caller.environment}", "key_confined")
    return replace(caller, environment=environment)


async def _hold_environment(session: AsyncSession, there: Principal) -> None:
    """Keep the environment from being deleted until the transaction ends; raises 404."""
    query = select(Environment.name).where(Environment.org_id == there.org_id, Environment.name == there.environment)
    if (await session.execute(query.with_for_update(read=True, key_share=True))).scalar_one_or_none() is None:
        raise not_found("environment")
