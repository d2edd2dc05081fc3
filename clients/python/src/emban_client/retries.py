"""When to try again, and how long to wait."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Too many requests; a store or a server behind a proxy that is away for a moment.
RETRIED_STATUSES = frozenset({429, 502, 503, 504})
# A server that asks for a longer wait than this is not waited for: the caller is told, `retry_after` included.
LONGEST_WAIT_S = 60.0
_FIRST_S, _LONGEST_BACKOFF_S = 0.2, 5.0


def seconds_of(retry_after: str | None) -> float | None:
    """Read a Retry-After header: seconds, or a date. None for none and for nonsense."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def backoff(attempt: int) -> float:
    """Return the seconds before retry `attempt` (from 0) where the server names none: 0.2, 0.4 … 5, less up to a half.

    The random part keeps clients that failed together from coming back together.
    """
    full = min(_FIRST_S * 2**attempt, _LONGEST_BACKOFF_S)
    return float(full * random.uniform(0.5, 1.0))  # noqa: S311  Spread, not secrecy.


def wait_for(attempt: int, retry_after: float | None) -> float | None:
    """Return the seconds to wait before another attempt; None if the server asks for more than anyone should block."""
    if retry_after is None:
        return backoff(attempt)
    return retry_after if retry_after <= LONGEST_WAIT_S else None
