"""Serve with given settings, until told to stop: what `emban serve` and `emban demo` have in common."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Callable
from typing import Any

from emban.cli.settings_reader import fail
from emban.engines.clickhouse.child import ClickHouseChild
from emban.engines.data_dir import DataDirError, ensure_secret_key, exclusive
from emban.engines.postgres.child import PostgresChild
from emban.engines.supervisor.api_processes import ApiProcesses
from emban.engines.supervisor.child import EngineStartError
from emban.engines.supervisor.supervisor import ServePlan, Supervisor
from emban.kit.crypto import derive
from emban.logs import configure
from emban.settings import Settings
from emban.store.policies import READER_PURPOSE

BACKLOG = 2048
_REGISTRATION = {
    "open": "open to anybody who can reach it",
    "first": "the first account, then by invitation",
    "closed": "closed; new accounts by invitation",
}
_STARTED = time.monotonic()


def run(
    settings: Settings,
    *,
    tls: tuple[str, str] | None = None,
    when_ready: Callable[[str], None] | None = None,
    api: ApiProcesses | None = None,
) -> None:
    """Serve with these settings. `when_ready` gets the base address instead of the usual words on the screen.

    `api` is a template that was spawned before, to save the time.
    """
    embedded = settings.database_url is None or settings.clickhouse_url is None
    try:
        with exclusive(settings.data_dir) if embedded else contextlib.nullcontext():
            secret_key = _secret_key(settings, embedded=embedded)
            with _listen(settings.host, settings.port) as listener:
                configure(settings)
                address = _address(settings.host, listener, tls=tls)
                plan = _plan(settings, listener, secret_key, address, tls)
                greet = when_ready or (lambda url: _greet(url, settings, embedded=embedded))
                asyncio.run(Supervisor(plan, api or ApiProcesses()).run(lambda: greet(address)))
    except (DataDirError, EngineStartError) as error:
        fail(str(error))


def _secret_key(settings: Settings, *, embedded: bool) -> str:
    if settings.secret_key is not None:
        return settings.secret
    if not embedded:
        fail("EMBAN_SECRET_KEY must be set when both stores are external; all processes on them share one")
    return ensure_secret_key(settings.data_dir)


def _plan(
    settings: Settings, listener: socket.socket, secret_key: str, address: str, tls: tuple[str, str] | None
) -> ServePlan:
    postgres = clickhouse = None
    if settings.database_url is None:
        postgres = PostgresChild(settings.data_dir)
    if settings.clickhouse_url is None:
        clickhouse = ClickHouseChild(
            settings.data_dir,
            reader_password=derive(secret_key, READER_PURPOSE),
            memory_mb=settings.clickhouse_memory_mb,
            statement_seconds=2 * settings.query_timeout_s,
            statement_memory_mb=settings.query_memory_mb,
            adhoc_slots=settings.adhoc_statements,
        )
    environment = {
        **{name: value for name, value in os.environ.items() if name.startswith("EMBAN_")},
        "EMBAN_SECRET_KEY": secret_key,
        "EMBAN_DATA_DIR": str(settings.data_dir.resolve()),
        "EMBAN_HOST": settings.host,
        "EMBAN_PORT": str(listener.getsockname()[1]),
        "EMBAN_WORKERS": str(settings.workers),
        "EMBAN_WORKER_COUNT": str(settings.worker_count),
    }
    if settings.demo:
        environment["EMBAN_DEMO"] = "true"
    return ServePlan(
        listener=listener,
        workers=settings.workers,
        environment=environment,
        postgres=postgres,
        clickhouse=clickhouse,
        data_dir=settings.data_dir if postgres or clickhouse else None,
        tls=tls,
    )


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _bind(listener, address)
        listener.listen(BACKLOG)
    except OSError as error:
        fail(f"cannot listen on {host}:{port}: {error.strerror}. Choose another with --port.")
    return listener


def _bind(listener: socket.socket, address: Any) -> None:
    """Bind, with a second's patience: processes of a serve that was just killed may still be on their way out."""
    for _ in range(10):
        with contextlib.suppress(OSError):
            listener.bind(address)
            return
        time.sleep(0.1)
    listener.bind(address)


def _address(host: str, listener: socket.socket, *, tls: tuple[str, str] | None) -> str:
    shown = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"{'https' if tls else 'http'}://{shown}:{listener.getsockname()[1]}"


def _greet(address: str, settings: Settings, *, embedded: bool) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table.grid(padding=(0, 2))
    table.add_row("Console", f"[link={address}]{address}[/link]")
    table.add_row("API", f"{address}/docs")
    table.add_row("Registration", _REGISTRATION[settings.registration])
    table.add_row("Plan", f"new orgs start on {settings.default_plan}")
    table.add_row("Data", str(settings.data_dir.resolve()) if embedded else "external stores")
    table.add_row("Stop", "Ctrl C")
    console = Console()
    console.print(f"\n[bold]Emban is ready[/bold] after {time.monotonic() - _STARTED:.1f} s\n")
    console.print(table)
    console.print()
