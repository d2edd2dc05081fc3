"""What the process does that API and worker processes are forked from.

It has imported the application while the stores start, waits for orders, migrates both stores, builds the
application once, and forks as many processes as ordered. One that dies is forked anew, with a pause that grows while
they keep dying. It has one thread and opens no connection, so that its forks start clean.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, NoReturn

import structlog
import uvicorn
from fastapi import FastAPI

from emban.app.build import build_app
from emban.app.connection import http_protocol
from emban.app.worker import run_worker
from emban.db.migrate import migrate as migrate_database
from emban.engines.clickhouse.sandbox import die_with_parent
from emban.engines.supervisor.api_processes import MAX_ORDERS
from emban.engines.supervisor.pipes import say
from emban.engines.supervisor.restart_backoff import RestartBackoff
from emban.engines.supervisor.termination import Termination
from emban.logs import configure
from emban.settings import Settings, load_settings
from emban.store.migrate import migrate as migrate_store
from emban.telemetry import forget_process

GRACE_S = 20
_SIGNALS = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
# Seconds of pause before the n-th replacement of processes that live under a minute each.
_PAUSES = (0.0, 0.0, 0.0, 1.0, 2.0, 5.0, 15.0)

_Role = Literal["api", "worker"]
log = structlog.get_logger("emban.api")


def main(orders_fd: int) -> None:
    """Wait for orders on a socket, migrate, serve until told to stop."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    with socket.socket(fileno=orders_fd) as channel:
        message, descriptors, _, _ = socket.recv_fds(channel, MAX_ORDERS, 1)
    if not message:
        sys.exit(0)  # The supervisor changed its mind.
    orders: dict[str, Any] = json.loads(message)
    os.environ.update(orders["environment"])
    settings = load_settings()
    configure(settings)
    migrations = [
        fork(lambda: _migrate("PostgreSQL", migrate_database, settings)),
        fork(lambda: _migrate("ClickHouse", migrate_store, settings)),
    ]
    app = build_app(settings)
    statuses = [_wait_for(pid) for pid in migrations]
    if any(statuses):
        sys.exit(1)
    listener = socket.socket(fileno=descriptors[0])
    gc.collect()
    gc.freeze()  # What is here by now is shared by all forks; a collection would copy it into each.
    Forks(app, settings, listener, orders["workers"], orders["tls"]).keep()


def _migrate(name: str, function: Callable[[Settings], None], settings: Settings) -> None:
    try:
        function(settings)
    except Exception as error:
        text = str(error).partition("\n")[0]
        say({"error": f"{name} could not be migrated: {type(error).__name__}: {text}"[:1000]})
        log.exception("store.migration_failed", store=name)
        raise SystemExit(1) from None


class Forks:
    """The running API and worker processes."""

    def __init__(
        self, app: FastAPI, settings: Settings, listener: socket.socket, count: int, tls: list[str] | None
    ) -> None:
        self._app = app
        self._settings = settings
        self._listener = listener
        self._tls = tls
        self._roles: list[_Role] = _roles(count, settings.worker_count)
        self._born: dict[int, tuple[_Role, float]] = {}
        self._backoffs: dict[_Role, RestartBackoff] = {role: RestartBackoff(_PAUSES) for role in set(self._roles)}
        self._due: list[tuple[float, _Role]] = []

    def keep(self) -> None:
        """Fork them, replace the dead, and end them all on SIGTERM."""
        for role in self._roles:
            self._fork(role, announce=True)
        while True:
            pause = max(0.0, min(self._due)[0] - time.monotonic()) if self._due else 3600.0
            info = signal.sigtimedwait(_SIGNALS, pause)
            if info is not None and info.si_signo in {signal.SIGTERM, signal.SIGINT}:
                break
            self._bury()
            while self._due and min(self._due)[0] <= time.monotonic():
                _, role = due = min(self._due)
                self._due.remove(due)
                self._fork(role, announce=False)
        for pid in self._born:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        for pid in self._born:
            _wait_for(pid)

    def _fork(self, role: _Role, *, announce: bool) -> None:
        pid = fork(lambda: self._run(role, announce=announce))
        self._born[pid] = role, time.monotonic()

    def _bury(self) -> None:
        """Take note of processes that ended, and of when to replace them."""
        while self._born:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            forget_process(pid)
            role, born = self._born.pop(pid)
            lived = time.monotonic() - born
            pause = self._backoffs[role].note_death(lived)
            code = os.waitstatus_to_exitcode(status)
            log.warning(f"{role}.process_died", pid=pid, exit_code=code, lived_s=round(lived, 1), next_in_s=pause)
            self._due.append((time.monotonic() + pause, role))

    def _run(self, role: _Role, *, announce: bool) -> None:
        with suppress(OSError):
            Path("/proc/self/comm").write_text(f"emban {role}")  # What ps and top show.
        if role == "worker":
            self._listener.close()
            run_worker(self._settings)
        else:
            self._serve(announce=announce)

    def _serve(self, *, announce: bool) -> None:
        config = uvicorn.Config(
            self._app,
            loop="uvloop",
            http=http_protocol(self._settings.body_timeout_s),
            lifespan="on",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=self._settings.trusted_proxies,
            timeout_graceful_shutdown=GRACE_S,
            ssl_certfile=self._tls[0] if self._tls else None,
            ssl_keyfile=self._tls[1] if self._tls else None,
        )
        server = _Server(config, announce=announce)
        Termination().ends(server)
        server.run(sockets=[self._listener])
        if not server.started:
            raise SystemExit(3)


def _roles(apis: int, workers: int) -> list[_Role]:
    roles: list[_Role] = ["api"] * apis
    return roles + ["worker"] * workers


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, *, announce: bool) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._announce and self.started:
            say({"serving": os.getpid()})


def fork(work: Callable[[], None]) -> int:
    """Run `work` in a fork that dies with this process; returns its id."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _be_forked(parent, work)
    return pid


def _be_forked(parent: int, work: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        gc.enable()
        die_with_parent(parent)
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  # a fork must not run on into its parent's code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _wait_for(pid: int) -> int:
    with suppress(ChildProcessError):
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return 0
