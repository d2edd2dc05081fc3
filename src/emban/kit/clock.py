"""Time, always aware and in UTC, to the millisecond that the API shows. Its texts are in `emban.kit.rfc3339`."""

from __future__ import annotations

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def truncate_ms(at: datetime) -> datetime:
    """Cut an instant to whole milliseconds, the resolution of every stored event."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
