"""Versions of dashboards, and what live streams are told of changes by.

What there is becomes each dashboard's first versions: its snapshot, and its draft.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from emban.db import rls
from emban.db import sql_functions as functions

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NOTHING = '\'{"added": [], "removed": [], "changed": []}\'::jsonb'
# Who saved it last is in the audit log, of which the first row of a dashboard may be older than its versions.
_ACTOR = (
    "coalesce((SELECT a.actor FROM audit_log a WHERE a.org_id = d.org_id AND a.entity_type = 'dashboard' "
    "AND a.entity_id = d.id AND a.action IN ({actions}) ORDER BY a.id DESC LIMIT 1), 'unknown')"
)
_PUBLISHED_BY = _ACTOR.format(actions="'dashboard.publish', 'dashboard.restore_published'")
_SAVED_BY = _ACTOR.format(
    actions="'dashboard.update', 'dashboard.create', 'dashboard.auto_create', 'dashboard.restore_published'"
)
_COLUMNS = "dashboard_id, version, at, began_at, actor, action, published, name, config, widgets, org_id"
# A snapshot of the draft's own version is what the draft is.
_DRAFTS = (
    f"INSERT INTO dashboard_versions ({_COLUMNS}) SELECT d.id, d.version, d.updated_at, d.updated_at, {_SAVED_BY}, "
    "CASE d.version WHEN 1 THEN 'create' ELSE 'update' END, coalesce(d.snapshot_version = d.version, false), d.name, "
    f"d.config, {_NOTHING}, d.org_id FROM dashboards d"
)
_SNAPSHOTS = (
    f"INSERT INTO dashboard_versions ({_COLUMNS}) SELECT d.id, d.snapshot_version, d.published_at, d.published_at, "
    f"{_PUBLISHED_BY}, 'publish', true, d.snapshot ->> 'name', d.snapshot -> 'config', {_NOTHING}, d.org_id "
    "FROM dashboards d WHERE d.snapshot IS NOT NULL AND d.published_at IS NOT NULL AND d.snapshot_version < d.version"
)


def upgrade() -> None:
    op.create_table(
        "dashboard_versions",
        sa.Column("dashboard_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("config", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("widgets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name=op.f("fk_dashboard_versions_dashboard_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_dashboard_versions_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dashboard_id", "version", name=op.f("pk_dashboard_versions")),
    )
    op.create_index(
        "ix_dashboard_versions_org_id", "dashboard_versions", ["org_id", "dashboard_id", "version"], unique=False
    )
    # Within this transaction alone, and for the tables' owner alone: the rows of all orgs are copied.
    for table in ("dashboards", "audit_log"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(_DRAFTS)
    op.execute(_SNAPSHOTS)
    for table in ("dashboards", "audit_log"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for statement in (
        *rls.org_owned("dashboard_versions"),
        rls.watched_changes(),
        functions.WATCH_ORGS,
        functions.WATCH_CREDENTIALS,
    ):
        op.execute(statement)


def downgrade() -> None:
    for statement in (
        "DROP FUNCTION emban_watch_credentials(text[], text[])",
        "DROP FUNCTION emban_watch_orgs(text[])",
        "DROP POLICY watch ON audit_heads",
    ):
        op.execute(statement)
    op.drop_table("dashboard_versions")
