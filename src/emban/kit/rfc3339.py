"""RFC 3339: the one place where Emban reads and writes times as text.

Reading cuts what is finer than a microsecond and never rounds it: the last instant of a day stays in that day.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_INSTANT = re.compile(rf"(\d{{4}}-\d\d-\d\d)[Tt ]({_CLOCK}:[0-5]\d)(?:\.(\d+))?([Zz]|[+-]{_CLOCK})", re.ASCII)
_FINEST_DIGITS = 6


def parse_instant(text: str) -> datetime:
    """Return the instant that a text such as `2026-11-01T00:00:00.250Z` names, aware, with the offset it is written in.

    The offset is required; between date and time may be a space, as RFC 3339 allows. Raises `ValueError` for any other
    text, and for days and times that the calendar does not have (`:60` too).
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError("is not an RFC 3339 instant")
    day, clock, fraction, offset = match.groups()
    cut = (fraction or "0")[:_FINEST_DIGITS]
    zone = "+00:00" if offset in {"Z", "z"} else offset
    return datetime.fromisoformat(f"{day}T{clock}.{cut:0<{_FINEST_DIGITS}}{zone}")


def format_instant(at: datetime) -> str:
    """Write an aware instant as `2026-11-23T12:00:01.250Z`; milliseconds are left out when they are zero."""
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond // 1000 else "seconds") + "Z"


def format_local(at: datetime) -> str:
    """Write what a clock shows, without its zone: `2026-11-01T00:00`, with seconds and milliseconds where not zero."""
    timespec = "milliseconds" if at.microsecond // 1000 else "seconds" if at.second else "minutes"
    return at.replace(tzinfo=None).isoformat(timespec=timespec)
