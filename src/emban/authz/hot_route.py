"""The route class of a path that every event passes: the guard, then the handler, and nothing of FastAPI between.

FastAPI resolves a handler's parameters anew for each request and wraps it in two exit stacks, which costs as much as
all that the handler does. A handler of this class takes the request and the caller, reads its body itself and returns
a finished response; what it raises goes to the application's error handlers.
"""

from __future__ import annotations

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emban.authz.guards import require_caller


class HotRoute(APIRoute):
    """Calls `endpoint(request, caller)` once the guard has answered; documented as every other route is."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        response = await self.answer(Request(scope, receive, send))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """Return the response to a request that the guard lets through; raises what the guard and the handler do."""
        response: Response = await self.endpoint(request, await require_caller(request))
        return response
