"""`emban migrate`: both stores to the present schema. `emban serve` does the same by itself."""

from __future__ import annotations

import typer
from sqlalchemy.exc import SQLAlchemyError

from emban.cli.settings_reader import fail, read_settings
from emban.db.migrate import migrate as migrate_database
from emban.engines.data_dir import DataDirError
from emban.engines.local_stores import stores
from emban.engines.supervisor.child import EngineStartError
from emban.errors import EmbanError
from emban.store.errors import StoreError
from emban.store.migrate import migrate as migrate_store


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="migrate", help="Bring both stores to the present schema.")(migrate)


def migrate() -> None:
    """Migrate PostgreSQL, then ClickHouse; safe to repeat, and to run from several machines at once."""
    settings = read_settings()
    if settings.secret_key is None and settings.database_url is not None and settings.clickhouse_url is not None:
        fail("EMBAN_SECRET_KEY must be set: the application's passwords in the stores are derived from it")
    try:
        with stores(settings) as ready:
            migrate_database(ready)
            typer.echo("PostgreSQL is up to date.")
            migrate_store(ready)
            typer.echo("ClickHouse is up to date.")
    except (DataDirError, EngineStartError, EmbanError, StoreError) as error:
        fail(str(error))
    except SQLAlchemyError as error:
        fail(f"PostgreSQL: {str(error).partition(chr(10))[0]}; see docs/operations/migrations.md")
