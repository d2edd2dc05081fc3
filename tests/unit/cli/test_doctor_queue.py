"""What the doctor says of a queue, by how late it is and who works."""

from __future__ import annotations

import pytest

from emban.cli.doctor_queue import judge_queue
from emban.cli.findings import Findings, Health
from emban.jobs.status import KindStatus, QueueStatus


def _status(*, oldest_due_s: float = 0, lanes: int = 6, alerts_s: float = 0, reports_s: float = 0) -> QueueStatus:
    kinds = (KindStatus("deliver", due=3, scheduled=1, running=2, failed=0),)
    return QueueStatus(kinds, oldest_due_s, lanes, (), alerts_s, reports_s)


@pytest.mark.parametrize(
    ("status", "health", "text"),
    [
        (_status(), Health.OK, "3 wait, 2 run, nothing is late"),
        (_status(lanes=0), Health.OK, "nothing is late"),
        (_status(oldest_due_s=119, alerts_s=119, reports_s=119), Health.OK, "nothing is late"),
        (_status(oldest_due_s=300), Health.WARNING, "3 jobs wait, and the oldest job is 300 s late"),
        (_status(alerts_s=300, lanes=0), Health.WARNING, "no worker is running: the next alert is 300 s late"),
        (_status(reports_s=300), Health.WARNING, "the next report is 300 s late"),
    ],
)
def test_what_is_late_is_named(status: QueueStatus, health: Health, text: str) -> None:
    findings = Findings()
    judge_queue(status, findings)
    assert [finding.health for finding in findings.items] == [health]
    assert text in findings.items[0].text
