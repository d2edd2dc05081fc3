"""What the rollups of each stream of events hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from emban.db import rls

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NAMES = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    op.create_table(
        "rollups",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("upto", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measures", _NAMES, nullable=False),
        sa.Column("dimensions", _NAMES, nullable=False),
        sa.Column("closed", _NAMES, nullable=False),
        sa.Column("pending_upto", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pending_dimensions", _NAMES, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_rollups_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "environment", name=op.f("pk_rollups")),
    )
    for statement in (*rls.org_owned("rollups"), *rls.streams_to_roll_up()):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP POLICY roll_up ON ingest_watermarks")
    op.drop_table("rollups")
