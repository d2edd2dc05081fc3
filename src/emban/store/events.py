"""The events table as ingestion sees it: rows in, and what is known of rows by their keys and times of receipt.

A row's `event_key` is 64 bits: a hash of its event_id, or noise where it has none. A key that is found says "look
closer", never "the same event": answers about events compare the event_id itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.driver.insert import InsertContext
from clickhouse_connect.driver.transform import NativeTransform
from numpy.typing import NDArray

from emban.scope import Scope
from emban.store.client import EventStore
from emban.store.schema import EVENTS

Keys = NDArray[np.uint64]
Instants = NDArray[np.int64]

# Few enough for one statement's text (the engine reads 256 KiB of it).
MAX_KEYS_ASKED = 10_000
# A batch may reach over as many months as there are events in it; the engine's own limit is 100 partitions.
_PARTITIONS = 100_000
_COLUMNS: tuple[tuple[str, str], ...] = (
    ("org_id", "LowCardinality(String)"),
    ("environment", "LowCardinality(String)"),
    ("tenant_id", "String"),
    ("event_name", "LowCardinality(String)"),
    ("timestamp", "DateTime64(3, 'UTC')"),
    ("event_id", "String"),
    ("user_id", "String"),
    ("string_props", "Map(String, String)"),
    ("numeric_props", "Map(String, Float64)"),
    ("ingested_at", "DateTime64(3, 'UTC')"),
    ("event_key", "UInt64"),
)
_NAMES = [name for name, _ in _COLUMNS]
_TYPES = [get_from_name(kind) for _, kind in _COLUMNS]
_STREAM = "org_id = {org:String} AND environment = {environment:String}"
_MS = "toUnixTimestamp64Milli(ingested_at)"
_FROM_MS = "fromUnixTimestamp64Milli({{{0}:Int64}}, 'UTC')"
_FORMAT = b" FORMAT Native\n"
_RECEIVED = np.dtype([("key", "<u8"), ("at", "<i8")])


@dataclass(frozen=True, slots=True, kw_only=True)
class EventColumns:
    """Events of one org and environment, a list per column, all of one length; times in ms since 1970."""

    tenant_id: list[str]
    event_name: list[str]
    timestamp_ms: list[int]
    event_id: list[str]
    user_id: list[str]
    string_props: list[dict[str, str]]
    numeric_props: list[dict[str, float]]
    event_key: list[int]

    def __len__(self) -> int:
        return len(self.event_key)


@dataclass(frozen=True, slots=True)
class Received:
    """Keys of rows and when those were received, in ms since 1970; two arrays of one length."""

    keys: Keys
    at_ms: Instants


class EventLog:
    """Writes rows and looks up rows, always of one org and environment. Works as the engine account.

    Raises `EmbanError` (503) where the store does not answer.
    """

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def append(self, scope: Scope, rows: EventColumns, at_ms: int) -> None:
        """Store rows as received at an instant. After an error any part of them may be stored, or be yet to come."""
        await self._store.insert(
            _insert_statement(scope, rows, at_ms),
            max_partitions_per_insert_block=_PARTITIONS,
            insert_allow_materialized_columns=1,
        )

    async def is_writing(self, scope: Scope) -> bool:
        """Tell whether an `append` of this org and environment is running in the store, whoever began it."""
        # Those of this call's kind have no comment of their own.
        sql = "SELECT 1 FROM system.processes WHERE Settings['log_comment'] = {mark:String} LIMIT 1"
        return bool(await self._store.fetch(sql, {"mark": _mark(scope)}, output_format="RowBinary"))

    async def received_after(self, scope: Scope, after_ms: int) -> Received:
        """Return the keys of what was received after an instant; skips every part that is older."""
        sql = f"SELECT event_key, {_MS} FROM {EVENTS} WHERE {_STREAM} AND ingested_at > {_FROM_MS.format('after')}"
        raw = await self._store.fetch(sql, _stream(scope, after=after_ms), output_format="RowBinary")
        rows = np.frombuffer(raw, _RECEIVED)
        return Received(rows["key"].astype(np.uint64), rows["at"].astype(np.int64))

    async def received_at(self, scope: Scope, at_ms: int) -> set[int]:
        """Return the keys of what was received at one instant."""
        sql = f"SELECT event_key FROM {EVENTS} WHERE {_STREAM} AND ingested_at = {_FROM_MS.format('at')}"
        raw = await self._store.fetch(sql, _stream(scope, at=at_ms), output_format="RowBinary")
        return set(np.frombuffer(raw, np.uint64).tolist())

    async def identified_since(self, scope: Scope, since_ms: int) -> int:
        """Return how many events with an event_id were received since an instant."""
        sql = (
            f"SELECT count() FROM {EVENTS} "
            f"WHERE {_STREAM} AND ingested_at >= {_FROM_MS.format('since')} AND event_id != ''"
        )
        raw = await self._store.fetch(sql, _stream(scope, since=since_ms), output_format="RowBinary")
        return int.from_bytes(raw, "little")

    async def keys_between(self, scope: Scope, since_ms: int, until_ms: int) -> Keys:
        """Return the keys of events with an event_id, received in [since, until]."""
        sql = (
            f"SELECT event_key FROM {EVENTS} WHERE {_STREAM} AND event_id != '' "
            f"AND ingested_at BETWEEN {_FROM_MS.format('since')} AND {_FROM_MS.format('until')}"
        )
        parameters = _stream(scope, since=since_ms, until=until_ms)
        return np.frombuffer(await self._store.fetch(sql, parameters, output_format="RowBinary"), np.uint64)

    async def stored_ids(self, scope: Scope, keys: Sequence[int], since_ms: int) -> set[str]:
        """Return the event_ids stored under any of these keys and received since an instant."""
        found: set[str] = set()
        for start in range(0, len(keys), MAX_KEYS_ASKED):
            # Numbers of ours, too many for the address that parameters travel in.
            numbers = ",".join(map(str, map(int, keys[start : start + MAX_KEYS_ASKED])))
            sql = (
                f"SELECT DISTINCT event_id FROM {EVENTS} WHERE {_STREAM} AND event_id != '' "
                f"AND ingested_at >= {_FROM_MS.format('since')} AND event_key IN ({numbers})"
            )
            answer = await self._store.fetch(sql, _stream(scope, since=since_ms), output_format="JSONCompactEachRow")
            found.update(msgspec.json.decode(line)[0] for line in answer.splitlines())
        return found


def event_keys(event_ids: Sequence[str]) -> list[int]:
    """Return the key of each event_id."""
    blake2b, read = hashlib.blake2b, int.from_bytes
    return [read(blake2b(text.encode(), digest_size=8).digest(), "little") for text in event_ids]


def _insert_statement(scope: Scope, rows: EventColumns, at_ms: int) -> bytes:
    count = len(rows)
    columns: list[Sequence[object]] = [
        [scope.org_id] * count,
        [scope.environment] * count,
        rows.tenant_id,
        rows.event_name,
        rows.timestamp_ms,
        rows.event_id,
        rows.user_id,
        rows.string_props,
        rows.numeric_props,
        [at_ms] * count,
        rows.event_key,
    ]
    context = InsertContext(EVENTS, _NAMES, _TYPES, columns, column_oriented=True)
    statement = b"".join(NativeTransform.build_insert(context))
    # The comment is what `is_writing` finds a running statement by; the engine forgets those of the text's own.
    setting = f" SETTINGS log_comment = '{_mark(scope)}'".encode()
    return statement.replace(_FORMAT, setting + _FORMAT, 1)


def _mark(scope: Scope) -> str:
    text = f"{scope.org_id}|{scope.environment}"
    return f"stream:{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"


def _stream(scope: Scope, **instants: int) -> dict[str, str | int]:
    return {"org": scope.org_id, "environment": scope.environment, **instants}
