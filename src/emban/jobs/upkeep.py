"""What keeps the queue itself well: jobs of dead workers are handed out again, failed ones go after a week."""

from __future__ import annotations

from contextlib import suppress

import procrastinate
import structlog
from procrastinate.exceptions import ConnectorException

from emban.jobs.worker import SILENT_FOR_S

UPKEEP_EVERY_S = 10.0
FAILED_KEPT_HOURS = 24 * 7
log = structlog.get_logger("emban.jobs")


class Upkeep:
    """Runs in every worker; what two of them do at once does no harm."""

    def __init__(self, library: procrastinate.App) -> None:
        self._jobs = library.job_manager

    async def run(self) -> None:
        """Hand out again what silent workers had claimed, and remove failed jobs that nobody will look at any more."""
        for job in await self._jobs.get_stalled_jobs(seconds_since_heartbeat=SILENT_FOR_S):
            with suppress(ConnectorException):  # Another worker was first.
                await self._jobs.retry_job(job)
                log.warning("job.taken_up_again", kind=job.task_name, job=job.id)
        await self._jobs.prune_stalled_workers(SILENT_FOR_S)
        await self._jobs.delete_old_jobs(
            nb_hours=FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )
