"""The command line's root.

Each command has a module with a function `register(app)`, which adds it. Only the module of the command that was asked
for is imported, so that every command starts quickly; help imports them all.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from emban import __version__

COMMANDS = {
    "serve": "emban.cli.serve",
    "demo": "emban.cli.demo",
    "worker": "emban.cli.worker",
    "migrate": "emban.cli.migrate",
    "doctor": "emban.cli.doctor",
    "settings": "emban.cli.settings",
    "openapi": "emban.cli.openapi",
    "import": "emban.cli.import_events",
    "org": "emban.cli.org",
    "audit": "emban.cli.audit_verify",
    "embed": "emban.cli.embed",
    "mail": "emban.cli.mail",
}


def main() -> None:
    """Run the command of this process's arguments."""
    build(sys.argv[1:])()


def build(arguments: Sequence[str] = ()) -> typer.Typer:
    """Return the command line, with the one command that the arguments name, or with all of them."""
    app = typer.Typer(
        name="emban",
        help="Embedded analytics: post events, design one dashboard, show each customer only its own data.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    # With a callback, a single command still has to be named.
    app.callback()(_root)
    chosen = arguments[0] if arguments and arguments[0] in COMMANDS else None
    for name in [chosen] if chosen else COMMANDS:
        importlib.import_module(COMMANDS[name]).register(app)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"emban {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Options before the command."""
