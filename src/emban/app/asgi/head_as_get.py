"""HEAD, answered wherever GET is: the same route and guard, the same status and headers, and no body."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Serves HEAD as GET and keeps the body back, so that no route has to declare it and none can forget to."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        # A scope of its own, as the server goes by the method of the first one. Around this layer they look for the
        # route that was found, and for what the request leaves in its state.
        scope.setdefault("state", {})
        read = {**scope, "method": "GET"}
        try:
            await self._app(read, receive, send_head)
        finally:
            if "route" in read:
                scope["route"] = read["route"]
