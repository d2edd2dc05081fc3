"""PostgreSQL: the only place that opens a session, row level security, and the migrations."""

from emban.db.database import Database, RowContext

__all__ = ["Database", "RowContext"]
