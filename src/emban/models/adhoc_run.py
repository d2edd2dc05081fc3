"""Runs of ad-hoc SQL: what somebody asked, when, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, OrgOwned


class AdhocRun(OrgOwned, Base):
    """One run of a person (`user_id`) or of an API key (`key_id`), and gone with either.

    A person who leaves the org takes their runs of it along. `cancel_asked` is how a run is cancelled by whichever API
    process the request reaches: the one that runs it looks here. `status` is running, ok, failed or cancelled.
    """

    __tablename__ = "adhoc_runs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["memberships.org_id", "memberships.user_id"],
            name="fk_adhoc_runs_member",
            ondelete="CASCADE",
        ),
        Index("ix_adhoc_runs_user", "org_id", "user_id", "environment", "started_at"),
        Index("ix_adhoc_runs_key", "key_id", "started_at"),
    )

    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    environment: Mapped[str]
    user_id: Mapped[str | None]
    key_id: Mapped[str | None] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    sql: Mapped[str]
    started_at: Mapped[datetime]
    ms: Mapped[float | None]
    rows_returned: Mapped[int | None]
    rows_read: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str]
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    starred: Mapped[bool]
    cancel_asked: Mapped[bool]
