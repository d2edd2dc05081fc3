"""A coroutine run again and again in the background of a process, and once more when the process ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger("emban.ticker")


class PeriodicTask:
    """Runs `work` every `every_s` seconds. A failure is logged and tried again at the next turn."""

    def __init__(self, name: str, work: Callable[[], Awaitable[None]], every_s: float) -> None:
        self._name, self._work, self._every_s = name, work, every_s
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    def start(self) -> None:
        """Begin; the first run is one interval from now."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self, *, last_run: bool = True) -> None:
        """End; runs the work once more unless told not to, so that nothing noted in memory is lost.

        A run under way is waited for, never cut: cut in the middle, nobody knew what of it was done.
        """
        self._stopping.set()
        if self._task is not None:
            await self._task
        if last_run:
            await self._once()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every_s)
            if not self._stopping.is_set():
                await self._once()

    async def _once(self) -> None:
        try:
            await self._work()
        except Exception as error:  # noqa: BLE001 - the next turn tries again, whatever it was
            log.warning("ticker.failed", ticker=self._name, error=type(error).__name__, reason=str(error))
