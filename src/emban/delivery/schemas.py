"""What the log of deliveries and the signing secret look like over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from emban.delivery.messages import shown_destination
from emban.http.body import Body
from emban.models import DeliveryAttempt, OutboundMessage


class DeliveryOut(BaseModel):
    """One attempt to deliver a message. `url` has no credentials and no query; of a mail there is `address` instead."""

    id: int
    message_id: str = Field(description="The same for all attempts at a message; of webhooks their `webhook-id`.")
    at: datetime
    channel: Literal["webhook", "email"]
    source: Literal["alert", "report"]
    source_id: int
    source_name: str
    attempt: int
    final: bool = Field(description="Whether no further attempt follows by itself.")
    delivered: bool
    url: str | None
    address: str | None
    status_code: int | None = Field(description="Of the receiver's answer, or of the mail server's.")
    ms: float | None
    error: str | None
    answer: str | None = Field(description="The beginning of what the receiver said of a failure, or the mail server.")
    request_id: str | None = Field(description="Sent to the receiver as `X-Request-Id`.")


class DeliveryPage(BaseModel):
    """A page of attempts, the newest first."""

    items: list[DeliveryOut]
    next_cursor: str | None


class WebhookSecretBody(Body):
    """Nothing can be chosen about a secret."""


class WebhookSecretOut(BaseModel):
    """A new signing secret, in this answer and nowhere else."""

    secret: str
    created_at: datetime
    previous_signs_until: datetime | None


class SentMessageOut(BaseModel):
    """What one destination is sent. A webhook's address is shown without credentials and query."""

    id: str = Field(description="The message's, which is the `webhook-id` of a webhook.")
    channel: Literal["webhook", "email"]
    to: str
    status: Literal["pending", "delivered", "failed"]
    attempts: int


def delivery_out(row: DeliveryAttempt) -> DeliveryOut:
    """Return a row as the API shows it."""
    shown = {"url": row.destination if row.channel == "webhook" else None}
    shown["address"] = None if row.channel == "webhook" else row.destination
    return DeliveryOut.model_validate(
        {
            "id": row.id,
            "message_id": row.message_id,
            "at": row.at,
            "channel": row.channel,
            "source": row.source,
            "source_id": row.source_id,
            "source_name": row.source_name,
            "attempt": row.attempt,
            "final": row.final,
            "delivered": row.error is None,
            **shown,
            "status_code": row.status_code,
            "ms": row.ms,
            "error": row.error,
            "answer": row.answer,
            "request_id": row.request_id,
        }
    )


def sent_message_out(message: OutboundMessage) -> SentMessageOut:
    """Return a message as the API shows it beside what caused it."""
    return SentMessageOut.model_validate(
        {
            "id": message.id,
            "channel": message.channel,
            "to": shown_destination(message.channel, message.destination),
            "status": message.status,
            "attempts": message.attempts,
        }
    )
