"""Work for a client that may go away: nobody should pay for an answer that nobody reads."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

Answer = TypeVar("Answer")
CLIENT_CLOSED_REQUEST = 499


def nobody_reads() -> Response:
    """Return the response to a client that is gone, for the log."""
    return Response(status_code=CLIENT_CLOSED_REQUEST)


async def cancel_on_disconnect(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer | None:
    """Run until done or until the client goes away, which cancels the work; None then. The body must have been read."""
    running = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((running, leaving), return_when=asyncio.FIRST_COMPLETED)
        return await running if running.done() else None
    finally:
        for task in (running, leaving):
            task.cancel()
        await asyncio.gather(running, leaving, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
