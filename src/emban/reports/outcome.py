"""How a run ended, from what became of its messages."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.models import OutboundMessage, ReportRun


class RunOutcomes:
    """Hears of messages that ended, and notes how their run did."""

    async def settled(self, session: AsyncSession, message: OutboundMessage) -> None:
        """Note a run's outcome once its last message is final, in the transaction of that message's last attempt.

        Two messages that end at once take turns at the run's lock, so the later one finds the earlier one's end.
        """
        if message.report_run_id is None:
            return
        await session.flush()
        query = select(ReportRun).where(ReportRun.org_id == message.org_id, ReportRun.id == message.report_run_id)
        run = (await session.execute(query.with_for_update())).scalar_one_or_none()
        if run is None:
            return
        counted = (
            select(OutboundMessage.status, func.count())
            .where(OutboundMessage.org_id == message.org_id, OutboundMessage.report_run_id == run.id)
            .group_by(OutboundMessage.status)
        )
        ends: dict[str, int] = dict((await session.execute(counted)).all())
        if ends.get("pending"):
            return
        delivered, failed = ends.get("delivered", 0), ends.get("failed", 0)
        run.status = "delivered" if not failed else "partly_delivered" if delivered else "failed"
        run.error = None if not failed else f"{failed} of {delivered + failed} destinations did not get it"
        run.finished_at = (await session.execute(select(func.now()))).scalar_one()
        await session.flush()
