"""How jobs end, counted in memory and written down every few seconds: figures of all workers on all machines."""

from __future__ import annotations

from collections import Counter

from sqlalchemy.dialects.postgresql import insert

from emban.db import Database, RowContext
from emban.errors import EmbanError
from emban.models import JobRuns

FLUSH_EVERY_S = 5.0


class RunCounts:
    """Counts runs of jobs by kind and outcome (succeeded, failed, retried, handed_back), and attempts at deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: Counter[tuple[str, str]] = Counter()

    def add(self, kind: str, outcome: str) -> None:
        """Count one."""
        self._noted[kind, outcome] += 1

    async def flush(self) -> None:
        """Write down what was counted; keeps it where PostgreSQL does not answer, and raises then."""
        noted, self._noted = self._noted, Counter()
        if not noted:
            return
        try:
            async with self._database.session(RowContext(task="jobs")) as session:
                for (kind, outcome), runs in sorted(noted.items()):
                    row = insert(JobRuns).values(kind=kind, outcome=outcome, runs=runs)
                    added = {"runs": JobRuns.runs + row.excluded.runs}
                    await session.execute(row.on_conflict_do_update(index_elements=["kind", "outcome"], set_=added))
        except EmbanError:
            self._noted.update(noted)
            raise
