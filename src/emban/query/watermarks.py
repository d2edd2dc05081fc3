"""The ingestion watermark: what an answer covers.

A batch's rows get its watermark as their `ingested_at` under a row lock that is held until the batch is acknowledged,
and watermarks only rise. So all rows up to a committed watermark are acknowledged and in the event store, and rows of a
batch that is under way lie above it. A query reads the watermark first and then only rows up to it: whatever is
written meanwhile, the same `as_of` gives the same answer.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text

from emban.db import Database

# One round trip. The inner SELECT takes the org from the outer row, so it runs once the transaction knows the org; were
# it ever to run before, row level security would give it no row.
_NEWEST = text(
    "WITH context AS MATERIALIZED (SELECT set_config('emban.org_id', :org_id, true) AS org_id) "
    "SELECT (SELECT w.watermark FROM ingest_watermarks w "
    "WHERE w.org_id = context.org_id AND w.environment = :environment) AS watermark FROM context"
)


class Watermarks:
    """Reads watermarks from the control plane."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, org_id: str, environment: str) -> datetime | None:
        """Return the watermark of an org's environment, None where nothing was ever acknowledged.

        Raises `EmbanError` (503) where PostgreSQL cannot be reached.
        """
        row = await self._database.call(_NEWEST, {"org_id": org_id, "environment": environment})
        at: datetime | None = None if row is None else row["watermark"]
        return None if at is None else at.astimezone(UTC)
