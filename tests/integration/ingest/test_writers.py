"""Several writers of one stream, and writers that stop in the middle: stored once, metered once, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.db import Database
from emban.errors import unavailable
from emban.ingest.commit import committer as commit_module
from emban.ingest.commit import recovery as settle_module
from emban.ingest.commit.append import without
from emban.ingest.commit.committer import ALONE_AFTER
from emban.ingest.service import Ingest
from emban.scope import ALL_TENANTS, Scope
from emban.settings import Settings
from emban.store.client import EventStore
from emban.store.events import EventLog, _mark, event_keys
from emban.store.schema import EVENTS
from tests.integration.ingest.conftest import metered, numbered, rows, send
from tests.support.control import TestOrg, machine, running, service

Append = Callable[..., Awaitable[None]]


class Killed(BaseException):
    """Stops a writer as a signal would: nothing of it handles this."""


@contextmanager
def appending(monkeypatch: pytest.MonkeyPatch, replacement: Append) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(commit_module, "append", replacement)
        yield


async def killed_after_storing(*arguments: Any) -> None:
    events, scope, stored, at_ms, _ = arguments
    await events.append(scope, stored, at_ms)
    raise Killed


async def recovered(app: FastAPI) -> None:
    """Wait until a process has looked through what others left when it started."""
    recovery = service(app, Ingest)._recovery
    assert recovery is not None
    await recovery


async def leave_unfinished(app: FastAPI, org: TestOrg, ids: list[dict[str, Any]], monkeypatch: Any) -> None:
    """Store events as a process does that is killed before it commits."""
    await recovered(app)
    with appending(monkeypatch, killed_after_storing):
        task = asyncio.create_task(send(machine(app, org.raw_ingest_key), ids))
        while not await _is_stored(app, org.id, ids[0]["event_id"]):  # noqa: ASYNC110 - the store has no events to wait for
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _is_stored(app: FastAPI, org_id: str, event_id: str) -> bool:
    return [event_id] in await rows(app, org_id)


async def test_two_processes_store_what_both_are_sent_once(
    app: FastAPI, settings: Settings, tenant_org: TestOrg
) -> None:
    async with running(settings) as second:
        keys = [tenant_org["ingest_key"], machine(second, tenant_org.raw_ingest_key)]
        accepted = 0
        for turn in range(30):
            answers = await asyncio.gather(
                *(send(key, numbered(20, start=10 * turn)) for key in keys for _ in range(2))
            )
            assert [answer.status_code for answer in answers] == [200] * 4
            accepted += sum(answer.json()["accepted"] for answer in answers)
        assert accepted == len(await rows(app, tenant_org.id)) == 310
        assert await metered(app, tenant_org) == 310


async def have_for_itself(key: httpx.AsyncClient) -> None:
    """Write a stream so often in a row that the process stays announced as its writer."""
    for turn in range(ALONE_AFTER + 1):
        await send(key, numbered(1, start=9000 + turn))


async def test_processes_that_take_turns_do_not_wait_for_each_other(
    app: FastAPI, settings: Settings, tenant_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    fences = 0
    wait = settle_module._wait_for_writers

    async def counted(events: EventLog, scope: Scope) -> None:
        nonlocal fences
        fences += 1
        await wait(events, scope)

    monkeypatch.setattr(settle_module, "_wait_for_writers", counted)
    async with running(settings) as second:
        keys = [tenant_org["ingest_key"], machine(second, tenant_org.raw_ingest_key)]
        await have_for_itself(keys[0])
        assert fences == 0
        for turn in range(20):
            answer = await send(keys[turn % 2], numbered(2, start=turn))
            assert answer.json()["accepted"] == (1 if turn else 2), turn
            assert (await send(keys[turn % 2], numbered(2))).json()["duplicates"] == 2
        assert fences == 1  # The first of them found the other one announced.
        assert await _writer(app, tenant_org.id) == ""
    assert len(await rows(app, tenant_org.id)) == ALONE_AFTER + 1 + 21


async def test_a_new_process_knows_what_the_old_one_stored(
    app: FastAPI, settings: Settings, tenant_org: TestOrg
) -> None:
    async with running(settings) as first:
        await send(machine(first, tenant_org.raw_ingest_key), numbered(50))
    for _ in range(2):
        async with running(settings) as next_one:
            key = machine(next_one, tenant_org.raw_ingest_key)
            for _ in range(3):  # By look-up first, by keys in memory then.
                assert (await send(key, numbered(50))).json()["duplicates"] == 50
                await asyncio.sleep(0.05)
    assert len(await rows(app, tenant_org.id)) == 50


@pytest.mark.parametrize("alone", [False, True])
async def test_what_a_killed_writer_stored_is_metered_by_the_next(
    app: FastAPI, settings: Settings, tenant_org: TestOrg, monkeypatch: pytest.MonkeyPatch, *, alone: bool
) -> None:
    await send(tenant_org["ingest_key"], numbered(5))
    async with running(settings) as doomed:
        if alone:
            await have_for_itself(machine(doomed, tenant_org.raw_ingest_key))
        await leave_unfinished(doomed, tenant_org, numbered(10, start=100), monkeypatch)
        before = 5 + (ALONE_AFTER + 1 if alone else 0)
        assert await metered(app, tenant_org) == before
        # Sent again, together with new ones: none twice, each counted once.
        answer = await send(tenant_org["ingest_key"], [*numbered(10, start=100), *numbered(3, start=200)])
        assert answer.json() == {"accepted": 3, "duplicates": 10, "status": "ok"}
    assert len(await rows(app, tenant_org.id)) == before + 13
    assert await metered(app, tenant_org) == before + 13


async def test_what_a_killed_writer_stored_is_metered_without_anybody_asking(
    app: FastAPI, settings: Settings, tenant_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very first batch of a stream, and no other after it: the next process to start finds it."""
    async with running(settings) as doomed:
        await leave_unfinished(doomed, tenant_org, numbered(10), monkeypatch)
        async with running(settings) as successor:
            await recovered(successor)
            assert await metered(app, tenant_org) == 10
            assert await _writer(app, tenant_org.id) == ""
    newest = await rows(app, tenant_org.id, "toUnixTimestamp64Milli(max(ingested_at))", "1")
    assert await _watermark_ms(app, tenant_org.id) == newest[0][0]


