"""The more often a child dies the longer its supervisor waits; one that stopped itself is well and is back at once."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys

import pytest

from emban.engines.supervisor import supervisor
from emban.engines.supervisor.api_processes import ApiProcesses
from emban.engines.supervisor.child import EXIT_STOPPED
from emban.engines.supervisor.supervisor import ServePlan, Supervisor


class ShortLived:
    """A child that ends at once with a given code."""

    name = "short-lived"

    def __init__(self, code: int) -> None:
        self.code = code
        self.process: subprocess.Popen[bytes] | None = None
        self.spawned = asyncio.Event()
        self.times = 0

    def prepare(self) -> None: ...

    def spawn(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-IS", "-c", f"raise SystemExit({self.code})"])
        self.times += 1
        self.spawned.set()

    def wait_ready(self) -> None: ...

    def stop(self, timeout: float) -> None: ...


async def lives(code: int, wanted: int, patience_s: float) -> int:
    """Let a supervisor keep a child until it was started so often, or for so long; returns how often it was."""
    child = ShortLived(code)
    with socket.socket() as listener:
        keeper = Supervisor(ServePlan(listener=listener, workers=1, environment={}), ApiProcesses())
        child.spawn()
        keeping = asyncio.create_task(keeper._keep(supervisor._WatchedChild(child)))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while child.times < wanted:
                    child.spawned.clear()
                    await child.spawned.wait()
        keeper._stopping.set()
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        keeper._threads.shutdown()
    if child.process is not None:
        child.process.wait()
    return child.times


async def test_a_child_that_stopped_itself_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_PAUSES", (0.0, 0.0, 3600.0))
    assert await lives(EXIT_STOPPED, wanted=6, patience_s=60) == 6
    assert await lives(1, wanted=6, patience_s=3) < 6
