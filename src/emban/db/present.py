"""The time that due times are compared with: PostgreSQL's, the same for all processes whatever their own clocks say."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def present(session: AsyncSession) -> datetime:
    """Return when the session's transaction began."""
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    return now
