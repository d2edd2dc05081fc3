"""Group commit: what arrives together for one stream is written together, and each is answered once its rows are in.

While a group is written the next one gathers, so that groups grow with the load by themselves. Streams (one org and
environment each) are written independently of one another, a few at a time: a batch that fails, waits or is refused
is no concern of another org. What waits is bounded in bytes; beyond that the answer is 503 at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from emban.errors import EmbanError, unavailable
from emban.ingest.schemas import Event
from emban.scope import Scope
from emban.store.errors import StoreError

# A group ends at this many events (or with the submission that reaches it): what one INSERT holds in memory.
GROUP_EVENTS = 16_000
# How long a group of a few gathers before it is written: answers leave together, so the next requests come together.
LINGER_S = 0.003
LINGER_BELOW = 256
# Older than this, a submission is refused rather than written: its client has gone, or will send it again.
MOST_WAITING_S = 15.0
# What a decoded event takes in memory, as a multiple of its JSON (7 measured, for 8 string and 5 numeric properties).
MEMORY_FACTOR = 8
log = structlog.get_logger("emban.ingest")


@dataclass(frozen=True, slots=True)
class SubmissionResult:
    """What became of a submission: newly stored events, and those that had been received before."""

    accepted: int
    duplicates: int


@dataclass(slots=True, eq=False)
class Submission:
    """The good events of one request, with their times in ms, waiting to be stored. `size_bytes` of JSON."""

    events: Sequence[Event]
    at_ms: Sequence[int]
    size_bytes: int
    since: float = 0.0
    answer: asyncio.Future[SubmissionResult] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


Commit = Callable[[Scope, Sequence[Submission]], Awaitable[Sequence[SubmissionResult | EmbanError]]]


class GroupCommit:
    """Queues submissions by stream and hands groups of them to `commit`. One per API process."""

    def __init__(self, commit: Commit, *, buffer_bytes: int, lanes: int) -> None:
        self._commit = commit
        self._buffer_bytes = buffer_bytes
        self._held_bytes = 0
        self._waiting: dict[Scope, deque[Submission]] = {}
        self._lanes = asyncio.Semaphore(lanes)
        self._writers: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def held_bytes(self) -> int:
        """Memory that waiting submissions are reckoned to take."""
        return self._held_bytes

    async def submit(self, scope: Scope, submission: Submission) -> SubmissionResult:
        """Return once the submission's rows are stored. Raises `EmbanError`: 503 where they are not, 402, 401.

        A caller that is cancelled leaves its submission behind: it may yet be stored.
        """
        if self._closed:
            raise unavailable("this process is stopping; send the events again")
        cost = submission.size_bytes * MEMORY_FACTOR
        if self._held_bytes and self._held_bytes + cost > self._buffer_bytes:
            raise EmbanError("overloaded", "more events are waiting than can be held; send them again", retry_after=1)
        self._held_bytes += cost
        submission.answer.add_done_callback(lambda _: self._release(cost))
        submission.since = asyncio.get_running_loop().time()
        queue = self._waiting.get(scope)
        if queue is None:
            queue = self._waiting[scope] = deque()
            writer = asyncio.create_task(self._write(scope, queue))
            self._writers.add(writer)
            writer.add_done_callback(self._writers.discard)
        queue.append(submission)
        return await asyncio.shield(submission.answer)

    async def close(self) -> None:
        """Take nothing more, and write what waits."""
        self._closed = True
        while self._writers:
            await asyncio.gather(*self._writers, return_exceptions=True)

    def _release(self, cost: int) -> None:
        self._held_bytes -= cost

    async def _write(self, scope: Scope, queue: deque[Submission]) -> None:
        """Write one stream's groups one after another until nothing waits."""
        while queue:
            if sum(len(submission.events) for submission in queue) < LINGER_BELOW:
                await asyncio.sleep(LINGER_S)
            async with self._lanes:
                await self._write_group(scope, _next_group(queue))
        del self._waiting[scope]

    async def _write_group(self, scope: Scope, group: Sequence[Submission]) -> None:
        if not group:
            return
        answers = await self._answers(scope, group)
        if answers is None and len(group) > 1:
            # One of them may be what the store does not take: the others shall not suffer for it.
            answers = [(await self._answers(scope, [one]) or [_failed()])[0] for one in group]
        for submission, answer in zip(group, answers or [_failed()] * len(group), strict=True):
            if isinstance(answer, EmbanError):
                submission.answer.set_exception(answer)
                submission.answer.exception()  # Its client may have gone: an answer nobody reads is no error.
            else:
                submission.answer.set_result(answer)

    async def _answers(
        self, scope: Scope, group: Sequence[Submission]
    ) -> Sequence[SubmissionResult | EmbanError] | None:
        """Commit a group and return its answers, None where the store refused it as a whole."""
        try:
            return await self._commit(scope, group)
        except EmbanError as error:
            return [error] * len(group)
        except Exception as error:  # noqa: BLE001 - whatever it was: no answer but a 503, and the next group goes on
            count = sum(len(submission.events) for submission in group)
            log.error(  # noqa: TRY400 - a traceback for each batch of an outage would bury the reason
                "ingest.failed", error=type(error).__name__, reason=str(error)[:500], events=count
            )
            return None if isinstance(error, StoreError) else [_failed()] * len(group)


def _failed() -> EmbanError:
    return unavailable("the events could not be stored; send them again", retry_after=5)


def _next_group(queue: deque[Submission]) -> list[Submission]:
    """Take the submissions of the next group off the queue; those that waited too long are refused."""
    now = asyncio.get_running_loop().time()
    group: list[Submission] = []
    events = 0
    while queue and events < GROUP_EVENTS:
        submission = queue.popleft()
        if now - submission.since > MOST_WAITING_S:
            submission.answer.set_exception(unavailable("the event store is too slow; send the events again"))
            submission.answer.exception()
            continue
        group.append(submission)
        events += len(submission.events)
    return group
