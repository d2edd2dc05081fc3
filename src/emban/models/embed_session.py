"""Embed sessions: what was minted, for whom, until when. The token itself is never stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created, OrgOwned


class EmbedSession(OrgOwned, Created, Base):
    """One minted session; `id` is the token's `jti`."""

    __tablename__ = "embed_sessions"
    __table_args__ = (Index("ix_embed_sessions_org_id_created_at", "org_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    environment: Mapped[str]
    tenant_id: Mapped[str]
    dashboard_id: Mapped[str] = mapped_column(ForeignKey("dashboards.id", ondelete="CASCADE"))
    permissions: Mapped[dict[str, Any]]
    created_by: Mapped[str]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
