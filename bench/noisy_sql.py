"""What three orgs that fire the worst ad-hoc statements known do to another org's dashboard and events.

python -m bench noisy_sql
EMBAN_BENCH_SECONDS=300 python -m bench noisy_sql
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from tests.support.noisy import Answers, Neighbour, ask_on, firing, neighbours
from tests.support.serve import Serve, serving

EVENTS, BATCH = 100_000, 1000
MODELS = ("small", "large", "huge")
PAUSE_S = 0.25


def main() -> None:
    """Run in the short form: a minute alone and a minute beside them, without and with what cannot be stopped."""
    directory = Path(tempfile.mkdtemp(prefix="emban-bench-"))
    environment = {"EMBAN_DEFAULT_PLAN": "scale", "EMBAN_REGISTRATION": "open", "EMBAN_LOG_LEVEL": "error"}
    try:
        with serving(directory / "data", environment=environment) as serve:
            asyncio.run(_compare(serve, float(os.environ.get("EMBAN_BENCH_SECONDS", "60"))))
    finally:
        shutil.rmtree(directory, ignore_errors=True)


async def _compare(serve: Serve, seconds: float) -> None:
    async with neighbours(serve.address, 4) as (quiet, *noisy):
        await _fill(quiet)
        await _look(quiet, 5)
        alone, _ = await _look(quiet, seconds)
        async with firing(noisy, unstoppable=False) as heard:
            watching = asyncio.create_task(_largest(serve))
            beside, events = await _look(quiet, seconds)
        _print("alone", alone)
        _print("beside three that fire", beside)
        _print_ratio(beside, alone)
        print(f"   events beside them: {dict(events.codes)}, longest stretch of 503: {_longest(events):.1f} s")
        async with firing(noisy) as told:
            stopped, events = await _look(quiet, seconds)
        watching.cancel()
        _print("beside one that cannot be stopped, too", stopped)
        _print_ratio(stopped, alone)
        print(f"   events beside it: {dict(events.codes)}, longest stretch of 503: {_longest(events):.1f} s")
        codes = sum((answers.codes for answers in (*heard, *told)), Counter[str]())
        print(f"   the three were answered: {dict(codes)}")
        print(f"   largest memory of the engine's own: {await watching:,} MiB")


async def _fill(quiet: Neighbour) -> None:
    now = datetime.now(UTC)
    for start in range(0, EVENTS, BATCH):
        events = [_event(now, number) for number in range(start, start + BATCH)]
        (await quiet.client.post("/v1/events", json={"events": events})).raise_for_status()


def _event(now: datetime, number: int) -> dict[str, Any]:
    at = datetime.fromtimestamp(now.timestamp() - number * 2_500_000 / EVENTS, UTC)
    return {
        "tenant_id": f"tenant_{number % 20}",
        "event_name": ("api.call", "login")[number % 2],
        "timestamp": at.isoformat(),
        "user_id": f"u{number % 997}",
        "string_props": {"model": MODELS[number % 3]},
        "numeric_props": {"tokens": number % 4000},
    }


async def _look(quiet: Neighbour, seconds: float) -> tuple[Answers, Answers]:
    """Look at a dashboard of six widgets again and again, and send an event ten times a second."""
    looks, events = Answers(), Answers()
    asking = [
        asyncio.create_task(_dashboards(quiet, looks)),
        asyncio.create_task(ask_on(quiet, "/v1/events", lambda: {"events": [_event(datetime.now(UTC), 0)]}, events)),
    ]
    await asyncio.sleep(seconds)
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    return looks, events


async def _dashboards(quiet: Neighbour, looks: Answers) -> None:
    widgets: list[dict[str, Any]] = [
        {"event_name": "*", "metric": "count", "period": "30d", "compare": "previous_period"}
    ]
    widgets += [{"event_name": "*", "metric": "sum", "prop": "tokens", "period": "30d", "granularity": "day"}]
    widgets += [{"event_name": "*", "metric": "count_unique", "period": period} for period in ("7d", "30d")]
    widgets += [{"event_name": "*", "metric": "p95", "prop": "tokens", "period": "30d", "group_by": ["model"]}]
    widgets += [{"event_name": "*", "metric": "count", "period": "30d", "group_by": ["model"]}]
    bodies = [{"query": widget, "tenant_id": "tenant_7", "reload": True} for widget in widgets]
    while True:
        began = time.monotonic()
        answers = await asyncio.gather(*(quiet.client.post("/v1/query", json=body) for body in bodies))
        looks.note(next((answer for answer in answers if not answer.is_success), answers[0]), began)
        await asyncio.sleep(PAUSE_S)


async def _largest(serve: Serve) -> int:
    """Return the largest memory of the engine's process until cancelled."""
    most = 0
    try:
        while True:
            with contextlib.suppress(StopIteration, psutil.NoSuchProcess):  # It is just being restarted.
                memory = serve.one("clickhouse").memory_info()
                most = max(most, memory.rss - memory.shared)
            await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        return most >> 20


def _percentile(answers: Answers, share: float) -> float:
    ordered = sorted(answers.latencies)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def _print(what: str, answers: Answers) -> None:
    p50, p95 = _percentile(answers, 0.5), _percentile(answers, 0.95)
    print(f"   dashboard {what}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, {dict(answers.codes)}")


def _print_ratio(beside: Answers, alone: Answers) -> None:
    p50, p95 = (_percentile(beside, share) / _percentile(alone, share) for share in (0.5, 0.95))
    print(f"   over alone: p50 {p50:.2f}, p95 {p95:.2f}")


def _longest(answers: Answers) -> float:
    return max(answers.outages, default=0.0)
