"""Many events at once, from a file: the same checks, deduplication and group commit as for those sent by HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import httpx

from emban.db import Database
from emban.db.urls import app_url
from emban.errors import EmbanError
from emban.ingest.bulk.files import BadLine, FileBatch
from emban.ingest.commit.group_commit import SubmissionResult
from emban.ingest.decode import Rejection, examine
from emban.ingest.service import Ingest
from emban.kit.clock import utcnow
from emban.settings import Settings
from emban.store.client import EventStore

# Bodies on their way at the same time: together they make one group, for one INSERT.
SIDE_BY_SIDE = 8
_PATIENCE_S = 60.0
_Answer = TypeVar("_Answer")
_FIELD = re.compile(r"events\[(\d+)\]\.?(.*)")


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of a body: stored events, duplicates, and what is wrong with the others."""

    stored: SubmissionResult
    rejections: Sequence[Rejection] = ()


class Sink(Protocol):
    """Where bodies go. Raises `EmbanError` where a body was not taken: 402, or what does not pass with time."""

    async def send(self, body: bytes) -> SendResult:
        """Send one body, again and again while the answer is 503 or 429."""


@dataclass(slots=True)
class ImportReport:
    """The state of an import: up to which line all is done, the `mark` of the file up to there, and the sums."""

    line: int = 0
    mark: str = ""
    stored: int = 0
    duplicates: int = 0
    rejected: int = 0
    bad: list[BadLine] = field(default_factory=list)


async def import_batches(
    batches: Iterable[FileBatch], sink: Sink, report: ImportReport, advanced: Callable[[ImportReport], None]
) -> None:
    """Send batches, a few side by side, and bring the report up to date after each few. Raises as the sink does."""
    waiting: list[FileBatch] = []
    for batch in batches:
        waiting.append(batch)
        if len(waiting) == SIDE_BY_SIDE:
            await _send_all(waiting, sink, report)
            advanced(report)
            waiting = []
    if waiting:
        await _send_all(waiting, sink, report)
        advanced(report)


async def _send_all(batches: Sequence[FileBatch], sink: Sink, report: ImportReport) -> None:
    answers = await asyncio.gather(
        *(sink.send(batch.body) if batch.numbers else _nothing() for batch in batches), return_exceptions=True
    )
    failures = [answer for answer in answers if isinstance(answer, BaseException)]
    if failures:
        raise failures[0]
    report.bad = []
    for batch, answer in zip(batches, answers, strict=True):
        if isinstance(answer, SendResult):
            _count(batch, answer, report)


def _count(batch: FileBatch, answer: SendResult, report: ImportReport) -> None:
    reasons: dict[int, list[str]] = {}
    for item in answer.rejections:
        reasons.setdefault(batch.numbers[item.index], []).append(f"{item.path}: {item.message}".lstrip(": "))
    bad = [*batch.bad, *(BadLine(number, "; ".join(words)) for number, words in reasons.items())]
    report.bad += sorted(bad, key=lambda line: line.number)
    report.rejected += len(bad)
    report.stored += answer.stored.accepted
    report.duplicates += answer.stored.duplicates
    report.line, report.mark = batch.last, batch.mark


async def _nothing() -> SendResult:
    return SendResult(SubmissionResult(0, 0))


class StoreSink:
    """Writes to the stores themselves, beside whatever API processes there are."""

    def __init__(self, ingest: Ingest, org_id: str, environment: str) -> None:
        self._ingest, self._org_id, self._environment = ingest, org_id, environment

    async def send(self, body: bytes) -> SendResult:
        """Check and store one body."""
        decoded = examine(body, utcnow())
        if not decoded.events:
            return SendResult(SubmissionResult(0, 0), decoded.rejections)
        store = self._ingest.store
        stored = await _patiently(lambda: store(self._org_id, self._environment, decoded, len(body)))
        return SendResult(stored, decoded.rejections)

    @classmethod
    @asynccontextmanager
    async def connected(cls, settings: Settings, org_id: str, environment: str) -> AsyncIterator[StoreSink]:
        """Connect to both stores for a while."""
        database, store = Database(app_url(settings), pool_size=4), EventStore(settings)
        ingest = Ingest(settings, database, store)
        try:
            yield cls(ingest, org_id, environment)
        finally:
            await ingest.close()
            await store.close()
            await database.close()


class HttpSink:
    """Sends to an Emban elsewhere, with an API key of one of its environments."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, body: bytes) -> SendResult:
        """Post one body."""
        return await _patiently(lambda: self._post(body))

    async def _post(self, body: bytes) -> SendResult:
        try:
            answer = await self._client.post("/v1/events", content=body, headers={"content-type": "application/json"})
            told = answer.json()
        except (httpx.TransportError, ValueError) as error:
            raise EmbanError("store_unavailable", f"no answer: {error}", retry_after=1) from error
        if answer.status_code == 200:
            rejections = [Rejection(**item) for item in told.get("errors", ())]
            return SendResult(SubmissionResult(told["accepted"], told.get("duplicates", 0)), rejections)
        fields = [_FIELD.fullmatch(item["path"]) for item in told.get("fields", ())]
        if answer.status_code == 400 and fields and all(fields):
            messages = [item["message"] for item in told["fields"]]
            found = [match for match in fields if match is not None]
            return SendResult(
                SubmissionResult(0, 0),
                [Rejection(int(at[1]), at[2], words) for at, words in zip(found, messages, strict=True)],
            )
        retry = int(answer.headers.get("retry-after", 1)) if answer.status_code in {429, 503} else None
        raise EmbanError(
            told.get("code", "internal_error"), told["error"], status=answer.status_code, retry_after=retry
        )


async def _patiently(ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
    """Ask again for a minute while the answer is that one may; every event has an id, so nothing is stored twice."""
    deadline = asyncio.get_running_loop().time() + _PATIENCE_S
    while True:
        try:
            return await ask()
        except EmbanError as error:
            if error.status not in {429, 503} or asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(error.retry_after or 1)
