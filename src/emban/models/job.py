"""The job queue's figures. The queue itself is procrastinate's: its tables are made and changed by migrations alone."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base


class JobRuns(Base):
    """How many jobs of a kind have ended in which way (`succeeded`, `failed`, `retried`), over all workers and orgs."""

    __tablename__ = "job_runs"

    kind: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(primary_key=True)
    runs: Mapped[int] = mapped_column(BigInteger)
