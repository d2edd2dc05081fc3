"""Who writes a stream of events, told before it writes: what ingestion needs to find what a dead writer left behind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from emban.db import rls

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Takes a stream's lock until the transaction ends. Answers the newest watermark (null before the first batch), who was
# last announced as its writer, and the time. Each statement sees what was committed before it: the lock comes first.
# The timeouts end what the server cannot see to be a deadlock, as one of its parties waits outside of it.
BEGIN_FLUSH = """
CREATE FUNCTION emban_begin_flush(wanted_org text, wanted_environment text)
RETURNS TABLE (watermark timestamptz, writer text, at timestamptz)
LANGUAGE plpgsql VOLATILE SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE newest timestamptz; announced text;
BEGIN
  PERFORM set_config('emban.org_id', wanted_org, true);
  SELECT w.watermark INTO newest FROM ingest_watermarks w
    WHERE w.org_id = wanted_org AND w.environment = wanted_environment FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO ingest_watermarks (org_id, environment, watermark)
      VALUES (wanted_org, wanted_environment, 'epoch') ON CONFLICT DO NOTHING;
    SELECT w.watermark INTO newest FROM ingest_watermarks w
      WHERE w.org_id = wanted_org AND w.environment = wanted_environment FOR UPDATE;
  END IF;
  SELECT a.writer INTO announced FROM ingest_writers a
    WHERE a.org_id = wanted_org AND a.environment = wanted_environment;
  RETURN QUERY SELECT newest, coalesce(announced, ''), clock_timestamp();
END $$
"""

# Says who writes a stream from now on; '' says that nobody does, and that nothing is left behind.
ANNOUNCE = """
CREATE FUNCTION emban_announce(wanted_org text, wanted_environment text, me text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET lock_timeout = '2s' AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('emban.org_id', wanted_org, true);
  INSERT INTO ingest_writers AS a (org_id, environment, writer) VALUES (wanted_org, wanted_environment, me)
    ON CONFLICT (org_id, environment) DO UPDATE SET writer = excluded.writer;
  RETURN true;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "ingest_writers",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_ingest_writers_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "environment", name=op.f("pk_ingest_writers")),
    )
    for statement in (*rls.org_owned("ingest_writers"), rls.unfinished_writers(), BEGIN_FLUSH, ANNOUNCE):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION emban_announce(text, text, text)")
    op.execute("DROP FUNCTION emban_begin_flush(text, text)")
    op.drop_table("ingest_writers")
