"""`emban serve`: everything that is needed, in one command."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from emban.engines.supervisor.api_processes import ApiProcesses


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="serve", help="Start all that is needed: stores, API, console and embeds.")(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. (default: 127.0.0.1)")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one. (default: 8000)")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Directory of the embedded stores. (default: ./emban-data)")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="API processes. (default: 1)")] = None,
    worker_count: Annotated[
        int | None, typer.Option(help="Workers for alerts, reports and deliveries; 0 for none. (default: 1)")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM) to serve https with.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
) -> None:
    """Serve until SIGTERM or ^C."""
    # Until the supervisor takes the signals itself, there is nothing to finish: an order to stop ends the start.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
    # First of all: what it imports takes longer than everything else, and is imported meanwhile.
    api = ApiProcesses()
    api.spawn()
    try:
        from emban.cli.server import run  # noqa: PLC0415
        from emban.cli.settings_reader import fail, read_settings  # noqa: PLC0415

        settings = read_settings(host=host, port=port, data_dir=data_dir, workers=workers, worker_count=worker_count)
        if (tls_cert is None) != (tls_key is None):
            fail("--tls-cert and --tls-key go together", 2)
        tls = (str(tls_cert.resolve()), str(tls_key.resolve())) if tls_cert and tls_key else None
        run(settings, tls=tls, api=api)
    finally:
        api.stop()


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit(0)
