"""A child that draws, as its parent sees it: started when it is needed, killed when a render exceeds its limits."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emban.engines.supervisor import launch
from emban.engines.supervisor.child import launcher
from emban.errors import EmbanError
from emban.render.frames import FILE, READY, REQUEST, pack, receive

START_S = 30.0
# What the child calls a picture that would have too many pixels.
TOO_LARGE = "PictureTooLargeError"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderLimits:
    """What one render may take, and how many there are at a time in this process."""

    seconds: float = 20.0
    memory_bytes: int = 512 << 20
    at_once: int = 2
    # A child that nobody needed for so long gives its memory back.
    idle_s: float = 300.0


class RenderFailedError(Exception):
    """A file could not be made; the text is of the log, and says nothing of what was drawn."""


class RenderLimitError(RenderFailedError):
    """A render took longer than it may, or ended its process, as one does that needs more memory than it may have."""


class RenderWorker:
    """One child, or none: `draw` starts it. One render at a time."""

    def __init__(self, limits: RenderLimits, fonts: Sequence[Path]) -> None:
        self._limits = limits
        self._fonts = fonts
        self._process: asyncio.subprocess.Process | None = None
        self._idle: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id; None where there is none that lives."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def draw(self, order: dict[str, Any], document: bytes) -> bytes:
        """Return the file of an order. Raises `RenderFailedError` and `RenderLimitError`; the next render is as any."""
        if self._idle is not None:
            self._idle.cancel()
        try:
            process = await self._running()
            async with asyncio.timeout(self._limits.seconds):
                made = await self._asked(process, json.dumps(order).encode() + b"\n" + document)
        except TimeoutError:
            await self.stop()
            raise RenderLimitError(f"took over {self._limits.seconds:g} s") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            code = await self.stop()
            raise RenderLimitError(f"the child ended with {code}") from None
        except asyncio.CancelledError:
            await self.stop()  # It is still drawing, for nobody.
            raise
        self._idle = asyncio.get_running_loop().call_later(self._limits.idle_s, self._kill)
        return made

    async def stop(self) -> int | None:
        """End the child, if there is one; returns its exit code."""
        self._kill()
        process, self._process = self._process, None
        return None if process is None else await process.wait()

    def _kill(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None:
            if self._process.returncode is None:
                return self._process
            await self.stop()
        orders = {"memory_bytes": self._limits.memory_bytes, "fonts": [str(path) for path in self._fonts]}
        identity = ["--identity", launch.PLAIN if os.geteuid() else launch.STRIPPED]
        self._process = await asyncio.create_subprocess_exec(
            *launcher(signal.SIGKILL, identity),
            *(sys.executable, "-P", "-m", "emban.render.child", json.dumps(orders)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            start_new_session=True,  # uvloop knows no process groups; a Ctrl C of the terminal is the parent's.
        )
        try:
            async with asyncio.timeout(START_S):
                answer = await receive(_stdout(self._process))
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            raise RenderFailedError(f"the child did not start; it ended with {await self.stop()}") from None
        if answer.kind != READY:
            raise RenderFailedError("the child does not say that it is ready")
        return self._process

    async def _asked(self, process: asyncio.subprocess.Process, content: bytes) -> bytes:
        if process.stdin is None:
            raise ConnectionError("the child has no standard input")
        process.stdin.write(pack(REQUEST, content))
        await process.stdin.drain()
        answer = await receive(_stdout(process))
        if answer.kind != FILE:
            reason = answer.content.decode(errors="replace")
            raise RenderLimitError(reason) if reason == TOO_LARGE else RenderFailedError(reason)
        return answer.content


def _stdout(process: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if process.stdout is None:
        raise ConnectionError("the child has no standard output")
    return process.stdout


def _environment() -> dict[str, str]:
    """Return the child's whole environment: nothing secret, nothing of the user's."""
    code = os.pathsep.join(sorted({str(_root_of(name)) for name in ("emban", "typst", "py_mini_racer", "msgspec")}))
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONPATH": code}


def _root_of(package: str) -> Path:
    """Return the directory that a package is imported from."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbanError("render_failed", f"the package {package} is missing on the server")
    return Path(spec.origin).parents[1]
