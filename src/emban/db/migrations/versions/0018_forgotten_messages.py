"""Let workers find messages of all orgs that are still to be delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from emban.db import rls

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_outbound_messages_pending",
        "outbound_messages",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.execute(rls.pending_messages())


def downgrade() -> None:
    op.execute("DROP POLICY due ON outbound_messages")
    op.drop_index(
        "ix_outbound_messages_pending",
        table_name="outbound_messages",
        postgresql_where=sa.text("status = 'pending'"),
    )
