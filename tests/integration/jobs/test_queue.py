"""The queue: jobs leave with their transaction, belong to their org, and outlive the worker that took them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text

from emban.db import Database, RowContext
from emban.db.urls import app_url
from emban.jobs.kinds import DELIVER, EVALUATE_ALERTS, Handler, JobKind
from emban.jobs.queue import JobQueue
from emban.jobs.run_counts import RunCounts
from emban.jobs.status import QueueWatch
from emban.jobs.upkeep import Upkeep
from emban.jobs.worker import JobWorker
from emban.settings import Settings
from tests.support.control import TestOrg, service

WORKER = RowContext(task="jobs")


@pytest.fixture
async def database(app: FastAPI) -> AsyncIterator[Database]:
    """The control plane, with an empty queue before and after."""
    found = service(app, Database)
    await _empty(found)
    yield found
    await _empty(found)


async def _empty(database: Database) -> None:
    async with database.session(WORKER) as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))


async def queued(database: Database) -> list[Any]:
    async with database.session(WORKER) as session:
        return list((await session.execute(text("SELECT * FROM procrastinate_jobs ORDER BY id"))).all())


@asynccontextmanager
async def working(
    settings: Settings, database: Database, handlers: Mapping[str, Handler]
) -> AsyncIterator[tuple[JobWorker, RunCounts]]:
    counts = RunCounts(database)
    worker = JobWorker(app_url(settings), handlers, counts)
    await worker.start()
    try:
        yield worker, counts
    finally:
        await worker.stop()


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(600):
        if await holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to that")


async def test_a_job_leaves_with_its_transaction_and_not_without(database: Database, org: TestOrg) -> None:
    queue = JobQueue()
    async with database.for_org(org.id) as session:
        assert await queue.enqueue(session, DELIVER, org.id, {"message_id": "msg_1"})
        await session.rollback()
    assert await queued(database) == []
    async with database.for_org(org.id) as session:
        await queue.enqueue(session, DELIVER, org.id, {"message_id": "msg_2"})
    (job,) = await queued(database)
    assert job.args == {"org_id": org.id, "message_id": "msg_2"}
    assert job.queue_name == "deliveries"


async def test_an_org_sees_its_own_jobs_and_adds_none_to_another(
    database: Database, org: TestOrg, other_org: TestOrg
) -> None:
    queue = JobQueue()
    async with database.for_org(org.id) as session:
        await queue.enqueue(session, DELIVER, org.id, {})
    for context, seen in ((RowContext(org_id=org.id), 1), (RowContext(org_id=other_org.id), 0), (RowContext(), 0)):
        async with database.session(context) as session:
            assert (await session.execute(text("SELECT count(*) FROM procrastinate_jobs"))).scalar_one() == seen
            changed = await session.execute(text("UPDATE procrastinate_jobs SET priority = 9 RETURNING 1"))
            assert changed.all() == []
            assert (await session.execute(text("DELETE FROM procrastinate_jobs RETURNING 1"))).all() == []
    with pytest.raises(ConnectorException) as refusal:
        async with database.for_org(other_org.id) as session:
            await queue.enqueue(session, DELIVER, org.id, {})
    assert "row-level security" in str(refusal.value.__cause__)


async def test_one_of_a_kind_waits_at_a_time(database: Database, org: TestOrg) -> None:
    queue = JobQueue()
    async with database.for_org(org.id) as session:
        assert await queue.enqueue(session, EVALUATE_ALERTS, org.id, {}, unique=f"alerts {org.id}")
        assert not await queue.enqueue(session, EVALUATE_ALERTS, org.id, {}, unique=f"alerts {org.id}")
        assert await queue.enqueue(session, EVALUATE_ALERTS, org.id, {})  # The transaction goes on after a refusal.
    assert len(await queued(database)) == 2


async def test_an_org_with_much_to_do_lets_the_others_pass(
    database: Database, settings: Settings, org: TestOrg, other_org: TestOrg
) -> None:
    queue = JobQueue()
    for owner, number in ((org, 40), (other_org, 3)):
        async with database.for_org(owner.id) as session:
            for _ in range(number):
                await queue.enqueue(session, EVALUATE_ALERTS, owner.id, {})
    order: list[str] = []

    async def note(org_id: str, arguments: Mapping[str, Any]) -> None:
        del arguments
        order.append(org_id)
        await asyncio.sleep(0.01)

    async with working(settings, database, {EVALUATE_ALERTS.name: note}):
        await eventually(lambda: _is(len(order) == 43))
    last = max(index for index, org_id in enumerate(order) if org_id == other_org.id)
    assert last < 14, order  # Behind as many of the busy one's, and what the four slots had already taken.


async def _is(fact: bool) -> bool:
    return fact


async def test_what_is_due_later_waits(database: Database, settings: Settings, org: TestOrg) -> None:
    queue, done = JobQueue(), list[str]()

    async def note(org_id: str, arguments: Mapping[str, Any]) -> None:
        del org_id
        done.append(arguments["name"])

    async with database.for_org(org.id) as session:
        await queue.enqueue(session, DELIVER, org.id, {"name": "tomorrow"}, wait_s=86_400)
        await queue.enqueue(session, DELIVER, org.id, {"name": "soon"}, wait_s=0.5)
        await queue.enqueue(session, DELIVER, org.id, {"name": "now"})
    async with working(settings, database, {DELIVER.name: note}):
        await eventually(lambda: _is(len(done) == 2))
    assert done == ["now", "soon"]
    (left,) = await queued(database)
    assert (left.args["name"], left.status) == ("tomorrow", "todo")
    status = await QueueWatch(database).read()
    assert [(kind.kind, kind.due, kind.scheduled) for kind in status.kinds] == [("deliver", 0, 1)]


async def test_a_failure_is_tried_again_and_counted_and_the_last_one_stays_to_be_seen(
    database: Database, settings: Settings, org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JobKind, "pause_s", lambda _self, _attempts: 0)
    calls: dict[str, int] = {}

    async def fail(org_id: str, arguments: Mapping[str, Any]) -> None:
        del org_id
        calls[arguments["name"]] = calls.get(arguments["name"], 0) + 1
        if calls[arguments["name"]] < arguments["good_at"]:
            raise RuntimeError("not yet")

    queue = JobQueue()
    async with database.for_org(org.id) as session:
        await queue.enqueue(session, DELIVER, org.id, {"name": "third", "good_at": 3})
        await queue.enqueue(session, DELIVER, org.id, {"name": "never", "good_at": 99})

    async def ended() -> bool:
        return [(job.args["name"], job.status) for job in await queued(database)] == [("never", "failed")]

    async with working(settings, database, {DELIVER.name: fail}) as (_, counts):
        await eventually(ended)
        await counts.flush()
    assert calls == {"third": 3, "never": DELIVER.attempts}
    status = await QueueWatch(database).read()
    (kind,) = status.kinds
    assert (kind.failed, kind.due) == (1, 0)
    assert {outcome for name, outcome, runs in status.runs if name == DELIVER.name and runs} >= {
        "succeeded",
        "retried",
        "failed",
    }


async def test_the_job_of_a_silent_worker_is_taken_up_by_another(
    database: Database, settings: Settings, org: TestOrg
) -> None:
    queue, done = JobQueue(), list[str]()

    async def note(org_id: str, arguments: Mapping[str, Any]) -> None:
        del arguments
        done.append(org_id)

    async with database.for_org(org.id) as session:
        await queue.enqueue(session, DELIVER, org.id, {})
    # What a worker leaves behind that was killed between its claim and the end of the job.
    async with database.session(WORKER) as session:
        await session.execute(
            text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 h')")
        )
        await session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'doing', "
                "worker_id = (SELECT max(id) FROM procrastinate_workers)"
            )
        )
    async with working(settings, database, {DELIVER.name: note}) as (worker, _):
        await Upkeep(worker.library).run()
        await eventually(lambda: _is(done == [org.id]))


async def test_a_job_that_runs_alone_is_handed_out_again_though_another_waits(
    database: Database, settings: Settings, org: TestOrg
) -> None:
    queue, done = JobQueue(), list[int]()

    async def note(org_id: str, arguments: Mapping[str, Any]) -> None:
        del org_id
        done.append(arguments["number"])

    async with database.for_org(org.id) as session:
        await queue.enqueue(session, EVALUATE_ALERTS, org.id, {"number": 1}, unique="the one")
    async with database.session(WORKER) as session:
        await session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL"))
    async with database.for_org(org.id) as session:
        assert await queue.enqueue(session, EVALUATE_ALERTS, org.id, {"number": 2}, unique="the one")
    async with working(settings, database, {EVALUATE_ALERTS.name: note}) as (worker, _):
        await Upkeep(worker.library).run()
        await eventually(lambda: _is(done == [1, 2]))


async def test_a_stopping_worker_hands_back_what_it_cannot_finish(
    database: Database, settings: Settings, org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emban.jobs.worker.STOP_S", 0.2)
    begun = asyncio.Event()

    async def hang(org_id: str, arguments: Mapping[str, Any]) -> None:
        del org_id, arguments
        begun.set()
        await asyncio.sleep(3600)

    async with database.for_org(org.id) as session:
        await JobQueue().enqueue(session, DELIVER, org.id, {})
    async with working(settings, database, {DELIVER.name: hang}):
        await asyncio.wait_for(begun.wait(), 30)
    (job,) = await queued(database)
    assert job.status == "todo"
