"""Events put straight into the event store, for tests of what reads them."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from emban.store.client import EventStore
from emban.store.schema import EVENTS
from tests.support.reference import Event

# Some hundred of them, from around the changes of clocks and from all years. EMBAN_TEST_COMMITS may name more.
COMMITS = Path(os.environ.get("EMBAN_TEST_COMMITS") or Path(__file__).parents[1] / "fixtures" / "commits.jsonl.gz")
COLUMNS = (
    "org_id",
    "environment",
    "tenant_id",
    "event_name",
    "timestamp",
    "event_id",
    "user_id",
    "string_props",
    "numeric_props",
    "ingested_at",
)


async def insert_events(store: EventStore, org_id: str, events: Iterable[Event], environment: str = "prod") -> None:
    """Insert events as one block."""
    lines = [
        json.dumps(
            {
                "org_id": org_id,
                "environment": environment,
                "tenant_id": event.tenant,
                "event_name": event.name,
                "timestamp": _engine_time(event.at),
                "event_id": "",
                "user_id": event.user,
                "string_props": dict(event.strings),
                "numeric_props": dict(event.numbers),
                "ingested_at": _engine_time(event.ingested),
            }
        )
        for event in events
    ]
    client = await store._client("")
    settings = {"max_partitions_per_insert_block": 10_000}
    await client.raw_insert(EVENTS, COLUMNS, "\n".join(lines).encode(), settings, fmt="JSONEachRow")


def commits() -> list[Event]:
    """Return real commits: one event each, one repository a tenant, times with their own offsets."""
    with gzip.open(COMMITS, "rt", encoding="utf-8") as lines:
        return [_commit(json.loads(line)) for line in lines]


def _commit(given: dict[str, object]) -> Event:
    fields: dict[str, dict[str, object]] = {name: value for name, value in given.items() if isinstance(value, dict)}
    return Event(
        tenant=str(given["tenant_id"]),
        name=str(given["event_name"]),
        at=datetime.fromisoformat(str(given["timestamp"])).astimezone(UTC),
        user=str(given.get("user_id", "")),
        strings={name: str(value) for name, value in fields.get("string_props", {}).items()},
        numbers={name: float(str(value)) for name, value in fields.get("numeric_props", {}).items()},
    )


def _engine_time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}"
