"""The rollup tables as their keeper sees them: one segment of a stream's events added at a time, once each.

A segment is what was received within (after, upto]. It is added to a table by one INSERT that is one block, so that
each month's partition takes all of its share or nothing: whoever has to finish a segment that somebody else began adds
it to the partitions that have not yet got it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from emban.scope import Scope
from emban.store.client import EventStore
from emban.store.schema import DAILY, DAILY_USERS, EVENTS, HOURLY, MEASURE_SLOTS

# Names of properties that one segment is asked for, the most frequent first.
MAX_NAMES = 200
# A string property is too varied for a rollup where a day has more rollup rows than this, and more than half as many as
# events.
CROWDED_CELLS = 10_000
_STREAM = "org_id = {org:String} AND environment = {environment:String}"
_AFTER, _UPTO = "fromUnixTimestamp64Milli({after:Int64}, 'UTC')", "fromUnixTimestamp64Milli({upto:Int64}, 'UTC')"
_SEGMENT = f"{_STREAM} AND ingested_at > {_AFTER} AND ingested_at <= {_UPTO}"
# One block, whatever its size: a partition's part appears as a whole.
_ONE_BLOCK = {
    "max_insert_threads": 1,
    "min_insert_block_size_rows": 1_000_000_000,
    "min_insert_block_size_bytes": 1_000_000_000_000,
    "max_partitions_per_insert_block": 100_000,
    "max_bytes_before_external_group_by": 512 << 20,
}


@dataclass(frozen=True, slots=True)
class RollupLayout:
    """What a stream's rollups hold: `measures` by their slots, and the string properties that days are kept by."""

    measures: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """What a stream received after one instant up to another, both in ms since 1970."""

    after_ms: int
    upto_ms: int


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """What was received at one instant: how many events, and the time of the newest of them, in ms since 1970."""

    at_ms: int
    events: int
    newest_ms: int


class RollupTables:
    """Writes rollups, as the engine account. Raises `EmbanError` (503) where the store does not answer."""

    def __init__(self, store: EventStore, *, crowded_cells: int = CROWDED_CELLS) -> None:
        self._store = store
        self._crowded_cells = crowded_cells

    async def batches(self, scope: Scope, segment: Segment) -> list[StoredBatch]:
        """Return each batch within a segment, the oldest first."""
        sql = (
            "SELECT toUnixTimestamp64Milli(ingested_at) AS at, count(), toUnixTimestamp64Milli(max(timestamp)) "
            f"FROM {EVENTS} WHERE {_SEGMENT} GROUP BY at ORDER BY at"
        )
        return [StoredBatch(*map(int, row)) for row in await self._rows(sql, scope, segment)]

    async def measures(self, scope: Scope, segment: Segment) -> list[str]:
        """Return the numeric properties of a segment's events, the most frequent first."""
        return await self._names("numeric_keys", scope, segment)

    async def dimensions(self, scope: Scope, segment: Segment) -> list[str]:
        """Return the string properties of a segment's events, the most frequent first."""
        return await self._names("mapKeys(string_props)", scope, segment)

    async def add(self, scope: Scope, segment: Segment, layout: RollupLayout, added: Sequence[str]) -> None:
        """Add a segment to every table, where it is not yet in. `added`: dimensions that no earlier segment had."""
        for table, select in (
            (HOURLY, _totals(layout, "toStartOfHour")),
            (DAILY, _daily(layout, added)),
            (DAILY_USERS, _USERS),
        ):
            await self._add(table, select, scope, segment, layout, added)

    async def is_adding(self, scope: Scope) -> bool:
        """Tell whether an `add` of this stream is running in the store, whoever began it."""
        sql = "SELECT 1 FROM system.processes WHERE Settings['log_comment'] = {mark:String} LIMIT 1"
        return bool(await self._store.fetch(sql, {"mark": _mark(scope)}, output_format="RowBinary"))

    async def crowded(self, scope: Scope, upto_ms: int) -> list[str]:
        """Return the dimensions that the segment up to this instant showed to be too varied."""
        sql = (
            f"SELECT DISTINCT dimension FROM (SELECT dimension, uniq(tenant_id, event_name, value) AS cells, "
            f"sum(events) AS events FROM {DAILY} WHERE {_STREAM} AND dimension != '' AND upto = {_UPTO} "
            f"GROUP BY dimension, bucket HAVING cells > {{most:UInt32}} AND cells * 2 > events) ORDER BY dimension"
        )
        rows = await self._rows(sql, scope, Segment(0, upto_ms), most=self._crowded_cells)
        return [str(name) for (name,) in rows]

    async def drop_dimension(self, scope: Scope, dimension: str) -> None:
        """Remove the days of a string property, if there are any, without waiting for it."""
        rows, parameters = f"{_STREAM} AND dimension = {{dimension:String}}", _stream(scope) | {"dimension": dimension}
        found = f"SELECT 1 FROM {DAILY} WHERE {rows} LIMIT 1"
        if await self._store.fetch(found, parameters, output_format="RowBinary"):
            await self._store.command(f"ALTER TABLE {DAILY} DELETE WHERE {rows}", parameters)

    async def _names(self, keys: str, scope: Scope, segment: Segment) -> list[str]:
        sql = (
            f"SELECT name, count() AS found FROM {EVENTS} ARRAY JOIN {keys} AS name WHERE {_SEGMENT} AND name != '' "
            f"GROUP BY name ORDER BY found DESC, name LIMIT {MAX_NAMES}"
        )
        return [str(name) for name, _ in await self._rows(sql, scope, segment)]

    async def _add(
        self, table: str, select: str, scope: Scope, segment: Segment, layout: RollupLayout, added: Sequence[str]
    ) -> None:
        has_it = f"SELECT DISTINCT toYYYYMM(bucket) FROM {table} WHERE {_STREAM} AND upto = {_UPTO}"
        months = [int(month) for (month,) in await self._rows(has_it, scope, segment)]
        columns = _COLUMNS[table] + _slots(len(layout.measures), table)
        parameters = _stream(scope) | {"after": segment.after_ms, "upto": segment.upto_ms, "done": months}
        parameters |= {f"m{slot}": prop for slot, prop in enumerate(layout.measures)}
        parameters |= {f"d{index}": name for index, name in enumerate(layout.dimensions)} | {"added": list(added)}
        await self._store.command(
            f"INSERT INTO {table} ({', '.join(columns)}) {select}", parameters, log_comment=_mark(scope), **_ONE_BLOCK
        )

    async def _rows(self, sql: str, scope: Scope, segment: Segment, **more: int) -> list[list[Any]]:
        parameters = _stream(scope) | {"after": segment.after_ms, "upto": segment.upto_ms} | more
        answer = await self._store.fetch(sql, parameters, output_format="JSONCompactEachRow")
        return [msgspec.json.decode(line) for line in answer.splitlines()]


