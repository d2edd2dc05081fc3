"""A large org for benchmarks of queries, made inside the engine: skewed tenants, 90 days, 13 properties.

8 string and 5 numeric properties; 100 tenants, the largest with a fifth of the events; four event names, most of them
`api.call`; events come in the order of their time, a batch at a time, as they would have come over 90 days.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bench.support import Bench
from emban.db import Database
from emban.rollup.keeper import RollupKeeper
from emban.rollup.state import RollupStates
from emban.scope import ALL_TENANTS, Scope
from emban.store.client import EventStore
from emban.store.rollup_tables import RollupTables
from emban.store.schema import EVENTS

DAYS = 90
LARGEST = "tenant_0"
BATCH = 250_000
_TABLES = ("events", "hourly", "daily", "daily_users")

_FILL = f"""
INSERT INTO {EVENTS} (org_id, environment, tenant_id, event_name, timestamp, event_id, user_id, string_props,
    numeric_props, ingested_at, event_key)
WITH if(rand(1) % 1000 < 190, 0, toUInt32(100 * pow(rand(2) / 4294967296, 2))) AS tenant,
    exp(randNormal(6, 0.8)) AS tokens
SELECT {{org:String}}, 'prod', concat('tenant_', toString(tenant)),
    ['api.call', 'page.view', 'job.done', 'login'][1 + toUInt32(4 * pow(rand(3) / 4294967296, 3))],
    fromUnixTimestamp64Milli({{start:Int64}} + toInt64(rand64(4) % {{length:UInt64}}), 'UTC'),
    toString(generateUUIDv4()),
    concat('u', toString(tenant), '-', toString(toUInt32(2000 * pow(rand(5) / 4294967296, 2)))),
    map('model', ['gpt-5', 'claude', 'llama', 'mistral', 'gemini'][1 + toUInt32(5 * pow(rand(6) / 4294967296, 2))],
        'endpoint', concat('/v1/', toString(toUInt32(30 * pow(rand(7) / 4294967296, 2)))),
        'plan', ['free', 'pro', 'team'][1 + rand(8) % 3], 'region', ['eu', 'us', 'ap'][1 + rand(9) % 3],
        'status', if(rand(10) % 20 = 0, 'error', 'ok'), 'sdk', ['python', 'node', 'go', 'curl'][1 + rand(11) % 4],
        'tier', toString(rand(12) % 5), 'host', concat('h', toString(rand(13) % 50))),
    map('tokens', toFloat64(toUInt32(tokens)), 'latency_ms', round(exp(randNormal(5, 0.6)), 1),
        'cost', round(tokens / 100000, 5), 'retries', toFloat64(rand(17) % 3), 'bytes', toFloat64(rand(18) % 60000)),
    fromUnixTimestamp64Milli({{at:Int64}}, 'UTC'), rand64(19)
FROM numbers({{count:UInt64}})
SETTINGS max_insert_threads = 1, max_partitions_per_insert_block = 1000
"""


@dataclass(frozen=True, slots=True)
class Large:
    """What was made: how long events and rollups took, and bytes on disk per event by table."""

    events: int
    fill_s: float
    rolled_s: float
    segments: int
    bytes_each: dict[str, float]


async def fill(bench: Bench, store: EventStore, database: Database, events: int) -> Large:
    """Make the events of the bench's org and roll them up."""
    began = time.perf_counter()
    # The last batch ends a while ago: what is asked for begins and ends within hours and days.
    # In whole milliseconds, as watermarks are.
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=7)
    start = end - timedelta(days=DAYS)
    count = max(1, events // BATCH)
    step = (end - start) / count
    for place in range(count):
        parameters = {
            "org": bench.org_id,
            "count": events // count,
            "start": int((start + place * step).timestamp() * 1000),
            "length": int(step.total_seconds() * 1000),
            "at": int(end.timestamp() * 1000) + place,
        }
        await store.command(_FILL, parameters, max_execution_time=600)
    async with database.for_org(bench.org_id) as session:
        mark = text("INSERT INTO ingest_watermarks (org_id, environment, watermark) VALUES (:org, 'prod', :at)")
        await session.execute(mark, {"org": bench.org_id, "at": end + timedelta(milliseconds=count)})
    filled = time.perf_counter()
    keeper = RollupKeeper(RollupStates(database), RollupTables(store))
    segments = await keeper.roll_up(Scope(bench.org_id, "prod", ALL_TENANTS))
    rolled = time.perf_counter()
    for table in _TABLES:
        await store.command(f"OPTIMIZE TABLE emban.{table} FINAL", max_execution_time=3600)
    sizes = {table: await _bytes(store, table) / (events // count * count) for table in _TABLES}
    return Large(events // count * count, filled - began, rolled - filled, segments, sizes)


async def _bytes(store: EventStore, table: str) -> int:
    sql = "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = {table:String}"
    return int(await store.fetch(sql, {"table": table}, output_format="TabSeparated"))
