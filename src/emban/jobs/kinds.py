"""What jobs there are, and how each is handled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Called with the job's org and its arguments. May be called again for the same job.
Handler = Callable[[str, Mapping[str, Any]], Awaitable[None]]
LONGEST_PAUSE_S = 300


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue of its own, so that slow work of one kind holds up no other; `slots` jobs at once in each worker."""

    name: str
    slots: int


EVALUATIONS = Lane("evaluations", 4)
# Waits for receivers most of the time, up to ten seconds each.
DELIVERIES = Lane("deliveries", 24)
RENDERS = Lane("renders", 2)
LANES = (EVALUATIONS, DELIVERIES, RENDERS)


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job: its name and lane, how often it is tried where its handler raises, and the seconds that it has."""

    name: str
    lane: Lane
    attempts: int = 10
    limit_s: float = 120.0

    def pause_s(self, attempts: int) -> int:
        """Return the seconds to wait after that many attempts: 2, 4, 8 … 300."""
        return int(min(2.0**attempts, LONGEST_PAUSE_S))


# A failed evaluation is not tried again: the next tick is.
EVALUATE_ALERTS = JobKind("alerts.evaluate", EVALUATIONS, attempts=1)
DELIVER = JobKind("deliver", DELIVERIES)
RUN_REPORT = JobKind("report.run", RENDERS, attempts=5, limit_s=300.0)
KINDS = {kind.name: kind for kind in (EVALUATE_ALERTS, DELIVER, RUN_REPORT)}
