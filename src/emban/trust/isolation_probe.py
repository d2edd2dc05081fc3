"""The probe: does this very engine hold each of its accounts to a scope? Asked with planted rows, as each account.

What is asked forgets every condition on purpose: it is the engine that has to apply them. The truth is computed here,
from the rows that were planted (`PlantedRow.is_in`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from emban.scope import ALL_TENANTS, Lock, Scope, Tenant
from emban.store.client import EventStore
from emban.store.errors import StoreError
from emban.store.pinned_settings import PINNED
from emban.store.policies import QUERY_ROLE, READER_ROLE
from emban.store.schema import EVENTS, MIGRATIONS_TABLE
from emban.store.scope_setting import scope_settings
from emban.trust.engine_builds import IsolationProbeError
from emban.trust.planted_rows import (
    ENVIRONMENTS,
    LOCKED_PROPERTY,
    ORGS,
    PLANS,
    PLANTED,
    TABLES,
    TENANTS,
    plant,
    planted_marks,
)

_AT_ONCE = 4
# What a statement without a scope, or with a mangled one, may be sent with.
_NO_SCOPES = (
    None,
    "",
    "*|*|*",
    f"{ORGS[0]}|{ENVIRONMENTS[0]}",
    f"{ORGS[0]}|{ENVIRONMENTS[0]}|",
    f"|{ENVIRONMENTS[0]}|*",
)
_READONLY, _ACCESS_DENIED = 164, 497
# With a lock, as a change of a setting to what it is already is none, and so not refused.
_OWN: Mapping[str, str] = scope_settings(
    Scope(ORGS[0], ENVIRONMENTS[0], ALL_TENANTS, (Lock(LOCKED_PROPERTY, PLANS[1:]),)), TABLES
)
# Refused to both accounts, whatever the scope: writes, other tables, files, hosts, and a change of what holds them.
_REFUSED = (
    f"INSERT INTO {EVENTS} (tenant_id) VALUES ('probe')",
    f"ALTER TABLE {EVENTS} DELETE WHERE event_name = 'probe'",
    f"SELECT count() FROM {MIGRATIONS_TABLE}",
    "SELECT * FROM file('probe.csv', 'CSV', 'a String')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
    f"SET log_comment = '{ORGS[1]}|{ENVIRONMENTS[0]}|*'",
    f"SELECT count() FROM {EVENTS} SETTINGS log_comment = '{ORGS[1]}|{ENVIRONMENTS[0]}|*'",
    f"SELECT count() FROM {EVENTS} SETTINGS additional_table_filters = {{}}",
    f"SELECT count() FROM {EVENTS} SETTINGS readonly = 0",
)
# Refused to the account of strangers' statements besides: columns that it has no grant on, tables of compiled ones.
_HIDDEN = (
    *(f"SELECT {column} FROM {EVENTS}" for column in ("org_id", "environment", "numeric_keys", "event_key")),
    *(f"SELECT count() FROM {table}" for table in TABLES if table != EVENTS),
)
_TABLES_OF = {QUERY_ROLE: TABLES, READER_ROLE: (EVENTS,)}

_Check = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _ProbeReader:
    """One of the readers' accounts, at the engine of one start."""

    store: EventStore
    account: str
    engine: str

    async def ask(self, sql: str, settings: Mapping[str, Any]) -> list[list[Any]]:
        raw = await self.store.probe(self.account, sql, settings, engine=self.engine)
        return [msgspec.json.decode(line) for line in raw.splitlines()]

    async def expect_rows(self, what: str, settings: Mapping[str, Any], scope: Scope | None) -> None:
        """Ask every table for its marks at once and compare them with the truth."""
        tables = _TABLES_OF[self.account]
        asked = (f"SELECT '{table}' AS t, groupUniqArray(toString(event_name)) AS m FROM {table}" for table in tables)
        for table, marks in await self.ask(" UNION ALL ".join(asked), settings):
            truth = {row.mark for row in PLANTED if scope is not None and row.is_in(scope, table)}
            if set(marks) != truth:
                raise IsolationProbeError(
                    f"{self.account} with {what} sees {len(set(marks) - truth)} foreign and {len(set(marks) & truth)} "
                    f"of its {len(truth)} own rows of {table}"
                )

    async def expect_refusal(self, sql: str) -> None:
        try:
            await self.ask(sql, _OWN)
        except StoreError as error:
            if error.code in {_READONLY, _ACCESS_DENIED}:
                return
            raise IsolationProbeError(f"{self.account} is refused with code {error.code}: {_named(sql)}") from error
        raise IsolationProbeError(f"{self.account} may run: {_named(sql)}")

    async def expect_settings(self) -> None:
        """Compare what the engine says of the settings with what was sent."""
        pinned = {"readonly": 1, **PINNED}
        names = ", ".join(f"toInt64(getSetting('{name}'))" for name in pinned)
        found = (await self.ask(f"SELECT {names}", {"output_format_json_quote_64bit_integers": 0}))[0]
        for (name, wanted), value in zip(pinned.items(), found, strict=True):
            if int(value) != wanted:
                raise IsolationProbeError(f"the setting {name} is {value} for {self.account}, not {wanted}")


