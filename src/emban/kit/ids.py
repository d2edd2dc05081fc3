"""Readable, sortable identifiers: a prefix that names the kind, then a UUIDv7 in lower-case Crockford base32."""

from __future__ import annotations

import os
import re
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
_ID = re.compile(r"^[a-z]{1,8}_[0-9a-hjkmnp-tv-z]{26}$")


def uuid7_int(now_ms: int | None = None) -> int:
    """Return a UUIDv7 (RFC 9562) as an integer: 48 bits of milliseconds since 1970, the rest random."""
    ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    noise = int.from_bytes(os.urandom(10), "big")
    value = (ms & (2**48 - 1)) << 80 | noise
    value &= ~(0xF << 76) & (2**128 - 1)
    value |= 0x7 << 76
    value &= ~(0x3 << 62) & (2**128 - 1)
    return value | 0x2 << 62


def new_id(prefix: str) -> str:
    """Return a fresh id such as `dash_01k9z3…` (26 characters after the prefix), ordered by creation time."""
    value = uuid7_int()
    digits = [_ALPHABET[(value >> (5 * index)) & 31] for index in range(_LENGTH)]
    return f"{prefix}_{''.join(reversed(digits))}"


def is_id(text: str, prefix: str) -> bool:
    """Tell whether the text has the shape of an id with that prefix; says nothing of its existence."""
    return text.startswith(f"{prefix}_") and _ID.match(text) is not None
