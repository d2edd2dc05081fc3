"""Time, always aware and in UTC, to the millisecond that the API shows."""

from __future__ import annotations

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def truncate_ms(at: datetime) -> datetime:
    """Cut an instant to whole milliseconds, the resolution of every stored event."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def rfc3339(at: datetime) -> str:
    """Write an aware instant as `2026-11-23T12:00:01.250Z`; milliseconds are left out when they are zero."""
    utc = at.astimezone(UTC)
    text = utc.strftime("%Y-%m-%dT%H:%M:%S")
    ms = utc.microsecond // 1000
    return f"{text}.{ms:03d}Z" if ms else f"{text}Z"
