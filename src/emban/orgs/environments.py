"""Environments beyond prod and dev."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.db import Database
from emban.db.paging import fetch_page
from emban.errors import conflict, not_found
from emban.kit.clock import utcnow
from emban.models import (
    Alert,
    ApiKey,
    Dashboard,
    Environment,
    IngestRefusal,
    OutboundMessage,
    Report,
    SampleSeed,
    SavedQuery,
    Widget,
)
from emban.orgs.schemas import EnvironmentBody, EnvironmentOut, EnvironmentPage, EnvironmentPatch
from emban.rollup.eraser import EventEraser

LASTING = frozenset({"prod", "dev"})
# What people made: an environment that still holds any of it is not deleted.
USERS = (ApiKey, Dashboard, Widget, SavedQuery, Alert, Report)
# What is left of its use, which goes with it; the attempts at a message go with the message.
TRACES = (SampleSeed, OutboundMessage, IngestRefusal)


class Environments:
    """Reads and changes the environments of the caller's org."""

    def __init__(self, database: Database, eraser: EventEraser) -> None:
        self._database = database
        self._eraser = eraser

    async def page(self, caller: Principal, limit: int, cursor: str | None) -> EnvironmentPage:
        query = select(Environment).where(Environment.org_id == caller.org_id)
        async with self._database.for_org(caller.org_id) as session:
            rows, following = await fetch_page(session, query, Environment.created_at, Environment.name, limit, cursor)
        return EnvironmentPage(items=[_environment(row[0]) for row in rows], next_cursor=following)

    async def add(self, caller: Principal, body: EnvironmentBody) -> EnvironmentOut:
        """Make an environment; raises 409 where the name is taken."""
        row = Environment(org_id=caller.org_id, name=body.name, retention_days=body.retention_days, created_at=utcnow())
        try:
            async with self._database.for_org(caller.org_id) as session:
                session.add(row)
                metadata = {"retention_days": body.retention_days}
                await record_by(session, caller, "environment.create", "environment", body.name, metadata)
        except IntegrityError as error:
            raise conflict("the org has an environment of this name", "environment_exists") from error
        return _environment(row)

    async def change(self, caller: Principal, name: str, body: EnvironmentPatch) -> EnvironmentOut:
        """Set how long events are kept; what is past it goes within the hour."""
        async with self._database.for_org(caller.org_id) as session:
            row = await _locked_environment(session, caller, name)
            metadata = {"before": row.retention_days, "after": body.retention_days}
            row.retention_days = body.retention_days
            await record_by(session, caller, "environment.update", "environment", name, metadata)
            return _environment(row)

    async def delete(self, caller: Principal, name: str) -> None:
        """Delete an environment that nothing of a person's is left in, with its events.

        The events go first, while the row is locked: where the event store does not answer (503) the environment
        stays, and a new one of the same name can never find events of the old one.
        """
        async with self._database.for_org(caller.org_id) as session:
            row = await _locked_environment(session, caller, name)
            if name in LASTING:
                raise conflict(f"every org has the environment {name}", "environment_in_use")
            if (await session.execute(select(or_(*(_left(model, caller, name) for model in USERS))))).scalar_one():
                raise conflict(
                    "delete the environment's API keys, dashboards, widgets, saved queries, alerts and reports first",
                    "environment_in_use",
                )
            await self._eraser.delete_environment(caller.org_id, name)
            for model in TRACES:
                own = (model.org_id == caller.org_id, model.environment == name)
                await session.execute(delete(model).where(*own))
            await session.delete(row)
            await record_by(session, caller, "environment.delete", "environment", name)


def _left(
    model: type[ApiKey | Dashboard | Widget | SavedQuery | Alert | Report], caller: Principal, name: str
) -> ColumnElement[bool]:
    return exists().where(model.org_id == caller.org_id, model.environment == name)


async def _locked_environment(session: AsyncSession, caller: Principal, name: str) -> Environment:
    query = select(Environment).where(Environment.org_id == caller.org_id, Environment.name == name)
    row = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if row is None:
        raise not_found("environment")
    return row


def _environment(row: Environment) -> EnvironmentOut:
    return EnvironmentOut(name=row.name, retention_days=row.retention_days, created_at=row.created_at)
