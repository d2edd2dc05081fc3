"""Handing a message over: its row and its job leave with the transaction of whatever causes it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from emban.delivery.messages import NewMessage
from emban.jobs.kinds import DELIVER
from emban.jobs.queue import JobQueue
from emban.kit.clock import utcnow
from emban.kit.ids import new_id
from emban.models import OutboundMessage
from emban.settings import Settings


class Outbox:
    """Takes messages."""

    def __init__(self, settings: Settings, queue: JobQueue) -> None:
        self._queue = queue
        self._first_wait_s = settings.webhook_waits[0]
        self._kept_days = settings.delivery_retention_days

    async def add(self, session: AsyncSession, new: NewMessage) -> str:
        """Add a message to the session's transaction, and the job that sends it; returns its id.

        The session must be the org's.
        """
        row = self.row(new)
        session.add(row)
        await session.flush()
        await self._queue.enqueue(
            session, DELIVER, new.org_id, {"message_id": row.id}, wait_s=0.0 if new.test else self._first_wait_s
        )
        return row.id

    def row(self, new: NewMessage) -> OutboundMessage:
        """Return the row of a message, which nobody has added yet."""
        now = utcnow()
        return OutboundMessage(
            id=new_id("msg"),
            org_id=new.org_id,
            environment=new.environment,
            channel=new.channel,
            source=new.source,
            source_id=new.source_id,
            source_name=new.source_name,
            alert_event_id=new.alert_event_id,
            report_run_id=new.report_run_id,
            test=new.test,
            destination=new.destination,
            body=new.body,
            status="pending",
            attempts=0,
            created_at=now,
            expires_at=now + timedelta(days=self._kept_days),
        )
