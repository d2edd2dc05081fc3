"""`emban doctor`: both stores: do they answer, are they migrated, and do they keep orgs apart."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
import psycopg
from alembic.script import ScriptDirectory
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, create_engine
from sqlalchemy.exc import SQLAlchemyError

from emban.cli.findings import Findings
from emban.db.migrate import alembic_config
from emban.db.urls import app_url, owner_url
from emban.errors import EmbanError
from emban.settings import Settings
from emban.store.client import EventStore
from emban.store.errors import StoreError
from emban.store.migrate import applied_versions
from emban.store.schema import MIGRATIONS
from emban.trust.engine_builds import KNOWN_BUILDS, IsolationProbeError, check_build, read_identity
from emban.trust.isolation_probe import probe_isolation

LEAST_POSTGRES = 15
_CLOCK_SKEW_S = 5.0
_MIGRATE = "Run `emban migrate` (or `emban serve`, which does the same)."
_STORE_ERRORS = (EmbanError, StoreError, OSError, TimeoutError)
_FORCED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
"""
_OWNED = "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user"


def check_postgres(settings: Settings, findings: Findings) -> None:
    """Log in as owner and as the application, and look at versions, roles and row level security."""
    errors = (psycopg.Error, SQLAlchemyError)
    remedy = "Check EMBAN_DATABASE_URL, and that the server runs and lets this machine in."
    with findings.check("PostgreSQL", remedy, errors), _connect(owner_url(settings)) as connection:
        version = connection.info.server_version // 10_000
        if version < LEAST_POSTGRES:
            findings.fail("PostgreSQL", f"version {version} is too old", f"Use PostgreSQL {LEAST_POSTGRES} or newer.")
        else:
            findings.ok("PostgreSQL", f"version {version} answers")
        _check_clock(connection, findings)
        _check_schema(settings, connection, findings)
        unforced = [row[0] for row in connection.execute(_FORCED)]
        if unforced:
            text = f"row level security is not forced on {', '.join(unforced)}"
            findings.fail(
                "Row security", text, "Somebody changed the schema by hand: ALTER TABLE … FORCE ROW LEVEL SECURITY."
            )
        else:
            findings.ok("Row security", "forced on every table with an org_id")
    remedy = f"{_MIGRATE} It makes the role and sets its password from EMBAN_SECRET_KEY."
    with findings.check("Application role", remedy, errors), _connect(app_url(settings)) as connection:
        _check_app_role(connection, findings)


def check_clickhouse(settings: Settings, findings: Findings) -> None:
    """Ask as the engine and as a reader, and look at versions, migrations and row policies."""
    asyncio.run(_check_clickhouse(settings, findings))


async def _check_clickhouse(settings: Settings, findings: Findings) -> None:
    store = EventStore(settings)
    try:
        remedy = "Check EMBAN_CLICKHOUSE_URL, and that the server runs and lets this machine in."
        with findings.check("ClickHouse", remedy, _STORE_ERRORS):
            answer: dict[str, Any] = msgspec.json.decode(await store.command("SELECT version()"))
            findings.ok("ClickHouse", f"version {answer['data'][0][0]} answers")
            await _check_store_schema(store, findings)
        remedy = "Restart `emban serve`; for a server of your own, make the readers' accounts as documented."
        with findings.check("Readers", remedy, _STORE_ERRORS):
            await _check_readers(store, settings, findings)
    finally:
        await store.close()


async def _check_store_schema(store: EventStore, findings: Findings) -> None:
    try:
        missing = [step.version for step in MIGRATIONS if step.version not in await applied_versions(store)]
    except StoreError:
        missing = [step.version for step in MIGRATIONS]
    if missing:
        findings.fail("ClickHouse schema", f"migrations {missing} are missing", _MIGRATE)
    else:
        findings.ok("ClickHouse schema", f"at migration {max(step.version for step in MIGRATIONS)}")


async def _check_readers(store: EventStore, settings: Settings, findings: Findings) -> None:
    """Ask what each API process asks before its first read, with planted rows and as each account."""
    identity = await read_identity(store)
    try:
        check_build(identity, KNOWN_BUILDS | settings.accepted_engine_builds)
    except IsolationProbeError as error:
        remedy = "Run the isolation suite on it, then set EMBAN_ACCEPT_ENGINE_BUILD (docs/operations/engines.md)."
        findings.fail("Readers", str(error), remedy)
        return
    try:
        await probe_isolation(store, identity.start)
    except IsolationProbeError as error:
        remedy = "No read is served. Restart `emban serve`, or repair the policies of your ClickHouse server."
        findings.fail("Readers", str(error), remedy)
    else:
        findings.ok("Readers", "see no row outside their scope (probed with planted rows, as each account)")


def _check_clock(connection: psycopg.Connection[Any], findings: Findings) -> None:
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    skew = abs(time.time() - float(row[0])) if row else 0.0
    if skew > _CLOCK_SKEW_S or time.gmtime().tm_year < 2025:
        text = f"this machine's clock and PostgreSQL's are {skew:.0f} s apart"
        findings.fail(
            "Clock", text, "Synchronise both with NTP (timedatectl set-ntp true): tokens and events carry times."
        )
    else:
        findings.ok("Clock", f"agrees with PostgreSQL's within {skew:.1f} s")


def _check_schema(settings: Settings, connection: psycopg.Connection[Any], findings: Findings) -> None:
    engine = create_engine(owner_url(settings), connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as raw:
            head = ScriptDirectory.from_config(alembic_config(raw)).get_current_head()
    finally:
        engine.dispose()
    known = connection.execute("SELECT to_regclass('public.alembic_version') IS NOT NULL").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known and known[0] else None
    if row is None or row[0] != head:
        findings.fail("PostgreSQL schema", f"is at {row[0] if row else 'nothing'}, this Emban needs {head}", _MIGRATE)
    else:
        findings.ok("PostgreSQL schema", f"at migration {head}")


def _check_app_role(connection: psycopg.Connection[Any], findings: Findings) -> None:
    row = connection.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    owned = connection.execute(_OWNED).fetchone()
    if row is None or owned is None:
        findings.fail("Application role", "cannot be looked up", _MIGRATE)
        return
    name, *powers = row
    wrong = [word for word, has in zip(("SUPERUSER", "BYPASSRLS", "CREATEROLE"), powers, strict=True) if has]
    if owned[0]:
        wrong.append(f"owner of {owned[0]} relations")
    if wrong:
        remedy = f"ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS NOCREATEROLE; and REASSIGN OWNED BY {name} TO the owner."
        findings.fail("Application role", f"{name} is {', '.join(wrong)}: row level security does not bind it", remedy)
    else:
        findings.ok("Application role", f"{name} owns nothing and is bound by row level security")


def _connect(url: URL) -> psycopg.Connection[Any]:
    return psycopg.connect(
        make_conninfo(
            host=url.host or "",
            port=url.port or 5432,
            user=url.username or "",
            password=str(url.password or ""),
            dbname=url.database or "",
            connect_timeout=5,
            **{name: str(value) for name, value in url.query.items()},
        ),
        autocommit=True,
    )
