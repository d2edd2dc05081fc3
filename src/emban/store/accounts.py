"""The accounts, grants and row policies of a ClickHouse server, made from `emban.store.policies`.

The embedded engine has the same rules from its configuration and takes none of this. On a server the readers send
their scope, their limits and `readonly=1` together, with each request: the server compares a request's settings with
the state before it, so they are taken, and from then on the statement can change none of them. A reader that sends no
scope sees no rows, and one without `readonly=1` has no right but to read them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from emban.store.client import EventStore
from emban.store.policies import DATABASE, QUERY_ROLE, READER_ROLE, readable_tables

POLICY = "emban_scope"
ENGINE = "emban_engine"
PROFILE = "emban_readers"
# What readers may ask for at most; Emban sends less with each request (EMBAN_QUERY_TIMEOUT_S, EMBAN_QUERY_MEMORY_MB).
_CEILINGS = "max_execution_time = 60 MAX 600, max_memory_usage = 1073741824 MAX 1099511627776"
_FIXED = "allow_ddl = 0 CONST, allow_introspection_functions = 0 CONST, implicit_select = 0 CONST"
_KEEPS_ACCOUNTS = "SELECT count() FROM system.user_directories WHERE type IN ('local_directory', 'replicated')"


def account_statements(*, engine_user: str, reader_password: str) -> tuple[str, ...]:
    """Return the statements that make the accounts, safe to repeat. The password itself is not in them."""
    return (*_engine(engine_user), *_readers(reader_password), *_grants_and_policies())


async def ensure_accounts(store: EventStore) -> bool:
    """Make or renew the accounts where the store is a server that keeps accounts; returns whether it is one.

    Raises as `EventStore.command` does: the account of EMBAN_CLICKHOUSE_URL has to be one that may manage access.
    """
    answer = msgspec.json.decode(await store.command(_KEEPS_ACCOUNTS))
    if not int(answer["data"][0][0]):
        return False
    for statement in account_statements(engine_user=store.engine_user, reader_password=store.reader_password):
        await store.command(statement)
    return True


def _engine(user: str) -> Iterator[str]:
    """Give Emban's own account what it needs by names alone: made in users.xml, it could not be altered."""
    yield f"CREATE DATABASE IF NOT EXISTS {DATABASE}"
    yield f"CREATE SETTINGS PROFILE OR REPLACE {ENGINE} SETTINGS insert_allow_materialized_columns = 1 TO {_name(user)}"
    for table in readable_tables():
        yield f"CREATE ROW POLICY OR REPLACE {ENGINE} ON {DATABASE}.{table.name} USING 1 TO {_name(user)}"


def _readers(password: str) -> Iterator[str]:
    hashed = hashlib.sha256(password.encode()).hexdigest()
    yield f"CREATE SETTINGS PROFILE OR REPLACE {PROFILE} SETTINGS {_FIXED}, {_CEILINGS}"
    for account in (READER_ROLE, QUERY_ROLE):
        yield (
            f"CREATE USER IF NOT EXISTS {account} IDENTIFIED WITH sha256_hash BY '{hashed}' "
            f"DEFAULT DATABASE {DATABASE} SETTINGS PROFILE '{PROFILE}'"
        )
        yield f"ALTER USER {account} IDENTIFIED WITH sha256_hash BY '{hashed}' SETTINGS PROFILE '{PROFILE}'"


def _grants_and_policies() -> Iterator[str]:
    tables = readable_tables()
    for table in tables:
        yield f"CREATE ROW POLICY OR REPLACE {POLICY} ON {DATABASE}.{table.name} USING {table.condition} TO ALL"
    # A table without columns for others' text is for compiled statements alone.
    named = [table for table in tables if table.columns]
    columns = ", ".join(f"SELECT({', '.join(table.columns)}) ON {DATABASE}.{table.name}" for table in named)
    whole = ", ".join(f"SELECT ON {DATABASE}.{table.name}" for table in tables)
    # In place of what was granted before, in one step: other processes may be asking meanwhile.
    yield f"GRANT {columns} TO {READER_ROLE} WITH REPLACE OPTION"
    yield f"GRANT {whole} TO {QUERY_ROLE} WITH REPLACE OPTION"


def _name(user: str) -> str:
    return "`" + user.replace("\\", "\\\\").replace("`", "\\`") + "`"
