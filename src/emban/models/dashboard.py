"""Dashboards: a draft, and optionally a published snapshot that alone is ever served to customers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created, OrgOwned


class Dashboard(OrgOwned, Created, Base):
    """`config` is the draft; `version` grows with each save of it.

    Configs are JSON, not JSONB, which would sort the figures of a series by their names.

    `snapshot` is the config frozen by the last publish, kept while unpublished; `published` says whether it is served.
    """

    __tablename__ = "dashboards"
    __table_args__ = (Index("ix_dashboards_org_id_created_at", "org_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    environment: Mapped[str]
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    snapshot_version: Mapped[int | None]
    published: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
