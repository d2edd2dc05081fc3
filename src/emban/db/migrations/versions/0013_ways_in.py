"""Keys that are confined, expire and are bound to addresses; the first account; an embed's tenant with its session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from emban.db import rls
from emban.db import sql_functions as functions

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "api_keys", sa.Column("environment_only", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.alter_column("api_keys", "environment_only", server_default=None)
    op.add_column("api_keys", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("api_keys", sa.Column("allowed_cidrs", JSONB(), nullable=True))
    for statement in (
        "DROP FUNCTION emban_find_key(text)",
        functions.OPEN_KEY,
        "DROP FUNCTION emban_find_embed(text, text, text, text)",
        functions.OPEN_EMBED,
        rls.owners_at_registration(),
        functions.HAS_ACCOUNTS,
    ):
        op.execute(statement)


def downgrade() -> None:
    for statement in (
        "DROP FUNCTION emban_has_accounts(boolean)",
        "DROP POLICY register ON memberships",
        "DROP FUNCTION emban_open_embed(text, text, text, text)",
        functions.FIND_EMBED,
        "DROP FUNCTION emban_open_key(text)",
        functions.FIND_KEY,
    ):
        op.execute(statement)
    for column in ("allowed_cidrs", "expires_at", "environment_only"):
        op.drop_column("api_keys", column)
