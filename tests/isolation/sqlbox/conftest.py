"""The two stores of the isolation suite.

The one full of others' rows is the session's embedded engine, or the ClickHouse that EMBAN_TEST_CLICKHOUSE_URL names: a
server for this purpose alone, on which the suite makes its tables and accounts. The truth is an embedded engine always.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from emban.engines.clickhouse.child import ClickHouseChild
from emban.kit.crypto import derive
from emban.scope import ALL_TENANTS, Scope
from emban.settings import Settings, load_settings
from emban.store.client import EventStore
from emban.store.migrate import apply_migrations
from emban.store.migrate import migrate as migrate_events
from emban.store.policies import READER_PURPOSE
from tests.isolation.sqlbox.world import CANARY, SECONDS, World, fill, runner_over
from tests.support.control import make_org, running, service
from tests.support.engines import SECRET_KEY, Engines

SERVER = os.environ.get("EMBAN_TEST_CLICKHOUSE_URL") or None


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
def shared_settings(settings: Settings) -> Settings:
    """Settings of the store that others' rows are in, with the suite's limits; it is migrated."""
    limits = {"query_timeout_s": SECONDS, "query_memory_mb": 256}
    if SERVER is None:
        return settings.model_copy(update=limits)
    made = settings.model_copy(update={**limits, "clickhouse_url": SecretStr(SERVER)})
    migrate_events(made)
    return made


@pytest.fixture(scope="session")
async def impatient_app(shared_settings: Settings) -> AsyncIterator[FastAPI]:
    """An API process over the shared stores, with the suite's limits."""
    async with running(shared_settings) as started:
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
    shared_store: EventStore = service(impatient_app, EventStore)
    await fill(shared_store, scope, others=True)
    await fill(own_store, scope, others=False)
    data = engines.clickhouse._data
    # What a server writes is on its own disk; there the secret's directory is all that can be watched.
    of_engine = () if SERVER else (data / "user_files", data / "tmp", engines.clickhouse._run)
    yield World(
        scope=scope,
        client=org["admin_key"],
        shared=runner_over(shared_store),
        truth=runner_over(own_store),
        watched=(*of_engine, secrets),
    )
    await org.close()