async def test_a_starting_process_leaves_living_writers_alone(
    app: FastAPI, settings: Settings, tenant_org: TestOrg
) -> None:
    await have_for_itself(tenant_org["ingest_key"])
    before = await _writer(app, tenant_org.id)
    async with running(settings) as newcomer:
        await recovered(newcomer)
        assert await _writer(app, tenant_org.id) == before != ""


async def test_a_process_that_ends_leaves_nothing_to_settle(
    app: FastAPI, settings: Settings, tenant_org: TestOrg
) -> None:
    async with running(settings) as process:
        await have_for_itself(machine(process, tenant_org.raw_ingest_key))
        assert await _writer(app, tenant_org.id) != ""
    assert await _writer(app, tenant_org.id) == ""


async def test_a_lost_answer_of_the_store_is_looked_up(
    app: FastAPI, tenant_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = EventStore.insert
    failures = iter([True, False])

    async def deaf(self: EventStore, statement: bytes, **more: Any) -> None:
        await insert(self, statement, **more)
        if next(failures):
            raise unavailable("the answer was lost")

    monkeypatch.setattr(EventStore, "insert", deaf)
    without_ids = [{"tenant_id": "t", "event_name": "e"}] * 5
    answer = await send(tenant_org["ingest_key"], [*numbered(5), *without_ids])
    assert answer.json() == {"accepted": 10, "status": "ok"}
    assert len(await rows(app, tenant_org.id)) == 10
    assert await metered(app, tenant_org) == 10


async def test_a_half_stored_batch_is_completed(
    app: FastAPI, tenant_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = EventLog.append
    halves = iter([True, False])

    async def half(self: EventLog, scope: Scope, stored: Any, at_ms: int) -> None:
        if not next(halves):
            await append(self, scope, stored, at_ms)
            return
        await append(self, scope, without(stored, set(stored.event_key[::2])), at_ms)
        raise unavailable("stopped in the middle")

    monkeypatch.setattr(EventLog, "append", half)
    events = [*numbered(7), *[{"tenant_id": "t", "event_name": "e"}] * 6]
    assert (await send(tenant_org["ingest_key"], events)).json() == {"accepted": 13, "status": "ok"}
    assert len(await rows(app, tenant_org.id)) == 13
    assert await metered(app, tenant_org) == 13


async def test_a_commit_that_fails_is_a_503_and_settled_by_the_next_group(
    app: FastAPI, tenant_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stored_then_refused(*arguments: Any) -> None:
        events, scope, stored, at_ms, _ = arguments
        await events.append(scope, stored, at_ms)
        raise unavailable("the database went away")

    with appending(monkeypatch, stored_then_refused):
        answer = await send(tenant_org["ingest_key"], numbered(5))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert await metered(app, tenant_org) == 0
    assert (await send(tenant_org["ingest_key"], numbered(6))).json() == {
        "accepted": 1,
        "duplicates": 5,
        "status": "ok",
    }
    assert len(await rows(app, tenant_org.id)) == 6
    assert await metered(app, tenant_org) == 6


async def test_an_insert_of_a_dead_writer_is_waited_for(
    app: FastAPI, settings: Settings, tenant_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process is gone, its statement still runs in the store: the next writer must not look before it is done."""
    monkeypatch.setattr(settle_module, "FENCED_FOR_S", 30.0)
    scope = Scope(tenant_org.id, "prod", ALL_TENANTS)
    store = service(app, EventStore)
    await send(tenant_org["ingest_key"], numbered(1))
    await _announce_dead_writer(app, tenant_org.id)
    slow = asyncio.create_task(
        store.command(
            f"INSERT INTO {EVENTS} (org_id, environment, tenant_id, event_name, timestamp, event_id, ingested_at, "
            f"event_key) SETTINGS log_comment = '{_mark(scope)}' "
            "SELECT {org:String}, 'prod', 't', 'e', now64(3), 'late', now64(3), "
            "{key:UInt64} FROM numbers(1) WHERE sleep(2) = 0",
            {"org": tenant_org.id, "key": event_keys(["late"])[0]},
        )
    )
    log = EventLog(store)
    while not slow.done() and not await log.is_writing(scope):  # noqa: ASYNC110 - the store has no events to wait for
        await asyncio.sleep(0.01)
    answer = await send(tenant_org["ingest_key"], [{"tenant_id": "t", "event_name": "e", "event_id": "late"}])
    assert slow.done()
    assert answer.json() == {"accepted": 0, "duplicates": 1, "status": "ok"}
    assert await metered(app, tenant_org) == 2
    assert not await log.is_writing(scope)


async def _announce_dead_writer(app: FastAPI, org_id: str) -> None:
    async with service(app, Database).for_org(org_id) as session:
        await session.execute(text("UPDATE ingest_writers SET writer = 'dead'"))


async def _writer(app: FastAPI, org_id: str) -> str:
    async with service(app, Database).for_org(org_id) as session:
        return str((await session.execute(text("SELECT writer FROM ingest_writers"))).scalar_one())


async def _watermark_ms(app: FastAPI, org_id: str) -> int:
    query = "SELECT (extract(epoch FROM watermark) * 1000)::bigint FROM ingest_watermarks"
    async with service(app, Database).for_org(org_id) as session:
        return int((await session.execute(text(query))).scalar_one())
