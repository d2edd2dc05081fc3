"""The queue of jobs: procrastinate's schema, closed to everybody but a job's own org and the workers."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from emban.db import rls

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# As the library's 3.10 ships it. A later version's changes are a migration of their own (docs/decisions/0080-jobs.md).
SCHEMA = Path(__file__).parent.parent / "procrastinate_3_10.sql"
TABLES = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers")


def upgrade() -> None:
    # By the driver: the text has percent signs and colons that are nobody's parameters.
    op.get_bind().exec_driver_sql(SCHEMA.read_text("utf-8").replace("%", "%%"))
    op.create_table(
        "job_runs",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("runs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "outcome", name=op.f("pk_job_runs")),
    )
    # How many jobs of an org wait in a lane decides its next one's place (emban.jobs.queue).
    op.execute(
        "CREATE INDEX emban_jobs_waiting ON procrastinate_jobs (queue_name, (args ->> 'org_id')) WHERE status = 'todo'"
    )
    op.execute("CREATE INDEX emban_jobs_lock ON procrastinate_jobs (lock) WHERE status = 'todo'")
    for statement in (*rls.jobs(), *rls.job_runs()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("job_runs")
    for table in TABLES:
        op.execute(f"DROP TABLE {table} CASCADE")
    op.execute(
        "DO $$ DECLARE found regprocedure; BEGIN FOR found IN SELECT oid::regprocedure FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate\\_%' LOOP "
        "EXECUTE format('DROP FUNCTION %s', found); END LOOP; END $$"
    )
    for name in ("job_to_defer_v1", "job_status", "job_event_type"):
        op.execute(f"DROP TYPE procrastinate_{name}")
