"""`emban openapi`: the OpenAPI document, without starting anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from emban.app.build import build_app
from emban.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="openapi", help="Print the OpenAPI document.")(openapi)


def openapi(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to a file instead.")] = None,
) -> None:
    """Print the document, keys in order, so that two versions can be compared."""
    app = build_app(load_settings())
    text = json.dumps(app.openapi(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text)
