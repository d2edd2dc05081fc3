"""Changes told to every API process as they commit: what is remembered of an org's embeds ends with them."""

from __future__ import annotations

from alembic import op

from emban.db import rls

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Told with the commit, once per transaction and org: equal notifications of a transaction are sent as one.
TELL_CHANGE = """
CREATE FUNCTION emban_tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('emban_changes', TG_ARGV[0] || '|' || (to_jsonb(OLD) ->> TG_ARGV[1]));
  RETURN NULL;
END $$
"""
# What decides what an embed may show. A new row is no change: nobody remembers that there was none.
WATCHED = (("orgs", "UPDATE OR DELETE", "id"), ("dashboards", "UPDATE OR DELETE", "org_id"),
           ("embed_sessions", "UPDATE", "org_id"))  # fmt: skip


def upgrade() -> None:
    op.execute(TELL_CHANGE)
    for table, events, column in WATCHED:
        op.execute(
            f"CREATE TRIGGER tell_change AFTER {events} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION emban_tell_change('embeds', '{column}')"
        )
    op.execute(rls.watched_watermarks())


def downgrade() -> None:
    op.execute("DROP POLICY watch ON ingest_watermarks")
    for table, _, _ in WATCHED:
        op.execute(f"DROP TRIGGER tell_change ON {table}")
    op.execute("DROP FUNCTION emban_tell_change()")
