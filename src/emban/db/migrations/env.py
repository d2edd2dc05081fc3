"""Alembic's entry: runs on the connection that `emban.db.migrate` hands over."""

from __future__ import annotations

from alembic import context

from emban.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
