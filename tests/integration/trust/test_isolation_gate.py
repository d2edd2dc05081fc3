"""The gate and its probe on a real engine of their own: what passes, what does not, and what opens the gate again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emban.engines.clickhouse import config as clickhouse_config
from emban.engines.clickhouse.child import ClickHouseChild
from emban.errors import EmbanError
from emban.kit.crypto import derive
from emban.scope import ALL_TENANTS, Scope
from emban.settings import Settings, load_settings
from emban.store import locks, scope_setting
from emban.store.client import EventStore
from emban.store.migrate import apply_migrations
from emban.store.pinned_settings import PINNED
from emban.store.policies import READER_PURPOSE, ReadableTable, readable_tables
from emban.store.schema import DAILY, EVENTS
from emban.store.statement import Statement
from emban.trust import engine_builds
from emban.trust.engine_builds import EngineIdentity, IsolationProbeError, read_identity
from emban.trust.isolation_gate import NOT_YET, REPEAT_AFTER_S, IsolationGate
from emban.trust.isolation_probe import probe_isolation
from emban.trust.planted_rows import PLANTED, TABLES, plant, planted_marks
from tests.support.engines import SECRET_KEY

READ = Statement(
    f"SELECT count() FROM {EVENTS} WHERE org_id = {{o:String}} AND environment = {{e:String}}",
    {"o": "org_nobody", "e": "prod"},
)
NOBODY = Scope("org_nobody", "prod", ALL_TENANTS)


@contextmanager
def engine(directory: Path) -> Iterator[ClickHouseChild]:
    child = ClickHouseChild(directory, reader_password=derive(SECRET_KEY, READER_PURPOSE), memory_mb=1024)
    child.prepare()
    child.spawn()
    try:
        child.wait_ready()
        yield child
    finally:
        child.close()


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseChild]:
    with engine(tmp_path_factory.mktemp("gate")) as running:
        yield running


def settings_of(child: ClickHouseChild) -> Settings:
    return load_settings(clickhouse_url=child.url, database_url="postgresql://nowhere", secret_key=SECRET_KEY)


@pytest.fixture
async def store(child: ClickHouseChild) -> AsyncIterator[EventStore]:
    made = EventStore(settings_of(child))
    await apply_migrations(made)
    yield made
    await made.close()


def restart(child: ClickHouseChild) -> None:
    child.kill()
    child.prepare()
    child.spawn()
    child.wait_ready()


class Watched:
    """A probe that counts its runs, and answers as it is told to."""

    def __init__(self) -> None:
        self.runs = 0
        self.failure: Exception | None = None

    async def __call__(self, store: EventStore, engine: str) -> None:
        self.runs += 1
        if self.failure is not None:
            raise self.failure
        await probe_isolation(store, engine)


def why(gate: IsolationGate) -> str | None:
    return gate.reason


async def refusal(gate: IsolationGate) -> EmbanError:
    with pytest.raises(EmbanError) as refused:
        await gate.require()
    return refused.value


async def test_a_sound_engine_passes_and_is_asked_once(store: EventStore) -> None:
    probe = Watched()
    gate = IsolationGate(store, probe=probe)
    store.guard_reads(gate)
    assert why(gate) == NOT_YET
    answers = await asyncio.gather(*(store.select(NOBODY, READ) for _ in range(20)))
    assert [answer.rows for answer in answers] == [[[0]]] * 20
    await gate.watch()
    assert (why(gate), probe.runs) == (None, 1)


async def test_planting_is_done_once_and_hides_from_every_scope(store: EventStore) -> None:
    await plant(store)
    counts = [await rows_of(store, table) for table in TABLES]
    await plant(store)
    assert counts == [await rows_of(store, table) for table in TABLES] == [len(PLANTED)] * 4
    assert (await store.select(NOBODY, READ)).rows == [[0]]


async def rows_of(store: EventStore, table: str) -> int:
    raw = await store.fetch(f"SELECT uniq(event_name), count() FROM {table}", output_format="TabSeparated")
    names, count = map(int, raw.split())
    assert names == len(await planted_marks(store, table))
    return count


async def test_a_killed_engine_is_probed_before_it_answers_a_read(child: ClickHouseChild, store: EventStore) -> None:
    probe = Watched()
    gate = IsolationGate(store, probe=probe)
    store.guard_reads(gate)
    await store.select(NOBODY, READ)
    restart(child)
    probe.failure = IsolationProbeError("it came back without its policies")
    with pytest.raises(EmbanError) as refused:
        await store.select(NOBODY, READ)
    assert (refused.value.code, refused.value.status, probe.runs) == ("isolation_unproved", 503, 2)
    with pytest.raises(EmbanError):
        await store.reader()
    probe.failure = None
    await gate.watch()
    assert (await store.select(NOBODY, READ)).rows == [[0]]
    assert probe.runs == 3


async def test_a_restart_is_noticed_without_a_read(child: ClickHouseChild, store: EventStore) -> None:
    probe = Watched()
    gate = IsolationGate(store, probe=probe)
    store.guard_reads(gate)
    await gate.require()
    probe.failure = IsolationProbeError("it came back without its policies")
    restart(child)
    await store.ping()  # What /readyz does first.
    assert why(gate) == NOT_YET
    await gate.watch()
    assert why(gate) == "it came back without its policies"
    probe.failure = None
    await gate.watch()
    restart(child)
    await gate.watch()
    assert (why(gate), probe.runs) == (None, 4)


async def test_text_of_strangers_is_refused_by_an_engine_that_was_not_proved(
    child: ClickHouseChild, store: EventStore
) -> None:
    gate = IsolationGate(store)
    store.guard_reads(gate)
    reader = await store.reader()
    restart(child)
    with pytest.raises(Exception, match="Code: 10001"):
        await reader.raw_query("SELECT 1", settings={"readonly": 1})


async def test_a_failure_is_told_and_repaired_without_a_restart(store: EventStore) -> None:
    probe = Watched()
    probe.failure = IsolationProbeError("a reader sees too much")
    gate = IsolationGate(store, probe=probe)
    error = await refusal(gate)
    assert (error.code, error.status, error.retry_after) == ("isolation_unproved", 503, 2)
    assert "sees too much" not in error.message
    assert why(gate) == "a reader sees too much"
    await refusal(gate)
    assert probe.runs == 1, "an engine in trouble is not probed for each read"
    probe.failure = None
    await gate.watch()
    await gate.require()
    assert (why(gate), probe.runs) == (None, 2)


async def test_an_engine_that_is_away_is_away_and_not_unproved(child: ClickHouseChild, store: EventStore) -> None:
    gate = IsolationGate(store)
    child.kill()
    assert (await refusal(gate)).code == "store_unavailable"
    await gate.watch()
    assert gate.reason == NOT_YET
    restart(child)
    await gate.require()


@pytest.mark.parametrize("broken", ["events", "hourly", "daily", "daily_users"])
async def test_a_policy_that_is_there_and_lets_all_rows_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """The engine proves its configuration to itself; that the configuration is wrong is found by the planted rows."""
    tables = [
        ReadableTable(table.name, table.columns, "1" if table.name == broken else table.condition)
        for table in readable_tables()
    ]
    monkeypatch.setattr(clickhouse_config, "readable_tables", lambda: tables)
    with engine(tmp_path) as child:
        store = EventStore(settings_of(child))
        await apply_migrations(store)
        gate = IsolationGate(store)
        assert (await refusal(gate)).code == "isolation_unproved"
        assert f"emban.{broken}" in str(gate.reason)
        assert "probe.1" not in str(gate.reason)
        await store.close()


async def test_what_else_a_probe_finds(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    async def found() -> str:
        with pytest.raises(IsolationProbeError) as failed:
            await probe_isolation(store, (await read_identity(store)).start)
        return str(failed.value)

    with monkeypatch.context() as patch:  # Locks that do not reach the engine.
        patch.setattr(scope_setting, "lock_filters", lambda scope, tables: "{}")
        assert "with a lock" in await found()
    with monkeypatch.context() as patch:  # Days of another property than the locked one.
        patch.setattr(locks, "DAILY", "no table")
        assert DAILY in await found()
    with monkeypatch.context() as patch:
        patch.setitem(PINNED, "use_query_condition_cache", 1)
        patch.setattr("emban.trust.isolation_probe.PINNED", {**PINNED, "use_query_condition_cache": 0})
        assert "use_query_condition_cache is 1" in await found()
    await probe_isolation(store, (await read_identity(store)).start)


async def test_an_unknown_build_is_refused_until_it_is_accepted(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emban.trust.isolation_gate.KNOWN_BUILDS", frozenset({"chdb 1.2.3.4"}))
    gate = IsolationGate(store)
    await refusal(gate)
    build = (await read_identity(store)).build
    assert build in str(gate.reason)
    accepting = load_settings(accept_engine_build=f" {build}, other").accepted_engine_builds
    await IsolationGate(store, accepted_builds=accepting).require()


async def test_the_build_of_the_tests_is_known(store: EventStore) -> None:
    assert (await read_identity(store)).build in engine_builds.KNOWN_BUILDS


async def test_a_server_is_watched(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server does not look at the engine that a read names: it is asked who it is, and probed again by and by."""
    now, seen = [0.0], [EngineIdentity("26.9.2.1", "", "uuid", 1_000)]

    async def identity(_: EventStore) -> EngineIdentity:
        return seen[0]

    monkeypatch.setattr("emban.trust.isolation_gate.read_identity", identity)
    probe = Watched()
    gate = IsolationGate(store, accepted_builds={"26.9.2.1"}, probe=probe, clock=lambda: now[0])
    assert await gate.require() == ""
    for started_at, runs in ((1_001, 1), (1_010, 2), (1_009, 2)):
        seen[0] = EngineIdentity("26.9.2.1", "", "uuid", started_at)
        await gate.watch()
        assert probe.runs == runs
    now[0] += REPEAT_AFTER_S + 1
    await gate.watch()
    assert probe.runs == 3
    probe.failure = IsolationProbeError("somebody dropped the policies")
    now[0] += REPEAT_AFTER_S + 1
    await gate.watch()
    assert gate.reason == "somebody dropped the policies"
