"""An org is removed with its locks taken in the order in which a flush of events takes them."""

from __future__ import annotations

from alembic import op

from emban.db import sql_functions as functions

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP FUNCTION emban_delete_org(text)")
    op.execute(functions.REMOVE_ORG)


def downgrade() -> None:
    op.execute("DROP FUNCTION emban_remove_org(text)")
    op.execute(functions.DELETE_ORG)
