"""`emban serve`: start the stores and the API processes, keep them alive, end them in order.

The supervisor imports little and does little, so that nothing in it can fail. Its children end with it: the kernel
sends them a signal when it dies, whatever it dies of.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import structlog

from emban.engines.clickhouse.child import ClickHouseChild
from emban.engines.data_dir import publish_addresses
from emban.engines.postgres.child import PostgresChild
from emban.engines.supervisor.api_processes import ApiProcesses, Orders
from emban.engines.supervisor.child import EXIT_STOPPED, EngineChild, EngineStartError, Supervised
from emban.engines.supervisor.restart_backoff import RestartBackoff

# Seconds before the n-th attempt to bring back a child that dies again soon after its start.
_PAUSES = (0.0, 0.0, 0.5, 2.0, 5.0, 15.0, 30.0)
_ENGINE_STOP_S = 25.0
_API_STOP_S = 25.0

T = TypeVar("T")
log = structlog.get_logger("emban.supervisor")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServePlan:
    """What to run. An engine that is None is somewhere else; `environment` then has its address already.

    `data_dir` is where the addresses of the embedded engines are published, None where there is none.
    """

    listener: socket.socket
    workers: int
    environment: Mapping[str, str]
    postgres: PostgresChild | None = None
    clickhouse: ClickHouseChild | None = None
    data_dir: Path | None = None
    tls: tuple[str, str] | None = None


@dataclass(slots=True)
class _WatchedChild:
    child: Supervised
    started_at: float = 0.0
    backoff: RestartBackoff = field(default_factory=lambda: RestartBackoff(_PAUSES))


class Supervisor:
    """Runs one `ServePlan` until SIGTERM or SIGINT. The template of `api` may have been spawned before."""

    def __init__(self, plan: ServePlan, api: ApiProcesses) -> None:
        self._plan = plan
        self._api = api
        self._engines: list[EngineChild] = [engine for engine in (plan.postgres, plan.clickhouse) if engine is not None]
        self._stopping = asyncio.Event()
        # Waiting for processes blocks threads, one for each child and one for each start.
        self._threads = ThreadPoolExecutor(max_workers=12, thread_name_prefix="wait")

    async def run(self, when_ready: Callable[[], None]) -> None:
        """Start everything, call `when_ready`, and return when it was told to stop and everything has ended.

        Raises `EngineStartError` if a first start fails; what had started is ended then.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._interrupted)
        try:
            if await self._unless_stopped(self._start()):
                when_ready()
                await self._unless_stopped(self._keep_all())
        finally:
            self._stopping.set()
            await self._stop()

    def _interrupted(self) -> None:
        if self._stopping.is_set():
            log.warning("serve.impatient", text="ending at once")
            self._api.kill()
        self._stopping.set()

    async def _unless_stopped(self, work: Awaitable[None]) -> bool:
        """Return True when the work is done, False as soon as somebody wants us to stop."""
        task = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if task.done():
            task.result()
            return True
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, EngineStartError):
            await task
        return False

    async def _start(self) -> None:
        if self._api.process is None:
            self._api.spawn()  # Its imports take longest; the engines start meanwhile.
        await asyncio.gather(*(self._bring_up(engine) for engine in self._engines))
        environment = dict(self._plan.environment)
        if self._plan.postgres is not None:
            environment["EMBAN_DATABASE_URL"] = self._plan.postgres.url
        if self._plan.clickhouse is not None:
            environment["EMBAN_CLICKHOUSE_URL"] = self._plan.clickhouse.url
        if self._plan.data_dir is not None:
            publish_addresses(self._plan.data_dir, environment)
        self._api.orders = Orders(
            listener=self._plan.listener, workers=self._plan.workers, environment=environment, tls=self._plan.tls
        )
        self._api.release()
        await self._blocking(self._api.wait_ready)

    async def _bring_up(self, child: Supervised) -> None:
        await self._blocking(child.prepare)
        if not self._stopping.is_set():
            child.spawn()  # From this thread, as it lives longest.
            await self._blocking(child.wait_ready)

    async def _keep_all(self) -> None:
        children: list[Supervised] = [*self._engines, self._api]
        await asyncio.gather(*(self._keep(_WatchedChild(child, time.monotonic())) for child in children))

    async def _keep(self, kept: _WatchedChild) -> None:
        """Bring a child back each time it ends."""
        while True:
            process = kept.child.process
            code = await self._blocking(process.wait) if process is not None else None
            if self._stopping.is_set():
                return
            lived = time.monotonic() - kept.started_at
            if code == EXIT_STOPPED:
                log.warning("child.stopped_itself", child=kept.child.name, lived_s=round(lived, 1))
                kept.backoff.reset()
            else:
                log.warning("child.died", child=kept.child.name, exit_code=code, lived_s=round(lived, 1))
                kept.backoff.note_death(lived)
            await self._bring_back(kept)

    async def _bring_back(self, kept: _WatchedChild) -> None:
        died_at = time.monotonic()
        while True:
            await asyncio.sleep(kept.backoff.pause_s)
            try:
                await self._bring_up(kept.child)
            except EngineStartError as error:
                pause = kept.backoff.note_failed_start(weight=2 if error.final else 1)
                failure = {"child": kept.child.name, "reason": str(error), "next_attempt_in_s": pause}
                log.error("child.start_failed", **failure)  # noqa: TRY400  # the reason says it all
                continue
            kept.started_at = time.monotonic()
            log.info("child.restarted", child=kept.child.name, after_s=round(kept.started_at - died_at, 2))
            return

    async def _stop(self) -> None:
        await self._blocking(functools.partial(self._api.stop, _API_STOP_S))
        stops = (functools.partial(engine.stop, _ENGINE_STOP_S) for engine in self._engines)
        await asyncio.gather(*(self._blocking(stop) for stop in stops))
        self._threads.shutdown(wait=False)

    async def _blocking(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)