_CELL = ["org_id", "environment", "tenant_id", "event_name", "bucket", "upto"]
_COLUMNS = {
    HOURLY: [*_CELL, "events"],
    DAILY: [*_CELL, "dimension", "value", "events"],
    DAILY_USERS: [*_CELL, "user_id"],
}
_OWN = "{org:String}, {environment:String}, tenant_id, event_name"
_NOT_YET = "toYYYYMM({}) NOT IN {{done:Array(UInt32)}}"
# Once by name of event and once by any, which is what most dashboards ask for: a user does many things in a day.
_USERS = (
    "SELECT DISTINCT {org:String}, {environment:String}, tenant_id, arrayJoin(['', toString(event_name)]) AS name, "
    f"toStartOfDay(timestamp), {_UPTO}, user_id FROM {EVENTS} "
    f"WHERE {_SEGMENT} AND user_id != '' AND {_NOT_YET.format('timestamp')}"
)


def _slots(count: int, table: str) -> list[str]:
    if table == DAILY_USERS:
        return []
    return [f"{kind}{slot}" for slot in range(min(count, MEASURE_SLOTS)) for kind in "nslh"]


def _totals(layout: RollupLayout, start_of: str, *dimension: str) -> str:
    """Select the rollup rows of whole streams: (own…, bucket, upto, [dimension, value,] events, n, s, l, h by slot)."""
    figures = [
        f"sum(p{slot}), sumKahanStateIf(v{slot}, p{slot}), if(sum(p{slot}) > 0, minIf(v{slot}, p{slot}), inf), "
        f"if(sum(p{slot}) > 0, maxIf(v{slot}, p{slot}), -inf)"
        for slot in range(len(layout.measures))
    ]
    return (
        f"SELECT {', '.join([_OWN, 'at', _UPTO, *dimension, 'count()', *figures])} FROM (SELECT tenant_id, event_name, "
        f"{start_of}(timestamp) AS at{_values(layout)} FROM {EVENTS} "
        f"WHERE {_SEGMENT} AND {_NOT_YET.format('timestamp')}) GROUP BY tenant_id, event_name, at"
    )


def _daily(layout: RollupLayout, added: Sequence[str]) -> str:
    """Select days: in total, by each value of each dimension, and what a new dimension has no value for."""
    selects = [_totals(layout, "toStartOfDay", "''", "''")]
    if layout.dimensions:
        selects.append(_by_value(layout))
    if added:
        selects.append(_without_value(layout))
    return " UNION ALL ".join(selects)


def _by_value(layout: RollupLayout) -> str:
    """An event without the property is one with the value '', as in a query of the events themselves."""
    figures = [f"sum(p{slot}), sumKahanStateIf(v{slot}, p{slot}), inf, -inf" for slot in range(len(layout.measures))]
    named = (f"({{d{index}:String}}, string_props[{{d{index}:String}}])" for index in range(len(layout.dimensions)))
    pairs = f"arrayJoin([{', '.join(named)}]) AS pair"
    return (
        f"SELECT {', '.join([_OWN, 'at', _UPTO, 'pair.1', 'pair.2', 'count()', *figures])} FROM (SELECT tenant_id, "
        f"event_name, toStartOfDay(timestamp) AS at, {pairs}{_values(layout)} FROM {EVENTS} "
        f"WHERE {_SEGMENT} AND {_NOT_YET.format('timestamp')}) GROUP BY tenant_id, event_name, at, pair"
    )


def _without_value(layout: RollupLayout) -> str:
    """Events before the segment that first had a property are, for that property, those with the value ''."""
    figures = [f"sum(n{slot}), sumKahanMergeState(s{slot}), inf, -inf" for slot in range(len(layout.measures))]
    return (
        f"SELECT {', '.join([_OWN, 'bucket', _UPTO, 'name', chr(39) * 2, 'sum(events)', *figures])} FROM {DAILY} "
        f"ARRAY JOIN {{added:Array(String)}} AS name WHERE {_STREAM} AND dimension = '' "
        f"AND {_NOT_YET.format('bucket')} GROUP BY tenant_id, event_name, bucket, name"
    )


def _values(layout: RollupLayout) -> str:
    return "".join(
        f", has(numeric_keys, {{m{slot}:String}}) AS p{slot}, numeric_props[{{m{slot}:String}}] AS v{slot}"
        for slot in range(len(layout.measures))
    )


def _mark(scope: Scope) -> str:
    text = f"{scope.org_id}|{scope.environment}"
    return f"rollup:{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"


def _stream(scope: Scope) -> dict[str, Any]:
    return {"org": scope.org_id, "environment": scope.environment}
