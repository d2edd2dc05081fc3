"""Invites, the widget library, saved queries, limits, the audit chain's end, and an owner for every org."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from emban.db import rls
from emban.db import sql_functions as functions

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OPERATOR_TABLES = ("orgs", "users", "memberships", "usage_daily", "audit_log", "audit_heads", "deleted_orgs")


def upgrade() -> None:
    op.add_column("orgs", sa.Column("embed_origins", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("environments", sa.Column("retention_days", sa.Integer(), nullable=True))
    _number_audit_rows()
    _create_org_tables()
    _create_operation_tables()
    for statement in _statements():
        op.execute(statement)


def _number_audit_rows() -> None:
    """Give the rows of before their place in the chain; the table's owner is let through for that moment."""
    op.create_table(
        "audit_heads",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_audit_heads_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_audit_heads")),
    )
    op.add_column("audit_log", sa.Column("seq", sa.BigInteger(), nullable=True))
    op.execute("ALTER TABLE audit_log NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE audit_log a SET seq = n.seq FROM "
        "(SELECT id, row_number() OVER (PARTITION BY org_id ORDER BY id) AS seq FROM audit_log) n WHERE n.id = a.id"
    )
    op.execute(
        "INSERT INTO audit_heads SELECT DISTINCT ON (org_id) org_id, seq, hash FROM audit_log ORDER BY org_id, seq DESC"
    )
    op.execute("ALTER TABLE audit_log FORCE ROW LEVEL SECURITY")
    op.alter_column("audit_log", "seq", nullable=False)
    op.create_index("uq_audit_log_org_id_seq", "audit_log", ["org_id", "seq"], unique=True)


def _create_org_tables() -> None:
    op.create_table(
        "invites",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'editor', 'admin')", name=op.f("ck_invites_role")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_invites_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invites")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invites_token_hash")),
    )
    op.create_index("uq_invites_org_id_email", "invites", ["org_id", sa.text("lower(email)")], unique=True)
    op.create_table(
        "widgets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("config", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("snapshot_version", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_widgets_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_widgets")),
    )
    op.create_index("ix_widgets_org_id_created_at", "widgets", ["org_id", "created_at", "id"])
    op.create_table(
        "saved_queries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sql", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_saved_queries_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_queries")),
    )
    op.create_index("ix_saved_queries_org_id_created_at", "saved_queries", ["org_id", "created_at", "id"])


def _create_operation_tables() -> None:
    op.create_table(
        "rate_limits",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window_number", sa.BigInteger(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("previous", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limits")),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_rate_limits_expires_at", "rate_limits", ["expires_at"])
    op.create_table(
        "deleted_orgs",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("audit_hash", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("events_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_deleted_orgs")),
    )


def _statements() -> list[str]:
    return [
        *(statement for table in ("audit_heads", "widgets", "saved_queries") for statement in rls.org_owned(table)),
        *rls.org_owned("invites"),
        rls.by_credential("invites", "token_hash"),
        *rls.rate_limits(),
        *rls.deleted_orgs(),
        rls.environments_to_sweep(),
        *(rls.by_operator(table) for table in _OPERATOR_TABLES),
        "DROP FUNCTION emban_find_session(text, text)",
        functions.OPEN_SESSION,
        functions.TOUCH_KEYS,
        functions.METER,
        functions.HIT,
        functions.DELETE_ORG,
        functions.KEEP_OWNER,
        functions.KEEP_OWNER_TRIGGER,
    ]


def downgrade() -> None:
    for table in ("audit_log", "usage_daily", "memberships", "users", "orgs"):
        op.execute(f"DROP POLICY operator ON {table}")
    op.execute("DROP POLICY sweep ON environments")
    op.execute("DROP TRIGGER keep_owner ON memberships")
    for signature in (
        "emban_keep_owner()",
        "emban_delete_org(text)",
        "emban_hit(text, integer, integer, integer)",
        "emban_meter(text, date, text, bigint, jsonb)",
        "emban_touch_keys(text, text[], timestamptz[])",
        "emban_open_session(text, text, integer)",
    ):
        op.execute(f"DROP FUNCTION {signature}")
    op.execute(functions.FIND_SESSION)
    for table in ("deleted_orgs", "rate_limits", "saved_queries", "widgets", "invites", "audit_heads"):
        op.drop_table(table)
    op.drop_index("uq_audit_log_org_id_seq", "audit_log")
    op.drop_column("audit_log", "seq")
    op.drop_column("environments", "retention_days")
    op.drop_column("orgs", "embed_origins")
