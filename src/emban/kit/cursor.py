"""Keyset paging: opaque cursors over (created_at, id), newest first."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emban.kit.rfc3339 import parse_instant

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


class BadCursorError(ValueError):
    """The cursor was not one that this API gave out."""


@dataclass(frozen=True, slots=True)
class CursorPosition:
    """The last row of the page before: its time and its id."""

    at: datetime
    id: str


def encode_cursor(position: CursorPosition) -> str:
    """Write a position as URL-safe text."""
    raw = json.dumps([position.at.isoformat(), position.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode_cursor(text: str) -> CursorPosition:
    """Read a cursor; raises `BadCursorError` for anything that `encode_cursor` did not write."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        at, identity = json.loads(raw)
        when = parse_instant(at)
        if not isinstance(identity, str):
            raise BadCursorError(text)
    except (ValueError, TypeError) as error:
        raise BadCursorError(text) from error
    return CursorPosition(when, identity)


def page(rows: Sequence[Any], limit: int) -> tuple[list[Any], str | None]:
    """Split `limit + 1` fetched rows (with `created_at` and `id`) into a page and the cursor of the next one."""
    items = list(rows[:limit])
    if len(rows) <= limit:
        return items, None
    last = items[-1]
    return items, encode_cursor(CursorPosition(last.created_at, last.id))
