"""What is refused before any route sees it: text that no store can hold, bodies too large or of another kind."""

from __future__ import annotations

import re

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emban.errors import EmbanError, invalid, too_large
from emban.http.responses import error_response

MAX_BODY = 1 << 20
# Routes that read their body themselves, with limits of their own.
OWN_BODY = frozenset({"/v1/events"})
_JSON = re.compile(rb"\s*application/(?:[\w.+-]+\+)?json\s*(?:;|$)", re.IGNORECASE)
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class RequestLimits:
    """Answers 400 for a NUL in the address, 400 for a body that is not JSON, 413 for one over `MAX_BODY` bytes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or refuse one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _address_problem(scope)
        guarded = receive
        if refusal is None and scope["method"] in _BODY_METHODS and scope["path"] not in OWN_BODY:
            refusal = _body_problem(scope)
            guarded = _counting(receive)
        if refusal is not None:
            await error_response(refusal)(scope, receive, send)
            return
        await self._app(scope, guarded, send)


def _address_problem(scope: Scope) -> EmbanError | None:
    if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
        return invalid(message="the address must not contain a NUL character")
    return None


def _body_problem(scope: Scope) -> EmbanError | None:
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > MAX_BODY:
        return _too_large()
    empty = length in {b"", b"0"} and b"transfer-encoding" not in headers
    if empty or _JSON.match(headers.get(b"content-type", b"")):
        return None
    return EmbanError("unsupported_content_type", "send the body as JSON, with Content-Type: application/json")


def _counting(receive: Receive) -> Receive:
    """Wrap `receive` so that a body without a stated length ends at the limit."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            raise HTTPException(413, _too_large().message)
        return message

    return counted


def _too_large() -> EmbanError:
    return too_large(f"the body must have at most {MAX_BODY:,} bytes")
