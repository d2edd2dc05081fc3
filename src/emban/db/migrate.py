"""Bring a database to the present schema, and the application role to exactly its grants.

Safe to run from several processes at once (an advisory lock lets one through) and again at any time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, create_engine, text

from emban.db.urls import APP_ROLE_PURPOSE, app_role, owner_url
from emban.models import Base
from emban.settings import Settings

_LOCK = 0x656D62616E  # "emban": one number for one purpose, agreed among all processes
# What the application may do with a table, where it is not everything.
_RIGHTS = {"audit_log": "SELECT, INSERT", "audit_heads": "SELECT, INSERT, UPDATE", "embed_keys": "SELECT"}

# Tables of the job queue's library, which are no models of ours.
_QUEUE = tuple(f"procrastinate_{name}" for name in ("jobs", "events", "workers", "periodic_defers"))


def migrate(settings: Settings, revision: str = "head") -> None:
    """Upgrade (or, given an older revision, downgrade) the schema. Needs EMBAN_DATABASE_URL and the secret key.

    Raises `sqlalchemy.exc.OperationalError` where a lock or a statement took longer than settings allow. Each migration
    is a transaction: those before it are in force then, it and those after it have changed nothing.
    """
    engine = create_engine(owner_url(settings), connect_args={"connect_timeout": 10})
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            # Not before: waiting for another process that migrates is no reason to give up.
            _limit_waiting(connection, settings)
            connection.commit()
            config = alembic_config(connection)
            _move(config, connection, revision)
            if settings.database_app_url is None:
                _ensure_app_role(connection, app_role(owner_url(settings)), settings.derived_secret(APP_ROLE_PURPOSE))
            connection.commit()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _limit_waiting(connection: Connection, settings: Settings) -> None:
    """Set the time-outs of the connection's statements; a migration may `SET LOCAL` another for itself."""
    for name, seconds in (
        ("lock_timeout", settings.migration_lock_timeout_s),
        ("statement_timeout", settings.migration_statement_timeout_s),
    ):
        value = f"{round(seconds * 1000)}ms"
        connection.execute(text("SELECT set_config(:name, :value, false)"), {"name": name, "value": value})


def _move(config: Config, connection: Connection, revision: str) -> None:
    if revision == "head":
        command.upgrade(config, revision)
    else:
        command.downgrade(config, revision)
    connection.commit()


def _ensure_app_role(connection: Connection, role: str, password: str) -> None:
    """Make the login role, set its password, and grant it rows (never ownership) of every table."""
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    # The verifier, not the password: a statement may end up in the server's log.
    verifier = driver.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    name, secret = sql.Identifier(role), sql.Literal(verifier)
    known = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
    verb = sql.SQL("ALTER" if known else "CREATE")
    tables = [table for table in (*Base.metadata.tables, *_QUEUE) if _exists(connection, table)]
    statements = [
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, secret),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name),
    ]
    for table in tables:
        rights = _RIGHTS.get(table, "SELECT, INSERT, UPDATE, DELETE")
        statements.append(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), sql.Identifier(table), name))
        if table in _QUEUE:
            rows = sql.Identifier(f"{table}_id_seq")
            statements.append(sql.SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(rows, name))
    for statement in statements:
        driver.execute(statement)


def _exists(connection: Connection, table: str) -> bool:
    return bool(connection.scalar(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": f"public.{table}"}))
