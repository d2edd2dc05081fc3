"""Bodies and answers of the report routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from emban.dashboards.schemas import Instant
from emban.delivery.schemas import SentMessageOut
from emban.http.body import Body, Name
from emban.mail.recipients import Recipient
from emban.query.spec.schemas import FiltersIn, ZoneName
from emban.query.time.span import PeriodName

MAX_RECIPIENTS = 50
MAX_URL = 2048
ReportFormat = Literal["csv", "png", "pdf"]
ReportPeriod = Literal[PeriodName, "previous"]
ScheduleName = Literal["daily", "weekly", "monthly"]
RunStatus = Literal["queued", "running", "delivered", "partly_delivered", "failed"]


class ReportBody(Body):
    """`POST /v1/reports`, and `PUT /v1/reports/{id}` with the whole report anew."""

    name: Name
    dashboard_id: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="A published dashboard of the environment; each run is of the snapshot that is published then."
    )
    schedule_kind: ScheduleName
    hour: int = Field(ge=0, le=23, strict=True, description="Local hour in `timezone`.")
    day_of_week: int | None = Field(
        default=None,
        ge=0,
        le=6,
        strict=True,
        description="0 Sunday to 6 Saturday; of a weekly report, and of no other.",
    )
    day_of_month: int | None = Field(
        default=None,
        ge=1,
        le=31,
        strict=True,
        description="Of a monthly report, and of no other; months without that day are skipped.",
    )
    timezone: ZoneName = Field(default="UTC", description="IANA name, such as Europe/Berlin.")
    format: ReportFormat
    csv_zip: bool = Field(
        default=False, strict=True, description="With csv: a .zip of one file per widget instead of one file."
    )
    period: ReportPeriod | None = Field(
        default=None,
        description="One of the dashboard's periods, or `previous`: the whole local day, week (from Monday) or month "
        "before the run. Default: the dashboard's default period.",
    )
    tenant_id: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = Field(
        default=None, description="The one tenant whose figures are sent; left out, those of all tenants."
    )
    filters: FiltersIn = Field(default_factory=FiltersIn, description="On top of every widget's own; they narrow.")
    email_to: list[Recipient] = Field(
        default_factory=list, max_length=MAX_RECIPIENTS, description="Each gets a mail of its own."
    )
    webhook_url: Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL)] | None = Field(
        default=None, description="Where the file is posted. At least one of email_to and webhook_url."
    )
    enabled: bool = Field(default=True, strict=True)


class ReportOut(BaseModel):
    """A report; `next_run_at` is null while it is not enabled."""

    id: int
    environment: str
    name: str
    dashboard_id: str
    schedule_kind: ScheduleName
    hour: int
    day_of_week: int | None
    day_of_month: int | None
    timezone: str
    format: ReportFormat
    csv_zip: bool
    period: ReportPeriod | None
    tenant_id: str | None
    filters: dict[str, Any]
    email_to: list[str]
    webhook_url: str | None
    enabled: bool
    next_run_at: Instant | None
    created_at: Instant
    updated_at: Instant


class ReportPage(BaseModel):
    """A page of reports, the newest first."""

    items: list[ReportOut]
    next_cursor: str | None


class ReportRunOut(BaseModel):
    """A run of a report; `scheduled_for` is the newest slot that was due, or when somebody asked for the run."""

    id: int
    trigger: Literal["schedule", "manual"]
    status: RunStatus
    scheduled_for: Instant
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    bytes: int | None = Field(description="Size of the file; null before it is made.")
    as_of: Instant | None = Field(description="Time up to which acknowledged events are in the figures.")
    artifact: bool = Field(description="Whether the file can be downloaded: it is made, and not too old.")
    error: str | None
    deliveries: list[SentMessageOut]


class ReportRunPage(BaseModel):
    """A page of a report's runs, the newest first."""

    items: list[ReportRunOut]
    next_cursor: str | None


class StartedRunOut(BaseModel):
    """A run that was asked for; it is made in the background."""

    run_id: int
