"""Orgs, who belongs to them, and their API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created, OrgOwned

ROLES = ("viewer", "editor", "admin", "owner")
PLANS = ("free", "starter", "growth", "scale")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Org(Created, Base):
    """One SaaS team. Its own id is what row level security compares.

    `embed_origins` are the sites that may frame its embeds; empty means any. `allowed_recipient_domains` are those that
    alerts and reports may mail to; None means any.
    """

    __tablename__ = "orgs"
    __table_args__ = (CheckConstraint(_one_of("plan", PLANS), name="plan"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    plan: Mapped[str]
    embed_origins: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    allowed_recipient_domains: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))


class Membership(OrgOwned, Created, Base):
    """A user in an org with one role. A partial unique index allows one owner at most.

    A deferred trigger (`emban_keep_owner`) refuses to commit an org without one.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(_one_of("role", ROLES), name="role"),
        Index("uq_memberships_owner", "org_id", unique=True, postgresql_where=text("role = 'owner'")),
    )

    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]


class Invite(OrgOwned, Created, Base):
    """An invitation by email, pending until accepted, revoked or expired; the token is stored as SHA-256."""

    __tablename__ = "invites"
    __table_args__ = (
        CheckConstraint(_one_of("role", ("viewer", "editor", "admin")), name="role"),
        Index("uq_invites_org_id_email", "org_id", text("lower(email)"), unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[str]
    expires_at: Mapped[datetime]


class ApiKey(OrgOwned, Created, Base):
    """A machine's credential for one environment. `prefix` is `eb_adm_` or `eb_ing_` and 8 characters in clear."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint(_one_of("scope", ("admin", "ingest")), name="scope"),
        Index("ix_api_keys_org_id_created_at", "org_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    scope: Mapped[str]
    environment: Mapped[str]
    prefix: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    created_by: Mapped[str | None]
    last_used_at: Mapped[datetime | None]
    environment_only: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None]
    # Networks as `10.0.0.0/8`; null is any address. SQL's null, not JSON's, which would be read as a list.
    allowed_cidrs: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
