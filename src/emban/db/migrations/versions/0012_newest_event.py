"""The time of the newest event in a stream's rollups.

For rollups that are there it is not known, but no event is accepted that is more than a day ahead (see
`emban.ingest.schemas.MOST_AHEAD`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bound = sa.text("now() + interval '2 days'")
    op.add_column("rollups", sa.Column("newest", sa.DateTime(timezone=True), nullable=False, server_default=bound))
    op.alter_column("rollups", "newest", server_default=None)


def downgrade() -> None:
    op.drop_column("rollups", "newest")
