"""Writing down what an attempt came to: its row, the message's state and the next attempt, in one transaction.

So a worker that is killed repeats at most the attempt that was under way, and never forgets the next one.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.delivery.channels import Outcome
from emban.delivery.messages import MessageObserver, shown_destination
from emban.jobs.figures import DELIVERIES
from emban.jobs.kinds import DELIVER
from emban.jobs.queue import JobQueue
from emban.jobs.run_counts import RunCounts
from emban.kit.clock import utcnow
from emban.models import DeliveryAttempt, OutboundMessage
from emban.settings import Settings


class AttemptRecord:
    """Writes the log of deliveries."""

    def __init__(
        self, settings: Settings, queue: JobQueue, observers: Mapping[str, MessageObserver], counts: RunCounts
    ) -> None:
        self._waits = settings.webhook_waits
        self._queue = queue
        self._observers = observers
        self._counts = counts

    async def write(self, session: AsyncSession, seen: OutboundMessage, outcome: Outcome) -> DeliveryAttempt | None:
        """Write an attempt at a message that was `seen` before it was sent; None where the message is gone since.

        The next attempt is added where this one failed, another may follow, and nobody else was at it meanwhile.
        """
        query = select(OutboundMessage).where(OutboundMessage.org_id == seen.org_id, OutboundMessage.id == seen.id)
        query = query.with_for_update().execution_options(populate_existing=True)
        message = (await session.execute(query)).scalar_one_or_none()
        if message is None:
            return None
        alone = (message.status, message.attempts) == ("pending", seen.attempts)
        message.attempts += 1
        again = alone and not outcome.delivered and not outcome.hopeless and message.attempts < self._allowed(message)
        if outcome.delivered:
            await self._settle(session, message, "delivered")
        elif alone and not again:
            await self._settle(session, message, "failed")
        if again:
            arguments, wait_s = {"message_id": message.id}, self._waits[message.attempts]
            await self._queue.enqueue(session, DELIVER, message.org_id, arguments, wait_s=wait_s)
        row = _row(message, outcome)
        session.add(row)
        await session.flush()
        ended = "delivered" if outcome.delivered else "retried" if again else "failed"
        self._counts.add(f"{DELIVERIES}{message.channel}", ended)
        return row

    def _allowed(self, message: OutboundMessage) -> int:
        """Return how many attempts are made by themselves."""
        once = message.test or (message.source, message.channel) == ("report", "webhook")
        return 1 if once else len(self._waits)

    async def _settle(self, session: AsyncSession, message: OutboundMessage, status: str) -> None:
        if message.status == status:
            return
        message.status, message.finished_at = status, utcnow()
        await session.flush()
        observer = self._observers.get(message.source)
        if observer is not None:
            await observer.settled(session, message)


def _row(message: OutboundMessage, outcome: Outcome) -> DeliveryAttempt:
    return DeliveryAttempt(
        org_id=message.org_id,
        message_id=message.id,
        environment=message.environment,
        channel=message.channel,
        source=message.source,
        source_id=message.source_id,
        source_name=message.source_name,
        at=outcome.at,
        attempt=message.attempts,
        final=message.status != "pending",
        destination=shown_destination(message.channel, message.destination),
        status_code=outcome.status_code,
        ms=outcome.ms,
        error=outcome.error,
        answer=outcome.answer,
        request_id=outcome.request_id,
    )
