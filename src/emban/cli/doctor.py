"""`emban doctor`: is everything in place, and what to do where it is not."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from emban.cli.doctor_machine import check_confinement, check_data_dir, check_machine, check_port
from emban.cli.findings import Finding, Findings, Health
from emban.cli.settings_reader import mistakes
from emban.engines.data_dir import DataDirError
from emban.engines.local_stores import stores
from emban.engines.supervisor.child import EngineStartError
from emban.settings import Settings, load_settings

_MARKS = {Health.OK: "[green]✓[/green]", Health.WARNING: "[yellow]![/yellow]", Health.FAILED: "[red]✗[/red]"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="doctor", help="Check stores, settings, clock and disk, and say what to do.")(doctor)


def doctor(
    data_dir: Annotated[Path | None, typer.Option(help="Directory of the embedded stores.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Check everything; exit with 1 if something has failed."""
    logging.disable(logging.WARNING)
    findings = examine(data_dir)
    if as_json:
        typer.echo(json.dumps([asdict(item) for item in findings.items], indent=2, ensure_ascii=False))
    else:
        _print(findings.items)
    if findings.failed:
        raise typer.Exit(1)


def examine(data_dir: Path | None = None) -> Findings:
    """Return what was found about this machine, these settings and the stores."""
    findings = Findings()
    try:
        settings = load_settings(**({"data_dir": data_dir} if data_dir else {}))
    except ValidationError as error:
        for line in mistakes(error):
            findings.fail("Settings", line, "`emban settings` lists every setting with its unit and default.")
        return findings
    findings.ok("Settings", "every EMBAN_* variable is understood")
    check_machine(settings, findings)
    embedded = settings.database_url is None or settings.clickhouse_url is None
    if embedded:
        check_data_dir(settings, findings)
    elif settings.secret_key is None:
        text = "EMBAN_SECRET_KEY is not set, and both stores are external"
        findings.fail("Secret key", text, "Set it, to the same value for all processes on these stores.")
    check_port(settings, findings)
    if findings.failed:
        return findings
    if embedded and not settings.data_dir.exists():
        findings.ok("Stores", "not made yet; the first `emban serve` makes them")
        return findings
    _check_stores(settings, findings)
    return findings


def _check_stores(settings: Settings, findings: Findings) -> None:
    from emban.cli.doctor_queue import check_queue  # noqa: PLC0415
    from emban.cli.doctor_stores import check_clickhouse, check_postgres  # noqa: PLC0415  # 1 s

    remedy = "The text says what is in the way; log/postgresql.log in the data directory may say more."
    with findings.check("Stores", remedy, (EngineStartError, DataDirError)), stores(settings) as ready:
        check_postgres(ready, findings)
        check_queue(ready, findings)
        check_clickhouse(ready, findings)
        if settings.clickhouse_url is None:
            check_confinement(settings.data_dir, findings)


def _print(items: list[Finding]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table.grid(padding=(0, 2))
    for item in items:
        table.add_row(_MARKS[item.health], item.subject, escape(item.text))
        if item.remedy:
            table.add_row("", "", f"[dim]→[/dim] {escape(item.remedy)}")
    console = Console()
    console.print(table)
    failed = sum(item.health is Health.FAILED for item in items)
    warned = sum(item.health is Health.WARNING for item in items)
    console.print(f"\n{failed} failed, {warned} warnings, {len(items) - failed - warned} fine")
