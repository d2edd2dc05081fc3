"""Environments of an org: `prod` and `dev` are made with it."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created, OrgOwned


class Environment(OrgOwned, Created, Base):
    """A separate world of events, keys and queries within an org; `retention_days` null keeps events for good."""

    __tablename__ = "environments"

    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    retention_days: Mapped[int | None]
