"""What tests of reports start from: a report of a published dashboard, runs made by a worker's own services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from sqlalchemy import text

from emban.app.wiring.reports import ReportWork, wire_report_work
from emban.db import Database, RowContext
from emban.delivery.outbox import Outbox
from emban.jobs.kinds import RUN_REPORT
from emban.jobs.queue import JobQueue
from emban.query.run.interfaces import StatementRunner
from emban.query.scheduling.scheduler import QueryScheduler
from emban.render.renderer import Renderer
from emban.reports.claims import ReportClock
from emban.settings import Settings
from tests.support.control import TestOrg, service

# A public address that nobody answers at (RFC 5737 is reserved, which webhooks may not be sent to).
HOOK = "https://8.8.8.8:9999/hook?key=secret"


def body_of(dashboard_id: str, /, **more: Any) -> dict[str, Any]:
    """Return the body of a report that is mailed every day at nine."""
    return {
        "name": "Daily usage",
        "dashboard_id": dashboard_id,
        "schedule_kind": "daily",
        "hour": 9,
        "format": "csv",
        "email_to": ["ada@acme.example"],
        **more,
    }


async def make_report(org: TestOrg, dashboard_id: str, /, **more: Any) -> dict[str, Any]:
    """Make a report; returns the answer."""
    made = await org["admin_key"].post("/v1/reports", json=body_of(dashboard_id, **more))
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


@dataclass(slots=True)
class ReportBench:
    """A worker's services beside an app, driven by hand."""

    app: FastAPI
    work: ReportWork
    clock: ReportClock

    @classmethod
    def of(cls, app: FastAPI, settings: Settings, store: StatementRunner | None = None) -> ReportBench:
        """Make them for a running app, whose way to the event store they take unless there is another."""
        database, queue = service(app, Database), service(app, JobQueue)
        outbox, renderer = Outbox(settings, queue), service(app, Renderer)
        store = store or service(app, QueryScheduler)
        work = wire_report_work(settings, database, queue, outbox, store=store, renderer=renderer)
        return cls(app, work, ReportClock(database, queue))

    async def make(self, org_id: str, run_id: int) -> None:
        """Make a run as its job does."""
        await self.work.handlers[RUN_REPORT.name](org_id, {"run_id": run_id})

    async def make_due(self, org_id: str, report_id: int, at: datetime) -> None:
        """Let a report be due since an instant, as if nobody had looked since."""
        async with service(self.app, Database).for_org(org_id) as session:
            await session.execute(
                text("UPDATE reports SET next_run_at = :at WHERE id = :id"), {"at": at, "id": report_id}
            )

    async def rows(self, org_id: str, table: str) -> list[dict[str, Any]]:
        """Return an org's rows of a table, in the order of their ids."""
        async with service(self.app, Database).for_org(org_id) as session:
            found = await session.execute(
                text(f"SELECT * FROM {table} WHERE org_id = :org ORDER BY 1"), {"org": org_id}
            )
            return [dict(row) for row in found.mappings()]

    async def jobs(self, org_id: str) -> list[dict[str, Any]]:
        """Return an org's jobs."""
        async with service(self.app, Database).session(RowContext(org_id=org_id)) as session:
            query = text("SELECT * FROM procrastinate_jobs WHERE args ->> 'org_id' = :org ORDER BY id")
            return [dict(row) for row in (await session.execute(query, {"org": org_id})).mappings()]


async def runs_of(org: TestOrg, report_id: int) -> list[dict[str, Any]]:
    """Return a report's runs, the newest first."""
    answer = await org["admin_key"].get(f"/v1/reports/{report_id}/runs")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def started(org: TestOrg, report_id: int) -> int:
    """Ask for a run; returns its id."""
    answer = await org["admin_key"].post(f"/v1/reports/{report_id}/run")
    assert answer.status_code == 202, answer.text
    return int(answer.json()["run_id"])
