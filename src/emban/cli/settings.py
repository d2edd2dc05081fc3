"""`emban settings`: every setting, its unit and default, and what it is now."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from emban.cli.settings_reader import read_settings
from emban.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="settings", help="List every setting with its unit, default and present value.")(settings)


def settings(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Print the table. Secrets are shown as set or unset, never their value."""
    present = read_settings()
    rows = [_row(name, info, getattr(present, name)) for name, info in Settings.model_fields.items()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    _print(rows)


def _row(name: str, info: FieldInfo, value: Any) -> dict[str, str]:
    default = None if info.default is PydanticUndefined else info.default
    return {
        "name": f"EMBAN_{name.upper()}",
        "default": _text(default),
        "value": "(set)" if isinstance(value, SecretStr) else _text(value),
        "description": info.description or "",
    }


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _print(rows: list[dict[str, str]]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for title in ("Setting", "Default", "Now"):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(row["name"], row["default"], row["value"] if row["value"] != row["default"] else "")
    console = Console()
    console.print(table)
    for row in rows:
        console.print(f"\n[bold]{row['name']}[/bold]\n  {escape(row['description'])}")
