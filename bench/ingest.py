"""Events acknowledged per second: batches of 1,000 against the engine's bare INSERT, and single events.

python -m bench ingest
python -m bench.ingest --events 500000 --singles 20000
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from bench.support import Bench, Events, batches, cpu_seconds, running, send_all
from emban.store.client import EventStore
from emban.store.schema import CREATE_EVENTS, EVENTS

BARE, SCRATCH = f"{EVENTS}_bare", f"{EVENTS}_scratch"
BATCH = 1_000


def main() -> None:
    """Run in the short form."""
    asyncio.run(_run([] if sys.argv[0].endswith("__main__.py") else sys.argv[1:]))


async def _run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000, help="events sent in batches")
    parser.add_argument("--singles", type=int, default=10_000, help="events sent one by one")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--connections", type=int, default=8, help="connections that send batches")
    chosen = parser.parse_args(arguments)
    with running(workers=chosen.workers) as bench:
        store = EventStore(bench.settings)
        try:
            # Before the batches, whose parts are merged for some time after.
            await _singles(bench, store, chosen.singles)
            await _compare(bench, store, chosen.events, chosen.connections)
        finally:
            await store.close()


async def _compare(bench: Bench, store: EventStore, count: int, connections: int) -> None:
    events = Events().many(count)
    for table in (BARE, SCRATCH):
        await store.command(CREATE_EVENTS.replace(EVENTS, table))
    bare: dict[str, float] = {}
    for name, senders in (("one after another", 1), ("4 at a time", 4)):
        for data_format in ("JSONEachRow", "Native"):
            await store.command(f"TRUNCATE TABLE {BARE}")
            blocks = [
                await _block(store, events[start : start + BATCH], data_format) for start in range(0, count, BATCH)
            ]
            rate = bare[f"{data_format}, {name}"] = count / await _bare(store, blocks, senders)
            print(f"bare INSERT, {data_format}, batches of {BATCH}, {name}: {rate:,.0f} events/s")
    requests = batches(bench.key, events, BATCH)
    await send_all(bench.serve, batches(bench.key, Events(9).many(5 * BATCH), BATCH), 2)  # Connections, caches.
    for senders in (1, connections):
        sent = requests if senders > 1 else batches(bench.key, Events(2).many(min(count, 30_000)), BATCH)
        used = cpu_seconds(bench)
        load = await send_all(bench.serve, sent, senders)
        rate = len(sent) * BATCH / load.seconds
        print(
            f"acknowledged, batches of {BATCH}, {senders} connections: {rate:,.0f} events/s, "
            f"p50 {load.percentile(0.5):.0f} ms, p99 {load.percentile(0.99):.0f} ms, "
            f"failures {len(load.failures)}{_cpu(bench, used)}"
        )
        for name, bare_rate in bare.items():
            print(f"   {rate / bare_rate:.2f} of the bare INSERT, {name}")
    await _parts(store)


async def _singles(bench: Bench, store: EventStore, count: int) -> None:
    before = await _parts_made(store)
    used = cpu_seconds(bench)
    load = await send_all(bench.serve, batches(bench.key, Events(3).many(count), 1), 64)
    made = await _parts_made(store) - before
    print(
        f"single events, 64 connections: {count / load.seconds:,.0f}/s, p50 {load.percentile(0.5):.0f} ms, "
        f"p99 {load.percentile(0.99):.0f} ms, failures {len(load.failures)}, "
        f"{made:,} parts written, {count / made:.0f} events each{_cpu(bench, used)}"
    )
    await _parts(store)


def _cpu(bench: Bench, before: dict[str, float]) -> str:
    return "".join(f", {name} {seconds - before[name]:.1f} s CPU" for name, seconds in cpu_seconds(bench).items())


async def _bare(store: EventStore, blocks: Sequence[bytes], senders: int) -> float:
    waiting = iter(blocks)

    async def send() -> None:
        for block in waiting:
            await store.insert(block)

    began = time.perf_counter()
    await asyncio.gather(*(send() for _ in range(senders)))
    return time.perf_counter() - began


async def _block(store: EventStore, events: Sequence[dict[str, Any]], data_format: str) -> bytes:
    """Return an INSERT with its rows behind it."""
    rows = [_row(event) for event in events]
    columns = ", ".join(rows[0])
    lines = b"\n".join(msgspec.json.encode(row) for row in rows)
    if data_format == "JSONEachRow":
        return f"INSERT INTO {BARE} ({columns}) FORMAT JSONEachRow\n".encode() + lines
    # Through a scratch table, as it is the engine that knows its format.
    await store.command(f"TRUNCATE TABLE {SCRATCH}")
    await store.insert(f"INSERT INTO {SCRATCH} ({columns}) FORMAT JSONEachRow\n".encode() + lines)
    native = await store.fetch(f"SELECT {columns} FROM {SCRATCH}", output_format="Native", max_block_size=100_000)
    return f"INSERT INTO {BARE} ({columns}) FORMAT Native\n".encode() + native


def _row(event: dict[str, Any]) -> dict[str, Any]:
    at = event["timestamp"][:23].replace("T", " ")
    more = {
        "org_id": "bare",
        "environment": "prod",
        "ingested_at": "2026-11-01 00:00:00",
        "event_key": hash(event["event_id"]) & (2**63 - 1),
    }
    return {**event, **more, "timestamp": at}


async def _parts_made(store: EventStore) -> int:
    """Return how many parts INSERTs have written so far: each takes the next number of its partition."""
    sql = (
        "SELECT sum(newest) FROM (SELECT max(max_block_number) AS newest FROM system.parts "
        "WHERE database = 'emban' AND table = 'events' GROUP BY partition)"
    )
    return int(msgspec.json.decode(await store.command(sql))["data"][0][0])


async def _parts(store: EventStore) -> None:
    sql = (
        "SELECT count(), sum(rows), sum(bytes_on_disk) FROM system.parts "
        "WHERE database = 'emban' AND table = 'events' AND active"
    )
    parts, rows, size = msgspec.json.decode(await store.command(sql))["data"][0]
    print(f"   {int(parts)} parts, {int(rows):,} events, {int(size) / max(1, int(rows)):.1f} bytes per event on disk")


if __name__ == "__main__":
    main()
