"""What the embedded engines have in common, as their supervisor sees them."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from emban.engines.supervisor import launch

LOOPBACK = "127.0.0.1"
# A child that ended itself because of what it was asked to do: it is well, and is brought back at once.
EXIT_STOPPED = 70
# Below the range from which Linux takes the ports of outgoing connections, which would else occupy a kept port.
_PORTS = range(20_000, 32_000)


class EngineStartError(Exception):
    """An embedded engine did not start; the text says why. `final` where another attempt cannot help."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


class Supervised(Protocol):
    """A child process that is brought back after a crash, by `prepare`, `spawn` and `wait_ready`.

    `spawn` must be called from a thread that lives as long as the child should: the kernel ends the child with it.
    `prepare` and `wait_ready` may block, and may run in other threads.
    """

    name: str
    process: subprocess.Popen[bytes] | None

    def prepare(self) -> None:
        """Bring what lies on disk into a state to start from."""

    def spawn(self) -> None:
        """Start the process."""

    def wait_ready(self) -> None:
        """Wait until it serves. Raises `EngineStartError`."""

    def stop(self, timeout: float) -> None:
        """End it cleanly, by force after `timeout` seconds."""


class EngineChild(Supervised, Protocol):
    """An embedded store. Its address stays the same over restarts."""

    @property
    def url(self) -> str:
        """The address for clients, with credentials; valid after `prepare`."""


def start(child: EngineChild) -> None:
    """Prepare, spawn and wait, in this thread."""
    child.prepare()
    child.spawn()
    child.wait_ready()


def launcher(death_signal: signal.Signals, identity: Sequence[str] = ("--identity", launch.PLAIN)) -> list[str]:
    """Return the beginning of a command line whose program the kernel signals when this process dies.

    The program is tied to its parent within the first milliseconds, before it has read its own code.
    """
    script = [sys.executable, "-IS", launch.__file__, "--parent", str(os.getpid())]
    return [*script, "--death-signal", str(int(death_signal)), *identity, "--"]


def free_port(wanted: int | None = None) -> int:
    """Return a loopback port nobody listens on: the wanted one if possible."""
    candidates = [wanted] if wanted else []
    for port in [*candidates, *random.sample(_PORTS, 50), 0]:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EngineStartError("no free port on 127.0.0.1")


def processes_in(directory: Path, name: str) -> list[int]:
    """Return the ids of processes of this program name whose working directory is `directory`.

    Processes of other users that may not be looked at are left out.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            same = (entry / "comm").read_text().strip() == name and (entry / "cwd").samefile(directory)
        except OSError:
            continue
        if same:
            found.append(int(entry.name))
    return found


def end_processes(directory: Path, name: str, signals: tuple[tuple[signal.Signals, float], ...]) -> bool:
    """Send each signal in turn to what `processes_in` finds, waiting the seconds beside it. True if any was there."""
    if not (leftovers := processes_in(directory, name)):
        return False
    for number, seconds in signals:
        for pid in leftovers:
            _signal(pid, number)
        deadline = time.monotonic() + seconds
        while (leftovers := processes_in(directory, name)) and time.monotonic() < deadline:
            time.sleep(0.02)
        if not leftovers:
            break
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
