"""The API processes as their supervisor sees them: a template process that has everything imported, and forks them.

    api = ApiProcesses(listener, workers=2)
    api.spawn()                  # begins to import, which takes longest
    api.orders = environment     # with the stores' addresses, once these answer
    api.release(); api.wait_ready()

A fork takes milliseconds where a start takes seconds, so an API process that dies is replaced at once.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import IO, cast

from emban.engines.child import EngineStartError, launcher
from emban.engines.pipes import LineReader, tell

_MODULE = "emban.cli.api_template"
MULTIPROCESS_DIR = "PROMETHEUS_MULTIPROC_DIR"


class ApiProcesses:
    """The template and its forks, over one listening socket that stays open while they are replaced."""

    name = "API"

    def __init__(self, listener: socket.socket, *, workers: int, tls: tuple[str, str] | None = None) -> None:
        self._listener = listener
        self._workers = workers
        self._tls = tls
        self._released = False
        self._figures: tempfile.TemporaryDirectory[str] | None = None
        self.orders: Mapping[str, str] | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Nothing lies about that would have to be cleared away."""

    def spawn(self) -> None:
        """Start the template; with `orders` known (after a crash, say) it is told at once to go on."""
        self.close_pipes()
        descriptor = self._listener.fileno()
        self._clear_figures()
        # Where API processes put their figures, so that any of them answers /metrics for all; read at import.
        self._figures = tempfile.TemporaryDirectory(prefix="emban-metrics-")
        self._released = False
        self.process = subprocess.Popen(
            [*launcher(signal.SIGKILL), sys.executable, "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(descriptor,),
            env={**os.environ, MULTIPROCESS_DIR: self._figures.name},
            process_group=0,
        )
        if self.orders is not None:
            self.release()

    def release(self) -> None:
        """Tell the template, in `orders`, what to add to its environment; it migrates the stores and serves."""
        process = self._spawned()
        if self.orders is None:
            raise RuntimeError("orders come first")
        if not self._released:
            self._released = True
            message = {
                "environment": dict(self.orders),
                "listener": self._listener.fileno(),
                "workers": self._workers,
                "tls": self._tls,
            }
            tell(cast("IO[bytes]", process.stdin), message)

    def wait_ready(self, timeout: float = 120.0) -> None:
        """Wait until every process serves. Raises `EngineStartError` with what went wrong."""
        process = self._spawned()
        reader = LineReader(cast("IO[bytes]", process.stdout))
        serving = 0
        while serving < self._workers:
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
        if process is not None and not self._released:
            self.kill()  # It still imports, and waits for orders.
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        self.close_pipes()
        self._clear_figures()

    def _clear_figures(self) -> None:
        if self._figures is not None:
            self._figures.cleanup()
            self._figures = None

    def kill(self) -> None:
        """End it now; the kernel ends the forks with their template."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def close_pipes(self) -> None:
        """Close what is left of the pipes to an ended template."""
        for pipe in (self.process.stdin, self.process.stdout) if self.process is not None else ():
            if pipe is not None:
                pipe.close()

    def _spawned(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise RuntimeError("spawn() comes first")
        return self.process
