"""`emban worker`: alerts, reports and deliveries alone, on this machine or another beside the API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emban.cli.settings_reader import fail, read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="worker", help="Do the work of alerts, reports and deliveries; any number, on any machine.")(
        worker
    )


def worker(
    data_dir: Annotated[
        Path | None, typer.Option(help="Directory of the embedded stores. (default: ./emban-data)")
    ] = None,
) -> None:
    """Work until SIGTERM or ^C, on the stores of the settings or of the `emban serve` that runs on the directory."""
    from emban.app.worker import run_worker  # noqa: PLC0415  # 1 s
    from emban.engines.data_dir import DataDirError  # noqa: PLC0415
    from emban.engines.local_stores import stores  # noqa: PLC0415
    from emban.engines.supervisor.child import EngineStartError  # noqa: PLC0415
    from emban.errors import EmbanError  # noqa: PLC0415
    from emban.logs import configure  # noqa: PLC0415

    settings = read_settings(data_dir=data_dir)
    if (settings.database_url is None or settings.clickhouse_url is None) and not settings.data_dir.exists():
        fail(f"there is no Emban in {settings.data_dir.resolve()}; `emban serve` makes one")
    configure(settings)
    try:
        with stores(settings) as ready:
            run_worker(ready, lambda: typer.echo("Emban's worker is ready."))
    except (DataDirError, EngineStartError, EmbanError) as error:
        fail(str(error))
