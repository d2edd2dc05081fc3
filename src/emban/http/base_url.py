"""The address under which browsers reach Emban."""

from __future__ import annotations

from starlette.requests import Request

from emban.http.provide import take
from emban.settings import Settings


def base_url(request: Request) -> str:
    """Return the address for links that are handed out, without a slash at its end."""
    configured = take(request, Settings).public_url
    return str(configured if configured is not None else request.base_url).rstrip("/")
