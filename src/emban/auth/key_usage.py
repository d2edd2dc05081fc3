"""When keys were last used: noted in memory at each request, written down at most every half minute."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import text

from emban.auth.principal import KeyPrincipal
from emban.db import Database
from emban.kit.clock import utcnow

FLUSH_EVERY_S = 20.0
_TOUCH = text("SELECT emban_touch_keys(:org_id, :ids, :instants)")


class KeyUsage:
    """Remembers uses of API keys until `flush` writes them, one statement per org that used one since."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._uses: dict[tuple[str, str], datetime] = {}

    def note(self, principal: KeyPrincipal) -> None:
        """Remember that a key was used now. Touches no store."""
        self._uses[principal.org_id, principal.key_id] = utcnow()

    async def flush(self) -> None:
        """Write what was noted since the last time; what cannot be written is kept for the next time."""
        uses, self._uses = self._uses, {}
        by_org: dict[str, dict[str, datetime]] = defaultdict(dict)
        for (org_id, key_id), at in uses.items():
            by_org[org_id][key_id] = at
        try:
            while by_org:
                org_id, keys = next(iter(by_org.items()))
                await self._database.call(
                    _TOUCH, {"org_id": org_id, "ids": list(keys), "instants": list(keys.values())}
                )
                del by_org[org_id]
        finally:
            for org_id, keys in by_org.items():
                for key_id, at in keys.items():
                    self._uses.setdefault((org_id, key_id), at)
