"""Milliseconds that the gate of ad-hoc SQL takes, step by step, and its share of a run over 200,000 events.

python -m bench adhoc_gate
python -m bench.adhoc_gate --events 10000000 --rounds 20
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from tests.isolation.sqlbox.analyst_cases import cases
from tests.support.engines import running_engines

from emban.scope import ALL_TENANTS, Scope
from emban.settings import load_settings
from emban.sqlbox.runner import AdhocRunner
from emban.store.adhoc import AdhocStore, CanonicalStatement
from emban.store.client import EventStore
from emban.store.migrate import apply_migrations
from emban.store.schema import EVENTS

SCOPE = Scope("org_3", "prod", ALL_TENANTS)
COLUMNS = (
    "org_id, environment, tenant_id, event_name, timestamp, event_id, user_id, string_props, numeric_props, ingested_at"
)
# One org's events; there are five, and the one that asks is in the middle.
FILL = f"""
INSERT INTO {EVENTS} ({COLUMNS}) SELECT {{org:String}}, 'prod',
    concat('t', toString(number % 100)), ['signup', 'login', 'purchase'][number % 3 + 1],
    toDateTime64('2026-03-01 00:00:00', 3, 'UTC') + number % 2592000, toString(number),
    concat('u', toString(number % 997)),
    map('plan', ['free', 'pro'][number % 2 + 1]), map('amount', number % 100, 'items', number % 7),
    toDateTime64('2026-04-01 00:00:00', 3, 'UTC')
FROM numbers({{count:UInt64}})
"""


def main() -> None:
    """Run in the short form."""
    asyncio.run(_run([] if sys.argv[0].endswith("__main__.py") else sys.argv[1:]))


async def _run(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=200_000, help="events of the org that asks")
    parser.add_argument("--rounds", type=int, default=5, help="how often each statement is run")
    chosen = parser.parse_args(arguments)
    directory = Path(tempfile.mkdtemp(prefix="emban-bench-"))
    try:
        with running_engines(directory) as engines:
            settings = load_settings(clickhouse_url=engines.clickhouse_url, secret_key=engines.secret_key)
            store = EventStore(settings)
            await apply_migrations(store)
            for number in range(1, 6):
                parameters = {"org": f"org_{number}", "count": chosen.events}
                await store.command(FILL, parameters, insert_allow_materialized_columns=1)
            await _measure(store, chosen.rounds)
            await store.close()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


async def _measure(store: EventStore, rounds: int) -> None:
    adhoc = AdhocStore(store, seconds=30, memory_mb=1024)
    runner = AdhocRunner(adhoc)
    took: dict[str, list[float]] = defaultdict(list)
    statements = [sql for sql, _, _ in cases() if "CROSS JOIN" not in sql and "ASOF" not in sql]
    for number in range(rounds + 1):
        for sql in statements:
            times = await _one(adhoc, runner, sql)
            if number:  # The first round warms the caches.
                for step, milliseconds in times.items():
                    took[step].append(milliseconds)
    print(f"{len(statements)} statements, {rounds} times each, load average {os.getloadavg()[0]:.1f}")
    for step, values in took.items():
        shares = "   ".join(f"p{share} {_percentile(values, share / 100):7.2f} ms" for share in (10, 50, 99))
        print(f"  {step:32} {shares}")
    print(f"  gate's share of all: {sum(took['gate']) / (sum(took['gate']) + sum(took['run'])):.0%}")


async def _one(adhoc: AdhocStore, runner: AdhocRunner, sql: str) -> dict[str, float]:
    canonical, formatting = await _timed(adhoc.canonical(sql))
    assert isinstance(canonical, CanonicalStatement)
    _, syntax = await _timed(adhoc.describe_syntax(canonical))
    _, names = await _timed(adhoc.describe_names(canonical))
    passed, gate = await _timed(AdhocRunner(adhoc).check(SCOPE, sql))
    await runner.check(SCOPE, sql)
    _, again = await _timed(runner.check(SCOPE, sql))
    _, run = await _timed(runner.answer(SCOPE, passed, sql))
    _, bare = await _timed(adhoc.canonical("SELECT 1"))
    return {
        "canonical form": formatting,
        "description of the syntax": syntax,
        "description of the names": names,
        "the least a question takes": bare,
        "gate": gate,
        "gate, the same text again": again,
        "run": run,
    }


async def _timed(work: Awaitable[Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = await work
    return result, (time.perf_counter() - started) * 1000


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


if __name__ == "__main__":
    main()
