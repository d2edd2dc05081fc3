"""What every table shares. A table is `OrgOwned` (row level security by org) or on the short global list below."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from emban.kit.clock import utcnow

# Tables without an org, each with the reason. A test holds this list and the schema together.
GLOBAL_TABLES: dict[str, str] = {
    "users": "a person may belong to several orgs; row level security shows a session its own user only",
    "user_sessions": "a login belongs to a person; row level security shows it to whoever presents its token",
    "rate_limits": "counts attempts before anybody is known; row level security opens the presented key's row only",
    "deleted_orgs": "what is left to remove from the event store when the org's own rows are gone",
    "embed_keys": "names of the keys that sign the embed tokens of every org; no secret is among them",
    "job_runs": "counts the runs of jobs by kind; row level security shows them to workers and to /metrics",
    "alembic_version": "the schema's version; the application role has no grant on it",
}


class Base(DeclarativeBase):
    """Declarative base: text ids, aware timestamps, JSONB documents, named constraints."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this class attribute
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class OrgOwned:
    """A row of one org. The column leads every look-up and the table's row level security policy compares it."""

    @declared_attr
    @classmethod
    def org_id(cls) -> Mapped[str]:
        """The owning org; its deletion takes the row along. Every table leads an index or its key with it."""
        return mapped_column(ForeignKey("orgs.id", ondelete="CASCADE"))


class Created:
    """A row that knows when it was made."""

    created_at: Mapped[datetime] = mapped_column(default=utcnow)
