"""A reader of `GET /v1/stream` on an app in this process, who sees each event when it comes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI

PATIENCE_S = 8.0
# Longer than it takes a process to look for what is new.
QUIET_S = 1.6


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event: its name, its data, and the id to go on from after it."""

    name: str
    data: dict[str, Any]
    last_id: str


@dataclass(slots=True)
class LiveReader:
    """What has come so far. `last_id` is what a browser would send as Last-Event-ID."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    last_id: str = ""
    events: asyncio.Queue[LiveEvent] = field(default_factory=asyncio.Queue)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    _rest: str = ""

    def take(self, piece: bytes) -> None:
        """Add a piece of the answer's body."""
        self.body += piece
        self._rest += piece.decode()
        *blocks, self._rest = self._rest.split("\n\n")
        for block in blocks:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            self.last_id = fields.get("id", self.last_id)
            if "data" in fields:
                data = msgspec.json.decode(fields["data"])
                self.events.put_nowait(LiveEvent(fields["event"], data, self.last_id))

    async def next(self, name: str | None = None) -> LiveEvent:
        """Return the next event, of that name if one is given; fails where none comes."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                event = await self.events.get()
                if name in {None, event.name}:
                    return event

    async def quiet(self) -> list[LiveEvent]:
        """Return what comes until nothing more can be on its way."""
        await asyncio.sleep(QUIET_S)
        return [self.events.get_nowait() for _ in range(self.events.qsize())]

    async def end(self) -> None:
        """Wait until the server ends the stream; fails where it does not."""
        async with asyncio.timeout(PATIENCE_S):
            await self.over.wait()


def headers_of(client: httpx.AsyncClient) -> dict[str, str]:
    """Return the headers by which a client is known."""
    known = {name: value for name, value in client.headers.items() if name in {"authorization", "origin"}}
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return {**known, **({"cookie": cookies} if cookies else {})}


@asynccontextmanager
async def listening(
    app: FastAPI, client: httpx.AsyncClient, headers: Mapping[str, str] | None = None, *, takes: bool = True
) -> AsyncIterator[LiveReader]:
    """Open a stream as a client, and leave it at the end of the block. Without `takes` nothing is ever read of it."""
    reader, leaving = LiveReader(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not asked:
            asked.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await leaving.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            reader.status = message["status"]
            reader.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            if not takes:
                await asyncio.Event().wait()
            reader.take(message.get("body", b""))
            reader.started.set()

    async def run() -> None:
        try:
            await app(_scope({**headers_of(client), **(headers or {})}), receive, send)
        finally:
            reader.over.set()
            reader.started.set()

    asked: list[bool] = []
    running = asyncio.create_task(run())
    try:
        async with asyncio.timeout(PATIENCE_S):
            if takes:
                await reader.started.wait()
        yield reader
    finally:
        leaving.set()
        with contextlib.suppress(asyncio.CancelledError):
            async with asyncio.timeout(PATIENCE_S):
                await running


def _scope(headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/v1/stream",
        "raw_path": b"/v1/stream",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost:8000")]
        + [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": ("localhost", 8000),
        "client": ("127.0.0.1", 50_000),
    }
