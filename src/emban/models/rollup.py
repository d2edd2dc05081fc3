"""What the rollups of a stream hold: how far they go, and which properties they know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, OrgOwned


class Rollup(OrgOwned, Base):
    """The rollups of one org and environment: everything received up to `upto` is in them, once.

    `measures` are numeric properties by their slot, `dimensions` the string properties that days are kept by, `closed`
    those that turned out too varied. `pending_upto` is the segment that is being added, or was when its process ended.
    No event in them, or in that segment, is of a time after `newest`.
    """

    __tablename__ = "rollups"

    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), primary_key=True)
    environment: Mapped[str] = mapped_column(primary_key=True)
    upto: Mapped[datetime]
    measures: Mapped[list[str]] = mapped_column(ARRAY(Text))
    dimensions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    closed: Mapped[list[str]] = mapped_column(ARRAY(Text))
    pending_upto: Mapped[datetime | None]
    newest: Mapped[datetime]
    pending_dimensions: Mapped[list[str]] = mapped_column(ARRAY(Text))
