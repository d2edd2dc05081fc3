"""What an embed needs to know in one round trip, and which orgs have sample events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from emban.db import rls
from emban.db import sql_functions as functions

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sample_seeds",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("anchor", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dashboard_id", sa.Text(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_sample_seeds_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "environment", name=op.f("pk_sample_seeds")),
    )
    for statement in (*rls.org_owned("sample_seeds"), functions.FIND_EMBED):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION emban_find_embed(text, text, text, text)")
    op.drop_table("sample_seeds")
