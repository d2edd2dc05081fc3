"""The ingestion watermark: what an answer covers.

A batch's rows get its watermark as their `ingested_at` under a row lock that is held until the batch is acknowledged,
and watermarks only rise. So all rows up to a committed watermark are acknowledged and in the event store, and rows of a
batch that is under way lie above it. A query reads the watermark first and then only rows up to it: whatever is
written meanwhile, the same `as_of` gives the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from emban.db import Database
from emban.query.plan.coverage import RollupCoverage

# One round trip. The inner SELECT takes the org from the outer row, so it runs once the transaction knows the org; were
# it ever to run before, row level security would give it no row.
_KNOWN = text(
    "WITH context AS MATERIALIZED (SELECT set_config('emban.org_id', :org_id, true) AS org_id) "
    "SELECT known.* FROM context LEFT JOIN LATERAL (SELECT w.watermark, r.upto, r.measures, r.dimensions, "
    # While a segment is added, the newest rollup rows may know more than readers may see: these then go without them.
    "CASE WHEN r.pending_upto IS NULL THEN r.newest END AS newest "
    "FROM ingest_watermarks w LEFT JOIN rollups r ON r.org_id = w.org_id AND r.environment = w.environment "
    "WHERE w.org_id = context.org_id AND w.environment = :environment) AS known ON true"
)


@dataclass(frozen=True, slots=True)
class StreamProgress:
    """Up to where a stream is acknowledged, and what its rollups hold; None where there is nothing yet."""

    watermark: datetime | None
    rolled: RollupCoverage | None


class Watermarks:
    """Reads watermarks from the control plane."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def progress(self, org_id: str, environment: str) -> StreamProgress:
        """Return what is known of an org's environment. Raises `EmbanError` (503) where PostgreSQL is away."""
        row = await self._database.call(_KNOWN, {"org_id": org_id, "environment": environment})
        if row is None or row["watermark"] is None:
            return StreamProgress(None, None)
        rolled = None
        if row["upto"] is not None:
            newest: datetime | None = row["newest"]
            rolled = RollupCoverage(
                row["upto"].astimezone(UTC),
                tuple(row["measures"]),
                frozenset(row["dimensions"]),
                newest.astimezone(UTC) if newest is not None else None,
            )
        return StreamProgress(row["watermark"].astimezone(UTC), rolled)
