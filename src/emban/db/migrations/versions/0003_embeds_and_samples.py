"""What an embed needs to know in one round trip, and which orgs have sample events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from emban.db import rls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Everything that decides whether an embed token is still good, for one session of one org: a row if the org exists.
# Runs with the caller's rights, under row level security, narrowed to the org that the token names.
FIND_EMBED = """
CREATE FUNCTION emban_find_embed(wanted_org text, wanted_environment text, wanted_dashboard text, wanted_session text)
RETURNS TABLE (plan text, known boolean, published boolean, published_at timestamptz, session_known boolean,
               revoked boolean, permissions jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('emban.org_id', wanted_org, true);
  RETURN QUERY SELECT o.plan, d.id IS NOT NULL, coalesce(d.published, false), d.published_at, s.id IS NOT NULL,
      s.revoked_at IS NOT NULL, s.permissions
    FROM orgs o
    LEFT JOIN dashboards d ON d.id = wanted_dashboard AND d.org_id = o.id AND d.environment = wanted_environment
    LEFT JOIN embed_sessions s ON s.id = wanted_session AND s.org_id = o.id AND s.environment = wanted_environment
      AND s.dashboard_id = wanted_dashboard
    WHERE o.id = wanted_org;
END $$
"""


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
    for statement in (*rls.org_owned("sample_seeds"), FIND_EMBED):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION emban_find_embed(text, text, text, text)")
    op.drop_table("sample_seeds")
