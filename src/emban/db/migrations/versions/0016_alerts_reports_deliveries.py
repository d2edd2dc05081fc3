"""Alerts, reports, what they send, and the secrets that webhooks are signed with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from emban.db import rls

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = (
    "alerts",
    "alert_events",
    "reports",
    "report_runs",
    "report_artifacts",
    "outbound_messages",
    "delivery_attempts",
    "webhook_secrets",
    "ingest_refusals",
)


def upgrade() -> None:
    op.create_table(
        "ingest_refusals",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_ingest_refusals_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "environment", name=op.f("pk_ingest_refusals")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dashboard_id", sa.Text(), nullable=True),
        sa.Column("widget_id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=True),
        sa.Column("condition_type", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("threshold_value", sa.Double(), nullable=True),
        sa.Column("lookback_minutes", sa.Integer(), nullable=False),
        sa.Column("for_minutes", sa.Integer(), nullable=False),
        sa.Column("cooldown_minutes", sa.Integer(), nullable=False),
        sa.Column("notify_resolved", sa.Boolean(), nullable=False),
        sa.Column("email_to", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("webhook_url", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("remembered", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.Column("last_value", sa.Double(), nullable=True),
        sa.Column("last_evaluated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_evaluation_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_alerts_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(
        "ix_alerts_next_evaluation_at",
        "alerts",
        ["next_evaluation_at"],
        unique=False,
        postgresql_where=sa.text("enabled"),
    )
    op.create_index("ix_alerts_org_id_created_at", "alerts", ["org_id", "created_at", "id"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dashboard_id", sa.Text(), nullable=False),
        sa.Column("schedule_kind", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("day_of_week", sa.Integer(), nullable=True),
        sa.Column("day_of_month", sa.Integer(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("csv_zip", sa.Boolean(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Text(), nullable=True),
        sa.Column("filters", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("email_to", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("webhook_url", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("next_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_reports_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(
        "ix_reports_next_run_at", "reports", ["next_run_at"], unique=False, postgresql_where=sa.text("enabled")
    )
    op.create_index("ix_reports_org_id_created_at", "reports", ["org_id", "created_at", "id"], unique=False)
    op.create_table(
        "webhook_secrets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_webhook_secrets_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secrets")),
    )
    op.create_index("ix_webhook_secrets_org_id", "webhook_secrets", ["org_id", "id"], unique=False)
    op.create_table(
        "alert_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("previous_value", sa.Double(), nullable=True),
        sa.Column("threshold_value", sa.Double(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_events_alert_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_alert_events_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_events")),
    )
    op.create_index("ix_alert_events_org_id_alert_id", "alert_events", ["org_id", "alert_id", "at", "id"], unique=False)
    op.create_table(
        "report_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_report_runs_org_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_runs_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_runs")),
    )
    op.create_index(
        "ix_report_runs_org_id_report_id", "report_runs", ["org_id", "report_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "outbound_messages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("alert_event_id", sa.BigInteger(), nullable=True),
        sa.Column("report_run_id", sa.BigInteger(), nullable=True),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_event_id"],
            ["alert_events.id"],
            name=op.f("fk_outbound_messages_alert_event_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_outbound_messages_org_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["report_run_id"], ["report_runs.id"], name=op.f("fk_outbound_messages_report_run_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_messages")),
    )
    op.create_index("ix_outbound_messages_expires_at", "outbound_messages", ["expires_at"], unique=False)
    op.create_index(
        "ix_outbound_messages_org_id_alert_event_id", "outbound_messages", ["org_id", "alert_event_id"], unique=False
    )
    op.create_index(
        "ix_outbound_messages_org_id_report_run_id", "outbound_messages", ["org_id", "report_run_id"], unique=False
    )
    op.create_table(
        "report_artifacts",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_report_artifacts_org_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["report_runs.id"], name=op.f("fk_report_artifacts_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_report_artifacts")),
    )
    op.create_index("ix_report_artifacts_expires_at", "report_artifacts", ["expires_at"], unique=False)
    op.create_index("ix_report_artifacts_org_id", "report_artifacts", ["org_id", "run_id"], unique=False)
    op.create_table(
        "delivery_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("ms", sa.Double(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbound_messages.id"], name=op.f("fk_delivery_attempts_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_delivery_attempts_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempts")),
    )
    op.create_index(
        "ix_delivery_attempts_org_id_at", "delivery_attempts", ["org_id", "environment", "at", "id"], unique=False
    )
    op.create_index(
        "ix_delivery_attempts_org_id_message_id", "delivery_attempts", ["org_id", "message_id"], unique=False
    )
    op.add_column(
        "orgs",
        sa.Column(
            "allowed_recipient_domains", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
    )

    for table in TABLES:
        for statement in rls.org_owned(table):
            op.execute(statement)
    for statement in (*rls.due_rules(), *rls.expired_files()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("ingest_refusals")

    op.drop_column("orgs", "allowed_recipient_domains")
    op.drop_index("ix_delivery_attempts_org_id_message_id", table_name="delivery_attempts")
    op.drop_index("ix_delivery_attempts_org_id_at", table_name="delivery_attempts")
    op.drop_table("delivery_attempts")
    op.drop_index("ix_report_artifacts_org_id", table_name="report_artifacts")
    op.drop_index("ix_report_artifacts_expires_at", table_name="report_artifacts")
    op.drop_table("report_artifacts")
    op.drop_index("ix_outbound_messages_org_id_report_run_id", table_name="outbound_messages")
    op.drop_index("ix_outbound_messages_org_id_alert_event_id", table_name="outbound_messages")
    op.drop_index("ix_outbound_messages_expires_at", table_name="outbound_messages")
    op.drop_table("outbound_messages")
    op.drop_index("ix_report_runs_org_id_report_id", table_name="report_runs")
    op.drop_table("report_runs")
    op.drop_index("ix_alert_events_org_id_alert_id", table_name="alert_events")
    op.drop_table("alert_events")
    op.drop_index("ix_webhook_secrets_org_id", table_name="webhook_secrets")
    op.drop_table("webhook_secrets")
    op.drop_index("ix_reports_org_id_created_at", table_name="reports")
    op.drop_index("ix_reports_next_run_at", table_name="reports", postgresql_where=sa.text("enabled"))
    op.drop_table("reports")
    op.drop_index("ix_alerts_org_id_created_at", table_name="alerts")
    op.drop_index("ix_alerts_next_evaluation_at", table_name="alerts", postgresql_where=sa.text("enabled"))
    op.drop_table("alerts")
