"""What keeps the outbox well: messages whose job was lost are sent after all, and old ones go with their attempts."""

from __future__ import annotations

import structlog
from sqlalchemy import delete, func, text

from emban.db import Database, RowContext
from emban.jobs.kinds import DELIVER
from emban.jobs.queue import JobQueue
from emban.models import OutboundMessage

REQUEUE_EVERY_S = 60.0
REMOVE_EVERY_S = 600.0
# A message that waits for so long without a job has lost it: its worker was killed more often than a job is tried.
FORGOTTEN_AFTER_S = 600
MOST_AT_ONCE = 500
_PENDING = text(
    "SELECT org_id, id FROM outbound_messages WHERE status = 'pending' "
    "AND created_at < now() - make_interval(secs => :age_s) ORDER BY created_at LIMIT :most"
)
_HAS_JOB = text(
    "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing') "
    "AND task_name = :kind AND args ->> 'message_id' = :message_id)"
)
log = structlog.get_logger("emban.delivery")


class DeliveryUpkeep:
    """Runs in every worker; what two of them do at once does no harm."""

    def __init__(self, database: Database, queue: JobQueue) -> None:
        self._database = database
        self._queue = queue

    async def requeue_forgotten(self) -> None:
        """Queue pending messages again that no job is left of."""
        async with self._database.session(RowContext(task="due")) as session:
            given = {"age_s": FORGOTTEN_AFTER_S, "most": MOST_AT_ONCE}
            pending = [(row.org_id, row.id) for row in await session.execute(_PENDING, given)]
        for org_id, message_id in pending:
            await self._requeue(org_id, message_id)

    async def sweep(self) -> None:
        """Remove messages whose time is over (EMBAN_DELIVERY_RETENTION_DAYS), and their attempts with them."""
        async with self._database.session(RowContext(task="sweep")) as session:
            await session.execute(delete(OutboundMessage).where(OutboundMessage.expires_at < func.now()))

    async def _requeue(self, org_id: str, message_id: str) -> None:
        arguments = {"message_id": message_id}
        async with self._database.for_org(org_id) as session:
            if (await session.execute(_HAS_JOB, {"kind": DELIVER.name, **arguments})).scalar_one():
                return
            if await self._queue.enqueue(session, DELIVER, org_id, arguments, unique=f"deliver {message_id}"):
                log.warning("delivery.queued_again", message=message_id)
