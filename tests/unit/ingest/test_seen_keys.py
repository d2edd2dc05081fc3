"""Keys in memory: never a key too few, and little memory."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from emban.ingest.commit.seen_keys import DAY_MS, SeenKeys, at
from emban.store.events import Keys

key = st.integers(0, 2**64 - 1)
instant = st.integers(0, 5 * DAY_MS)


def keys(*values: int) -> Keys:
    return np.array(values, dtype=np.uint64)


@given(st.lists(st.tuples(st.lists(key, min_size=1, max_size=20), instant), max_size=30), st.lists(key, max_size=20))
def test_exactly_what_was_added_is_found(batches: list[tuple[list[int], int]], asked: list[int]) -> None:
    seen = SeenKeys(0)
    received: dict[int, int] = {}
    for values, at_ms in batches:
        seen.add(at(values, at_ms))
        for value in values:
            received[value] = min(at_ms, received.get(value, at_ms))
    asked = [*asked, *list(received)[:20]]
    hits = seen.find(keys(*asked))
    assert hits.mask.tolist() == [value in received for value in asked]
    earliest = [received[value] for value in asked if value in received]
    if earliest:
        assert hits.since_ms <= min(earliest)
    assert seen.size_bytes == 8 * sum(len(values) for values, _ in batches)


def test_days_are_forgotten_whole() -> None:
    seen = SeenKeys(0)
    seen.add(at([1], 0))
    seen.add(at([2], DAY_MS))
    seen.forget_before(DAY_MS - 1)
    assert seen.find(keys(1, 2)).mask.tolist() == [True, True]
    seen.forget_before(DAY_MS)
    assert seen.find(keys(1, 2)).mask.tolist() == [False, True]


def test_many_small_batches_make_few_runs() -> None:
    seen = SeenKeys(0)
    for value in range(5000):
        seen.add(at([value], 0))
    assert len(seen._days[0]) <= 13
    assert seen.find(keys(*range(5001))).mask.tolist() == [True] * 5000 + [False]
