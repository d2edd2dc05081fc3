"""Row level security, table by table: as the wrong org, as no org, and that no table is without it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import MetaData, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from emban.db import Database, RowContext
from emban.db.urls import app_url, owner_url
from emban.models import GLOBAL_TABLES, Base, OrgOwned
from emban.settings import Settings
from tests.isolation.test_roles import made_in
from tests.support.control import TestOrg, connected, service

TABLES = sorted(set(Base.metadata.tables))
_OWNED_CLASSES = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, OrgOwned)]
OWNED = sorted(str(vars(owned)["__tablename__"]) for owned in _OWNED_CLASSES)


def test_every_table_is_owned_by_an_org_or_on_the_short_list() -> None:
    named = {*OWNED, "orgs", *GLOBAL_TABLES}
    assert set(TABLES) - named == set()
    assert all("org_id" in Base.metadata.tables[name].columns for name in OWNED)


def test_the_catalog_knows_no_table_without_forced_policies(settings: Settings) -> None:
    query = text(
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, "
        "(SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'"
    )
    with connected(owner_url(settings)) as connection:
        rows = connection.execute(query).all()
    assert {row.relname for row in rows} >= set(TABLES)
    for row in rows:
        assert row.relrowsecurity, row.relname
        assert row.relforcerowsecurity, row.relname
        assert row.policies > 0, row.relname


def test_the_application_role_is_nobody_special(settings: Settings) -> None:
    with connected(app_url(settings)) as connection:
        role = connection.execute(
            text("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        ).one()
        owned = connection.scalar(
            text(
                "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
            )
        )
    assert tuple(role) == (False, False, False, False)
    assert owned == 0


def test_what_the_application_may_do_with_the_audit_log(settings: Settings) -> None:
    with connected(app_url(settings)) as connection:
        rights = {
            right: connection.scalar(text("SELECT has_table_privilege('audit_log', :right)"), {"right": right})
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
        }
    assert rights == {"SELECT": True, "INSERT": True, "UPDATE": False, "DELETE": False, "TRUNCATE": False}


async def count(session: AsyncSession, table: str, where: str = "true") -> int:
    value = (await session.execute(text(f"SELECT count(*) FROM {table} WHERE {where}"))).scalar_one()
    return int(value)


async def filled(app: FastAPI, org: TestOrg) -> None:
    """Put a row of the org into every owned table that the API alone would leave empty."""
    await made_in(org)
    database = service(app, Database)
    async with database.for_org(org.id) as session:
        for table in Base.metadata.sorted_tables:  # Parents before children.
            if table.name in OWNED and await count(session, table.name) == 0:
                values = made_up(table.name, org.id)
                for key in (key for column in table.columns for key in column.foreign_keys):
                    parent = text(f"SELECT {key.column.name} FROM {key.column.table.name} LIMIT 1")
                    values[key.parent.name] = (await session.execute(parent)).scalar_one()
                await session.execute(table.insert().values(values))


def made_up(table: str, org_id: str) -> dict[str, Any]:
    """Return plausible values for every column that needs one."""
    values: dict[str, Any] = {}
    for column in Base.metadata.tables[table].columns:
        if column.name == "org_id":
            values[column.name] = org_id
        elif column.nullable or column.server_default is not None or column.identity is not None:
            continue
        else:
            values[column.name] = _value(column.type.python_type)
    return values


def _value(kind: type) -> Any:
    plain: dict[type, Any] = {
        str: "x",
        int: 1,
        float: 1.0,
        bytes: b"x",
        bool: False,
        object: {},
        list: [],
        dt.datetime: dt.datetime.now(dt.UTC),
        dt.date: dt.datetime.now(dt.UTC).date(),
    }
    return plain[kind]


@pytest.mark.parametrize("table", [*OWNED, "orgs"])
async def test_a_query_without_where_sees_one_org(app: FastAPI, org: TestOrg, other_org: TestOrg, table: str) -> None:
    await filled(app, org)
    key = "id" if table == "orgs" else "org_id"
    async with service(app, Database).for_org(org.id) as session:
        assert await count(session, table) > 0, f"{table} is empty, so this shows nothing"
        assert await count(session, table, f"{key} <> '{org.id}'") == 0
    async with service(app, Database).for_org(other_org.id) as session:
        assert await count(session, table, f"{key} = '{org.id}'") == 0


@pytest.mark.parametrize("table", TABLES)
async def test_nobody_sees_nothing(app: FastAPI, org: TestOrg, table: str) -> None:
    await filled(app, org)
    async with service(app, Database).session(RowContext()) as session:
        assert await count(session, table) == 0
    async with service(app, Database)._sessions() as untold:
        assert await count(untold, table) == 0


@pytest.mark.parametrize("table", [name for name in OWNED if name != "audit_log"])
async def test_changes_do_not_reach_another_org(app: FastAPI, org: TestOrg, other_org: TestOrg, table: str) -> None:
    await filled(app, org)
    owner = service(app, Database)
    async with owner.for_org(org.id) as session:
        before = await count(session, table)
    async with owner.for_org(other_org.id) as session:
        changed = await session.execute(
            text(f"UPDATE {table} SET org_id = org_id WHERE org_id = '{org.id}' RETURNING 1")
        )
        assert changed.all() == []
        if table != "audit_heads":
            gone = await session.execute(text(f"DELETE FROM {table} WHERE org_id = '{org.id}' RETURNING 1"))
            assert gone.all() == []
        await session.rollback()
    async with owner.for_org(org.id) as session:
        assert await count(session, table) == before


@pytest.mark.parametrize("table", OWNED)
async def test_a_row_cannot_be_written_for_another_org(
    app: FastAPI, org: TestOrg, other_org: TestOrg, table: str
) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with service(app, Database).for_org(other_org.id) as session:
            await session.execute(Base.metadata.tables[table].insert().values(made_up(table, org.id)))


async def test_a_credential_opens_its_own_row_and_no_other(app: FastAPI, org: TestOrg) -> None:
    await made_in(org)
    async with service(app, Database).session(RowContext(credential="0" * 64)) as session:
        for table in ("api_keys", "user_sessions", "invites", "rate_limits"):
            assert await count(session, table) == 0
    async with service(app, Database).session(RowContext(email=org.owner_email)) as session:
        assert await count(session, "users") == 1
    async with service(app, Database).session(RowContext(user_id=org.user_ids["viewer"])) as session:
        assert await count(session, "users") == 1
        assert await count(session, "memberships") == 1
        assert await count(session, "user_sessions") == 1


def test_the_walk_reflects_the_database(settings: Settings) -> None:
    reflected = MetaData()
    with connected(owner_url(settings)) as connection:
        reflected.reflect(connection)
    with_org = {name for name, table in reflected.tables.items() if "org_id" in table.columns}
    assert with_org - {*OWNED, *GLOBAL_TABLES} == set()
