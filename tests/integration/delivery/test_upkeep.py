"""Messages whose job was lost are delivered all the same; old ones go, with their attempts, and no other."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from emban.db import RowContext
from emban.delivery.upkeep import DeliveryUpkeep
from emban.jobs.figures import QueueFigures
from emban.jobs.queue import JobQueue
from emban.jobs.status import QueueWatch
from emban.telemetry import exposition_of
from tests.support.control import TestOrg
from tests.support.deliveries import Post, new_message
from tests.support.receivers import answering, receiving


@pytest.fixture
def upkeep(post: Post) -> DeliveryUpkeep:
    return DeliveryUpkeep(post.database, JobQueue())


async def made_older(post: Post, org: TestOrg, message_id: str, minutes: int) -> None:
    """Move a message back in time."""
    older = text("UPDATE outbound_messages SET created_at = created_at - make_interval(mins => :m) WHERE id = :id")
    async with post.database.for_org(org.id) as session:
        await session.execute(older, {"id": message_id, "m": minutes})


async def test_a_message_without_a_job_gets_one(
    post: Post, upkeep: DeliveryUpkeep, fresh_org: TestOrg, other_org: TestOrg
) -> None:
    async with receiving(answering()) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        lost, theirs, recent = [await post.add(owner, url) for owner in (fresh_org, other_org, fresh_org)]
        await post.forget_jobs()
        waiting = await post.add(fresh_org, url)
        for owner, message in ((fresh_org, lost), (other_org, theirs), (fresh_org, waiting)):
            await made_older(post, owner, message, 11)
        for _ in range(2):
            await upkeep.requeue_forgotten()
        queued = [one.args["message_id"] for one in await post.waiting()]
        await post.settle(fresh_org, lost, waiting)
        await post.settle(other_org, theirs)
        await upkeep.requeue_forgotten()

    assert sorted(queued) == sorted([waiting, lost, theirs])
    assert sorted(one.headers["webhook-id"] for one in receiver.requests) == sorted([waiting, lost, theirs])
    assert (await post.row(fresh_org, recent)).status == "pending"
    assert await post.waiting() == []


async def test_what_is_over_goes_with_its_attempts(post: Post, upkeep: DeliveryUpkeep, fresh_org: TestOrg) -> None:
    async with receiving(answering()) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        old, kept = [await post.services.delivery.send_now(new_message(fresh_org, url)) for _ in range(2)]
    async with post.database.for_org(fresh_org.id) as session:
        over = text("UPDATE outbound_messages SET expires_at = now() - interval '1 second' WHERE id = :id")
        await session.execute(over, {"id": old.message_id})
    await upkeep.sweep()

    listed = (await fresh_org["viewer"].get("/v1/deliveries")).json()["items"]
    assert [one["id"] for one in listed] == [kept.id]
    assert (await fresh_org["admin"].post(f"/v1/webhook-deliveries/{old.id}/redeliver")).status_code == 404


async def test_workers_see_of_others_what_is_pending_and_change_nothing(post: Post, fresh_org: TestOrg) -> None:
    message = await post.add(fresh_org, "http://127.0.0.1:9/")
    for task, seen in (("due", 1), ("sweep", 0), ("jobs", 0), ("", 0)):
        async with post.database.session(RowContext(task=task)) as session:
            found = await session.execute(text("SELECT id FROM outbound_messages WHERE id = :id"), {"id": message})
            assert len(found.all()) == seen, task
            changed = await session.execute(text("UPDATE outbound_messages SET body = 'x' RETURNING id"))
            assert changed.all() == []
            assert (await session.execute(text("DELETE FROM outbound_messages RETURNING id"))).all() == []


async def test_attempts_are_counted_by_channel_and_outcome(post: Post, fresh_org: TestOrg) -> None:
    before = await counted(post)
    async with receiving(answering()) as receiver:
        await post.services.delivery.send_now(new_message(fresh_org, f"http://127.0.0.1:{receiver.port}/"))
        await post.services.delivery.send_now(new_message(fresh_org, "http://127.0.0.1:9/"))
    await post.counts.flush()
    after = await counted(post)

    delivered = 'emban_deliveries_total{channel="webhook",outcome="delivered"}'
    failed = 'emban_deliveries_total{channel="webhook",outcome="failed"}'
    assert {name: after[name] - before.get(name, 0) for name in (delivered, failed)} == {delivered: 1, failed: 1}
    assert not [name for name in after if fresh_org.id in name]


async def counted(post: Post) -> dict[str, float]:
    """Return the queue's figures by name and labels."""
    lines = exposition_of(QueueFigures(await QueueWatch(post.database).read())).decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}
