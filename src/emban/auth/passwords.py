"""Passwords: bcrypt at its default cost, at least 10 characters, at most the 72 bytes that bcrypt reads."""

from __future__ import annotations

import asyncio

import bcrypt

from emban.errors import invalid_field

MIN_CHARACTERS = 10
MAX_BYTES = 72
# The hash, at the default cost, of random bytes that nobody kept: checked for an unknown email, so that it takes as
# long as a known one.
_DECOY = b"$2b$12$ZBAQP8EETBM8RLQHK4pbX.qIv9YqVIzmhu8kXqvZtSASoqVWBSCFm"


def check_new_password(password: str, path: str = "password") -> None:
    """Raise a 400 that names the field unless the password may be used."""
    if len(password) < MIN_CHARACTERS:
        raise invalid_field(path, f"must have at least {MIN_CHARACTERS} characters")
    if len(_encode(password)) > MAX_BYTES:
        raise invalid_field(path, f"must have at most {MAX_BYTES} bytes in UTF-8; a longer one is refused, not cut")
    if "\x00" in password:
        raise invalid_field(path, "must not contain a NUL character")


async def hash_password(password: str) -> str:
    """Return the bcrypt hash; runs in a thread because it takes a fifth of a second by design."""
    hashed = await asyncio.to_thread(bcrypt.hashpw, _encode(password), bcrypt.gensalt())
    return hashed.decode()


async def password_matches(password: str, hashed: str | None) -> bool:
    """Compare; takes the same time whether or not there is a hash to compare with."""
    raw = _encode(password)
    usable = len(raw) <= MAX_BYTES and b"\x00" not in raw
    known = hashed.encode() if hashed is not None else _DECOY
    same = await asyncio.to_thread(bcrypt.checkpw, raw if usable else b"-", known)
    return same and usable and hashed is not None


def _encode(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
