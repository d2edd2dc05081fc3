"""The clock of alerts: which orgs have some that are due, and a job for each of them."""

from __future__ import annotations

from sqlalchemy import func, select

from emban.db import Database, RowContext
from emban.jobs.kinds import EVALUATE_ALERTS
from emban.jobs.queue import JobQueue
from emban.models import Alert

LOOK_EVERY_S = 1.0


class AlertClock:
    """Runs in every worker: an org has one job waiting and one running at most, however many clocks there are."""

    def __init__(self, database: Database, queue: JobQueue) -> None:
        self._database = database
        self._queue = queue

    async def tick(self) -> None:
        """Enqueue a job for each org with alerts that are due by PostgreSQL's clock."""
        due = select(Alert.org_id).where(Alert.enabled, Alert.next_evaluation_at <= func.now()).distinct()
        async with self._database.session(RowContext(task="due")) as session:
            orgs = (await session.execute(due)).scalars().all()
        for org_id in orgs:
            async with self._database.for_org(org_id) as session:
                await self._queue.enqueue(session, EVALUATE_ALERTS, org_id, {}, unique=f"alerts of {org_id}")
