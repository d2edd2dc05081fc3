"""Taking jobs from the queue and doing them: one `JobWorker` a process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import procrastinate
import structlog
from procrastinate import JobContext, RetryDecision
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy
from procrastinate.worker import Worker
from sqlalchemy import URL

from emban.jobs.kinds import KINDS, LANES, Handler, JobKind
from emban.jobs.run_counts import RunCounts

# What is due without a notification, such as a job whose time has come, is found by asking.
POLL_EVERY_S = 1.0
HEARTBEAT_EVERY_S = 5.0
# A worker that was silent for so long is taken for dead, and its jobs are handed out again (`emban.jobs.upkeep`).
SILENT_FOR_S = 20.0
STOP_S = 20.0
log = structlog.get_logger("emban.jobs")


class JobWorker:
    """Does jobs until it is stopped, each lane with its own slots.

    A claimed job belongs to this worker as long as its heartbeat goes on: it is no promise of a process, but a lease.
    """

    def __init__(self, url: URL, handlers: Mapping[str, Handler], counts: RunCounts) -> None:
        self._handlers = handlers
        self._counts = counts
        self.library = procrastinate.App(connector=_connector(url))
        for kind in KINDS.values():
            self._register(kind)
        self._workers: list[Worker] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open connections and begin. Raises where PostgreSQL does not answer."""
        # Its lines name a job's arguments, at a level that is of no use to an operator.
        logging.getLogger("procrastinate").setLevel("ERROR")
        await self.library.open_async()
        for lane in LANES:
            worker = Worker(
                self.library,
                queues=[lane.name],
                name=lane.name,
                concurrency=lane.slots,
                fetch_job_polling_interval=POLL_EVERY_S,
                shutdown_graceful_timeout=STOP_S,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_EVERY_S,
                stalled_worker_timeout=SILENT_FOR_S,
            )
            self._workers.append(worker)
            self._tasks.append(asyncio.create_task(_run(worker), name=f"jobs {lane.name}"))

    async def wait(self) -> None:
        """Return when any lane has ended; raises what it ended of."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Let running jobs finish; those that take over 20 s are handed back to the queue."""
        for worker in self._workers:
            worker.stop()  # type: ignore[no-untyped-call]
        for outcome in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.warning("jobs.lane_failed", error=type(outcome).__name__)
        await self.library.close_async()

    def _register(self, kind: JobKind) -> None:
        async def run(context: JobContext, /, *, org_id: str, **arguments: Any) -> None:
            handler = self._handlers.get(kind.name)
            if handler is None:
                raise RuntimeError(f"nobody handles {kind.name} in this process")
            await self._do(kind, handler, context.job, org_id, arguments)

        self.library.task(name=kind.name, queue=kind.lane.name, pass_context=True, retry=_Pauses(kind))(run)

    async def _do(self, kind: JobKind, handler: Handler, job: Job, org_id: str, arguments: Mapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(kind.limit_s):
                await handler(org_id, arguments)
        except asyncio.CancelledError:
            self._counts.add(kind.name, "handed_back")
            raise
        except Exception as error:
            last = job.attempts + 1 >= kind.attempts
            self._counts.add(kind.name, "failed" if last else "retried")
            log.exception("job.failed", kind=kind.name, job=job.id, attempt=job.attempts + 1, last=last, org_id=org_id)
            raise error from None
        self._counts.add(kind.name, "succeeded")


class _Pauses(BaseRetryStrategy):
    """Tries a kind's jobs again as `JobKind` says; one that was stopped with its worker at once, and uncounted."""

    def __init__(self, kind: JobKind) -> None:
        self._kind = kind

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, None for never."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        if job.attempts + 1 >= self._kind.attempts:
            return None
        return RetryDecision(retry_in={"seconds": self._kind.pause_s(job.attempts + 1)})


async def _run(worker: Worker) -> None:
    await worker.run()  # type: ignore[no-untyped-call]


def _connector(url: URL) -> procrastinate.PsycopgConnector:
    """Return connections that row level security knows for a worker's."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=4, configure=_as_worker)


async def _as_worker(connection: Any) -> None:
    await connection.execute("SELECT set_config('emban.task', 'jobs', false)")
    await connection.execute("SELECT set_config('application_name', 'emban jobs', false)")
    if not connection.autocommit:
        await connection.commit()
