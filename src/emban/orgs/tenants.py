"""A tenant's data, removed at the org's request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, delete, select

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.db import Database
from emban.models import Report, ReportArtifact, ReportRun
from emban.rollup.eraser import EventEraser


class Tenants:
    """Removes data of tenants of the caller's org."""

    def __init__(self, database: Database, eraser: EventEraser) -> None:
        self._database = database
        self._eraser = eraser

    async def delete_data(self, caller: Principal, tenant_id: str) -> None:
        """Remove every event and rollup of a tenant in the caller's environment, and files of reports about it alone.

        Safe to repeat. Files that hold the figures of all tenants stay until their time is over.

        The events go first: the audit row then says what was done, not what was meant.
        """
        await self._eraser.delete_tenant(caller.org_id, caller.environment, tenant_id)
        async with self._database.for_org(caller.org_id) as session:
            files = delete(ReportArtifact).where(
                ReportArtifact.org_id == caller.org_id, ReportArtifact.run_id.in_(_runs_about(caller, tenant_id))
            )
            await session.execute(files.execution_options(synchronize_session=False))
            metadata = {"tenant_id": tenant_id, "environment": caller.environment}
            await record_by(session, caller, "tenant.delete_data", "tenant", tenant_id, metadata)


def _runs_about(caller: Principal, tenant_id: str) -> Select[*tuple[Any, ...]]:
    return (
        select(ReportRun.id)
        .join(Report, Report.id == ReportRun.report_id)
        .where(ReportRun.org_id == caller.org_id, Report.environment == caller.environment)
        .where(Report.tenant_id == tenant_id)
    )
