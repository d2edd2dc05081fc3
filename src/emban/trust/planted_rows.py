"""Rows planted in the event store's own tables, by which an engine shows what its accounts see of them.

They belong to two orgs of the server's own. No org of the control plane can have such a name, so they are in no list,
no meter and no rollup, and nobody's scope but that of the probe reaches them. They stay: planting is for the first
start, and for a store that was emptied.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import msgspec

from emban.scope import AllTenants, Scope, Tenant
from emban.store.client import EventStore
from emban.store.schema import DAILY, DAILY_USERS, EVENTS, HOURLY

# With the version of the planting, so that one with other rows finds none of an older one's.
ORGS = ("emban.probe.1.a", "emban.probe.1.b")
ENVIRONMENTS = ("x", "y")
TENANTS = ("t1", "t2")
PLANS = ("free", "pro")
LOCKED_PROPERTY = "plan"
TABLES = (EVENTS, HOURLY, DAILY, DAILY_USERS)
_AT = "toDateTime64('2000-01-01 00:00:00', 3, 'UTC')"
_NAMES = ("org", "env", "tenant", "plan", "mark")
_KEYS = "org_id, environment, tenant_id, event_name"
_VALUES = "org, env, tenant, mark"
# (columns, what is selected for them) by table.
_PLANTING = {
    EVENTS: (
        f"{_KEYS}, timestamp, ingested_at, string_props",
        f"{_VALUES}, {_AT}, {_AT}, map('{LOCKED_PROPERTY}', plan)",
    ),
    HOURLY: (f"{_KEYS}, bucket, upto, events", f"{_VALUES}, {_AT}, {_AT}, 1"),
    DAILY: (
        f"{_KEYS}, bucket, upto, events, dimension, value",
        f"{_VALUES}, {_AT}, {_AT}, 1, '{LOCKED_PROPERTY}', plan",
    ),
    DAILY_USERS: (f"{_KEYS}, bucket, upto, user_id", f"{_VALUES}, {_AT}, {_AT}, tenant"),
}


@dataclass(frozen=True, slots=True)
class PlantedRow:
    """One row of each table: whose it is, and its mark, which is its event_name there."""

    org: str
    environment: str
    tenant: str
    plan: str

    @property
    def mark(self) -> str:
        """What tells it from every other."""
        return ".".join((self.org[-1], self.environment, self.tenant, self.plan))

    def is_in(self, scope: Scope, table: str) -> bool:
        """Tell whether a scope shows it in a table: the truth that the engine's answer is held to.

        Of the rollups only days are kept by a property, so a lock on one shows nothing of the others.
        """
        whose = (self.org, self.environment) == (scope.org_id, scope.environment)
        theirs = isinstance(scope.tenant, AllTenants) or scope.tenant == Tenant(self.tenant)
        held = all(table in {EVENTS, DAILY} and self.plan in lock.values for lock in scope.locks)
        return whose and theirs and held


PLANTED = tuple(PlantedRow(*whose) for whose in itertools.product(ORGS, ENVIRONMENTS, TENANTS, PLANS))


async def plant(store: EventStore) -> None:
    """Plant what is missing. Two processes may do so at once: rows are told apart by their marks, not counted."""
    for table in TABLES:
        if await planted_marks(store, table) != {row.mark for row in PLANTED}:
            columns, selected = _PLANTING[table]
            wanted = [[row.org, row.environment, row.tenant, row.plan, row.mark] for row in PLANTED]
            names = ", ".join(f"r[{index}] AS {name}" for index, name in enumerate(_NAMES, start=1))
            rows = f"SELECT {names} FROM (SELECT arrayJoin({{rows:Array(Array(String))}}) AS r)"
            await store.command(f"INSERT INTO {table} ({columns}) SELECT {selected} FROM ({rows})", {"rows": wanted})


async def planted_marks(store: EventStore, table: str) -> set[str]:
    """Return the marks of the planted rows that the engine account sees in a table."""
    sql = f"SELECT arraySort(groupUniqArray(toString(event_name))) FROM {table} WHERE org_id IN {{orgs:Array(String)}}"
    raw = await store.fetch(sql, {"orgs": list(ORGS)}, output_format="JSONCompactEachRow")
    return set(msgspec.json.decode(raw)[0])
