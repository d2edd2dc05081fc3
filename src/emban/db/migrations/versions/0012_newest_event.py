"""The time of the newest event in a stream's rollups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rollups", sa.Column("newest", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("rollups", "newest")