async def probe_isolation(store: EventStore, engine: str) -> None:
    """Return if the engine of this start keeps planted orgs, environments, tenants and locks apart.

    Raises `IsolationProbeError` with the first difference, and `EmbanError` 503 where the engine does not answer, or
    another one does.
    """
    await plant(store)
    for table in TABLES:
        if await planted_marks(store, table) != {row.mark for row in PLANTED}:
            raise IsolationProbeError(f"the engine's own account does not find the planted rows of {table}")
    checks = [check for account in (QUERY_ROLE, READER_ROLE) for check in _checks(_ProbeReader(store, account, engine))]
    slots = asyncio.Semaphore(_AT_ONCE)

    async def run(check: _Check) -> None:
        async with slots:
            await check()

    try:
        async with asyncio.TaskGroup() as group:
            for check in checks:
                group.create_task(run(check))
    except ExceptionGroup as failures:
        found = (error for error in failures.exceptions if isinstance(error, IsolationProbeError))
        raise next(found, failures.exceptions[0]) from failures


def _checks(reader: _ProbeReader) -> Iterator[_Check]:
    yield reader.expect_settings
    for what, scope in _scopes():
        if not scope.locks or reader.account == QUERY_ROLE:
            yield partial(reader.expect_rows, what, scope_settings(scope, TABLES), scope)
    for setting in _NO_SCOPES:
        what = "no scope" if not setting else "a mangled scope"
        yield partial(reader.expect_rows, what, {} if setting is None else {"log_comment": setting}, None)
    for sql in (*_REFUSED, *(_HIDDEN if reader.account == READER_ROLE else ())):
        yield partial(reader.expect_refusal, sql)


def _scopes() -> Iterator[tuple[str, Scope]]:
    for org, environment in ((0, 0), (0, 1), (1, 0)):
        yield "the scope of an environment", Scope(ORGS[org], ENVIRONMENTS[environment], ALL_TENANTS)
    for tenant in TENANTS:
        yield "the scope of a tenant", Scope(ORGS[0], ENVIRONMENTS[0], Tenant(tenant))
    for tenant_or_all in (ALL_TENANTS, Tenant(TENANTS[0])):
        locked = Scope(ORGS[0], ENVIRONMENTS[0], tenant_or_all)
        yield "a lock", locked.narrow(Lock(LOCKED_PROPERTY, PLANS[1:]))
        yield "a lock on nothing", locked.narrow(Lock(LOCKED_PROPERTY, ()))


def _named(sql: str) -> str:
    """Return a statement without the names of the planted orgs."""
    for org in ORGS:
        sql = sql.replace(org, "…")
    return sql
