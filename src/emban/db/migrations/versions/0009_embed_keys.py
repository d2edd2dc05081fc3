"""The names of the keys that sign embed tokens, so that they can be rotated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from emban.db import rls

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# All keys, the oldest first, and the time by the clock that decided when each begins to sign.
EMBED_KEYS = """
CREATE FUNCTION emban_embed_keys()
RETURNS TABLE (kids text[], signs_at double precision[], at double precision)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('emban.task', 'embed_keys', true);
  RETURN QUERY SELECT array_agg(k.kid ORDER BY k.signs_at, k.kid),
      array_agg(extract(epoch FROM k.signs_at)::double precision ORDER BY k.signs_at, k.kid),
      extract(epoch FROM clock_timestamp())::double precision
    FROM embed_keys k;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "embed_keys",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("signs_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_embed_keys")),
    )
    # The key that has signed all tokens so far. Before row level security, under which only the operator may write.
    op.execute("INSERT INTO embed_keys (kid, signs_at, created_at) VALUES ('k1', 'epoch', now())")
    for statement in (*rls.embed_keys(), EMBED_KEYS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION emban_embed_keys()")
    op.drop_table("embed_keys")
