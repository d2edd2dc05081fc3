"""An INSERT that stored nothing says so, whatever went wrong and in whatever format its rows came."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from emban.settings import Settings
from emban.store.client import EventStore
from emban.store.errors import StoreError

TABLES = {
    "partitions": "ENGINE = MergeTree PARTITION BY v ORDER BY v",
    "constraint": "ENGINE = MergeTree ORDER BY v",
    "parts": "ENGINE = MergeTree ORDER BY v SETTINGS parts_to_throw_insert = 1, parts_to_delay_insert = 1",
}
JSON_ROWS = b"\n".join(b'{"v": %d}' % number for number in range(150))


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[EventStore]:
    opened = EventStore(settings)
    yield opened
    await opened.close()


@pytest.mark.parametrize("reason", TABLES)
@pytest.mark.parametrize("data_format", ["JSONEachRow", "Native"])
async def test_the_tables_refusal_is_told(store: EventStore, reason: str, data_format: str) -> None:
    table = f"emban.refusing_{reason}_{data_format.lower()}"
    check = ", CONSTRAINT small CHECK v < 100" if reason == "constraint" else ""
    await store.command(f"CREATE TABLE {table} (v UInt32{check}) {TABLES[reason]}")
    if reason == "parts":
        await store.command(f"INSERT INTO {table} SELECT 1")
    before = await _count(store, table)
    client = await store._client("")
    rows = JSON_ROWS
    if data_format == "Native":
        rows = await client.raw_query("SELECT toUInt32(number) AS v FROM numbers(150)", fmt="Native")
    try:
        with pytest.raises(Exception, match=r"Code: (252|469)") as refused:
            await client.raw_insert(table, ["v"], rows, fmt=data_format)
        assert not isinstance(refused.value, StoreError)
        assert await _count(store, table) == before
    finally:
        await store.command(f"DROP TABLE {table} SYNC")


async def _count(store: EventStore, table: str) -> int:
    answer = msgspec.json.decode(await store.command(f"SELECT count() FROM {table}"))
    return int(answer["data"][0][0])
