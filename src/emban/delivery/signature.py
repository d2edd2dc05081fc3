"""Signatures of webhooks, as Standard Webhooks 1.0 has them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks.webhooks import hmac_data

PREFIX = "whsec_"


def signed_headers(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of a request; each secret adds a signature, the newest first.

    The library's own `sign` takes text alone, and a PDF is none: what it signs is put together here, byte for byte.
    """
    timestamp = str(int(at.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac_data(_key(secret), content)).decode() for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def written_secret(key: bytes) -> str:
    """Return a key as receivers' libraries take it."""
    return PREFIX + base64.b64encode(key).decode()


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))
