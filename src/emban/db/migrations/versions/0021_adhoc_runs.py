"""Runs of ad-hoc SQL: the history of each person, and the way to cancel one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from emban.db import rls

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adhoc_runs",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("sql", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ms", sa.Float(), nullable=True),
        sa.Column("rows_returned", sa.Integer(), nullable=True),
        sa.Column("rows_read", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("starred", sa.Boolean(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_adhoc_runs_key_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["memberships.org_id", "memberships.user_id"],
            name="fk_adhoc_runs_member",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_adhoc_runs_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "run_id", name=op.f("pk_adhoc_runs")),
    )
    op.create_index("ix_adhoc_runs_user", "adhoc_runs", ["org_id", "user_id", "environment", "started_at"])
    op.create_index("ix_adhoc_runs_key", "adhoc_runs", ["key_id", "started_at"])
    for statement in rls.org_owned("adhoc_runs"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("adhoc_runs")
