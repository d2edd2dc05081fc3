"""The audit log: one row per state change, written in the change's own transaction, never altered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, OrgOwned


class AuditLog(OrgOwned, Base):
    """One state change, the `seq`th of its org; `hash` covers the row and `previous_hash`, the hash before it."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_org_id_id", "org_id", "id", unique=True),
        Index("uq_audit_log_org_id_seq", "org_id", "seq", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    entity_type: Mapped[str]
    entity_id: Mapped[str]
    meta: Mapped[dict[str, Any]] = mapped_column("metadata")
    address: Mapped[str | None]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AuditHead(OrgOwned, Base):
    """The end of an org's chain: how many rows there are and the last one's hash, so that a missing tail shows."""

    __tablename__ = "audit_heads"

    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]
