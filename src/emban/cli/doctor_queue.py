"""`emban doctor`: do alerts, reports and deliveries keep up."""

from __future__ import annotations

import asyncio

from emban.cli.findings import Findings
from emban.db import Database
from emban.db.urls import app_url
from emban.errors import EmbanError
from emban.jobs.status import QueueStatus, QueueWatch
from emban.settings import Settings

# A tick, and the time to notice that a worker died and to hand out its jobs again.
_LATE_S = 120.0


def check_queue(settings: Settings, findings: Findings) -> None:
    """Look at the queue and at what is due."""
    with findings.check("Jobs", "Look at PostgreSQL first; the queue is in it.", (EmbanError,)):
        judge_queue(asyncio.run(_read(settings)), findings)


async def _read(settings: Settings) -> QueueStatus:
    database = Database(app_url(settings), pool_size=1)
    try:
        return await QueueWatch(database).read()
    finally:
        await database.close()


def judge_queue(status: QueueStatus, findings: Findings) -> None:
    """Add to `findings` whether anything is late, with what to start, and what failed for good."""
    waiting = sum(kind.due for kind in status.kinds)
    late = {
        "the oldest job": status.oldest_due_s,
        "the next alert": status.alerts_behind_s,
        "the next report": status.reports_behind_s,
    }
    behind = [f"{what} is {seconds:.0f} s late" for what, seconds in late.items() if seconds > _LATE_S]
    if behind and not status.lanes:
        text = f"no worker is running: {', '.join(behind)}"
        findings.warn("Jobs", text, "Start `emban serve` with --worker-count 1 or more, or `emban worker`.")
    elif behind:
        text = f"{waiting} jobs wait, and {', '.join(behind)}"
        findings.warn("Jobs", text, "Run more workers (--worker-count, or `emban worker` on another machine).")
    else:
        findings.ok("Jobs", f"{waiting} wait, {sum(kind.running for kind in status.kinds)} run, nothing is late")
    failed = {kind.kind: kind.failed for kind in status.kinds if kind.failed}
    if failed:
        text = ", ".join(f"{count} of {kind}" for kind, count in failed.items())
        findings.warn("Failed jobs", f"{text} in the last 7 days", "The workers' log has a line `job.failed` for each.")
