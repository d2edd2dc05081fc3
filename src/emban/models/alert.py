"""Alerts: a rule about a widget's figure, what it was seen to be, and the history of what it told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created, OrgOwned


class Alert(OrgOwned, Created, Base):
    """A rule, and the state machine's memory (`emban.alerts.state`): everything from `state` to `unanswered`.

    `dashboard_id` is None where the widget is the library's. `next_evaluation_at` is None while it is disabled.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_org_id_created_at", "org_id", "created_at", "id"),
        Index("ix_alerts_next_evaluation_at", "next_evaluation_at", postgresql_where=text("enabled")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    environment: Mapped[str]
    name: Mapped[str]
    dashboard_id: Mapped[str | None]
    widget_id: Mapped[str]
    tenant_id: Mapped[str | None]
    condition_type: Mapped[str]
    operator: Mapped[str | None]
    threshold_value: Mapped[float | None]
    lookback_minutes: Mapped[int]
    for_minutes: Mapped[int]
    cooldown_minutes: Mapped[int]
    notify_resolved: Mapped[bool]
    email_to: Mapped[list[Any]]
    webhook_url: Mapped[str | None]
    enabled: Mapped[bool]
    state: Mapped[str] = mapped_column(default="ok")
    remembered: Mapped[str] = mapped_column(default="ok")
    since: Mapped[datetime | None]
    unanswered: Mapped[int] = mapped_column(default=0)
    last_value: Mapped[float | None]
    last_evaluated_at: Mapped[datetime | None]
    last_fired_at: Mapped[datetime | None]
    next_evaluation_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]


class AlertEvent(OrgOwned, Base):
    """One line of an alert's history: that it fired, that it was over, or why a delta had no percentage (`note`).

    `at` is when it was judged, `as_of` the watermark that the judgement covers, the window half-open.
    """

    __tablename__ = "alert_events"
    __table_args__ = (Index("ix_alert_events_org_id_alert_id", "org_id", "alert_id", "at", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    state: Mapped[str]
    value: Mapped[float | None]
    previous_value: Mapped[float | None]
    threshold_value: Mapped[float | None]
    as_of: Mapped[datetime | None]
    window_from: Mapped[datetime]
    window_to: Mapped[datetime]
    note: Mapped[str | None]
