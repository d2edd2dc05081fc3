"""The embedded ClickHouse as its parent sees it: start, know when it serves, stop.

    child = ClickHouseChild(data_dir, reader_password=…)
    child.prepare(); child.spawn(); child.wait_ready()
    child.url   # http://emban:…@127.0.0.1:port/emban
    child.stop()

After a crash the same object is spawned again: port and passwords stay, so that EMBAN_CLICKHOUSE_URL does too.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from emban.engines.clickhouse.config import EngineConfig, write_config
from emban.engines.clickhouse.engine_user import EngineUser, engine_user
from emban.engines.clickhouse.sandbox import CONFINEMENT, Confinement
from emban.engines.data_dir import lock_file, write_private
from emban.engines.supervisor.child import LOOPBACK, EngineStartError, launcher
from emban.engines.supervisor.pipes import LineReader, tell
from emban.store.policies import DATABASE, ENGINE_ROLE, QUERY_ROLE, READER_ROLE

ENGINE_ACCOUNT = "emban"
# What the process may need at least beside the memory that the engine counts: Python, threads, code.
UNCOUNTED_BYTES = 256 << 20
READER_ACCOUNT, QUERY_ACCOUNT = READER_ROLE, QUERY_ROLE


class ClickHouseChild:
    """One embedded ClickHouse over one data directory (made where missing). Not thread-safe, except `wait_ready`.

    `spawn` must be called from a thread that lives as long as the child should: the child dies with it.
    """

    name = "ClickHouse"

    def __init__(
        self,
        data_dir: Path,
        *,
        reader_password: str,
        memory_mb: int = 4096,
        statement_seconds: int = 60,
        statement_memory_mb: int = 1024,
        adhoc_slots: int = 1,
        waiting: int = 256,
    ) -> None:
        self._data = data_dir.resolve() / "clickhouse"
        self._run = data_dir.resolve() / "run"
        self._memory_bytes = memory_mb << 20
        self._ceilings = {"seconds": statement_seconds, "memory_bytes": statement_memory_mb << 20}
        self._waiting = waiting
        self._adhoc_slots = adhoc_slots
        self._engine_password = secrets.token_urlsafe(32)
        self._reader_password = reader_password
        # Bound, never listening: keeps the port for the child (SO_REUSEPORT) while none runs, and a request meanwhile
        # is refused at once.
        self._reserved = _bound(0)
        self._port: int = self._reserved.getsockname()[1]
        self._config: EngineConfig | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.confinement: Confinement | None = None
        self._user: EngineUser | None = None
        self._identity: list[str] = []

    @property
    def url(self) -> str:
        """The address as the engine account, valid for the life of this object."""
        return f"http://{ENGINE_ACCOUNT}:{self._engine_password}@{LOOPBACK}:{self._port}/{DATABASE}"

    @property
    def landlock(self) -> int:
        """The Landlock version that holds the process, 0 for none."""
        return 0 if self.confinement is None else self.confinement.landlock

    def prepare(self) -> None:
        """Make directories and configuration. Quick and harmless to repeat."""
        for directory in (self._data, self._data / "user_files", self._data / "tmp", self._run):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = lock_file(self._data)
        lock.touch(mode=0o600)
        config, work = self._run / "clickhouse", self._run / "empty"
        for directory in (config, work):
            if directory.exists():
                directory.chmod(0o700)
                shutil.rmtree(directory)
            directory.mkdir(mode=0o700)
        self._config = write_config(config, data=self._data, memory_bytes=self._memory_bytes)
        for directory in (config, work):
            directory.chmod(0o500)
        if self._user is None:  # Once: nobody else writes there while we have the directory.
            self._user = engine_user(self._data, lock)
            self._user.give(self._data)
        self._user.give(config, work, lock)
        self._user.let_through(self._data.parent, self._run)
        needed = (self._data.parent.parent, *_code(), Path(sys.prefix), Path(sys.base_prefix))
        self._identity = self._user.identity(needed)

    def spawn(self) -> None:
        """Start the process; it serves once `wait_ready` has returned."""
        self._close_pipe()
        # Bound here, as the kernel shares a port among sockets of one user only, and the engine's is another.
        with _bound(self._port) as listener:
            process = subprocess.Popen(
                [
                    *launcher(signal.SIGKILL, self._identity),
                    sys.executable,
                    "-P",
                    "-m",
                    "emban.engines.clickhouse.process",
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(self._run / "empty"),
                cwd="/",
                process_group=0,
                pass_fds=(listener.fileno(),),
            )
            self.process = process
            tell(cast("IO[bytes]", process.stdin), self._orders(listener.fileno()))

    def wait_ready(self, timeout: float = 30.0) -> None:
        """Wait until it serves. Raises `EngineStartError` if it ends, refuses or takes over `timeout` seconds."""
        process = self.process
        if process is None:
            raise RuntimeError("spawn() comes first")
        said = LineReader(cast("IO[bytes]", process.stdout)).read(timeout)
        if said is None:
            self.kill()
            code = process.returncode
            raise EngineStartError(f"the embedded ClickHouse did not start within {timeout:.0f} s (exit code {code})")
        if "error" in said:
            process.wait()
            final = said["kind"] == "NotIsolatedError"
            raise EngineStartError(f"the embedded ClickHouse refuses to serve: {said['error']}", final=final)
        self.confinement = Confinement(**said["confinement"])
        write_private(self._data.parent / CONFINEMENT, json.dumps(asdict(self.confinement)))

    def stop(self, timeout: float = 25.0) -> None:
        """End it cleanly: running statements are finished. Kills it after `timeout` seconds."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        self._close_pipe()

    def kill(self) -> None:
        """End it now."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """Stop, and give the port back. The object cannot be used afterwards."""
        self.stop()
        self._reserved.close()

    def _close_pipe(self) -> None:
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()

    def _orders(self, listener: int) -> dict[str, Any]:
        if self._config is None:
            raise RuntimeError("prepare() comes first")
        cores = os.cpu_count() or 1
        return {
            "data": str(self._data),
            "work": str(self._run / "empty"),
            "config_file": str(self._config.config_file),
            "start": self._config.start,
            "grants": self._config.grants,
            "policies": self._config.policies,
            "database": DATABASE,
            "roles": {"engine": ENGINE_ROLE, "reader": READER_ROLE, "query": QUERY_ROLE},
            "listener": listener,
            "accounts": [
                {"name": ENGINE_ACCOUNT, "password": self._engine_password, "role": ENGINE_ROLE, "read_only": False},
                {"name": READER_ACCOUNT, "password": self._reader_password, "role": READER_ROLE, "read_only": True},
                {"name": QUERY_ACCOUNT, "password": self._reader_password, "role": QUERY_ROLE, "read_only": True},
            ],
            "limits": {
                "readers": 2 * cores + 2,
                "writers": cores + 2,
                "adhoc": self._adhoc_slots,
                "waiting": self._waiting,
                "ceilings": self._ceilings,
                "adhoc_ceilings": self._ceilings | {"memory_bytes": self._adhoc_memory()},
                "process_memory_bytes": self._memory_bytes + max(self._memory_bytes // 8, UNCOUNTED_BYTES),
            },
        }

    def _adhoc_memory(self) -> int:
        """Return what one ad-hoc statement may use at most: all of them together have a quarter of the engine's."""
        return min(self._ceilings["memory_bytes"], self._memory_bytes // 4 // self._adhoc_slots)


def _bound(port: int) -> socket.socket:
    """Return a socket bound to a loopback port that others of ours may be bound to; 0 takes a free one."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((LOOPBACK, port))
    return bound


def _environment(home: Path) -> dict[str, str]:
    """Return the child's whole environment: nothing secret, nothing of the user's."""
    code = os.pathsep.join(map(str, _code()))
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONPATH": code}


def _code() -> list[Path]:
    """Return the directories that the child imports from."""
    return sorted({_root_of(name) for name in ("emban", "chdb", "uvicorn")})


def _root_of(package: str) -> Path:
    """Return the directory that a package is imported from: here it may be a path that the child would not know."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EngineStartError(f"the embedded ClickHouse needs the package {package}", final=True)
    return Path(spec.origin).parents[1]
