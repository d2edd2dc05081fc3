"""A 12-widget embed over HTTP from memory: one browser, then 32, warm and cold; the API's memory afterwards.

python -m bench warm
EMBAN_BENCH_EVENTS=10000000 python -m bench warm
"""

from __future__ import annotations

import asyncio

import psutil

from bench._showing import Showing, wanted_events
from bench.support import Bench, Load, running, send_all

BROWSERS = 32
WARM_REQUESTS, COLD_REQUESTS = 400, 64


def main() -> None:
    """Run in the short form."""
    events = wanted_events(200_000)
    with running() as bench:
        showing = Showing(bench)
        showing.fill(events)
        warm, anew = {"period": "30d"}, {"period": "30d", "reload": True}
        one = showing.request("tenant_0", warm)
        _print("one browser, cold", _send(bench, [showing.request("tenant_0", anew)] * 10, 1))
        _send(bench, [one] * 20, 1)
        _print("one browser, warm", _send(bench, [one] * WARM_REQUESTS, 1))
        tenants = [f"tenant_{nth}" for nth in range(BROWSERS)]
        requests = [showing.request(tenant, warm) for tenant in tenants]
        _print(f"{BROWSERS} browsers, each another tenant, cold", _send(bench, requests, BROWSERS))
        _print(f"{BROWSERS} browsers, warm", _send(bench, requests * (WARM_REQUESTS * 5 // BROWSERS), BROWSERS))
        cold = [showing.request(tenant, anew) for tenant in tenants]
        _print(f"{BROWSERS} browsers, reload", _send(bench, cold * (COLD_REQUESTS // BROWSERS), BROWSERS))
        print(f"   {events:,} events; API memory afterwards: {_api_memory(bench):.0f} MiB")


def _send(bench: Bench, requests: list[bytes], connections: int) -> Load:
    return asyncio.run(send_all(bench.serve, requests, connections))


def _print(what: str, load: Load) -> None:
    per_second = len(load.latencies) / load.seconds
    failed = f", {len(load.failures)} refused: {sorted(set(load.failures))}" if load.failures else ""
    print(
        f"   {what}: p50 {load.percentile(0.5):.1f} ms, p95 {load.percentile(0.95):.1f} ms, "
        f"{per_second:,.1f} dashboards/s{failed}",
        flush=True,
    )


def _api_memory(bench: Bench) -> float:
    """Return the memory that belongs to the API's processes alone, in MiB."""
    family = psutil.Process(bench.serve.process.pid).children(recursive=True)
    used: int = sum(process.memory_full_info().uss for process in family)
    return used / 2**20
