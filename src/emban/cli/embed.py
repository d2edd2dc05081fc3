"""`emban embed rotate-key`: a new key for embed tokens."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from emban.auth.embed_keys import LEAD_S, MIN_LEAD_S
from emban.cli.settings_reader import fail, read_settings
from emban.db.urls import owner_url
from emban.embed.key_rotation import KeyRotation, replace_all, rotate
from emban.engines.data_dir import DataDirError
from emban.engines.local_stores import stores
from emban.engines.supervisor.child import EngineStartError
from emban.kit.rfc3339 import format_instant

After = Annotated[
    int,
    typer.Option(
        min=MIN_LEAD_S, max=86_400, help="Seconds until the new key signs; every API process learns of it meanwhile."
    ),
]
EndSessions = Annotated[
    bool,
    typer.Option(
        "--end-sessions", help="Refuse every token signed so far, within seconds: for a key that may have leaked."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before ending sessions.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(help="Look after embeds.", no_args_is_help=True)
    commands.callback()(_group)
    commands.command(name="rotate-key")(rotate_key)
    app.add_typer(commands, name="embed")


def _group() -> None:
    pass


def rotate_key(after: After = LEAD_S, end_sessions: EndSessions = False, yes: Yes = False) -> None:
    """Sign embed tokens with a new key from now on. Tokens of the old one stay good until they end."""
    if end_sessions and not yes:
        typer.confirm("End every embed session of every org?", abort=True)
    rotated = _rotated(after, end_sessions=end_sessions)
    if end_sessions:
        typer.echo(f"{rotated.kid} signs from now on. Tokens of the {rotated.forgotten} before are refused in seconds.")
        return
    typer.echo(
        f"{rotated.kid} signs from {format_instant(rotated.signs_at)}. Tokens of the one before stay good to their end."
    )
    if rotated.forgotten:
        typer.echo(f"{rotated.forgotten} older forgotten: no token of theirs is alive.")


def _rotated(after: int, *, end_sessions: bool) -> KeyRotation:
    try:
        with stores(read_settings()) as ready:
            engine = create_engine(owner_url(ready), connect_args={"connect_timeout": 10})
            try:
                with engine.connect() as connection:
                    return replace_all(connection) if end_sessions else rotate(connection, after)
            finally:
                engine.dispose()
    except (DataDirError, EngineStartError) as error:
        fail(str(error))
    except SQLAlchemyError as error:
        fail(f"PostgreSQL: {str(error).partition(chr(10))[0]}")
