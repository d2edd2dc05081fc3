"""Written down for whoever judges by the lack of events: that some were refused, and not yet taken since."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from emban.db import Database
from emban.errors import EmbanError
from emban.kit.clock import utcnow
from emban.models import IngestRefusal
from emban.scope import Scope

FLUSH_EVERY_S = 2.0


class Refusals:
    """Notes refusals in memory, where they cost nothing, and writes the newest of each stream down now and then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: dict[tuple[str, str], datetime] = {}

    def note(self, scope: Scope) -> None:
        """Note that events of a stream were answered with 503 just now."""
        self._noted[scope.org_id, scope.environment] = utcnow()

    async def flush(self) -> None:
        """Write down what was noted; keeps it where PostgreSQL does not answer, and raises then."""
        noted, self._noted = self._noted, {}
        for (org_id, environment), at in noted.items():
            row = insert(IngestRefusal).values(org_id=org_id, environment=environment, refused_at=at)
            newest = row.on_conflict_do_update(index_elements=["org_id", "environment"], set_={"refused_at": at})
            try:
                with suppress(IntegrityError):  # The org was deleted meanwhile.
                    async with self._database.for_org(org_id) as session:
                        await session.execute(newest)
            except EmbanError:
                self._noted = {**noted, **self._noted}
                raise
