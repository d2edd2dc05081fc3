"""When the embedded engine ends itself for a statement, and the error code by which it says so.

It does not interrupt work inside one function call on one block: 5 s was the worst measured of what passes the gate by
mistake of nobody. Whatever runs so long past its limit is not coming back. The process is brought back at once; see
docs/decisions/0021-adhoc-lane.md.
"""

from __future__ import annotations

# ClickHouse's own codes are far below.
ENDED_THE_ENGINE = 90_001
MOST_OVERDUE_S = 15.0
LEAST_OVERDUE_S = 5.0


def overdue_after(limit_s: float) -> float:
    """Return the seconds after which a statement with this limit has to have ended."""
    return limit_s + min(MOST_OVERDUE_S, max(LEAST_OVERDUE_S, limit_s / 2))
