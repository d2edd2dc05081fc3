"""Bookkeeping that belongs to no org: counters of attempts, and orgs that are gone but for their events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base


class RateLimit(Base):
    """A sliding window of attempts. `key` is a SHA-256; the window counts are those of `window_number`.

    Unlogged: a crash of the server forgets attempts, which is cheaper than writing each of them twice.
    """

    __tablename__ = "rate_limits"
    __table_args__ = (Index("ix_rate_limits_expires_at", "expires_at"), {"prefixes": ["UNLOGGED"]})

    key: Mapped[str] = mapped_column(primary_key=True)
    window_number: Mapped[int] = mapped_column(BigInteger)
    current: Mapped[int]
    previous: Mapped[int]
    expires_at: Mapped[datetime]


class DeletedOrg(Base):
    """An org that was deleted: by whom, the end of its audit chain, and whether its events are removed as well."""

    __tablename__ = "deleted_orgs"

    org_id: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    audit_hash: Mapped[str]
    deleted_at: Mapped[datetime]
    events_deleted_at: Mapped[datetime | None]
