"""How the queue does: for /metrics and the doctor."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from emban.db import Database, RowContext
from emban.jobs.worker import SILENT_FOR_S

_JOBS = text(
    "SELECT task_name AS kind, "
    "count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()) AS due, "
    "count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()) AS scheduled, "
    "count(*) FILTER (WHERE status = 'doing') AS running, count(*) FILTER (WHERE status = 'failed') AS failed "
    "FROM procrastinate_jobs GROUP BY task_name ORDER BY task_name"
)
# A job that is due has waited since it was added, or since the time it was meant for.
_OLDEST = text(
    "SELECT coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))), 0)::double precision "
    "FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred' "
    "WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()"
)
_WORKERS = text(
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :silent_s)"
)
_RUNS = text("SELECT kind, outcome, runs FROM job_runs ORDER BY kind, outcome")
_BEHIND = text(
    "SELECT coalesce(extract(epoch FROM now() - min(next_evaluation_at)), 0)::double precision AS alerts, "
    "(SELECT coalesce(extract(epoch FROM now() - min(next_run_at)), 0)::double precision FROM reports) AS reports "
    "FROM alerts"
)


@dataclass(frozen=True, slots=True)
class KindStatus:
    """Jobs of one kind by state; `scheduled` are those whose time has not come."""

    kind: str
    due: int
    scheduled: int
    running: int
    failed: int


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """The queue at one moment.

    `oldest_due_s` is how long the oldest due job has waited. `lanes` counts the lanes of live workers, of which each
    worker has a few. `alerts_behind_s` and `reports_behind_s` tell how late the next evaluation and run are.
    """

    kinds: tuple[KindStatus, ...]
    oldest_due_s: float
    lanes: int
    runs: tuple[tuple[str, str, int], ...]
    alerts_behind_s: float
    reports_behind_s: float


class QueueWatch:
    """Reads the queue's status, of all orgs together and naming none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> QueueStatus:
        """Return the status now. Raises `EmbanError` (503) where PostgreSQL does not answer."""
        async with self._database.session(RowContext(task="jobs")) as session:
            kinds = (await session.execute(_JOBS)).all()
            oldest = (await session.execute(_OLDEST)).scalar_one()
            lanes = (await session.execute(_WORKERS, {"silent_s": SILENT_FOR_S})).scalar_one()
            runs = (await session.execute(_RUNS)).all()
        async with self._database.session(RowContext(task="due")) as session:
            behind = (await session.execute(_BEHIND)).one()
        return QueueStatus(
            kinds=tuple(KindStatus(row.kind, row.due, row.scheduled, row.running, row.failed) for row in kinds),
            oldest_due_s=max(0.0, oldest),
            lanes=lanes,
            runs=tuple((row.kind, row.outcome, row.runs) for row in runs),
            alerts_behind_s=max(0.0, behind.alerts),
            reports_behind_s=max(0.0, behind.reports),
        )
