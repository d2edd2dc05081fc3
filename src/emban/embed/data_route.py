"""The data route's short way: the guard, the body, the answer, and nothing of FastAPI between."""

from __future__ import annotations

import json
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from emban.dashboards.view_choice import ViewBody
from emban.embed.guard import require_embed
from emban.http.disconnect import nobody_reads
from emban.http.hot_route import HotRoute


class EmbedDataRoute(HotRoute):
    """Calls `endpoint(body, request, caller)`, refusing what FastAPI refuses in the same words."""

    async def answer(self, request: Request) -> Response:
        """Answer one request; raises 401 before the body is looked at."""
        caller = await require_embed(request)
        try:
            body = read_body(await request.body())
        except ClientDisconnect:
            return nobody_reads()
        response: Response = await self.endpoint(body, request, caller)
        return response


def read_body(raw: bytes) -> ViewBody:
    """Read a body of the data route; raises FastAPI's `RequestValidationError`."""
    try:
        given: Any = json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        raise _refused("json_invalid", "JSON decode error") from None
    if not isinstance(given, dict):
        raise _refused("missing", "Field required")
    try:
        return ViewBody.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in error.errors()]) from None


def _refused(kind: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body",), "msg": message, "input": None}])
