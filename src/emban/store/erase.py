"""Removing events for good: of an org, an environment, a tenant, or before an instant.

Works on every table of the database that has an `org_id`, so that a rollup added later is covered. Each call waits
until the engine is done, and is safe to repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from emban.store.client import EventStore
from emban.store.policies import DATABASE

_TABLES = f"""
SELECT table, groupArray(name) FROM system.columns
WHERE database = '{DATABASE}' AND table IN
  (SELECT name FROM system.tables WHERE database = '{DATABASE}' AND engine LIKE '%MergeTree')
GROUP BY table HAVING has(groupArray(name), 'org_id') ORDER BY table
"""
_WAIT = {"mutations_sync": 1}
# The column that says when a row's events were, by table kind: events and rollups.
_TIME_COLUMNS = ("timestamp", "bucket")


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: frozenset[str]


class StoredRows:
    """Every table's rows, deleted as the engine account. Raises `EmbanError` (503) where the store does not answer."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def delete_org(self, org_id: str) -> None:
        """Remove every row of an org: its partitions are dropped, which takes no rewriting."""
        for table in await self._tables():
            wanted = f"SELECT DISTINCT _partition_id FROM {DATABASE}.{table.name} WHERE org_id = {{org_id:String}}"
            for (partition,) in await self._rows(wanted, {"org_id": org_id}):
                if await self._holds_others(table.name, partition, org_id):
                    await self._delete(table.name, "org_id = {org_id:String}", {"org_id": org_id})
                    break
                await self._store.command(
                    f"ALTER TABLE {DATABASE}.{table.name} DROP PARTITION ID {{partition:String}}",
                    {"partition": partition},
                )

    async def delete_environment(self, org_id: str, environment: str) -> None:
        """Remove every row of an environment."""
        parameters = {"org_id": org_id, "environment": environment}
        for table in await self._tables("environment"):
            condition = "org_id = {org_id:String} AND environment = {environment:String}"
            await self._delete(table.name, condition, parameters)

    async def delete_tenant(self, org_id: str, environment: str, tenant_id: str) -> None:
        """Remove every row of a tenant in an environment."""
        parameters = {"org_id": org_id, "environment": environment, "tenant_id": tenant_id}
        for table in await self._tables("environment", "tenant_id"):
            condition = (
                "org_id = {org_id:String} AND environment = {environment:String} AND tenant_id = {tenant_id:String}"
            )
            await self._delete(table.name, condition, parameters)

    async def delete_before(self, org_id: str, environment: str, before: datetime) -> bool:
        """Remove the rows of an environment whose events were before an instant; tell whether there were any."""
        erased = False
        parameters = {
            "org_id": org_id,
            "environment": environment,
            "before": before.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        }
        for table in await self._tables("environment"):
            column = next((name for name in _TIME_COLUMNS if name in table.columns), None)
            if column is not None:
                condition = (
                    "org_id = {org_id:String} AND environment = {environment:String} "
                    f"AND {column} < toDateTime({{before:String}}, 'UTC')"
                )
                erased |= await self._delete(table.name, condition, parameters)
        return erased

    async def _delete(self, table: str, condition: str, parameters: Mapping[str, Any]) -> bool:
        """Rewrite what holds such rows, and tell whether anything does.

        Partition by partition: a mutation of the whole table would pass over every part of every other org, too.
        """
        name = f"{DATABASE}.{table}"
        found = await self._rows(f"SELECT DISTINCT _partition_id FROM {name} WHERE {condition}", parameters)
        for (partition,) in found:
            statement = f"ALTER TABLE {name} DELETE IN PARTITION ID {{partition:String}} WHERE {condition}"
            await self._store.command(statement, {**parameters, "partition": partition}, **_WAIT)
        return bool(found)

    async def _holds_others(self, table: str, partition: str, org_id: str) -> bool:
        others = f"SELECT 1 FROM {DATABASE}.{table} WHERE _partition_id = {{partition:String}} "
        others += "AND org_id != {org_id:String} LIMIT 1"
        return bool(await self._rows(others, {"partition": partition, "org_id": org_id}))

    async def _tables(self, *columns: str) -> list[_Table]:
        tables = [_Table(name, frozenset(found)) for name, found in await self._rows(_TABLES, {})]
        return [table for table in tables if table.columns.issuperset(columns)]

    async def _rows(self, sql: str, parameters: Mapping[str, Any]) -> list[list[Any]]:
        answer: dict[str, Any] = msgspec.json.decode(await self._store.command(sql, parameters))
        rows: list[list[Any]] = answer["data"]
        return rows
