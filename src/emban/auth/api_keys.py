"""API keys: `eb_adm_` or `eb_ing_` and 40 random base62 characters, stored as SHA-256."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emban.kit.crypto import random_base62, sha256_hex

PREFIXES = {"admin": "eb_adm_", "ingest": "eb_ing_"}
RANDOM_LENGTH = 40
CLEAR_LENGTH = 8
_KEY = re.compile(r"eb_(adm|ing)_[0-9A-Za-z]{40}")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the one moment when it is known: `raw` is shown once, `hash` is stored, `prefix` stays in clear."""

    raw: str
    hash: str
    prefix: str


def make_key(scope: str) -> NewKey:
    """Make a key of scope `admin` or `ingest`."""
    raw = PREFIXES[scope] + random_base62(RANDOM_LENGTH)
    return NewKey(raw, sha256_hex(raw), raw[: len(PREFIXES[scope]) + CLEAR_LENGTH])


def looks_like_key(token: str) -> bool:
    """Tell whether a bearer token has the shape of an API key."""
    return _KEY.fullmatch(token) is not None
