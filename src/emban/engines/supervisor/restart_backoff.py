"""How long to wait before a child that died is started anew: longer each time that it dies young."""

from __future__ import annotations

from collections.abc import Sequence

# A child that lived so long counts as sound again.
MATURE_S = 60.0


class RestartBackoff:
    """`pauses` are seconds by the number of early deaths in a row; the last holds for all beyond."""

    def __init__(self, pauses: Sequence[float], *, mature_s: float = MATURE_S) -> None:
        self._pauses = tuple(pauses)
        self._mature_s = mature_s
        self._early_deaths = 0

    @property
    def pause_s(self) -> float:
        """Seconds to wait before the next start."""
        return self._pauses[min(self._early_deaths, len(self._pauses) - 1)]

    def note_death(self, lived_s: float) -> float:
        """Take note of a death, and return the seconds to wait before the next start."""
        self._early_deaths = 0 if lived_s > self._mature_s else self._early_deaths + 1
        return self.pause_s

    def note_failed_start(self, *, weight: int = 1) -> float:
        """Take note of a start that failed, as so many early deaths, and return the seconds to wait."""
        self._early_deaths += weight
        return self.pause_s

    def reset(self) -> None:
        """Start over: what ended was no death."""
        self._early_deaths = 0
