"""The rows that a flush of events touches: the watermark that orders batches, the stream's writer, the day's meter."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, OrgOwned


class IngestWatermark(OrgOwned, Base):
    """The `ingested_at` of the newest acknowledged batch of one org and environment.

    Its row lock serialises the writers of that org and environment over all API processes.
    """

    __tablename__ = "ingest_watermarks"

    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), primary_key=True)
    environment: Mapped[str] = mapped_column(primary_key=True)
    watermark: Mapped[datetime]


class IngestWriter(OrgOwned, Base):
    """The API process that was last announced as the writer of a stream; empty once it ended with nothing unfinished.

    A process says so here, and commits that, before it writes to the event store. Whoever finds another's name knows
    that there may be rows which were stored but never acknowledged.
    """

    __tablename__ = "ingest_writers"

    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), primary_key=True)
    environment: Mapped[str] = mapped_column(primary_key=True)
    writer: Mapped[str]


class IngestRefusal(OrgOwned, Base):
    """When an org's environment was last told that its events could not be stored (503): some may be missing since."""

    __tablename__ = "ingest_refusals"

    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), primary_key=True)
    environment: Mapped[str] = mapped_column(primary_key=True)
    refused_at: Mapped[datetime]


class UsageDaily(OrgOwned, Base):
    """Accepted events and counted queries of an org on one UTC day; the month's meter is the sum of its days."""

    __tablename__ = "usage_daily"

    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    events: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    queries: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
