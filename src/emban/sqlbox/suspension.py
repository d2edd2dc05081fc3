"""What an org pays whose ad-hoc SQL took the engine from everybody: a wait before its next statement.

The embedded engine ends itself for a statement that it cannot stop, and says for which. Everybody waits a second or two
for its restart; the org that sent it waits 1 minute, then 5, then 30, until nothing of the kind has happened for
`FORGIVEN_AFTER_S`. Kept in PostgreSQL, in the table that counts attempts to log in: all API processes see one count, a
crash of PostgreSQL forgives.
"""

from __future__ import annotations

import math

import structlog
from sqlalchemy import text

from emban.db import Database, RowContext
from emban.errors import EmbanError
from emban.kit.crypto import sha256_hex

WAITS_S = (60, 300, 1800)
FORGIVEN_AFTER_S = 6 * 3600
# `window_number` is the second until which the org waits, `current` how many times it happened.
_REMAINING = text(
    "SELECT window_number - extract(epoch FROM now()) AS remaining FROM rate_limits "
    "WHERE key = :key AND expires_at > now()"
)
_COUNT = text(
    "INSERT INTO rate_limits AS known (key, window_number, current, previous, expires_at) "
    "VALUES (:key, 0, 1, 0, now() + make_interval(secs => :forgiven)) "
    "ON CONFLICT (key) DO UPDATE SET current = CASE WHEN known.expires_at > now() THEN known.current + 1 ELSE 1 END, "
    "expires_at = excluded.expires_at RETURNING current"
)
_WAIT = text("UPDATE rate_limits SET window_number = floor(extract(epoch FROM now()))::bigint + :wait WHERE key = :key")
log = structlog.get_logger("emban.adhoc")


class Suspensions:
    """Which orgs wait, and for how long."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self, org_id: str) -> None:
        """Raise 429 `adhoc_suspended` while an org has to wait."""
        key = _key(org_id)
        async with self._database.session(RowContext(credential=key)) as session:
            remaining = (await session.execute(_REMAINING, {"key": key})).scalar()
        if remaining is not None and remaining > 0:
            raise _suspended(math.ceil(remaining))

    async def impose(self, org_id: str) -> EmbanError:
        """Note that an org's statement ended the engine; returns the 429 that says so."""
        key = _key(org_id)
        async with self._database.session(RowContext(credential=key)) as session:
            times = (await session.execute(_COUNT, {"key": key, "forgiven": FORGIVEN_AFTER_S})).scalar_one()
            wait = WAITS_S[min(times, len(WAITS_S)) - 1]
            await session.execute(_WAIT, {"key": key, "wait": wait})
        log.warning("adhoc.suspended", org_id=org_id, times=times, seconds=wait)
        return _suspended(wait)


def _suspended(seconds: int) -> EmbanError:
    wait = f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
    message = (
        "an ad-hoc statement of the org could not be stopped at its limits, and the event store had to be restarted "
        f"for everybody; the org's next ad-hoc statement is run in {wait}"
    )
    return EmbanError("adhoc_suspended", message, retry_after=seconds)


def _key(org_id: str) -> str:
    return sha256_hex(f"adhoc|{org_id}")
