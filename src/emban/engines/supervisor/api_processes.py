"""The API processes as their supervisor sees them: a template process that has everything imported, and forks them.

    api = ApiProcesses()
    api.spawn()                     # begins to import, which takes longest
    api.orders = Orders(listener=…)  # with the stores' addresses, once these answer
    api.release(); api.wait_ready()

A fork takes milliseconds where a start takes seconds, so an API process that dies is replaced at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, cast

from emban.engines.supervisor.child import EngineStartError, launcher
from emban.engines.supervisor.pipes import LineReader

_MODULE = "emban.cli.api_template"
MAX_ORDERS = 1 << 16
MULTIPROCESS_DIR = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the template needs to know: the socket to serve on, how many forks, what to add to its environment.

    The socket stays open here, so that no connection is refused while processes are replaced. `tls` has the paths of a
    certificate chain and its key.
    """

    listener: socket.socket
    workers: int
    environment: Mapping[str, str]
    tls: tuple[str, str] | None = None


class ApiProcesses:
    """The template and its forks."""

    name = "API"

    def __init__(self) -> None:
        self._channel: socket.socket | None = None
        self._figures: tempfile.TemporaryDirectory[str] | None = None
        self.orders: Orders | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Nothing lies about that would have to be cleared away."""

    def spawn(self) -> None:
        """Start the template; with `orders` known (after a crash, say) it is told at once to go on."""
        self._close()
        # Where API processes put their figures, so that any of them answers /metrics for all; read at import.
        self._figures = tempfile.TemporaryDirectory(prefix="emban-metrics-")
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [*launcher(signal.SIGKILL), sys.executable, "-m", _MODULE, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                env={**os.environ, MULTIPROCESS_DIR: self._figures.name},
                pass_fds=(theirs.fileno(),),
                process_group=0,
            )
        if self.orders is not None:
            self.release()

    def release(self) -> None:
        """Hand the template its `orders`: it migrates the stores and serves."""
        orders, channel = self.orders, self._channel
        if orders is None or channel is None:
            raise RuntimeError("spawn() and orders come first, and once")
        self._channel = None
        message = {"environment": dict(orders.environment), "workers": orders.workers, "tls": orders.tls}
        # A template that is gone already is reported by wait_ready.
        with channel, contextlib.suppress(BrokenPipeError):
            socket.send_fds(channel, [json.dumps(message).encode()], [orders.listener.fileno()])

    def wait_ready(self, timeout: float = 120.0) -> None:
        """Wait until every process serves. Raises `EngineStartError` with what went wrong."""
        process = self._spawned()
        reader = LineReader(cast("IO[bytes]", process.stdout))
        serving, workers = 0, self.orders.workers if self.orders else 0
        while serving < workers:
            message = reader.read(timeout)
            if message is None:
                self.kill()
                raise EngineStartError(f"the API did not start (exit code {process.returncode}); see its log above")
            if "error" in message:
                process.wait()
                raise EngineStartError(message["error"])
            serving += "serving" in message

    def stop(self, timeout: float = 25.0) -> None:
        """Let running requests finish, then end. By force after `timeout` seconds."""
        process = self.process
        if process is not None and self._channel is not None:
            self.kill()  # It still imports, and waits for orders.
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        self._close()

    def kill(self) -> None:
        """End it now; the kernel ends the forks with their template."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def _close(self) -> None:
        """Close what leads to a template that has ended, or is to be forgotten."""
        for end in (self._channel, self.process.stdout if self.process is not None else None):
            if end is not None:
                end.close()
        self._channel = None
        if self._figures is not None:
            self._figures.cleanup()
            self._figures = None

    def _spawned(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise RuntimeError("spawn() comes first")
        return self.process
