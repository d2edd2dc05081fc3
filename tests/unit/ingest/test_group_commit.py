"""Group commit: what arrives together is written together, nothing is answered before it is, memory is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from emban.errors import EmbanError, payment_required
from emban.ingest.commit import group_commit as group
from emban.ingest.commit.group_commit import GroupCommit, Submission, SubmissionResult
from emban.ingest.schemas import Event
from emban.scope import ALL_TENANTS, Scope
from emban.store.errors import StoreError

ONE, OTHER = Scope("org_1", "prod", ALL_TENANTS), Scope("org_2", "prod", ALL_TENANTS)


def submission(count: int = 1, size_bytes: int = 100, name: str = "e") -> Submission:
    return Submission([Event("t", name)] * count, [0] * count, size_bytes)


class Recorder:
    """Stands where the commit is: notes the groups, takes as long as told, fails where told."""

    def __init__(self) -> None:
        self.groups: list[tuple[Scope, int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Semaphore(0)
        self.running = self.most_running = 0

    async def __call__(self, scope: Scope, submissions: Sequence[Submission]) -> list[SubmissionResult | EmbanError]:
        self.running += 1
        self.begun.release()
        self.most_running = max(self.running, self.most_running)
        await self.gate.wait()
        await asyncio.sleep(0.001)
        self.running -= 1
        self.groups.append((scope, len(submissions)))
        if any(event.event_name == "poison" for item in submissions for event in item.events):
            raise StoreError(1, "refused")
        if any(event.event_name == "bug" for item in submissions for event in item.events):
            raise ValueError("bug")
        return [
            payment_required("events_limit", "used up", plan="free", upgrade_to=None)
            if item.events[0].event_name == "dear"
            else SubmissionResult(len(item.events), 0)
            for item in submissions
        ]


def made(commit: Recorder, *, buffer_bytes: int = 1 << 20, lanes: int = 2) -> GroupCommit:
    return GroupCommit(commit, buffer_bytes=buffer_bytes, lanes=lanes)


async def test_what_arrives_together_is_written_together() -> None:
    commit = Recorder()
    committing = made(commit)
    answers = await asyncio.gather(*(committing.submit(ONE, submission()) for _ in range(50)))
    assert answers == [SubmissionResult(1, 0)] * 50
    assert commit.groups == [(ONE, 50)]
    assert committing.held_bytes == 0


async def test_the_next_group_gathers_while_one_is_written() -> None:
    commit = Recorder()
    commit.gate.clear()
    committing = made(commit)
    first = asyncio.create_task(committing.submit(ONE, submission()))
    await commit.begun.acquire()
    rest = [asyncio.create_task(committing.submit(ONE, submission())) for _ in range(30)]
    await asyncio.sleep(0.01)
    assert not first.done()
    commit.gate.set()
    await asyncio.gather(first, *rest)
    assert [count for _, count in commit.groups] == [1, 30]
    assert commit.most_running == 1


async def test_streams_do_not_wait_for_one_another() -> None:
    commit = Recorder()
    commit.gate.clear()
    committing = made(commit)
    tasks = [asyncio.create_task(committing.submit(scope, submission())) for scope in (ONE, OTHER)]
    await commit.begun.acquire()
    await commit.begun.acquire()  # Comes while the first is still running.
    assert commit.running == 2
    commit.gate.set()
    assert await asyncio.gather(*tasks) == [SubmissionResult(1, 0)] * 2


async def test_a_group_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "GROUP_EVENTS", 10)
    commit = Recorder()
    committing = made(commit)
    await asyncio.gather(*(committing.submit(ONE, submission(4)) for _ in range(7)))
    assert [count for _, count in commit.groups] == [3, 3, 1]


async def test_beyond_the_buffer_the_answer_is_503_at_once() -> None:
    commit = Recorder()
    commit.gate.clear()
    committing = made(commit, buffer_bytes=3 * 100 * group.MEMORY_FACTOR)
    held = [asyncio.create_task(committing.submit(ONE, submission())) for _ in range(3)]
    await asyncio.sleep(0.01)
    with pytest.raises(EmbanError) as caught:
        await committing.submit(OTHER, submission())
    assert (caught.value.status, caught.value.code, caught.value.retry_after) == (503, "overloaded", 1)
    commit.gate.set()
    await asyncio.gather(*held)
    assert await committing.submit(OTHER, submission()) == SubmissionResult(1, 0)
    assert committing.held_bytes == 0


async def test_one_batch_larger_than_the_buffer_is_still_taken() -> None:
    committing = made(Recorder(), buffer_bytes=10)
    assert await committing.submit(ONE, submission()) == SubmissionResult(1, 0)


async def test_a_client_that_goes_away_takes_nothing_back() -> None:
    commit = Recorder()
    commit.gate.clear()
    committing = made(commit)
    gone = asyncio.create_task(committing.submit(ONE, submission()))
    await asyncio.sleep(0.01)
    gone.cancel()
    commit.gate.set()
    assert await committing.submit(ONE, submission()) == SubmissionResult(1, 0)
    assert sum(count for _, count in commit.groups) == 2
    assert committing.held_bytes == 0


async def test_what_the_store_refuses_is_found_and_refused_alone() -> None:
    commit = Recorder()
    committing = made(commit)
    tasks = [committing.submit(ONE, submission(name="poison" if place == 3 else "e")) for place in range(6)]
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(answer, EmbanError) for answer in answers] == [place == 3 for place in range(6)]
    failed = answers[3]
    assert isinstance(failed, EmbanError)
    assert (failed.status, failed.retry_after) == (503, 5)


async def test_a_refusal_for_one_is_no_refusal_for_all() -> None:
    committing = made(Recorder())
    dear, cheap = await asyncio.gather(
        committing.submit(ONE, submission(name="dear")), committing.submit(ONE, submission()), return_exceptions=True
    )
    assert isinstance(dear, EmbanError)
    assert dear.status == 402
    assert cheap == SubmissionResult(1, 0)


async def test_a_bug_is_a_503_and_the_next_group_goes_on() -> None:
    committing = made(Recorder())
    with pytest.raises(EmbanError) as caught:
        await committing.submit(ONE, submission(name="bug"))
    assert caught.value.status == 503
    assert await committing.submit(ONE, submission()) == SubmissionResult(1, 0)


async def test_what_waited_too_long_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "MOST_WAITING_S", 0.02)
    commit = Recorder()
    commit.gate.clear()
    committing = made(commit)
    first = asyncio.create_task(committing.submit(ONE, submission()))
    await commit.begun.acquire()
    late = asyncio.create_task(committing.submit(ONE, submission()))
    await asyncio.sleep(0.05)
    commit.gate.set()
    assert await first == SubmissionResult(1, 0)
    with pytest.raises(EmbanError) as caught:
        await late
    assert caught.value.status == 503
    assert commit.groups == [(ONE, 1)]


async def test_closing_writes_what_waits_and_takes_no_more() -> None:
    commit = Recorder()
    committing = made(commit)
    waiting = asyncio.create_task(committing.submit(ONE, submission()))
    await asyncio.sleep(0)
    await committing.close()
    assert await waiting == SubmissionResult(1, 0)
    with pytest.raises(EmbanError):
        await committing.submit(ONE, submission())
