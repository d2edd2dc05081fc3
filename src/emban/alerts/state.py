"""The state machine of an alert: one pure function, `step`. Everything that an alert ever says comes out of it.

ok ──holds──► pending ──held for `for_minutes`, cooled down──► firing ──no longer──► ok
 ▲               │ no longer                                     │
 └───────────────┘             three ticks without an answer: unknown, and back to where it was with the next one
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from emban.alerts.condition import Judgement, NoAnswer, Observation

State = Literal["ok", "pending", "firing", "unknown"]
KnownState = Literal["ok", "pending", "firing"]
# So many ticks in a row without an answer make the state unknown.
UNANSWERED = 3
# A condition that held before and after a longer pause than so many ticks was not seen to hold in between.
LONGEST_PAUSE = 3


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a condition must hold before it is told, and how long after it was told before it is told again."""

    hold: timedelta = timedelta()
    cooldown: timedelta = timedelta()
    notify_resolved: bool = False
    interval: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Memory:
    """What an alert remembers between two ticks.

    `remembered` is the state before `unknown`; `since` is when a pending condition was first seen to hold; `problem` is
    why it can't be judged at present.
    """

    state: State = "ok"
    remembered: KnownState = "ok"
    since: datetime | None = None
    unanswered: int = 0
    problem: str | None = None
    last_evaluated_at: datetime | None = None
    last_fired_at: datetime | None = None

    @property
    def known(self) -> KnownState:
        """The state by the last answer."""
        return self.remembered if self.state == "unknown" else self.state


@dataclass(frozen=True, slots=True)
class Transition:
    """A line of the history: that it fired, that it was over, or that a delta could not be told and why (`note`).

    `tell` says whether it is delivered.
    """

    kind: Literal["fired", "resolved", "noted"]
    tell: bool
    note: str | None = None

    @property
    def state(self) -> Literal["firing", "ok"]:
        """The state from there on."""
        return "firing" if self.kind == "fired" else "ok"


def step(
    memory: Memory, observation: Observation, patience: Patience, now: datetime
) -> tuple[Memory, tuple[Transition, ...]]:
    """Return what an alert remembers after a tick, and what it has to say: at most one transition."""
    if isinstance(observation, NoAnswer):
        return _unanswered(memory, observation), ()
    seen = replace(
        memory, state=memory.known, unanswered=0, problem=observation.note, since=None, last_evaluated_at=now
    )
    if observation.holds:
        return _holding(memory, seen, patience, now)
    if memory.known == "firing":
        over = Transition("resolved", patience.notify_resolved, observation.note)
        return replace(seen, state="ok", remembered="ok"), (over,)
    return replace(seen, state="ok", remembered="ok"), _noted(memory, observation)


def _unanswered(memory: Memory, observation: NoAnswer) -> Memory:
    """Remember the last state. A condition that was about to be told has to be seen to hold anew."""
    unanswered = memory.unanswered + 1
    state: State = "unknown" if unanswered >= UNANSWERED else memory.state
    return replace(
        memory,
        state=state,
        remembered=memory.known,
        since=None,
        unanswered=unanswered,
        problem=observation.reason,
    )


def _holding(memory: Memory, seen: Memory, patience: Patience, now: datetime) -> tuple[Memory, tuple[Transition, ...]]:
    if memory.known == "firing":
        return replace(seen, remembered="firing"), ()
    since = memory.since if memory.known == "pending" and _is_recent(memory, patience, now) else None
    since = since or now
    cooled = memory.last_fired_at is None or now - memory.last_fired_at >= patience.cooldown
    if cooled and now - since >= patience.hold:
        fired = replace(seen, state="firing", remembered="firing", last_fired_at=now)
        return fired, (Transition("fired", tell=True),)
    return replace(seen, state="pending", remembered="pending", since=since), ()


def _is_recent(memory: Memory, patience: Patience, now: datetime) -> bool:
    return memory.last_evaluated_at is not None and now - memory.last_evaluated_at <= LONGEST_PAUSE * patience.interval


def _noted(memory: Memory, verdict: Judgement) -> tuple[Transition, ...]:
    """Write into the history, once and without telling anybody, that a delta has no percentage."""
    if verdict.note is None or verdict.note == memory.problem:
        return ()
    return (Transition("noted", tell=False, note=verdict.note),)
