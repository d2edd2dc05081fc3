"""The keys of embed tokens as one API process knows them: read in the background, never while a token is verified.

The database holds the names of keys and from when each signs; the secrets are derived from the secret key. A rotation
adds a name that signs `LEAD_S` later. A process that has read the names within `FRESH_S` therefore knows every key that
signs by now. One that has not can neither sign (it reads first) nor refuse a key that it does not know (it answers
503): so no valid token is refused, and however many names somebody makes up, the database is not asked for them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import RowMapping, text
from sqlalchemy.exc import SQLAlchemyError

from emban.auth.embed_tokens import SigningKey, signing_key
from emban.db import Database
from emban.errors import EmbanError, unavailable
from emban.kit.periodic_task import PeriodicTask
from emban.settings import Settings

READ_EVERY_S = 1.0
FRESH_S = 5.0
# A rotation's key signs no sooner, so that every fresh process knows it by then, slow clocks and readers included.
LEAD_S = 30
MIN_LEAD_S = 10
# The longest that a session lives, and some minutes for a process that signed with the old key a little longer.
ACCEPTED_FOR_S = 86_400 + 600
_READ = text("SELECT * FROM emban_embed_keys()")
log = structlog.get_logger("emban.embed_keys")


@dataclass(frozen=True, slots=True)
class TimedKey:
    """A key, and from when it signs, in epoch seconds of the database's clock."""

    key: SigningKey
    signs_at: float


@dataclass(frozen=True, slots=True)
class KeyView:
    """All keys, the oldest first, as they were read: `ahead_s` is how far the database's clock is before ours."""

    keys: tuple[TimedKey, ...]
    ahead_s: float
    read_at: float

    def signing(self, now: float) -> SigningKey:
        """Return the newest key that signs by now."""
        by_now = [one.key for one in self.keys if one.signs_at <= now + self.ahead_s]
        return by_now[-1] if by_now else self.keys[0].key

    def accepted(self, kid: str, now: float) -> SigningKey | None:
        """Return a key of that name while tokens that it signed may still be alive, or before it signs."""
        for index, one in enumerate(self.keys):
            if one.key.kid == kid:
                successor = self.keys[index + 1] if index + 1 < len(self.keys) else None
                over = successor is not None and now + self.ahead_s > successor.signs_at + ACCEPTED_FOR_S
                return None if over else one.key
        return None


class EmbedKeys:
    """Follows the keys. One per API process; start it before tokens are verified."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._known: dict[str, SigningKey] = {}
        self._view: KeyView | None = None
        self._ticker = PeriodicTask("embed keys", self.read, READ_EVERY_S)

    async def start(self) -> None:
        """Read the keys, if the database answers, and from then on again and again."""
        try:
            await self.read()
        except (EmbanError, SQLAlchemyError) as error:  # Away, or not migrated yet.
            log.warning("embed_keys.unread", error=type(error).__name__)
        self._ticker.start()

    async def stop(self) -> None:
        """Read no more."""
        await self._ticker.stop(last_run=False)

    async def read(self) -> None:
        """Read the keys; raises 503 where the database does not answer."""
        started = time.monotonic()
        row = await self._database.call(_READ, {})
        if row is None or not row["kids"]:
            raise unavailable("the keys of embed tokens cannot be read at the moment")
        self._view = self._viewed(row, started)

    async def refresh(self) -> None:
        """Make sure that the keys are known as they are now, which signing needs; raises 503."""
        if self._fresh is None:
            await self.read()

    @property
    def signing(self) -> SigningKey:
        """The key that signs now; raises 503 where that is not known (see `refresh`)."""
        if self._view is None:
            raise _unknown()
        return self._view.signing(time.time())

    def find(self, kid: str) -> SigningKey | None:
        """Return the accepted key of that name; raises 503 for another name where the names may be out of date."""
        found = None if self._view is None else self._view.accepted(kid, time.time())
        if found is None and self._fresh is None:
            raise _unknown()
        return found

    @property
    def _fresh(self) -> KeyView | None:
        view = self._view
        return view if view is not None and time.monotonic() - view.read_at <= FRESH_S else None

    def _viewed(self, row: RowMapping, started: float) -> KeyView:
        kids: Sequence[str] = row["kids"]
        # Derived once for each name.
        self._known = {kid: self._known.get(kid) or signing_key(self._settings, kid) for kid in kids}
        keys = tuple(TimedKey(self._known[kid], at) for kid, at in zip(kids, row["signs_at"], strict=True))
        return KeyView(keys, row["at"] - time.time(), started)


def _unknown() -> EmbanError:
    return unavailable("the keys of embed tokens are not known at the moment")
