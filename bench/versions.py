"""The dashboard of twelve widgets by this code and by that of another checkout, in turns over the same engines.

    git worktree add /tmp/before v0.1
    EMBAN_BENCH_OTHER=/tmp/before EMBAN_BENCH_EVENTS=1000000 python -m bench versions

Both serve the same PostgreSQL: copy migrations that the other checkout does not have into it.

Without `EMBAN_BENCH_OTHER` both are this code, which shows what differences the machine makes of its own.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
from tests.support.serve import serving

from bench._large import LARGEST, fill
from bench.dashboard import PERCENTILES, _config
from bench.support import Bench, cpu_seconds, running
from emban.db import Database
from emban.db.urls import app_url
from emban.store.client import EventStore

ROUNDS = 15
SOURCE = Path(__file__).parents[1]
VIEWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("30 days", {"period": "30d"}),
    ("7 days", {"period": "7d"}),
    ("24 hours", {"period": "24h"}),
    ("30 days of Kolkata", {"period": "30d", "timezone": "Asia/Kolkata"}),
)


def main() -> None:
    """Print the median and the engine's processor time of each view by both, and their ratio."""
    other = Path(os.environ.get("EMBAN_BENCH_OTHER") or SOURCE).resolve()
    asyncio.run(_run(other, int(os.environ.get("EMBAN_BENCH_EVENTS") or 500_000)))


async def _run(other: Path, events: int) -> None:
    with running(durable=False, memory_mb=6144, EMBAN_ROLLUP_INTERVAL_S="3600") as bench:
        store, database = EventStore(bench.settings), Database(app_url(bench.settings))
        try:
            await fill(bench, store, database, events)
        finally:
            await store.close()
            await database.close()
        environment = {
            "EMBAN_DATABASE_URL": bench.engines.database_owner_url,
            "EMBAN_CLICKHOUSE_URL": bench.engines.clickhouse_url,
            "EMBAN_SECRET_KEY": bench.engines.secret_key,
            "EMBAN_LOG_LEVEL": "warning",
            "PYTHONPATH": str(other / "src"),
            "EMBAN_ROLLUP_INTERVAL_S": "3600",
        }
        with serving(Path(bench.serve.data_dir).parent / "other", environment=environment) as second:
            addresses = {"this": bench.serve.address, "other": second.address}
            for label, replaced in (("", {}), (", two of them p95", PERCENTILES)):
                await _compare(bench, addresses, label, _config(replaced))


async def _compare(bench: Bench, addresses: dict[str, str], label: str, config: dict[str, Any]) -> None:
    headers = {"authorization": f"Bearer {bench.key}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:
        made = await client.post(f"{addresses['this']}/v1/dashboards", json={"name": "Bench", "config": config})
        path = f"/v1/dashboards/{made.raise_for_status().json()['id']}/data"
        for what, view in VIEWS:
            wall: defaultdict[str, list[float]] = defaultdict(list)
            cpu: defaultdict[str, list[float]] = defaultdict(list)
            for nth in range(ROUNDS + 2):
                # Each goes first as often as the other.
                for name in sorted(addresses, reverse=bool(nth % 2)):
                    body = {"timezone": "UTC", **view, "tenant_id": LARGEST, "reload": True}
                    used, began = cpu_seconds(bench)["ClickHouse"], time.perf_counter()
                    answer = await client.post(addresses[name] + path, json=body)
                    wall[name].append((time.perf_counter() - began) * 1000)
                    cpu[name].append((cpu_seconds(bench)["ClickHouse"] - used) * 1000)
                    answer.raise_for_status()
            print(f"12 widgets{label}, largest tenant, {what:20s} " + _line(wall, cpu), flush=True)


def _line(wall: dict[str, list[float]], cpu: dict[str, list[float]]) -> str:
    middle = {name: statistics.median(times[2:]) for name, times in wall.items()}
    used = {name: statistics.fmean(times[2:]) for name, times in cpu.items()}
    return (
        f"p50 {middle['this']:7.1f} ms, other {middle['other']:7.1f} ms, ratio {middle['this'] / middle['other']:.2f}; "
        f"CPU of the engine {used['this']:6.0f} ms, other {used['other']:6.0f} ms, "
        f"ratio {used['this'] / max(used['other'], 0.1):.2f}"
    )
