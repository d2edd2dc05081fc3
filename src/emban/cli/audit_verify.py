"""`emban audit verify`: is every audit chain whole."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from emban.audit.verify import verify_all
from emban.cli.settings_reader import fail, read_settings
from emban.db.urls import owner_url
from emban.engines.data_dir import DataDirError
from emban.engines.local_stores import stores
from emban.engines.supervisor.child import EngineStartError


def register(app: typer.Typer) -> None:
    """Add the command."""
    commands = typer.Typer(help="Check the audit log.", no_args_is_help=True)
    commands.callback()(_group)
    commands.command(name="verify")(verify)
    app.add_typer(commands, name="audit")


def _group() -> None:
    pass


def verify(
    org: Annotated[str | None, typer.Option("--org", help="Only the org with this id.")] = None,
) -> None:
    """Find rows that were changed, added or removed. Ends with 1 if there is one."""
    try:
        with stores(read_settings()) as ready:
            engine = create_engine(owner_url(ready), connect_args={"connect_timeout": 10})
            try:
                with engine.connect() as connection:
                    verdict = verify_all(connection, org)
            finally:
                engine.dispose()
    except (DataDirError, EngineStartError) as error:
        fail(str(error))
    except SQLAlchemyError as error:
        fail(f"PostgreSQL: {str(error).partition(chr(10))[0]}")
    for finding in verdict.findings:
        typer.echo(f"{finding.org_id} row {finding.seq}: {finding.what}")
    typer.echo(f"{verdict.rows:,} rows of {verdict.orgs:,} orgs: {len(verdict.findings)} found wrong.")
    if verdict.findings:
        raise typer.Exit(1)
