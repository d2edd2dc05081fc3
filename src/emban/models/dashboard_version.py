"""Versions of dashboards: what a draft was after a save, who saved it and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, OrgOwned


class DashboardVersion(OrgOwned, Base):
    """One version that is kept of a dashboard; the newest is its draft.

    `widgets` are the ids that it added, removed and changed against the version kept before it. `began_at` is the
    first of the saves that this row has taken the place of. `published` tells whether it was ever the snapshot.
    """

    __tablename__ = "dashboard_versions"
    __table_args__ = (Index("ix_dashboard_versions_org_id", "org_id", "dashboard_id", "version"),)

    dashboard_id: Mapped[str] = mapped_column(ForeignKey("dashboards.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    began_at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    published: Mapped[bool]
    name: Mapped[str]
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    widgets: Mapped[dict[str, Any]]
