"""What surrounds every request: its id, its log line, the headers that every answer carries; buffers nothing."""

from __future__ import annotations

import re
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emban.auth.sessions import renew_cookie
from emban.http.responses import unexpected_error_response
from emban.kit.ids import new_id
from emban.telemetry import REQUEST_SECONDS, REQUESTS, REQUESTS_UNDER_WAY

_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{1,64}$")
# For answers that are no page; pages bring their own.
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
log = structlog.get_logger("emban.access")


class RequestContext:
    """Gives each request an id (the caller's `X-Request-Id` if it is a plain one), logs it, sets common headers.

    The line names the route's template, never the address with its query: a token may be in there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        REQUESTS_UNDER_WAY.inc()
        started = time.perf_counter()
        status: int | None = None

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
                headers.setdefault("Cache-Control", "no-store")
                headers.setdefault("Content-Security-Policy", API_POLICY)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                _renew_session(scope, headers)
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            log.exception("request.failed", error=type(error).__name__)
            if status is not None:
                raise  # The answer had begun; the server closes the connection.
            await unexpected_error_response()(scope, receive, send_with_headers)
        finally:
            REQUESTS_UNDER_WAY.dec()
            _note(scope, status, time.perf_counter() - started)
            structlog.contextvars.clear_contextvars()


def _renew_session(scope: Scope, headers: MutableHeaders) -> None:
    """Move the cookie on with its session, unless the answer says something about the cookie itself."""
    if "renewed_session" not in scope.get("state", ()) or "set-cookie" in headers:
        return
    cookie = renew_cookie(Request(scope), scope["app"].state.settings)
    if cookie is not None:
        headers.append("Set-Cookie", cookie)


def _note(scope: MutableMapping[str, Any], status: int | None, seconds: float) -> None:
    """Count the request and write its line. Only methods and routes that exist become labels."""
    route = getattr(scope.get("route"), "path", None)
    if route is not None and scope["method"] in METHODS:
        REQUESTS.labels(scope["method"], route, str(status)).inc()
        REQUEST_SECONDS.labels(scope["method"], route).observe(seconds)
    if scope["path"] in QUIET_PATHS and status in {200, 503}:
        return
    log.info("request.finished", method=scope["method"], route=route or "-", status=status, ms=round(seconds * 1000, 1))


def _request_id(scope: MutableMapping[str, Any]) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.match(value):
            return str(value, "ascii")
    return new_id("req")
