"""A worker process: the services of an API process without HTTP, the jobs of the queue, and the chores beside them."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack

import structlog

from emban.app.lifespan import start_shared
from emban.app.wiring import wire, wire_worker
from emban.db.urls import app_url
from emban.jobs.upkeep import UPKEEP_EVERY_S, Upkeep
from emban.jobs.worker import JobWorker
from emban.kit.periodic_task import PeriodicTask
from emban.settings import Settings

log = structlog.get_logger("emban.worker")


def run_worker(settings: Settings, when_ready: Callable[[], None] = lambda: None) -> None:
    """Work until SIGTERM or SIGINT. Raises where a store does not answer at the start, or the queue is lost later."""
    asyncio.run(_run(settings, when_ready))


async def _run(settings: Settings, when_ready: Callable[[], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    wiring = wire(settings)
    services = wire_worker(wiring)
    async with AsyncExitStack() as stack:
        await start_shared(wiring, stack)
        worker = JobWorker(app_url(settings), services.handlers, wiring.jobs.counts)
        await worker.start()
        stack.push_async_callback(worker.stop)
        # First of all stops the clock that makes new jobs, then the jobs end.
        for name, work, every_s in (
            ("job upkeep", Upkeep(worker.library).run, UPKEEP_EVERY_S),
            *services.chores,
        ):
            chore = PeriodicTask(name, work, every_s)
            chore.start()
            stack.push_async_callback(chore.stop, last_run=False)
        when_ready()
        log.info("worker.ready")
        await _until(stopping, worker)


async def _until(stopping: asyncio.Event, worker: JobWorker) -> None:
    """Return when told to stop; raises what a lane ended of."""
    told, lost = asyncio.create_task(stopping.wait()), asyncio.create_task(worker.wait())
    try:
        done, _ = await asyncio.wait((told, lost), return_when=asyncio.FIRST_COMPLETED)
        if lost in done:
            lost.result()
    finally:
        told.cancel()
        lost.cancel()
