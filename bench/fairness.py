"""What a tenant that fires heavy queries without pause does to another's dashboard, both asked of the store.

python -m bench fairness
EMBAN_BENCH_EVENTS=10000000 python -m bench fairness
"""

from __future__ import annotations

import asyncio
import contextlib
import time

import msgspec

from bench._showing import Showing, wanted_events
from bench.support import Bench, Load, request_bytes, running, send_all

HEAVY_CONNECTIONS = 8
HEAVY_ALONE_S = 10
LIGHT_REQUESTS = 60
PAUSE_S = 0.05


def main() -> None:
    """Run in the short form."""
    events = wanted_events(500_000)
    with running() as bench:
        showing = Showing(bench)
        showing.fill(events)
        # Three tenants of one size: what one used alone is not held against it beside the heavy one.
        first, second, third = (showing.request(f"tenant_{n}", {"period": "30d", "reload": True}) for n in (7, 8, 9))
        asyncio.run(_light(bench, first, 10))
        alone = asyncio.run(_light(bench, first, LIGHT_REQUESTS))
        beside, heavy = asyncio.run(_beside(bench, second))
        again = asyncio.run(_light(bench, third, LIGHT_REQUESTS))
    for what, load in (("alone", alone), ("beside a heavy one", beside), ("alone again", again)):
        print(f"   light tenant {what}: p50 {load.percentile(0.5):.0f} ms, p95 {load.percentile(0.95):.0f} ms")
    before = (alone.percentile(0.95) + again.percentile(0.95)) / 2
    answered, refused = len(heavy.latencies) - len(heavy.failures), len(heavy.failures)
    print(f"   p95 beside it / alone: {beside.percentile(0.95) / before:.2f} ({events:,} events)")
    print(f"   the heavy one: {answered / heavy.seconds:.1f} queries/s answered, {refused} refused with 429")


def _heavy_request(bench: Bench) -> bytes:
    query = {"event_name": "*", "metric": "count_unique", "group_by": ["host", "user_id"], "period": "90d"}
    body = {"query": query, "tenant_id": "tenant_0", "reload": True}
    return request_bytes("/v1/query", bench.key, msgspec.json.encode(body))


async def _light(bench: Bench, request: bytes, count: int) -> Load:
    latencies: list[float] = []
    failures: list[int] = []
    began = time.perf_counter()
    for _ in range(count):
        load = await send_all(bench.serve, [request], 1)
        latencies += load.latencies
        failures += load.failures
        await asyncio.sleep(PAUSE_S)
    return Load(time.perf_counter() - began, sorted(latencies), failures)


async def _beside(bench: Bench, light: bytes) -> tuple[Load, Load]:
    """Run the light tenant's requests while the heavy one keeps its connections busy."""
    request, loads = _heavy_request(bench), list[Load]()

    async def fire() -> None:
        while True:
            loads.append(await send_all(bench.serve, [request], 1))

    began = time.perf_counter()
    firing = [asyncio.create_task(fire()) for _ in range(HEAVY_CONNECTIONS)]
    await asyncio.sleep(HEAVY_ALONE_S)
    measured = await _light(bench, light, LIGHT_REQUESTS)
    for task in firing:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    latencies = sorted(latency for load in loads for latency in load.latencies)
    failures = [status for load in loads for status in load.failures]
    return measured, Load(time.perf_counter() - began, latencies, failures)
