"""Settings as a command reads them: a mistake is a sentence on standard error, not a traceback."""

from __future__ import annotations

from typing import NoReturn

import typer
from pydantic import ValidationError

from emban.settings import Settings, load_settings


def read_settings(**overrides: object) -> Settings:
    """Return the settings, overridden by what was given on the command line (None counts as not given)."""
    try:
        return load_settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        for line in mistakes(error):
            typer.echo(f"emban: {line}", err=True)
        raise typer.Exit(2) from None


def mistakes(error: ValidationError) -> list[str]:
    """Return one sentence for each wrong setting, without its value: it may be a secret."""
    return [
        f"EMBAN_{'_'.join(map(str, item['loc'])).upper()}: {item['msg'].removeprefix('Value error, ')}"
        for item in error.errors()
    ]


def fail(text: str, code: int = 1) -> NoReturn:
    """Print a sentence to standard error and end."""
    typer.echo(f"emban: {text}", err=True)
    raise typer.Exit(code)
