"""Events per second over HTTP with rollups kept up, until the last of them is rolled up, against without any rollups.

python -m bench rollups
python -m bench.rollups --events 500000 --rounds 3
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bench.support import Bench, Events, batches, cpu_seconds, running, send_all
from emban.db import Database
from emban.db.urls import app_url
from emban.models import IngestWatermark, Rollup

BATCH, CONNECTIONS = 1_000, 8
NEVER, OFTEN = "3600", "1"


def main() -> None:
    """Run in the short form."""
    asyncio.run(_run([] if sys.argv[0].endswith("__main__.py") else sys.argv[1:]))


async def _run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1, help="pairs of runs, one without and one with rollups")
    chosen = parser.parse_args(arguments)
    shares = []
    for place in range(chosen.rounds):
        without = await _rate(NEVER, chosen.events, seed=place)
        with_them = await _rate(OFTEN, chosen.events, seed=place)
        shares.append(with_them / without)
    print(f"   with rollups / without: {statistics.median(shares):.2f}, median of {chosen.rounds}")


async def _rate(interval_s: str, count: int, seed: int) -> float:
    """Return events per second of a serve of its own, from the first sent to the last acknowledged and rolled up."""
    with running(EMBAN_ROLLUP_INTERVAL_S=interval_s) as bench:
        requests = batches(bench.key, Events(seed).many(count), BATCH)
        await send_all(bench.serve, batches(bench.key, Events(seed + 1000).many(5 * BATCH), BATCH), 2)
        used, began = cpu_seconds(bench), time.perf_counter()
        load = await send_all(bench.serve, requests, CONNECTIONS)
        acknowledged = time.perf_counter() - began
        if interval_s != NEVER:
            await _until_rolled_up(bench)
        seconds = time.perf_counter() - began
        spent = ", ".join(f"{name} {after - used[name]:.1f} s" for name, after in cpu_seconds(bench).items())
    what = "without rollups" if interval_s == NEVER else f"rolled up every {interval_s} s"
    print(
        f"   {what}: {count / seconds:,.0f} events/s ({count / acknowledged:,.0f}/s acknowledged, "
        f"p99 {load.percentile(0.99):.0f} ms, failures {len(load.failures)}; processor {spent})",
        flush=True,
    )
    return count / seconds


async def _until_rolled_up(bench: Bench) -> None:
    database = Database(app_url(bench.settings))
    try:
        while True:
            watermark, upto = await _far(database, bench.org_id)
            if upto is not None and upto >= watermark:
                return
            await asyncio.sleep(0.02)
    finally:
        await database.close()


async def _far(database: Database, org_id: str) -> tuple[datetime, datetime | None]:
    """Return up to where the org's events are acknowledged, and rolled up."""
    wanted = (
        select(IngestWatermark.watermark, Rollup.upto)
        .outerjoin(
            Rollup, (Rollup.org_id == IngestWatermark.org_id) & (Rollup.environment == IngestWatermark.environment)
        )
        .where(IngestWatermark.org_id == org_id)
    )
    async with database.for_org(org_id) as session:
        watermark, upto = (await session.execute(wanted)).one()
    return watermark, upto


if __name__ == "__main__":
    main()
