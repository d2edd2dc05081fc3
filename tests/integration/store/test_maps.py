"""How properties lie on disk: in buckets of keys, with the names of the numeric ones beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from emban.settings import Settings
from emban.store.client import EventStore
from emban.store.schema import EVENTS


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[EventStore]:
    opened = EventStore(settings)
    yield opened
    await opened.close()


async def test_properties_lie_in_buckets(store: EventStore) -> None:
    raw = await store.command("SELECT engine_full FROM system.tables WHERE database = 'emban' AND name = 'events'")
    stored: str = msgspec.json.decode(raw)["data"][0][0]
    assert "map_serialization_version = 'with_buckets'" in stored
    assert "max_buckets_in_map = 16" in stored


async def test_names_of_numeric_properties_are_kept_apart(store: EventStore) -> None:
    event = {
        "tenant_id": "maps",
        "event_name": "e",
        "timestamp": "2026-01-01 00:00:00",
        "numeric_props": {"zero": 0, "x": 1},
    }
    head = f"INSERT INTO {EVENTS} (tenant_id, event_name, timestamp, numeric_props) FORMAT JSONEachRow\n"
    await store.insert(head.encode() + msgspec.json.encode(event))
    raw = await store.command(f"SELECT arraySort(numeric_keys) FROM {EVENTS} WHERE tenant_id = 'maps'")
    assert msgspec.json.decode(raw)["data"] == [[["x", "zero"]]]
