"""Answers to an embed's page, packed: a dashboard's figures are 25 KiB of JSON and 3 KiB of gzip, often on a phone."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from emban.app.asgi.cors import EMBED_PREFIX

LEAST_BYTES = 1_000
# 0.1 ms for a dashboard; the higher levels take twice as long for a tenth less.
_LEVEL = 1


class EmbedCompression:
    """Sends what is below `/v1/embed/` as gzip where the browser takes it; nothing else is touched.

    No answer there holds a secret (the token only ever comes from the browser), so its size tells nothing of one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, minimum_size=LEAST_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packed = scope["type"] == "http" and scope["path"].startswith(EMBED_PREFIX)
        await (self._packing if packed else self._app)(scope, receive, send)
