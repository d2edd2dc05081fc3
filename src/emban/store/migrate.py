"""Bring the event store to the present schema. Each step may run twice, so several processes may do this at once."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from emban.settings import Settings
from emban.store.accounts import ensure_accounts
from emban.store.client import EventStore
from emban.store.policies import DATABASE
from emban.store.schema import MIGRATIONS, MIGRATIONS_TABLE

_CREATE_TABLE = f"""
CREATE TABLE IF NOT EXISTS {MIGRATIONS_TABLE} (version UInt32, title String, at DateTime64(3, 'UTC'))
ENGINE = MergeTree ORDER BY version
"""


def migrate(settings: Settings) -> None:
    """Apply what is missing, from a synchronous caller. Raises `EmbanError` (503) where the store does not answer."""
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    store = EventStore(settings)
    try:
        await apply_migrations(store)
        await ensure_accounts(store)
    finally:
        await store.close()


async def apply_migrations(store: EventStore) -> list[int]:
    """Apply every migration that the store has not recorded; returns their numbers."""
    await store.command(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    await store.command(_CREATE_TABLE)
    done = await applied_versions(store)
    missing = [migration for migration in MIGRATIONS if migration.version not in done]
    for migration in missing:
        for statement in migration.statements:
            await store.command(statement)
        await store.command(
            f"INSERT INTO {MIGRATIONS_TABLE} SELECT {{version:UInt32}}, {{title:String}}, now64(3)",
            {"version": migration.version, "title": migration.title},
        )
    return [migration.version for migration in missing]


async def applied_versions(store: EventStore) -> set[int]:
    """Return the numbers of the migrations that the store has recorded."""
    raw = await store.command(f"SELECT DISTINCT version FROM {MIGRATIONS_TABLE}")
    answer: dict[str, Any] = msgspec.json.decode(raw)
    return {int(row[0]) for row in answer["data"]}
