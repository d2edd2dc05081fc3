"""Delivering messages: as jobs, at once for a test, and once more on somebody's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.db import Database
from emban.delivery.channels import Outcome
from emban.delivery.messages import BodyGoneError, NewMessage
from emban.delivery.outbox import Outbox
from emban.delivery.record import AttemptRecord
from emban.delivery.schemas import DeliveryOut, delivery_out
from emban.delivery.sender import MessageSender
from emban.delivery.webhook_secrets import WebhookSecrets
from emban.errors import conflict, not_found
from emban.models import DeliveryAttempt, OutboundMessage

# What PostgreSQL's bigint holds.
_MOST = 2**63 - 1


class Delivery:
    """Sends what is in the outbox. `run` handles the jobs of kind `deliver`."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        secrets: WebhookSecrets,
        sender: MessageSender,
        record: AttemptRecord,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._secrets = secrets
        self._sender = sender
        self._record = record

    async def run(self, org_id: str, arguments: Mapping[str, Any]) -> None:
        """Make the next attempt at the message `message_id`, unless it was delivered or given up already."""
        async with self._database.for_org(org_id) as session:
            message = await _message(session, org_id, str(arguments["message_id"]))
            if message is None or message.status != "pending":
                return
            secrets = await self._signing(session, message)
        outcome = await self._sender.attempt(message, secrets)
        async with self._database.for_org(org_id) as session:
            await self._record.write(session, message, outcome)

    async def send_now(self, new: NewMessage) -> DeliveryOut:
        """Send a test now and once; returns the row of the log. Killed in between, it leaves nothing on record."""
        message = self._outbox.row(replace(new, test=True))
        async with self._database.for_org(new.org_id) as session:
            secrets = await self._signing(session, message)
        outcome = await self._sender.attempt(message, secrets)
        async with self._database.for_org(new.org_id) as session:
            session.add(message)
            await session.flush()
            return await self._written(session, message, outcome)

    async def send_again(self, caller: Principal, delivery_id: str) -> DeliveryOut:
        """Send a webhook's message once more, the same body under the same `webhook-id`; returns the row of the log.

        Raises 404, also for a mail and for another environment's, and 409 where the body is no longer kept.
        """
        async with self._database.for_org(caller.org_id) as session:
            message = await _sent(session, caller, delivery_id)
            secrets = await self._signing(session, message)
        try:
            await self._sender.content(message)
        except BodyGoneError as error:
            raise conflict(
                str(error) or "what was sent is no longer kept, so it cannot be sent again", "body_gone"
            ) from error
        async with self._database.for_org(caller.org_id) as session:
            metadata = {"message_id": message.id, "source": message.source, "source_id": message.source_id}
            await record_by(session, caller, "webhook.redeliver", "webhook_delivery", delivery_id, metadata)
        outcome = await self._sender.attempt(message, secrets)
        async with self._database.for_org(caller.org_id) as session:
            return await self._written(session, message, outcome)

    async def _signing(self, session: AsyncSession, message: OutboundMessage) -> tuple[str, ...]:
        return await self._secrets.signing(session, message.org_id) if message.channel == "webhook" else ()

    async def _written(self, session: AsyncSession, message: OutboundMessage, outcome: Outcome) -> DeliveryOut:
        row = await self._record.write(session, message, outcome)
        if row is None:
            raise not_found("delivery")
        return delivery_out(row)


async def _message(session: AsyncSession, org_id: str, message_id: str) -> OutboundMessage | None:
    query = select(OutboundMessage).where(OutboundMessage.org_id == org_id, OutboundMessage.id == message_id)
    return (await session.execute(query)).scalar_one_or_none()


async def _sent(session: AsyncSession, caller: Principal, delivery_id: str) -> OutboundMessage:
    number = int(delivery_id) if delivery_id.isascii() and delivery_id.isdigit() else _MOST + 1
    if number > _MOST:
        raise not_found("delivery")
    query = select(OutboundMessage).join(
        DeliveryAttempt,
        (DeliveryAttempt.message_id == OutboundMessage.id) & (DeliveryAttempt.org_id == OutboundMessage.org_id),
    )
    query = query.where(
        DeliveryAttempt.org_id == caller.org_id,
        DeliveryAttempt.environment == caller.environment,
        DeliveryAttempt.channel == "webhook",
        DeliveryAttempt.id == number,
    )
    message = (await session.execute(query)).scalar_one_or_none()
    if message is None:
        raise not_found("delivery")
    return message
