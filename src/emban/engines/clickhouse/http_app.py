"""The embedded ClickHouse's HTTP endpoint: an ASGI application over one `ChdbEngine`.

Statements run on threads (the engine releases the GIL), in three lanes, so that readers never keep writers waiting, nor
strangers' SQL anybody. What waits is bounded: beyond it the answer is 503 at once. A reader's statement is cancelled
when its client goes away; a write is finished, as its client will ask again anyway.

A statement that cannot be stopped, or takes memory past what the engine counts, ends the process. It is told so first
(`ENDED_THE_ENGINE`), so that whoever sent it can be held to it.
"""

from __future__ import annotations

import asyncio
import math
import os
import re
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emban.engines.clickhouse.chdb_engine import Answer, ChdbEngine, EngineError, EngineStatement
from emban.engines.clickhouse.wire import (
    TOO_MANY_QUERIES,
    Account,
    Ceilings,
    answer_headers,
    authenticate,
    check_engine,
    parse_statement,
    status_of,
)
from emban.engines.supervisor.child import EXIT_STOPPED
from emban.store.engine_stop import ENDED_THE_ENGINE, overdue_after

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY_BYTES = 256 << 20
WATCH_SECONDS = 0.1
# For the answer to the statement that was the cause.
FAREWELL_SECONDS = 0.2
# chDB knows no query ids of its callers'; see `ChdbEngine.cancel`.
_KILL = re.compile(rb"KILL QUERY WHERE query_id = '([A-Za-z0-9_.:-]{1,128})' ASYNC(?:\s+FORMAT \w+)?")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many statements run and wait, in each lane, and what one reader's statement may use.

    `adhoc` of them are of `adhoc_role`, which runs strangers' SQL. The process ends itself above
    `process_memory_bytes` of its own memory, what the engine does not count included.
    """

    readers: int
    writers: int
    adhoc: int
    waiting: int
    ceilings: Ceilings
    adhoc_ceilings: Ceilings
    adhoc_role: str
    process_memory_bytes: int


@dataclass(slots=True, eq=False)
class _ReadRun:
    """A reader's statement: until when (monotonic) it has to end once it runs, and why the process ends for it."""

    statement: EngineStatement
    verdict: asyncio.Future[str]
    abandoned: bool = False
    deadline: float = math.inf


class _Lane:
    def __init__(self, name: str, running: int, waiting: int) -> None:
        self.threads = ThreadPoolExecutor(max_workers=running, thread_name_prefix=name)
        self.most = running + waiting
        self.present = 0


