"""How often a report's run was begun, and a view over all orgs of the runs that are not made yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from emban.db import rls

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_UNMADE = sa.text("bytes IS NULL AND finished_at IS NULL")


def upgrade() -> None:
    op.add_column("report_runs", sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("report_runs", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_report_runs_unmade", "report_runs", ["created_at"], unique=False, postgresql_where=_UNMADE)
    op.execute(rls.unmade_runs())


def downgrade() -> None:
    op.execute("DROP POLICY due ON report_runs")
    op.drop_index("ix_report_runs_unmade", table_name="report_runs", postgresql_where=_UNMADE)
    op.drop_column("report_runs", "tried_at")
    op.drop_column("report_runs", "attempts")
