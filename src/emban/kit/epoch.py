"""Milliseconds since 1970, the resolution of every stored event, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Return an aware instant as whole milliseconds since 1970, cut down."""
    return (at - EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """Return the instant, in UTC, that many milliseconds after 1970."""
    return EPOCH + ms * _MS
