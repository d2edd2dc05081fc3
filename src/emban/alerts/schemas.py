"""Bodies and answers of the alert routes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from emban.alerts.condition import Condition, ConditionType, Operator
from emban.alerts.state import State
from emban.dashboards.schemas import Instant
from emban.delivery.schemas import DeliveryOut, SentMessageOut
from emban.http.body import Body, Name
from emban.mail.recipients import Recipient

MAX_RECIPIENTS = 50
MAX_URL = 2048
MAX_MINUTES = 43_200
Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class AlertBody(Body):
    """`POST /v1/alerts`, `POST /v1/alerts/preview`, and `PUT /v1/alerts/{id}` with the whole alert anew."""

    name: Name
    widget_id: Id = Field(description="A widget of the dashboard's published snapshot, or a published library widget.")
    dashboard_id: Id | None = Field(default=None, description="Left out: the widget is the library's.")
    tenant_id: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = Field(
        default=None, description="The one tenant that is watched; left out, all tenants together."
    )
    condition_type: ConditionType
    operator: Operator | None = Field(default=None, description="Of a threshold and a delta.")
    threshold_value: float | None = Field(
        default=None, allow_inf_nan=False, description="Of a threshold; of a delta in percent, whichever way it went."
    )
    lookback_minutes: int = Field(default=60, ge=5, le=MAX_MINUTES, strict=True, description="The window watched.")
    for_minutes: int = Field(
        default=0, ge=0, le=1440, strict=True, description="How long the condition must have held before it fires."
    )
    cooldown_minutes: int = Field(
        default=60, ge=0, le=10_080, strict=True, description="How long after it fired it may fire again."
    )
    notify_resolved: bool = Field(default=False, strict=True, description="Whether its end is told, too.")
    email_to: list[Recipient] = Field(
        default_factory=list, max_length=MAX_RECIPIENTS, description="Each gets a mail of its own."
    )
    webhook_url: Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL)] | None = Field(
        default=None, description="Where the alert is posted. At least one of email_to and webhook_url."
    )
    enabled: bool = Field(default=True, strict=True)

    @property
    def condition(self) -> Condition:
        """What is watched for."""
        return Condition(self.condition_type, self.operator, self.threshold_value)


class AlertOut(BaseModel):
    """An alert, its state now and why it can't be evaluated, if so."""

    id: int
    environment: str
    name: str
    widget_id: str
    dashboard_id: str | None
    tenant_id: str | None
    condition_type: ConditionType
    operator: Operator | None
    threshold_value: float | None
    lookback_minutes: int
    for_minutes: int
    cooldown_minutes: int
    notify_resolved: bool
    email_to: list[str]
    webhook_url: str | None
    enabled: bool
    state: State
    last_value: float | None
    last_evaluated_at: Instant | None
    last_fired_at: Instant | None
    next_evaluation_at: Instant | None = Field(description="Null while it is not enabled.")
    problem: str | None
    created_at: Instant
    updated_at: Instant


class AlertPage(BaseModel):
    """A page of alerts, the newest first."""

    items: list[AlertOut]
    next_cursor: str | None


class EventWindow(BaseModel):
    """A half-open window."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant


class AlertEventOut(BaseModel):
    """A line of an alert's history."""

    id: int
    at: Instant
    state: Literal["firing", "ok"]
    value: float | None
    previous_value: float | None = Field(description="Of a delta: the figure of the window before.")
    threshold_value: float | None
    as_of: Instant | None = Field(description="Time up to which acknowledged events were judged.")
    window: EventWindow
    note: str | None = Field(description="Why a delta has no percentage, where that is what the line says.")
    deliveries: list[SentMessageOut]


class AlertEventPage(BaseModel):
    """A page of an alert's history, the newest first."""

    items: list[AlertEventOut]
    next_cursor: str | None


class PreviewPoint(BaseModel):
    """What one evaluation would have seen at `t`: the figure that the condition is about, null for none."""

    t: Instant
    value: float | None


class PreviewFiring(BaseModel):
    """A firing that would have been; `resolved_at` is null where it would still go on."""

    fired_at: Instant
    resolved_at: Instant | None
    value: float | None


class AlertPreviewOut(BaseModel):
    """What a rule would have done over the last 7 days, evaluated every `step_minutes`."""

    points: list[PreviewPoint]
    firings: list[PreviewFiring]
    evaluated: int
    step_minutes: int


class AlertTestOut(BaseModel):
    """How the test message fared at each destination."""

    deliveries: list[DeliveryOut]
