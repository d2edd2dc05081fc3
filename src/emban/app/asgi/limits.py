"""What is refused before any route sees it: unstorable text, bodies too large, too slow or of another kind."""

from __future__ import annotations

import asyncio
import re
import time
from codecs import BOM_UTF8

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emban.errors import EmbanError, invalid, too_large
from emban.http.responses import error_response

MAX_BODY = 1 << 20
# Routes that read their body themselves, with limits of their own.
OWN_BODY = frozenset({"/v1/events"})
# Routes that read nothing of what is sent: a form that mail programs post (RFC 8058), and the receiver of the demo.
_NO_JSON = ("/reports/unsubscribe/", "/demo/webhooks")
_JSON = re.compile(rb"\s*application/(?:[\w.+-]+\+)?json\s*(?:;|$)", re.IGNORECASE)
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class RequestLimits:
    """Answers 400 for an address that is no text, 400 for a body that is not JSON, 413 for one over `MAX_BODY` bytes.

    408 for a body that the client takes more than `body_timeout_s` seconds to send, whoever reads it.
    """

    def __init__(self, app: ASGIApp, body_timeout_s: float) -> None:
        self._app = app
        self._body_timeout_s = body_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _address_problem(scope)
        guarded = receive
        if refusal is None and scope["method"] in _BODY_METHODS:
            guarded = TimedBody(receive, self._body_timeout_s)
            if scope["path"] not in OWN_BODY:
                refusal = _body_problem(scope)
                guarded = _without_bom(_counting(guarded))
        if refusal is not None:
            await error_response(refusal)(scope, receive, send)
            return
        await self._app(scope, guarded, send)


def _address_problem(scope: Scope) -> EmbanError | None:
    if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
        return invalid(message="the address must not contain a NUL character")
    if "\ufffd" in scope["path"] and b"%EF%BF%BD" not in scope.get("raw_path", b"").upper():
        return invalid(message="the address must be percent-encoded UTF-8")  # The server put U+FFFD in its place.
    if scope["path"].endswith("\n"):
        return EmbanError("not_found", "no such route")  # To the router, a route ends before the last line break.
    return None


def _body_problem(scope: Scope) -> EmbanError | None:
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > MAX_BODY:
        return _too_large()
    empty = length in {b"", b"0"} and b"transfer-encoding" not in headers
    if empty or scope["path"].startswith(_NO_JSON) or _JSON.match(headers.get(b"content-type", b"")):
        return None
    return EmbanError("unsupported_content_type", "send the body as JSON, with Content-Type: application/json")


class TimedBody:
    """A `receive` that raises 408 once it has waited too long in all for the parts of a body.

    Only the waiting counts: an application that is slow to ask for the next part takes none of the client's time.
    """

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._left = seconds
        self._complete = False

    async def __call__(self) -> Message:
        """Return the next message; after the body's end it may take as long as it likes."""
        if self._complete:
            return await self._receive()
        asked = time.monotonic()
        try:
            async with asyncio.timeout(self._left):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, "the body did not arrive in time", {"Connection": "close"}) from None
        self._left -= time.monotonic() - asked
        self._complete = not message.get("more_body", False)
        return message


def _without_bom(receive: Receive) -> Receive:
    """Wrap `receive` so that a byte order mark at the body's beginning is left out, also one that comes in pieces."""
    begun = False

    async def without() -> Message:
        nonlocal begun
        message = await receive()
        if begun or message["type"] != "http.request":
            return message
        body: bytes = message.get("body", b"")
        while message.get("more_body", False) and len(body) < len(BOM_UTF8) and BOM_UTF8.startswith(body):
            message = await receive()
            if message["type"] != "http.request":
                return message
            body += message.get("body", b"")
        begun = True
        return {**message, "body": body.removeprefix(BOM_UTF8)}

    return without


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
