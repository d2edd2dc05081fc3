"""Tables of the event store, as numbered migrations that only ever go forward.

Partitioned by org and month: an engine that evaluates a reader's expression on key values then has only the
reader's own to evaluate it on, a deleted org is dropped partitions, and old months can go at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from emban.store.policies import DATABASE

EVENTS = f"{DATABASE}.events"
HOURLY, DAILY, DAILY_USERS = (f"{DATABASE}.{name}" for name in ("hourly", "daily", "daily_users"))
# How many numeric properties of a stream the rollups have columns for; which they are is in PostgreSQL (`rollups`).
MEASURE_SLOTS = 16
MIGRATIONS_TABLE = f"{DATABASE}.schema_migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: its number, what it is for, and its statements, each safe to run twice."""

    version: int
    title: str
    statements: tuple[str, ...]


# Maps are stored as 16 buckets of keys, so that a query of one property reads a sixteenth of them: 3 to 5 times faster
# than whole maps on 2,000,000 events of 13 properties, with 8 % fewer bytes and inserts as fast. `numeric_keys` tells
# an absent property from a zero without reading the map (0.01 bytes an event; 6 times faster than mapContains). See
# docs/decisions/0006-map-columns.md.
# `event_key` (8 bytes of a hash of event_id, noise where an event has none) lies beside its event, so that the two are
# stored or lost together; `received` lets "what came after this instant" skip every older part. See
# docs/decisions/0003-acknowledged-after-both-stores.md.
# Granules of 512 rows: the window edges that no rollup covers are read from here, a few granules per tenant and name.
# Such a read takes a third less time than with 2,048, for 0.4 bytes an event.
# What `SELECT *` is not to show a reader, who has no grant on it, is MATERIALIZED: with the engine's setting
# insert_allow_materialized_columns an INSERT gives its value all the same.
CREATE_EVENTS = f"""
CREATE TABLE IF NOT EXISTS {EVENTS}
(
    org_id        LowCardinality(String) MATERIALIZED '',
    environment   LowCardinality(String) MATERIALIZED '',
    tenant_id     String,
    event_name    LowCardinality(String),
    timestamp     DateTime64(3, 'UTC'),
    event_id      String,
    user_id       String,
    string_props  Map(String, String),
    numeric_props Map(String, Float64),
    ingested_at   DateTime64(3, 'UTC'),
    numeric_keys  Array(LowCardinality(String)) MATERIALIZED mapKeys(numeric_props),
    event_key     UInt64 MATERIALIZED 0 CODEC(NONE),
    INDEX received ingested_at TYPE minmax GRANULARITY 16
)
ENGINE = MergeTree
PARTITION BY (org_id, toYYYYMM(timestamp))
ORDER BY (org_id, environment, tenant_id, event_name, timestamp)
SETTINGS index_granularity = 512, map_serialization_version = 'with_buckets', map_buckets_strategy = 'constant',
    max_buckets_in_map = 16, map_buckets_min_avg_size = 0, default_compression_codec = 'ZSTD(1)'
"""


def _measures() -> str:
    """Per slot: how many events had the property, their sum (compensated), least and greatest; infinite for none."""
    return ", ".join(
        f"n{slot} SimpleAggregateFunction(sum, UInt64), s{slot} AggregateFunction(sumKahan, Float64), "
        f"l{slot} SimpleAggregateFunction(min, Float64) DEFAULT inf, "
        f"h{slot} SimpleAggregateFunction(max, Float64) DEFAULT -inf"
        for slot in range(MEASURE_SLOTS)
    )


# A rollup row is what one tenant's events of one name came to in one UTC hour or day. `upto` is the newest
# `ingested_at` among what was added to it, so that a reader notices a rollup row that knows more than it asked for.
_CELL = """
    org_id        LowCardinality(String),
    environment   LowCardinality(String),
    tenant_id     String,
    event_name    LowCardinality(String),
    bucket        DateTime('UTC'),
    upto          SimpleAggregateFunction(max, DateTime64(3, 'UTC'))"""
_ENGINE = "ENGINE = AggregatingMergeTree PARTITION BY (org_id, toYYYYMM(bucket))"
# A statement reads a few hundred rollup rows here and there: small granules in small blocks, so that little more is
# unpacked.
_COMPRESSED = (
    "SETTINGS index_granularity = 1024, min_compress_block_size = 16384, max_compress_block_size = 65536, "
    "default_compression_codec = 'ZSTD(1)'"
)

CREATE_HOURLY = f"""
CREATE TABLE IF NOT EXISTS {HOURLY} ({_CELL}, events SimpleAggregateFunction(sum, UInt64), {_measures()})
{_ENGINE} ORDER BY (org_id, environment, tenant_id, event_name, bucket) {_COMPRESSED}
"""

# Days are kept in total (`dimension` is '') and by each value of each rolled string property: one property at a time,
# counts and sums. Least and greatest are kept in total alone: by value they would be half of the table's bytes.
CREATE_DAILY = f"""
CREATE TABLE IF NOT EXISTS {DAILY} ({_CELL}, dimension LowCardinality(String), value String,
    events SimpleAggregateFunction(sum, UInt64), {_measures()})
{_ENGINE} ORDER BY (org_id, environment, dimension, tenant_id, event_name, bucket, value) {_COMPRESSED}
"""

# Who was there on a day, by name of event and, with the name '', by any: distinct users of any days, exactly.
CREATE_DAILY_USERS = f"""
CREATE TABLE IF NOT EXISTS {DAILY_USERS} ({_CELL}, user_id String)
{_ENGINE} ORDER BY (org_id, environment, tenant_id, event_name, bucket, user_id) {_COMPRESSED}
"""

# The edges of windows are a few granules here and there, and what is unpacked is a whole block of the granules beside
# them: a block of at most 64 KiB, instead of 1 MiB, halves the time of such a read for 2.5 bytes an event.
SMALL_BLOCKS = f"ALTER TABLE {EVENTS} MODIFY SETTING min_compress_block_size = 16384, max_compress_block_size = 65536"

MIGRATIONS = (
    Migration(1, "events", (CREATE_EVENTS,)),
    Migration(2, "rollups", (CREATE_HOURLY, CREATE_DAILY, CREATE_DAILY_USERS)),
    Migration(3, "small compressed blocks", (SMALL_BLOCKS,)),
)