class ClickHouseApp:
    """The ASGI application. `accounts` by name; see `clickhouse_wire` for what is understood."""

    def __init__(self, engine: ChdbEngine, accounts: Mapping[str, Account], limits: Limits, start: str = "") -> None:
        self._engine = engine
        self._accounts = accounts
        self._limits = limits
        self._start = start
        self._readers = _Lane("reader", limits.readers, limits.waiting)
        self._writers = _Lane("writer", limits.writers, limits.waiting)
        self._adhoc = _Lane("adhoc", limits.adhoc, limits.waiting)
        self._killers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="killer")
        self._reads: set[_ReadRun] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["path"] == "/ping":
            await _respond(send, 200, [(b"content-type", b"text/plain")], b"Ok.\n")
            return
        try:
            statement = await self._statement(scope, receive)
            answer = await self._run(statement, receive)
        except EngineError as error:
            await _refuse(send, error)
        except asyncio.CancelledError:
            raise
        else:
            await _respond(send, 200, answer_headers(statement, answer), answer.body)

    async def watch(self) -> None:
        """End the process for a statement that goes past its time or the process's memory. Runs until cancelled."""
        while (reason := self._reason_to_end()) is None:  # noqa: ASYNC110 - memory sets no event
            await asyncio.sleep(WATCH_SECONDS)
        sys.stderr.write(f"embedded ClickHouse: {reason}; ending the process\n")
        await asyncio.sleep(FAREWELL_SECONDS)
        os._exit(EXIT_STOPPED)

    def _reason_to_end(self) -> str | None:
        """Return why the process has to end, and let the strangers' statements know that are the cause beyond doubt."""
        now = time.monotonic()
        running = [read for read in self._reads if read.deadline < math.inf]
        causes = [read for read in running if read.deadline < now]
        reason = "a statement cannot be stopped"
        if not causes:
            if _own_memory() <= self._limits.process_memory_bytes:
                return None
            reason = "a statement takes more memory than there is for the engine"
            adhoc = [read for read in running if self._is_adhoc(read.statement)]
            causes = adhoc if len(adhoc) == 1 else []
        for read in causes:
            if self._is_adhoc(read.statement) and not read.verdict.done():
                read.verdict.set_result(reason)
        return reason

    def _is_adhoc(self, statement: EngineStatement) -> bool:
        return statement.role == self._limits.adhoc_role and not statement.own_text

    async def _statement(self, scope: Message, receive: Receive) -> EngineStatement:
        headers = dict(scope["headers"])
        account = authenticate(headers, self._accounts)
        if account.read_only:
            check_engine(headers, self._start)
        if scope["method"] not in ("GET", "POST"):
            raise EngineError(36, "Only GET and POST are understood")
        return parse_statement(
            account,
            method=scope["method"],
            query_string=scope["query_string"],
            headers=headers,
            body=await _body(receive),
            ceilings=self._limits.adhoc_ceilings if account.role == self._limits.adhoc_role else self._limits.ceilings,
        )

    async def _run(self, statement: EngineStatement, receive: Receive) -> Any:
        if not statement.read_only and (kill := _KILL.fullmatch(statement.sql.strip())) is not None:
            return await self._kill(kill[1].decode())
        lane = self._adhoc if self._is_adhoc(statement) else self._readers if statement.read_only else self._writers
        if lane.present >= lane.most:
            raise EngineError(TOO_MANY_QUERIES, "Too many simultaneous queries: all places to wait are taken")
        lane.present += 1
        loop = asyncio.get_running_loop()
        read = _ReadRun(statement, loop.create_future())
        work = loop.run_in_executor(lane.threads, self._work, read)
        # Counts until the thread is done, not until the client loses interest.
        work.add_done_callback(lambda _: setattr(lane, "present", lane.present - 1))
        if not statement.read_only:
            return await work
        self._reads.add(read)
        work.add_done_callback(lambda _: self._reads.discard(read))
        gone = asyncio.ensure_future(_disconnect(receive))
        try:
            await asyncio.wait((work, gone, read.verdict), return_when=asyncio.FIRST_COMPLETED)
            if read.verdict.done():
                raise EngineError(ENDED_THE_ENGINE, read.verdict.result())
            read.abandoned = not work.done()
            while not work.done():  # More than once, as it may only just be starting.
                await loop.run_in_executor(self._killers, self._engine.cancel, statement.query_id)
                await asyncio.wait({work}, timeout=0.2)
            return await work
        finally:
            gone.cancel()

    async def _kill(self, query_id: str) -> Answer:
        """Stop a reader's statement whose client waits for its end. One that waits for a thread will not begin."""
        for read in self._reads:
            if read.statement.query_id == query_id:
                read.abandoned = True
        await asyncio.get_running_loop().run_in_executor(self._killers, self._engine.cancel, query_id)
        return Answer(b"", 0, 0, 0, 0, 0)

    def _work(self, read: _ReadRun) -> Answer:
        if read.abandoned:
            raise EngineError(394, "Query was cancelled before it began")
        if read.statement.read_only:
            read.deadline = time.monotonic() + overdue_after(float(read.statement.settings["max_execution_time"]))
        return self._engine.run(read.statement)


def _own_memory() -> int:
    """Return the bytes of memory that this process has for itself: files that it has mapped are not counted."""
    resident, shared = Path("/proc/self/statm").read_text().split()[1:3]
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


async def _body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise EngineError(210, "The client went away while it sent its statement")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise EngineError(36, f"The body is over {MAX_BODY_BYTES >> 20} MiB")
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, error: EngineError) -> None:
    status = status_of(error.code)
    body = f"Code: {error.code}. DB::Exception: {error}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=UTF-8"),
        (b"x-clickhouse-exception-code", str(error.code).encode()),
    ]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await _respond(send, status, [*headers, (b"content-length", str(len(body)).encode())], body)


async def _respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
