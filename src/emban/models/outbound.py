"""What leaves Emban for one destination: messages, every attempt to deliver them, and what webhooks are signed with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created, OrgOwned


class OutboundMessage(OrgOwned, Created, Base):
    """One message to one destination; a webhook's `webhook-id` is its id. It outlives the rule that it came from.

    `body` is the webhook's JSON exactly as signed, None where the message is composed when it is sent. `destination`
    may hold a secret in its query: it is shown to nobody. `status` is pending, delivered or failed.
    """

    __tablename__ = "outbound_messages"
    __table_args__ = (
        Index("ix_outbound_messages_org_id_alert_event_id", "org_id", "alert_event_id"),
        Index("ix_outbound_messages_org_id_report_run_id", "org_id", "report_run_id"),
        Index("ix_outbound_messages_expires_at", "expires_at"),
        Index("ix_outbound_messages_pending", "created_at", postgresql_where=text("status = 'pending'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    environment: Mapped[str]
    channel: Mapped[str]
    source: Mapped[str]
    source_id: Mapped[int] = mapped_column(BigInteger)
    source_name: Mapped[str]
    alert_event_id: Mapped[int | None] = mapped_column(ForeignKey("alert_events.id", ondelete="SET NULL"))
    report_run_id: Mapped[int | None] = mapped_column(ForeignKey("report_runs.id", ondelete="SET NULL"))
    test: Mapped[bool] = mapped_column(default=False)
    destination: Mapped[str]
    body: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class DeliveryAttempt(OrgOwned, Base):
    """One attempt: a row of the deliveries log.

    `destination` is the URL without credentials and query, or the address of a mail. `answer` is the beginning of what
    the receiver said.
    """

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        Index("ix_delivery_attempts_org_id_at", "org_id", "environment", "at", "id"),
        Index("ix_delivery_attempts_org_id_message_id", "org_id", "message_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("outbound_messages.id", ondelete="CASCADE"))
    environment: Mapped[str]
    channel: Mapped[str]
    source: Mapped[str]
    source_id: Mapped[int] = mapped_column(BigInteger)
    source_name: Mapped[str]
    at: Mapped[datetime]
    attempt: Mapped[int]
    final: Mapped[bool]
    destination: Mapped[str]
    status_code: Mapped[int | None]
    ms: Mapped[float | None]
    error: Mapped[str | None]
    answer: Mapped[str | None]
    request_id: Mapped[str | None]


class WebhookSecret(OrgOwned, Created, Base):
    """Names one secret of an org's webhooks; the secret itself is derived from the server's key and `salt`.

    One that was replaced signs beside its successor for 24 hours after `retired_at`.
    """

    __tablename__ = "webhook_secrets"
    __table_args__ = (Index("ix_webhook_secrets_org_id", "org_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    salt: Mapped[str]
    retired_at: Mapped[datetime | None]
