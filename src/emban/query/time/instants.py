"""RFC 3339 instants and plain dates as queries spell them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from emban.kit.clock import truncate_ms
from emban.kit.rfc3339 import parse_instant

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# What the engine's DateTime64(3) and a 32-bit count of seconds can both hold, with room for every time zone.
FIRST_YEAR, LAST_YEAR = 1971, 2104


def read_instant(text: str) -> datetime:
    """Read an RFC 3339 instant, cut to milliseconds, in UTC; raises `ValueError` with a sentence."""
    return _instant(text, "must be an RFC 3339 instant such as 2026-11-01T00:00:00Z")


def read_day_or_instant(text: str) -> date | datetime:
    """Read `2026-11-01` as a date and everything else as an instant; raises `ValueError` with a sentence."""
    if _DAY.fullmatch(text) is None:
        return _instant(text, "must be a date such as 2026-11-01 or an RFC 3339 instant such as 2026-11-01T00:00:00Z")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"is not a date: {error}") from None
    _check_year(day.year)
    return day


def _instant(text: str, words: str) -> datetime:
    try:
        at = parse_instant(text)
    except ValueError:
        raise ValueError(words) from None
    _check_year(at.year)
    return truncate_ms(at.astimezone(UTC))


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year must be from {FIRST_YEAR} to {LAST_YEAR}")
