"""Adding jobs, in the transaction of whoever causes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from emban.errors import unavailable
from emban.jobs.kinds import JobKind

# More than so many waiting jobs of an org all count alike.
MOST_COUNTED = 1000
_WAITING = text(
    "SELECT count(*) FROM (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = :lane "
    "AND args ->> 'org_id' = :org_id LIMIT :most) AS waiting"
)
# The library's own check of it (`queueing_lock`) ends the transaction, and would hold back the job of a killed worker
# for as long as another one waits.
_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended('job:' || :unique, 0))")
_WAITS = text("SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND lock = :unique)")
_LATER = text("SELECT clock_timestamp() + make_interval(secs => :wait_s)")


class JobQueue:
    """The queue as those see it who add to it. Fair over orgs: each waiting job of an org puts its next one back."""

    def __init__(self) -> None:
        # Never opened: every job goes over its session's own connection.
        self._library = procrastinate.App(connector=procrastinate.PsycopgConnector())

    async def enqueue(
        self,
        session: AsyncSession,
        kind: JobKind,
        org_id: str,
        arguments: Mapping[str, Any],
        *,
        wait_s: float = 0.0,
        unique: str | None = None,
    ) -> bool:
        """Add a job to the session's transaction, due in `wait_s` seconds by PostgreSQL's clock.

        The session must be the org's. Of jobs with the same `unique` one waits at a time, and one runs at a time;
        returns False where one waits already. Raises `EmbanError` (503) where PostgreSQL does not answer.
        """
        if unique is not None and await _waits(session, unique):
            return False
        waiting = {"lane": kind.lane.name, "org_id": org_id, "most": MOST_COUNTED}
        ahead = (await session.execute(_WAITING, waiting)).scalar_one()
        due = (await session.execute(_LATER, {"wait_s": wait_s})).scalar_one() if wait_s > 0 else None
        connection = await (await session.connection()).get_raw_connection()
        driver = cast("psycopg.AsyncConnection[Any]", connection.driver_connection)
        job = self._library.configure_task(
            kind.name,
            allow_unknown=True,
            queue=kind.lane.name,
            priority=-ahead,
            lock=unique,
            schedule_at=due,
            connection=driver,
        )
        try:
            await job.defer_async(org_id=org_id, **arguments)
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.OperationalError | psycopg.InterfaceError):
                raise unavailable("the control plane's database does not answer at the moment") from error
            raise
        return True


async def _waits(session: AsyncSession, unique: str) -> bool:
    """Tell whether a job with this name waits; nobody else adds one before this transaction has ended."""
    await session.execute(_HOLD, {"unique": unique})
    return bool((await session.execute(_WAITS, {"unique": unique})).scalar_one())
