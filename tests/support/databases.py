"""Databases of a test's own in the running PostgreSQL: with nothing in them, not even the schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr
from sqlalchemy import text

from emban.db.urls import app_role, owner_url
from emban.engines.postgres.child import SUPERUSER
from emban.settings import Settings
from tests.support.control import connected, settings_for
from tests.support.engines import Engines


@contextmanager
def empty_database(engines: Engines, name: str, **overrides: object) -> Iterator[Settings]:
    """Make a database; yields settings for it, and drops it afterwards."""
    base = settings_for(engines, **overrides)
    owner = owner_url(base)
    password = engines.postgres._known_state().superuser_password
    superuser = owner.set(username=SUPERUSER, password=password)
    role = app_role(owner.set(database=name))
    with connected(superuser) as connection:
        outside = connection.execution_options(isolation_level="AUTOCOMMIT")
        outside.execute(text(f"CREATE DATABASE {name} OWNER {owner.username}"))
        url = owner.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
        yield base.model_copy(update={"database_url": SecretStr(url)})
        outside.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        outside.execute(text(f"DROP ROLE IF EXISTS {role}"))
