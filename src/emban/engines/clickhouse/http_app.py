"""The embedded ClickHouse's HTTP endpoint: an ASGI application over one `ChdbEngine`.

Statements run on threads (the engine releases the GIL), in two lanes, so that readers never keep writers waiting. What
waits is bounded: beyond it the answer is 503 at once. A reader's statement is cancelled when its client goes away; a
write is finished, as its client will ask again anyway.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from emban.engines.clickhouse.chdb_engine import ChdbEngine, EngineError, EngineStatement
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

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY_BYTES = 256 << 20
# The engine does not interrupt work inside one function call on one block (5 s was the worst measured). Whatever runs
# this long past its limit is not coming back: the process ends itself, and the supervisor starts another.
OVERDUE_SECONDS = 15
EXIT_OVERDUE = 70


@dataclass(frozen=True, slots=True)
class Limits:
    """How many statements run and wait, in each lane, and what one reader's statement may use."""

    readers: int
    writers: int
    waiting: int
    ceilings: Ceilings


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
        self._killers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="killer")
        self._deadlines: dict[int, float] = {}

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
        """End the process when a reader's statement is long past its time. Runs until cancelled."""
        while True:
            await asyncio.sleep(1)
            if any(deadline < time.monotonic() for deadline in self._deadlines.values()):
                sys.stderr.write("embedded ClickHouse: a statement cannot be stopped; ending the process\n")
                os._exit(EXIT_OVERDUE)

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
            ceilings=self._limits.ceilings,
        )

    async def _run(self, statement: EngineStatement, receive: Receive) -> Any:
        lane = self._readers if statement.read_only else self._writers
        if lane.present >= lane.most:
            raise EngineError(TOO_MANY_QUERIES, "Too many simultaneous queries: all places to wait are taken")
        lane.present += 1
        abandoned = _Flag()
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(lane.threads, self._work, statement, abandoned)
        # Counts until the thread is done, not until the client loses interest.
        work.add_done_callback(lambda _: setattr(lane, "present", lane.present - 1))
        if not statement.read_only:
            return await work
        gone = asyncio.ensure_future(_disconnect(receive))
        try:
            await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
            abandoned.set = not work.done()
            while not work.done():  # More than once, as it may only just be starting.
                await loop.run_in_executor(self._killers, self._engine.cancel, statement.query_id)
                await asyncio.wait({work}, timeout=0.2)
            return await work
        finally:
            gone.cancel()

    def _work(self, statement: EngineStatement, abandoned: _Flag) -> Any:
        if abandoned.set:
            raise EngineError(394, "Query was cancelled before it began")
        if not statement.read_only:
            return self._engine.run(statement)
        me = id(abandoned)
        self._deadlines[me] = time.monotonic() + float(statement.settings["max_execution_time"]) + OVERDUE_SECONDS
        try:
            return self._engine.run(statement)
        finally:
            del self._deadlines[me]


class _Flag:
    set = False


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
