"""Whether events are missing that somebody sent: then nothing may fire for lack of data."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from emban.db import Database
from emban.models import IngestRefusal, IngestWatermark

# Whoever was refused sends again within seconds to minutes. Later than that, the events are not coming.
SENT_AGAIN_WITHIN = timedelta(minutes=5)
LAGGING = "events are being refused at the moment, so their absence says nothing"


class IngestLag:
    """Compares what was refused with what was acknowledged since."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reason(self, org_id: str, environment: str) -> str | None:
        """Return why the absence of events says nothing, None where it does. Raises `EmbanError` (503)."""
        refused = select(IngestRefusal.refused_at).where(
            IngestRefusal.environment == environment, IngestRefusal.refused_at > func.now() - SENT_AGAIN_WITHIN
        )
        newest = select(IngestWatermark.watermark).where(IngestWatermark.environment == environment)
        async with self._database.for_org(org_id) as session:
            at = (await session.execute(refused)).scalar_one_or_none()
            watermark = (await session.execute(newest)).scalar_one_or_none()
        return LAGGING if at is not None and (watermark is None or watermark < at) else None
