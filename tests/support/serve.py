"""A real `emban serve` in a process of its own, for tests that kill things."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

from emban.engines.supervisor.child import free_port

READY_S = 90.0


class Serve:
    """One run of `emban serve`, as the leader of a process group of its own. Its output goes to `log`."""

    def __init__(
        self,
        data_dir: Path,
        *,
        command: str = "serve",
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = data_dir.with_suffix(".log")
        self._command = [*EMBAN, command, "--port", str(self.port), "--data-dir", str(data_dir), *arguments]
        # Open, as tests make several orgs in one server.
        self._environment = {**clean_environment(), "EMBAN_REGISTRATION": "open", **(environment or {})}
        self.process = self._spawn()

    def restart(self) -> None:
        """Start again, on the same port and data, once the last run has ended."""
        self.process.wait()
        self.process = self._spawn()

    def wait_ready(self, timeout: float = READY_S) -> float:
        """Wait for 200 on /readyz; returns the seconds it took."""
        started = time.monotonic()
        while time.monotonic() - started < timeout:
            if self.status("/readyz") == 200:
                return time.monotonic() - started
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"not ready (exit code {self.process.poll()}):\n{self.log.read_text()[-4000:]}")

    def status(self, path: str) -> int:
        """Return the status of a GET, 0 where nobody answers."""
        try:
            return httpx.get(f"{self.address}{path}", timeout=10).status_code
        except httpx.TransportError:
            return 0

    def descendants(self) -> list[psutil.Process]:
        """Return every process below the supervisor."""
        with suppress(psutil.NoSuchProcess):
            return list(psutil.Process(self.process.pid).children(recursive=True))
        return []

    def one(self, kind: str) -> psutil.Process:
        """Return the `postgres`, `clickhouse` or `template` process, or an `api` or a `worker` process."""
        template = next(child for child in self._children() if "emban.cli.api_template" in child.cmdline())
        if kind == "template":
            return template
        if kind in {"api", "worker"}:
            return self.forks(kind)[0]
        return next(child for child in self._children() if _KINDS[kind] in " ".join(child.cmdline()))

    def forks(self, role: str) -> list[psutil.Process]:
        """Return the running `api` or `worker` processes."""
        found = []
        for child in self.one("template").children():
            with suppress(psutil.NoSuchProcess):
                if child.name() == f"emban {role}":
                    found.append(child)
        return found

    def kill_all(self) -> None:
        """kill -9 the process group at once, and then what of the family has a group of its own."""
        family = self.descendants()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    def stop(self, timeout: float = 40.0) -> int:
        """Send SIGTERM; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def _children(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children())

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, start_new_session=True, cwd="/"
            )


EMBAN = [sys.executable, "-c", "from emban.cli.main import main; main()"]
_KINDS = {"postgres": "bin/postgres -D", "clickhouse": "emban.engines.clickhouse.process"}


@contextmanager
def serving(
    data_dir: Path,
    *,
    command: str = "serve",
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Serve]:
    """Start `emban serve` (or `demo`), wait until it is ready, and leave nothing of it behind."""
    serve = Serve(data_dir, command=command, arguments=arguments, environment=environment)
    try:
        serve.wait_ready()
        yield serve
    finally:
        if serve.process.poll() is None:
            serve.kill_all()


def run_emban(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run another `emban` command to its end."""
    return subprocess.run(
        [*EMBAN, *arguments],
        env={**clean_environment(), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def clean_environment() -> dict[str, str]:
    """Return this process's environment without settings of Emban."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EMBAN_")}
