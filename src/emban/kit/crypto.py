"""Secrets: making them, hashing them, comparing them in constant time, deriving one from another."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def random_base62(length: int) -> str:
    """Return that many characters of [0-9A-Za-z], each drawn from the operating system's generator."""
    return "".join(secrets.choice(BASE62) for _ in range(length))


def random_token() -> str:
    """Return 256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def sha256_hex(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def derive(secret: str, purpose: str) -> str:
    """Return a 64-digit secret for one purpose, from which neither the parent nor a sibling can be found."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def equal(left: str, right: str) -> bool:
    """Compare two secrets in time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))
