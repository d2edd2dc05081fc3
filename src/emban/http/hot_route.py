"""The route class of a path that every event or every look at an embed passes: nothing of FastAPI in between.

FastAPI resolves a handler's parameters anew for each request and wraps it in two exit stacks, which costs as much as
all that the handler does. A route of this kind guards itself, reads its body itself and returns a finished response;
what it raises goes to the application's error handlers.
"""

from __future__ import annotations

from abc import abstractmethod

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class HotRoute(APIRoute):
    """A route that `answer` answers; documented as every other route is."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        response = await self.answer(Request(scope, receive, send))
        await response(scope, receive, send)

    @abstractmethod
    async def answer(self, request: Request) -> Response:
        """Return the response to a request; raises what the guard and the handler do."""
