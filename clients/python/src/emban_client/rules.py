"""The shapes of alerts and reports, as typed dictionaries: what the API documents, key by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from .models import JSON, Delivery, Filters, Period

Condition = Literal["threshold", "delta", "no_data"]
Operator = Literal["gt", "lt", "gte", "lte"]
# `from` is a word of Python, which a class could not have as a key.
EventWindow = TypedDict("EventWindow", {"from": str, "to": str})


class SentMessage(TypedDict):
    """What an alert or a run sends to one destination; `id` is the message's, of a webhook the `webhook-id`."""

    id: str
    channel: Literal["webhook", "email"]
    to: str
    status: Literal["pending", "delivered", "failed"]
    attempts: int


class NewAlert(TypedDict):
    """A published widget's figure, and what of it is told to whom; name a destination at least."""

    name: str
    widget_id: str
    condition_type: Condition
    dashboard_id: NotRequired[str]
    tenant_id: NotRequired[str]
    operator: NotRequired[Operator]
    threshold_value: NotRequired[float]
    lookback_minutes: NotRequired[int]
    for_minutes: NotRequired[int]
    cooldown_minutes: NotRequired[int]
    notify_resolved: NotRequired[bool]
    email_to: NotRequired[Sequence[str]]
    webhook_url: NotRequired[str]
    enabled: NotRequired[bool]


class Alert(TypedDict):
    """An alert and its state; `problem` is None or says why it can't be judged."""

    id: int
    environment: str
    name: str
    widget_id: str
    dashboard_id: str | None
    tenant_id: str | None
    condition_type: Condition
    operator: Operator | None
    threshold_value: float | None
    lookback_minutes: int
    for_minutes: int
    cooldown_minutes: int
    notify_resolved: bool
    email_to: list[str]
    webhook_url: str | None
    enabled: bool
    state: Literal["ok", "pending", "firing", "unknown"]
    last_value: float | None
    last_evaluated_at: str | None
    last_fired_at: str | None
    next_evaluation_at: str | None
    problem: str | None
    created_at: str
    updated_at: str


class AlertPage(TypedDict):
    """A page of alerts, newest first."""

    items: list[Alert]
    next_cursor: str | None


class AlertEvent(TypedDict):
    """A line of an alert's history: that it fired, that it was over, or why a delta has no percentage (`note`)."""

    id: int
    at: str
    state: Literal["firing", "ok"]
    value: float | None
    previous_value: float | None
    threshold_value: float | None
    as_of: str | None
    window: EventWindow
    note: str | None
    deliveries: list[SentMessage]


class AlertEventPage(TypedDict):
    """A page of an alert's history, newest first."""

    items: list[AlertEvent]
    next_cursor: str | None


class PreviewPoint(TypedDict):
    """What one evaluation would have seen: the figure, of a delta the change in percent; None for none."""

    t: str
    value: float | None


class PreviewFiring(TypedDict):
    """A firing that would have been; `resolved_at` is None where it would still go on."""

    fired_at: str
    resolved_at: str | None
    value: float | None


class AlertPreview(TypedDict):
    """What an alert would have done over the last 7 days, evaluated every `step_minutes`."""

    points: list[PreviewPoint]
    firings: list[PreviewFiring]
    evaluated: int
    step_minutes: int


class AlertTest(TypedDict):
    """How a test message fared at each destination."""

    deliveries: list[Delivery]


class NewReport(TypedDict):
    """A published dashboard on a schedule. `hour` is a local one of `timezone`; name a destination at least."""

    name: str
    dashboard_id: str
    schedule_kind: Literal["daily", "weekly", "monthly"]
    hour: int
    format: Literal["csv", "png", "pdf"]
    day_of_week: NotRequired[int]
    day_of_month: NotRequired[int]
    timezone: NotRequired[str]
    csv_zip: NotRequired[bool]
    period: NotRequired[Period | Literal["previous"]]
    tenant_id: NotRequired[str]
    filters: NotRequired[Filters]
    email_to: NotRequired[Sequence[str]]
    webhook_url: NotRequired[str]
    enabled: NotRequired[bool]


class Report(TypedDict):
    """A report; `next_run_at` is None while it is not enabled."""

    id: int
    environment: str
    name: str
    dashboard_id: str
    schedule_kind: Literal["daily", "weekly", "monthly"]
    hour: int
    day_of_week: int | None
    day_of_month: int | None
    timezone: str
    format: Literal["csv", "png", "pdf"]
    csv_zip: bool
    period: str | None
    tenant_id: str | None
    filters: JSON
    email_to: list[str]
    webhook_url: str | None
    enabled: bool
    next_run_at: str | None
    created_at: str
    updated_at: str


class ReportPage(TypedDict):
    """A page of reports, newest first."""

    items: list[Report]
    next_cursor: str | None


class ReportRun(TypedDict):
    """A run of a report; `artifact` tells whether its file can be downloaded."""

    id: int
    trigger: Literal["schedule", "manual"]
    status: Literal["queued", "running", "delivered", "partly_delivered", "failed"]
    scheduled_for: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    bytes: int | None
    as_of: str | None
    artifact: bool
    error: str | None
    deliveries: list[SentMessage]


class ReportRunPage(TypedDict):
    """A page of a report's runs, newest first."""

    items: list[ReportRun]
    next_cursor: str | None


class StartedRun(TypedDict):
    """A run that was asked for."""

    run_id: int
