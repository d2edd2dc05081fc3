"""`emban user reset-password`: what the operator does for a person who cannot get in."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from emban.accounts.password_reset import ResetLink, make_link
from emban.cli.settings_reader import fail, read_settings
from emban.db import Database
from emban.db.urls import app_url
from emban.engines.data_dir import DataDirError
from emban.engines.local_stores import stores
from emban.engines.supervisor.child import EngineStartError
from emban.errors import EmbanError
from emban.http.base_url import configured_base_url
from emban.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(help="Help people who cannot sign in.", no_args_is_help=True)
    commands.callback()(lambda: None)  # With a callback, a single command still has to be named.
    commands.command(name="reset-password")(reset_password)
    app.add_typer(commands, name="user")


def reset_password(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address that the person signs in with.")],
) -> None:
    """Print a link by which a person chooses a new password. It works once, and for one hour."""
    try:
        with stores(read_settings()) as ready:
            link = asyncio.run(_link(ready, email))
    except (DataDirError, EngineStartError) as error:
        fail(str(error))
    except EmbanError as error:
        fail(error.message)
    except SQLAlchemyError as error:
        fail(f"PostgreSQL: {str(error).partition(chr(10))[0]}")
    if link is None:
        fail(f"there is no account with the address {email!r}")
    typer.echo(f"For {link.email}, once, within one hour:\n{link.url}")


async def _link(settings: Settings, email: str) -> ResetLink | None:
    database = Database(app_url(settings), pool_size=1)
    try:
        return await make_link(database, email, configured_base_url(settings))
    finally:
        await database.close()
