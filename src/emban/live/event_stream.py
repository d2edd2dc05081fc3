"""Server-sent events as an answer: written piece by piece, never held back, cut off where nobody takes them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emban.live.watcher import Watcher

# What a reader may take for one piece. The server holds 64 KiB for them before it waits at all.
SEND_TIMEOUT_S = 10.0
# no-transform and the last one: what lies between here and the reader is not to gather or to pack the pieces.
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
log = structlog.get_logger("emban.live")


class EventStreamResponse(Response):
    """Sends what a watcher has until it ends or the reader is gone; without a watcher the head alone."""

    media_type = "text/event-stream"

    def __init__(self, watcher: Watcher | None = None, *, closed: Callable[[], None] = lambda: None) -> None:
        self.status_code, self.background = 200, None
        self._watcher, self._closed = watcher, closed
        self.init_headers(HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        leaving = asyncio.create_task(self._end_on_disconnect(receive), name="live stream")
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            watcher = self._watcher
            while watcher is not None and (frames := await watcher.next_frames()) is not None:
                if frames:
                    async with asyncio.timeout(SEND_TIMEOUT_S):
                        await send({"type": "http.response.body", "body": frames, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            log.info("live.reader_too_slow")  # The server closes the connection of an answer that is not finished.
        finally:
            leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await leaving
            self._closed()

    async def _end_on_disconnect(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        if self._watcher is not None:
            self._watcher.end()
