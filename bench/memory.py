"""Memory of each process under a steady load of writes and reads: flat, or growing?

python -m bench memory
python -m bench.memory --minutes 10
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Sequence

import msgspec
import psutil

from bench.support import Bench, Events, batches, request_bytes, running, send_all

BATCH, BATCHES, CONNECTIONS = 200, 20, 8
EVERY_S = 1.0
QUERIES = (
    {"event_name": "*", "metric": "count", "period": "24h", "granularity": "hour"},
    {"event_name": "*", "metric": "sum", "prop": "tokens", "group_by": "model", "period": "24h"},
    {"event_name": "*", "metric": "count_unique", "period": "7d", "granularity": "day"},
)


def main() -> None:
    """Run in the short form."""
    asyncio.run(_run([] if sys.argv[0].endswith("__main__.py") else sys.argv[1:]))


async def _run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with running(workers=chosen.workers) as bench:
        sizes: list[dict[str, float]] = []
        sampler = asyncio.create_task(_sample(bench, sizes))
        sent, answered, failed = await _load(bench, chosen.minutes * 60)
        sampler.cancel()
        await asyncio.gather(sampler, return_exceptions=True)
    print(f"{chosen.minutes:g} minutes, {sent:,} events and {answered:,} queries answered, {failed} failures")
    print(f"{'MiB, mean of each quarter of the run':40s} {'1st':>7s} {'2nd':>7s} {'3rd':>7s} {'4th':>7s} {'most':>7s}")
    for name in sizes[0]:
        values = [size[name] for size in sizes]
        quarter = max(1, len(values) // 4)
        means = [statistics.mean(values[place * quarter : (place + 1) * quarter] or values[-1:]) for place in range(4)]
        print(f"  {name:38s} " + " ".join(f"{mean:7.0f}" for mean in [*means, max(values)]))


async def _load(bench: Bench, seconds: float) -> tuple[int, int, int]:
    """Send new events, old ones again, and queries, round by round; returns how many of each, and the failures."""
    events, ends = Events(), time.monotonic() + seconds
    queries = [
        request_bytes("/v1/query", bench.key, msgspec.json.encode({"query": query, "tenant_id": f"tenant_{place}"}))
        for query in QUERIES
        for place in range(4)
    ]
    again: list[bytes] = []
    sent = answered = failed = 0
    while time.monotonic() < ends:
        fresh = batches(bench.key, events.many(BATCH * BATCHES), BATCH)
        load = await send_all(bench.serve, [*fresh, *again, *queries], CONNECTIONS)
        again = fresh[:2]
        sent, answered, failed = sent + BATCH * BATCHES, answered + len(queries), failed + len(load.failures)
    return sent, answered, failed


async def _sample(bench: Bench, sizes: list[dict[str, float]]) -> None:
    while True:
        sizes.append(_sizes(bench))
        await asyncio.sleep(EVERY_S)


def _sizes(bench: Bench) -> dict[str, float]:
    """Return the memory that is each program's alone (USS), in MiB."""
    clickhouse, postgres = bench.engines.clickhouse.process, bench.engines.postgres.process
    if clickhouse is None or postgres is None:
        raise RuntimeError("the engines do not run")
    api = bench.serve.one("template").children()
    return {
        "API processes": _own(api),
        "ClickHouse": _own([psutil.Process(clickhouse.pid)]),
        "PostgreSQL": _own([psutil.Process(postgres.pid), *psutil.Process(postgres.pid).children()]),
    }


def _own(processes: Sequence[psutil.Process]) -> float:
    total = 0
    for process in processes:
        try:
            total += process.memory_full_info().uss
        except psutil.NoSuchProcess:
            continue
    return total / (1 << 20)


if __name__ == "__main__":
    main()
