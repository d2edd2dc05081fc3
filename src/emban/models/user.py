"""People and their console sessions: the two tables above any org."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created


class User(Created, Base):
    """A person. `email` is unique without regard to case; only a bcrypt hash of the password is kept."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str]


Index("uq_users_email_lower", func.lower(User.email), unique=True)


class UserSession(Created, Base):
    """One login of a person. The token itself is only ever in the browser's cookie; its SHA-256 is the key here."""

    __tablename__ = "user_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    org_id: Mapped[str | None] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), index=True)
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    address: Mapped[str | None]
    user_agent: Mapped[str | None]
