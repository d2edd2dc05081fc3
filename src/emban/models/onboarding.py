"""Who asked for sample events, and where their time ends, so that asking again adds nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created, OrgOwned


class SampleSeed(OrgOwned, Created, Base):
    """The one sample of an org and environment. `anchor` is the time that its events lead up to.

    `dashboard_id` is decided before the dashboard is made, so that no two requests make two. `events`
    is how many there are, set with `completed_at` once all of them are stored.
    """

    __tablename__ = "sample_seeds"

    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), primary_key=True)
    environment: Mapped[str] = mapped_column(primary_key=True)
    anchor: Mapped[datetime]
    dashboard_id: Mapped[str]
    events: Mapped[int | None]
    completed_at: Mapped[datetime | None]
