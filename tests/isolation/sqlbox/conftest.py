"""The two stores of the isolation suite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from emban.engines.clickhouse import ClickHouseChild
from emban.kit.crypto import derive
from emban.kit.scope import ALL_TENANTS, Scope
from emban.settings import Settings, load_settings
from emban.store.client import EventStore
from emban.store.migrate import apply_migrations
from emban.store.policies import READER_PURPOSE
from tests.isolation.sqlbox.world import CANARY, SECONDS, World, fill, runner_over
from tests.support.control import make_org, running
from tests.support.engines import SECRET_KEY, Engines


@pytest.fixture(scope="session")
async def own_store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EventStore]:
    """A store of its own process, for the caller's rows alone."""
    child = ClickHouseChild(
        tmp_path_factory.mktemp("truth"), reader_password=derive(SECRET_KEY, READER_PURPOSE), memory_mb=2048
    )
    child.prepare()
    child.spawn()
    child.wait_ready()
    store = EventStore(load_settings(clickhouse_url=child.url, secret_key=SECRET_KEY))
    await apply_migrations(store)
    yield store
    await store.close()
    child.close()


@pytest.fixture(scope="session")
async def impatient_app(settings: Settings) -> AsyncIterator[FastAPI]:
    """An API process over the shared stores, with the suite's limits."""
    async with running(settings.model_copy(update={"query_timeout_s": SECONDS, "query_memory_mb": 256})) as started:
        yield started


@pytest.fixture(scope="session")
def secrets() -> Iterator[Path]:
    """A directory with a file that no statement may read; hostile statements name it."""
    directory = Path("/tmp/emban-hostile")
    directory.mkdir(exist_ok=True)
    secret = directory / "secret.txt"
    secret.write_text(f"{CANARY}-of-a-file\n")
    yield directory
    secret.unlink()


@pytest.fixture(scope="session")
async def world(impatient_app: FastAPI, engines: Engines, own_store: EventStore, secrets: Path) -> AsyncIterator[World]:
    """The caller's org in both stores."""
    org = await make_org(impatient_app, roles=("owner",))
    scope = Scope(org.id, "prod", ALL_TENANTS)
    shared_store: EventStore = impatient_app.state.services.store
    await fill(shared_store, scope, others=True)
    await fill(own_store, scope, others=False)
    data = engines.clickhouse._data
    yield World(
        scope=scope,
        client=org["admin_key"],
        shared=runner_over(shared_store),
        truth=runner_over(own_store),
        engines=engines,
        watched=(data / "user_files", data / "tmp", engines.clickhouse._run, secrets),
    )
    await org.close()
