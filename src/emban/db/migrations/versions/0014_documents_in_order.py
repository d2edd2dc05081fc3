"""Configs as they were given: jsonb sorts the keys of an object, and a series is drawn in the order of its figures."""

from __future__ import annotations

from alembic import op
from sqlalchemy.dialects.postgresql import JSON, JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_COLUMNS = [(table, column) for table in ("dashboards", "widgets") for column in ("config", "snapshot")]


def upgrade() -> None:
    for table, column in _COLUMNS:
        op.alter_column(table, column, type_=JSON(), postgresql_using=f"{column}::json")


def downgrade() -> None:
    for table, column in _COLUMNS:
        op.alter_column(table, column, type_=JSONB(), postgresql_using=f"{column}::jsonb")
