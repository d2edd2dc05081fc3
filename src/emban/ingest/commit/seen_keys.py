"""Which keys a stream has received in the last days: sorted arrays in memory, 8 bytes a key.

Only ever used to skip a look-up: a key that is not here was not received, and a key that is here is looked up in the
store. So an array that is too full costs time and one that lacks a key would cost an answer: `covered_ms` says up to
which instant of receipt nothing is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emban.store.events import Instants, Keys, Received

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Hits:
    """For each key asked, whether it may have been received; and the earliest receipt of any that may, in ms."""

    mask: NDArray[np.bool_]
    since_ms: int


@dataclass(frozen=True, slots=True)
class _Run:
    """Sorted keys, received no earlier than `since_ms`."""

    keys: Keys
    since_ms: int


class SeenKeys:
    """The keys of one stream, by day of receipt, each day a few sorted runs of falling size."""

    def __init__(self, covered_ms: int) -> None:
        self.covered_ms = covered_ms
        self._days: dict[int, list[_Run]] = {}

    @property
    def size_bytes(self) -> int:
        """Memory that the keys take."""
        return sum(run.keys.nbytes for runs in self._days.values() for run in runs)

    def add(self, received: Received) -> None:
        """Take in keys. Does not move `covered_ms`: only the caller knows whether these were all."""
        days = received.at_ms // DAY_MS
        for day in np.unique(days).tolist():
            of_day = days == day
            self._add_run(day, np.sort(received.keys[of_day]), int(received.at_ms[of_day].min()))

    def find(self, keys: Keys) -> Hits:
        """Look keys up."""
        mask = np.zeros(len(keys), dtype=np.bool_)
        since_ms: int | None = None
        for runs in self._days.values():
            for run in runs:
                indexes = np.searchsorted(run.keys, keys)
                indexes[indexes == len(run.keys)] = 0
                hit = run.keys[indexes] == keys
                if hit.any():
                    mask |= hit
                    since_ms = run.since_ms if since_ms is None else min(since_ms, run.since_ms)
        return Hits(mask, since_ms or 0)

    def forget_before(self, instant_ms: int) -> None:
        """Drop the days that ended before an instant."""
        for day in [day for day in self._days if (day + 1) * DAY_MS <= instant_ms]:
            del self._days[day]

    def _add_run(self, day: int, keys: Keys, since_ms: int) -> None:
        """Add a run, joined with every run that is not at least twice its size: their number stays logarithmic."""
        runs = self._days.setdefault(day, [])
        joined, oldest = [keys], since_ms
        size = len(keys)
        while runs and len(runs[-1].keys) < 2 * size:
            run = runs.pop()
            joined.append(run.keys)
            oldest = min(oldest, run.since_ms)
            size += len(run.keys)
        merged = keys if len(joined) == 1 else np.sort(np.concatenate(joined))
        runs.append(_Run(merged, oldest))


def at(keys: list[int], instant_ms: int) -> Received:
    """Return keys received at one instant."""
    instants: Instants = np.full(len(keys), instant_ms, dtype=np.int64)
    return Received(np.array(keys, dtype=np.uint64), instants)
