"""Whether a request that a route sees as GET was HEAD: for an answer that has no end, which HEAD would wait for."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.requests import HTTPConnection

_MARK = "answers_head"


def note_head(scope: MutableMapping[str, Any]) -> None:
    """Mark the request of a scope as HEAD."""
    scope.setdefault("state", {})[_MARK] = True


def is_head(connection: HTTPConnection) -> bool:
    """Tell whether only the answer's head is wanted."""
    return bool(connection.scope.get("state", {}).get(_MARK))
