"""The audit log: one row per state change, written in the change's own transaction, never altered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, OrgOwned


class AuditLog(OrgOwned, Base):
    """One state change. `hash` covers the row and `previous_hash`, the hash of the org's row before it."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_org_id_id", "org_id", "id", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    entity_type: Mapped[str]
    entity_id: Mapped[str]
    meta: Mapped[dict[str, Any]] = mapped_column("metadata")
    address: Mapped[str | None]
    previous_hash: Mapped[str]
    hash: Mapped[str]
