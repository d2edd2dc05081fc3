"""Limits on attempts to get in: by account and by address, held by PostgreSQL and so the same in every process."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import SlidingWindowCounterSupport, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from sqlalchemy import select, text

from emban.db import Database, RowContext
from emban.errors import EmbanError, rate_limited
from emban.kit.crypto import sha256_hex
from emban.models import RateLimit
from emban.settings import Settings

_HIT = text("SELECT emban_hit(:key, :allowed, :period, :amount) AS taken")


class Attempts:
    """Counts attempts; raises 429 with `Retry-After` for one too many."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(PostgresWindows(database))
        self._per_account = RateLimitItemPerMinute(settings.auth_attempts_per_minute)
        self._per_address = RateLimitItemPerMinute(settings.address_attempts_per_minute)

    async def count(self, action: str, account: str, address: str | None) -> None:
        """Count one attempt of an action that tries no password (`register`, `accept`) on an account or a token."""
        await self._hit(self._per_address, action, "address", address or "unknown")
        await self._hit(self._per_account, action, "account", account.lower())

    async def count_password(self, account: str, address: str | None) -> None:
        """Count one try of a password of an account (its email) from an address, by whatever route it is made.

        All routes that compare a password share these two counts: one with a count of its own would be a way round
        the limit of the others.
        """
        await self.count("password", account, address)

    async def _hit(self, limit: RateLimitItemPerMinute, *names: str) -> None:
        if await self._limiter.hit(limit, *names):
            return
        stats = await self._limiter.get_window_stats(limit, *names)
        wait = min(limit.get_expiry(), max(1, math.ceil(stats.reset_time - time.time())))
        raise rate_limited("too many attempts; wait a moment", wait)


class PostgresWindows(Storage, SlidingWindowCounterSupport):
    """The storage of `limits` on a table: one statement for an attempt, atomic over all processes.

    Only what the sliding window strategy needs. A key is stored as its SHA-256, under row level security.
    """

    STORAGE_SCHEME = None

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failing storage raises."""
        return EmbanError

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count an attempt if it fits."""
        parameters = {"key": sha256_hex(key), "allowed": limit, "period": expiry, "amount": amount}
        row = await self._database.call(_HIT, parameters)
        return bool(row and row["taken"])

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return the count and the seconds to live of the window before and of the present one."""
        row = await self._row(key)
        windows = time.time() / expiry
        left = (1 - windows % 1) * expiry
        if row is None:
            return 0, 0.0, 0, 0.0
        age = int(windows) - row.window_number
        if age <= 0:
            return row.previous, left, row.current, left + expiry
        return (row.current, left, 0, 0.0) if age == 1 else (0, 0.0, 0, 0.0)

    async def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget a key."""
        raise NotImplementedError("attempts are forgotten by time alone")

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Not part of the sliding window strategy."""
        raise NotImplementedError("use the sliding window strategy")

    async def get(self, key: str) -> int:
        """Return the attempts of the present window."""
        row = await self._row(key)
        return row.current if row is not None else 0

    async def get_expiry(self, key: str) -> float:
        """Return when the key is forgotten, in seconds since 1970."""
        row = await self._row(key)
        return row.expires_at.timestamp() if row is not None else time.time()

    async def check(self) -> bool:
        """Tell whether the database answers."""
        await self._database.ping()
        return True

    async def reset(self) -> int | None:
        """Forget everything."""
        raise NotImplementedError("attempts are forgotten by time alone")

    async def clear(self, key: str) -> None:
        """Forget a key."""
        raise NotImplementedError("attempts are forgotten by time alone")

    async def _row(self, key: str) -> RateLimit | None:
        hashed = sha256_hex(key)
        async with self._database.session(RowContext(credential=hashed)) as session:
            return (await session.execute(select(RateLimit).where(RateLimit.key == hashed))).scalar_one_or_none()
