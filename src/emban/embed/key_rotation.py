"""Rotating the key that signs embed tokens, as the tables' owner does it on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from emban.auth.embed_keys import ACCEPTED_FOR_S
from emban.kit.crypto import random_base62

_ADD = text(
    "INSERT INTO embed_keys (kid, signs_at, created_at) "
    "VALUES (:kid, clock_timestamp() + make_interval(secs => :after_s), clock_timestamp()) RETURNING signs_at"
)
# Those that the next one replaced so long ago that no token of theirs is alive.
_FORGET = text(
    "DELETE FROM embed_keys WHERE kid IN (SELECT kid FROM (SELECT kid, lead(signs_at) OVER (ORDER BY signs_at, kid) "
    "AS replaced_at FROM embed_keys) AS k WHERE replaced_at < clock_timestamp() - make_interval(secs => :accepted_s))"
)
_DROP_OTHERS = text("DELETE FROM embed_keys WHERE kid <> :kid")


@dataclass(frozen=True, slots=True)
class KeyRotation:
    """The new key's name, from when it signs, and how many keys were forgotten."""

    kid: str
    signs_at: datetime
    forgotten: int


def rotate(connection: Connection, after_s: float) -> KeyRotation:
    """Add a key that signs in `after_s` seconds. Tokens of the one before stay good until they end. Commits."""
    kid = f"k{random_base62(16)}"
    signs_at = connection.execute(_ADD, {"kid": kid, "after_s": after_s}).scalar_one()
    forgotten = connection.execute(_FORGET, {"accepted_s": ACCEPTED_FOR_S}).rowcount
    connection.commit()
    return KeyRotation(kid, signs_at, forgotten)


def replace_all(connection: Connection) -> KeyRotation:
    """Put a new key in the place of all others, at once: every token that they signed is refused. Commits."""
    kid = f"k{random_base62(16)}"
    signs_at = connection.execute(_ADD, {"kid": kid, "after_s": 0}).scalar_one()
    forgotten = connection.execute(_DROP_OTHERS, {"kid": kid}).rowcount
    connection.commit()
    return KeyRotation(kid, signs_at, forgotten)
