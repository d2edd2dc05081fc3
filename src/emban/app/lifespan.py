"""What an API process starts when it begins to serve, and ends, in the opposite order, when it stops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from emban.app.wiring import Wiring, wire
from emban.auth.key_usage import FLUSH_EVERY_S as KEY_USAGE_EVERY_S
from emban.billing.meters import FLUSH_EVERY_S as METER_EVERY_S
from emban.http.provide import ServiceRegistry, install_services
from emban.jobs.run_counts import FLUSH_EVERY_S as COUNTS_EVERY_S
from emban.kit.periodic_task import PeriodicTask
from emban.orgs.erasure import SWEEP_EVERY_S
from emban.settings import Settings
from emban.trust.isolation_gate import WATCH_EVERY_S


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the services of an application while it serves."""
    settings: Settings = app.state.settings
    wiring = wire(settings)
    install_services(app, ServiceRegistry(wiring.services()))
    async with AsyncExitStack() as stack:
        await start_shared(wiring, stack)
        wiring.events.ingest.start()
        stack.push_async_callback(wiring.events.ingest.close)
        yield


async def start_shared(wiring: Wiring, stack: AsyncExitStack) -> None:
    """Start what API and worker processes share, and have the stack end it: clients of the stores last."""
    stores, events, access = wiring.stores, wiring.events, wiring.access
    stack.push_async_callback(stores.database.close)
    stack.push_async_callback(stores.changes.stop)
    stack.push_async_callback(stores.events.close)
    stack.push_async_callback(stores.isolation.close)
    stack.push_async_callback(wiring.queries.sqlbox.close)
    stack.push_async_callback(wiring.displays.renderer.close)
    await access.embed_keys.start()
    stack.push_async_callback(access.embed_keys.stop)
    stores.changes.start()
    for name, work, every_s in (
        ("query meter", access.query_meter.flush, METER_EVERY_S),
        ("key usage", access.key_usage.flush, KEY_USAGE_EVERY_S),
        ("job counts", wiring.jobs.counts.flush, COUNTS_EVERY_S),
    ):
        noting = PeriodicTask(name, work, every_s)
        noting.start()
        stack.push_async_callback(noting.stop)  # Once more at the end: what was only noted in memory is written.
    for name, work, every_s in (
        ("sweep", events.erasure.sweep, SWEEP_EVERY_S),
        ("rollups", events.rollups.keep, wiring.settings.rollup_interval_s),
        ("isolation gate", stores.isolation.watch, WATCH_EVERY_S),
    ):
        task = PeriodicTask(name, work, every_s)
        task.start()
        stack.push_async_callback(task.stop, last_run=False)
