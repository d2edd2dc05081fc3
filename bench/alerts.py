"""2,000 alerts due at once, evaluated by one worker: in one org, and spread over 200; scans shared or each alone.

python -m bench alerts
python -m bench.alerts --events 10000000 --rules 2000
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import psutil
from sqlalchemy import func, select, text, update

from bench._large import fill
from bench.support import Bench, cpu_seconds, running
from emban.app.lifespan import start_shared
from emban.app.wiring import Wiring, wire, wire_worker
from emban.db import RowContext
from emban.db.urls import app_url
from emban.jobs.kinds import EVALUATE_ALERTS
from emban.jobs.worker import JobWorker
from emban.models import Alert

ROUNDS = 3
ORGS = 200
# Eight figures, of rollups and of events; the first is what most rules are about.
WIDGETS: tuple[dict[str, Any], ...] = (
    {"metric": "count", "filters": {"dimensions": {"status": "error"}}},
    {"metric": "count"},
    {"metric": "sum", "prop": "tokens"},
    {"metric": "sum", "prop": "cost"},
    {"metric": "avg", "prop": "latency_ms"},
    {"metric": "count_unique"},
    {"metric": "p95", "prop": "latency_ms"},
    {"metric": "count", "filters": {"dimensions": {"plan": "pro"}}},
)


def main() -> None:
    """Run in the short form, or as the arguments say."""
    asyncio.run(_run([] if sys.argv[0].endswith("__main__.py") else sys.argv[1:]))


async def _run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rules", type=int, default=2_000)
    chosen = parser.parse_args(arguments)
    with running(
        durable=False,
        memory_mb=6144,
        EMBAN_WORKER_COUNT="0",
        EMBAN_ROLLUP_INTERVAL_S="3600",
        EMBAN_ADDRESS_ATTEMPTS_PER_MINUTE="100000",
    ) as bench:
        wiring = wire(bench.settings)
        async with AsyncExitStack() as stack:
            await start_shared(wiring, stack)
            made = await fill(bench, wiring.stores.events, wiring.stores.database, chosen.events)
            print(f"   {made.events:,} events of one org; {chosen.rules:,} rules, windows of 1, 6 and 24 hours")
            await _measure(bench, wiring, "one org, 20 dashboards, 10 tenants", [bench.org_id], chosen.rules)
            orgs = [_register(bench, number) for number in range(ORGS)]
            await _clear(wiring, [bench.org_id])
            await _measure(bench, wiring, f"{ORGS} orgs", orgs, chosen.rules)
            await _clear(wiring, orgs)
            await _add(wiring, bench.org_id, chosen.rules)
            await _measure(bench, wiring, "one org, each asked alone", [bench.org_id], 0, alone=True)


def _register(bench: Bench, number: int) -> str:
    body = {"email": f"org-{number}@acme.example", "password": "correct horse battery", "org_name": f"Org {number}"}
    answer = httpx.post(f"{bench.serve.address}/v1/auth/register", json=body, headers={"origin": bench.serve.address})
    org_id: str = answer.raise_for_status().json()["org"]["id"]
    return org_id


async def _clear(wiring: Wiring, orgs: Sequence[str]) -> None:
    for org_id in orgs:
        async with wiring.stores.database.for_org(org_id) as session:
            await session.execute(text("DELETE FROM alerts"))


async def _add(wiring: Wiring, org_id: str, rules: int) -> None:
    """Put dashboards and rules into the control plane, as the API would."""
    boards = max(1, rules // 100)
    now = datetime.now(UTC)
    widgets = [
        {"id": f"w_{index}", "title": f"Figure {index}", "kind": "kpi", "query": {"event_name": "api.call", **query}}
        for index, query in enumerate(WIDGETS)
    ]
    async with wiring.stores.database.for_org(org_id) as session:
        for board in range(boards):
            snapshot = text(
                "INSERT INTO dashboards (id, org_id, name, environment, config, version, snapshot, snapshot_version, "
                "published, published_at, created_at, updated_at) VALUES (:id, :org, 'B', 'prod', "
                "CAST(:config AS json), 1, json_build_object('name', 'B', 'config', CAST(:config AS json)), 1, true, "
                ":at, :at, :at) ON CONFLICT DO NOTHING"
            )

            config = json.dumps({"widgets": widgets, "filters": {}, "theme": {}})
            await session.execute(
                snapshot, {"id": f"dash_{org_id[-8:]}_{board}", "org": org_id, "config": config, "at": now}
            )
        session.add_all(_rule(org_id, index, boards, now) for index in range(rules))


def _rule(org_id: str, index: int, boards: int, now: datetime) -> Alert:
    return Alert(
        org_id=org_id,
        environment="prod",
        name=f"rule {index}",
        dashboard_id=f"dash_{org_id[-8:]}_{index % boards}",
        widget_id=f"w_{index // boards % len(WIDGETS)}",
        tenant_id=None if index % 4 else f"tenant_{index % 10}",
        condition_type=("threshold", "threshold", "delta")[index % 3],
        operator="gt",
        threshold_value=1e12,
        lookback_minutes=(60, 360, 1440)[index // boards % 3],
        for_minutes=0,
        cooldown_minutes=60,
        notify_resolved=False,
        email_to=["oncall@acme.example"],
        webhook_url=None,
        enabled=True,
        created_by="bench",
        created_at=now,
        updated_at=now,
        next_evaluation_at=None,
    )


async def _measure(
    bench: Bench, wiring: Wiring, name: str, orgs: Sequence[str], rules: int, *, alone: bool = False
) -> None:
    for org_id in orgs if rules else ():
        await _add(wiring, org_id, rules // len(orgs))
    services = wire_worker(wiring)
    if alone:  # Each alert is a group of its own.
        evaluation: Any = services.handlers[EVALUATE_ALERTS.name].__self__  # type: ignore[attr-defined]
        evaluation._groups = lambda due: [[one] for one in due]  # noqa: SLF001
    clock = next(work for chore, work, _ in services.chores if chore == "alert clock")
    worker = JobWorker(app_url(bench.settings), services.handlers, wiring.jobs.counts)
    await worker.start()
    times, used = [], cpu_seconds(bench)["ClickHouse"]
    try:
        for _ in range(ROUNDS):
            await _make_due(wiring, orgs)
            began = time.perf_counter()
            while await _due(wiring):
                await clock()
                await asyncio.sleep(0.05)
            times.append(time.perf_counter() - began)
    finally:
        await worker.stop()
    engine = (cpu_seconds(bench)["ClickHouse"] - used) / ROUNDS
    resident = psutil.Process().memory_info().rss >> 20
    print(
        f"   {name}: {statistics.median(times):.2f} s a tick (of {ROUNDS}: {min(times):.2f} to {max(times):.2f}), "
        f"{engine:.2f} s of the engine's processors, worker {resident} MiB"
    )


async def _make_due(wiring: Wiring, orgs: Sequence[str]) -> None:
    for org_id in orgs:
        async with wiring.stores.database.for_org(org_id) as session:
            await session.execute(update(Alert).values(next_evaluation_at=func.now()))


async def _due(wiring: Wiring) -> bool:
    query = select(func.count()).select_from(Alert).where(Alert.enabled, Alert.next_evaluation_at <= func.now())
    async with wiring.stores.database.session(RowContext(task="due")) as session:
        return bool((await session.execute(query)).scalar_one())
