"""The state machine of alerts: a table of what is seen and what is asked, and properties of every history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emban.alerts.condition import (
    NO_VALUE,
    NO_VALUE_BEFORE,
    NOTHING_BEFORE,
    Condition,
    Judgement,
    NoAnswer,
    Observation,
    Reading,
    judge,
)
from emban.alerts.state import UNANSWERED, Memory, Patience, State, Transition, step

START = datetime(2026, 11, 28, 12, tzinfo=UTC)
TICK = timedelta(seconds=60)
THRESHOLD = Condition("threshold", "gt", 10)
BELOW = Condition("threshold", "lt", 10)
DELTA = Condition("delta", "gt", 50)
NO_DATA = Condition("no_data")
AWAY = NoAnswer("the event store does not answer at the moment")
LATE = NoAnswer("the query took too long")
HOLDS, FAILS = Judgement(True, 12.0), Judgement(False, 3.0)


@pytest.mark.parametrize(
    ("condition", "reading", "verdict"),
    [
        # Rows.
        (THRESHOLD, Reading(value=11), Judgement(True, 11)),
        (THRESHOLD, Reading(value=10), Judgement(False, 10)),
        (BELOW, Reading(value=9.5), Judgement(True, 9.5)),
        (BELOW, Reading(value=10), Judgement(False, 10)),
        (Condition("threshold", "gte", 10), Reading(value=10), Judgement(True, 10)),
        (Condition("threshold", "lte", 10), Reading(value=10), Judgement(True, 10)),
        (DELTA, Reading(value=16, previous=10), Judgement(True, 16, 10)),
        (DELTA, Reading(value=4, previous=10), Judgement(True, 4, 10)),
        (DELTA, Reading(value=15, previous=10), Judgement(False, 15, 10)),
        (DELTA, Reading(value=1, previous=-10), Judgement(True, 1, -10)),
        (Condition("delta", "lt", 5), Reading(value=101, previous=100), Judgement(True, 101, 100)),
        (NO_DATA, Reading(rows=1), Judgement(False, 1)),
        # None: a count says zero, everything else nothing.
        (THRESHOLD, Reading(value=0), Judgement(False, 0)),
        (BELOW, Reading(value=0), Judgement(True, 0)),
        (DELTA, Reading(value=0, previous=10), Judgement(True, 0, 10)),
        (DELTA, Reading(value=10, previous=0), Judgement(False, 10, 0, NOTHING_BEFORE)),
        (DELTA, Reading(value=0, previous=0), Judgement(False, 0, 0, NOTHING_BEFORE)),
        (NO_DATA, Reading(rows=0), Judgement(True, 0)),
        # Null: no value is neither high nor low.
        (THRESHOLD, Reading(), Judgement(False, None)),
        (BELOW, Reading(), Judgement(False, None)),
        (DELTA, Reading(value=None, previous=10), Judgement(False, None, 10, NO_VALUE)),
        (DELTA, Reading(value=10, previous=None), Judgement(False, 10, None, NO_VALUE_BEFORE)),
        (NO_DATA, Reading(value=None, rows=0), Judgement(True, 0)),
    ],
)
def test_what_is_seen_against_what_is_asked(condition: Condition, reading: Reading, verdict: Judgement) -> None:
    assert judge(condition, reading) == verdict


@pytest.mark.parametrize("state", ["ok", "pending", "firing"])
@pytest.mark.parametrize("observation", [AWAY, LATE])
def test_no_answer_is_neither_data_nor_ok(state: State, observation: NoAnswer) -> None:
    memory, now = Memory(state=state, remembered=state), START  # type: ignore[arg-type]
    for tick in range(1, UNANSWERED + 2):
        memory, said = step(memory, observation, Patience(), now + tick * TICK)
        assert said == ()
        assert memory.state == ("unknown" if tick >= UNANSWERED else state)
        assert memory.problem == observation.reason
    memory, said = step(memory, FAILS if state == "firing" else HOLDS, Patience(notify_resolved=True), START + 9 * TICK)
    assert said == (Transition("resolved", tell=True),) if state == "firing" else (Transition("fired", tell=True),)
    assert memory.problem is None
    assert memory.unanswered == 0


def test_a_firing_alert_that_still_holds_after_an_outage_says_nothing_twice() -> None:
    memory = Memory(state="firing", remembered="firing", last_fired_at=START)
    for tick in range(1, 6):
        memory, _ = step(memory, AWAY, Patience(), START + tick * TICK)
    assert memory.state == "unknown"
    memory, said = step(memory, HOLDS, Patience(), START + 9 * TICK)
    assert (memory.state, said) == ("firing", ())


def run(observations: list[Observation], patience: Patience) -> list[tuple[State, tuple[Transition, ...]]]:
    memory, history = Memory(), []
    for tick, observation in enumerate(observations):
        memory, said = step(memory, observation, patience, START + tick * TICK)
        history.append((memory.state, said))
    return history


FIRED, OVER = (Transition("fired", tell=True),), (Transition("resolved", tell=False),)


@pytest.mark.parametrize(
    ("patience", "observations", "expected"),
    [
        (Patience(), [HOLDS, HOLDS, FAILS], [("firing", FIRED), ("firing", ()), ("ok", OVER)]),
        # One spike pages nobody.
        (
            Patience(hold=2 * TICK),
            [HOLDS, FAILS, HOLDS, HOLDS, HOLDS],
            [("pending", ()), ("ok", ()), ("pending", ()), ("pending", ()), ("firing", FIRED)],
        ),
        # A tick without an answer is no tick at which it held.
        (
            Patience(hold=2 * TICK),
            [HOLDS, HOLDS, AWAY, HOLDS, HOLDS, HOLDS],
            [("pending", ()), ("pending", ()), ("pending", ()), ("pending", ()), ("pending", ()), ("firing", FIRED)],
        ),
        # Cooling down, it holds and says nothing; once cooled down it says so.
        (
            Patience(cooldown=3 * TICK),
            [HOLDS, FAILS, HOLDS, HOLDS],
            [("firing", FIRED), ("ok", OVER), ("pending", ()), ("firing", FIRED)],
        ),
        (
            Patience(cooldown=3 * TICK),
            [HOLDS, FAILS, HOLDS, FAILS, HOLDS],
            [("firing", FIRED), ("ok", OVER), ("pending", ()), ("ok", ()), ("firing", FIRED)],
        ),
        # A delta against zero is written down once, and again after there was a percentage.
        (
            Patience(),
            [Judgement(False, 5, 0, NOTHING_BEFORE)] * 2 + [FAILS, Judgement(False, 5, 0, NOTHING_BEFORE)],
            [
                ("ok", (Transition("noted", tell=False, note=NOTHING_BEFORE),)),
                ("ok", ()),
                ("ok", ()),
                ("ok", (Transition("noted", tell=False, note=NOTHING_BEFORE),)),
            ],
        ),
    ],
)
def test_histories(
    patience: Patience, observations: list[Observation], expected: list[tuple[State, tuple[Transition, ...]]]
) -> None:
    assert run(observations, patience) == expected


def test_what_held_before_and_after_a_long_pause_was_not_seen_to_hold() -> None:
    patience = Patience(hold=timedelta(minutes=5))
    memory, _ = step(Memory(), HOLDS, patience, START)
    memory, said = step(memory, HOLDS, patience, START + timedelta(hours=1))
    assert (memory.state, memory.since, said) == ("pending", START + timedelta(hours=1), ())


_OBSERVATIONS = st.lists(
    st.one_of(
        st.booleans().map(lambda holds: Judgement(holds, 1.0)),
        st.just(AWAY),
        st.just(Judgement(False, 1.0, 0.0, NOTHING_BEFORE)),
    ),
    max_size=80,
)


@settings(max_examples=500)
@given(
    observations=_OBSERVATIONS,
    hold=st.integers(0, 5),
    cooldown=st.integers(0, 6),
    notify=st.booleans(),
)
def test_history_and_messages_are_the_same_list(
    observations: list[Observation], hold: int, cooldown: int, notify: bool
) -> None:
    patience = Patience(hold * TICK, cooldown * TICK, notify_resolved=notify)
    history = run(observations, patience)
    changes = [(tick, one) for tick, (_, said) in enumerate(history) for one in said if one.kind != "noted"]
    # Firing and ok take turns, beginning with firing; each firing is told, each ok as asked for.
    assert [one.state for _, one in changes] == [("firing", "ok")[index % 2] for index in range(len(changes))]
    assert [one.tell for _, one in changes] == [one.state == "firing" or notify for _, one in changes]
    assert not any(one.tell for _, said in history for one in said if one.kind == "noted")
    fired = [tick for tick, one in changes if one.state == "firing"]
    assert all(later - earlier >= cooldown for earlier, later in pairwise(fired))
    for tick in fired:
        held = observations[max(0, tick - hold) : tick + 1]
        assert len(held) == min(hold, tick) + 1
        assert all(isinstance(one, Judgement) and one.holds for one in held), (
            "it held at every evaluation for that long"
        )
        assert tick >= hold
    # The state is what the last answer left, or unknown.
    for tick, (state, _) in enumerate(history):
        if state == "firing":
            last = max(index for index in fired if index <= tick)
            seen = observations[last : tick + 1]
            assert all(isinstance(one, NoAnswer) or one.holds for one in seen)
        recent = observations[max(0, tick - UNANSWERED + 1) : tick + 1]
        unanswered = len(recent) == UNANSWERED and all(isinstance(one, NoAnswer) for one in recent)
        assert (state == "unknown") == unanswered
