"""A console session tells when it was moved on, so that the browser's cookie moves with it."""

from __future__ import annotations

from alembic import op

from emban.db import sql_functions as functions

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP FUNCTION emban_open_session(text, text, integer)")
    op.execute(functions.ENTER_SESSION)


def downgrade() -> None:
    op.execute("DROP FUNCTION emban_enter_session(text, text, integer)")
    op.execute(functions.OPEN_SESSION)
