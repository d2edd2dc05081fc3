"""Cross-origin requests: refused everywhere but on the embed's data routes.

The embed's page may sit in a sandboxed frame, whose origin is opaque, so its own requests count as another site's.
Nothing is opened by letting any origin ask: those routes take a bearer token and never a cookie.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EMBED_PREFIX = "/v1/embed/"
_PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Request-Id",
    "Access-Control-Max-Age": "7200",
}


class EmbedCors:
    """Answers preflights below `/v1/embed/` and marks the answers there as readable by any origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(EMBED_PREFIX):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope):
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)
            return

        async def send_readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Access-Control-Allow-Origin"] = "*"
                headers["Access-Control-Expose-Headers"] = "Content-Disposition, Retry-After, X-Request-Id"
            await send(message)

        await self._app(scope, receive, send_readable)
