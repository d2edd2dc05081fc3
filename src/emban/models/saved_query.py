"""Saved queries: SQL that a team keeps for the query builder."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created, OrgOwned


class SavedQuery(OrgOwned, Created, Base):
    """A named SQL text of one org and environment; checked when it is run, not when it is saved."""

    __tablename__ = "saved_queries"
    __table_args__ = (Index("ix_saved_queries_org_id_created_at", "org_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    environment: Mapped[str]
    name: Mapped[str]
    sql: Mapped[str]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
