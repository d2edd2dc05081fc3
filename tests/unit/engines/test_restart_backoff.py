"""Who dies young again and again waits longer; who lived long starts over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emban.engines.supervisor.restart_backoff import MATURE_S, RestartBackoff

PAUSES = (0.0, 0.5, 2.0, 5.0)


def test_each_early_death_waits_longer_up_to_the_last_pause() -> None:
    backoff = RestartBackoff(PAUSES)
    assert [backoff.note_death(1.0) for _ in range(5)] == [0.5, 2.0, 5.0, 5.0, 5.0]
    assert backoff.note_death(MATURE_S + 1) == 0.0


def test_a_failed_start_counts_by_its_weight_and_a_stop_on_purpose_not_at_all() -> None:
    backoff = RestartBackoff(PAUSES)
    assert backoff.note_failed_start(weight=2) == 2.0
    backoff.reset()
    assert backoff.pause_s == 0.0


@given(st.lists(st.one_of(st.floats(0, MATURE_S), st.floats(MATURE_S + 0.001, 1e6)), max_size=30))
def test_the_pause_is_that_of_the_early_deaths_since_the_last_long_life(lives: list[float]) -> None:
    backoff = RestartBackoff(PAUSES)
    early = 0
    for lived in lives:
        early = 0 if lived > MATURE_S else early + 1
        assert backoff.note_death(lived) == PAUSES[min(early, len(PAUSES) - 1)]
