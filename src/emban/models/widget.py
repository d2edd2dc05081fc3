"""The widget library: reusable widgets with a draft and, once published, a snapshot, like a dashboard in small."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created, OrgOwned


class Widget(OrgOwned, Created, Base):
    """`config` is the draft `{title, kind, chart, query, …}`; `version` grows with each save of it."""

    __tablename__ = "widgets"
    __table_args__ = (Index("ix_widgets_org_id_created_at", "org_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    environment: Mapped[str]
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    snapshot_version: Mapped[int | None]
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
