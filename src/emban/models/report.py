"""Reports: a dashboard on a schedule, each run of it, and the file that a run made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created, OrgOwned


class Report(OrgOwned, Created, Base):
    """A schedule. `next_run_at` is None while it is disabled."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_org_id_created_at", "org_id", "created_at", "id"),
        Index("ix_reports_next_run_at", "next_run_at", postgresql_where=text("enabled")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    environment: Mapped[str]
    name: Mapped[str]
    dashboard_id: Mapped[str]
    schedule_kind: Mapped[str]
    hour: Mapped[int]
    day_of_week: Mapped[int | None]
    day_of_month: Mapped[int | None]
    timezone: Mapped[str]
    format: Mapped[str]
    csv_zip: Mapped[bool]
    period: Mapped[str | None]
    tenant_id: Mapped[str | None]
    filters: Mapped[dict[str, Any] | None]
    email_to: Mapped[list[Any]]
    webhook_url: Mapped[str | None]
    enabled: Mapped[bool]
    next_run_at: Mapped[datetime | None]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]


class ReportRun(OrgOwned, Created, Base):
    """One run: `trigger` schedule or manual; `status` queued, running, delivered, partly_delivered or failed.

    `attempts` counts how often it was begun, at `tried_at` the last time; `bytes` is None until the file is made.
    """

    __tablename__ = "report_runs"
    __table_args__ = (
        Index("ix_report_runs_org_id_report_id", "org_id", "report_id", "created_at", "id"),
        Index("ix_report_runs_unmade", "created_at", postgresql_where=text("bytes IS NULL AND finished_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    trigger: Mapped[str]
    status: Mapped[str]
    scheduled_for: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    as_of: Mapped[datetime | None]
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    tried_at: Mapped[datetime | None]


class ReportArtifact(OrgOwned, Created, Base):
    """The file of one run, until `expires_at`."""

    __tablename__ = "report_artifacts"
    __table_args__ = (
        Index("ix_report_artifacts_org_id", "org_id", "run_id"),
        Index("ix_report_artifacts_expires_at", "expires_at"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("report_runs.id", ondelete="CASCADE"), primary_key=True)
    file_name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
