"""What a regular expression may cost, read off its text.

The engine's library (RE2) takes time in the length of the text, times the size that the pattern has with its counted
repetitions written out: `((a{1,100}){1,10})b` took 30 seconds for 300 KB in one call that nothing interrupts. A
function that looks for every match takes time in the *square* of the text where a part that may go on for ever can be
given up for another one: `a*b|a` looks to the end of the text for each of its matches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]", re.DOTALL)
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|[imsU-]*:))?")
_FLAGS = re.compile(r"\(\?[imsU-]+\)")
_ESCAPE = re.compile(r"\\(?:[pP](?:\{\^?\w+\}|\w)|x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|Q.*?(?:\\E|$)|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PatternCost:
    """`size`: characters and classes, each as often as it is repeated at most. `largest_count`: of repetitions.

    `gives_up`: a part without end stands in an alternative, or in a part that is optional or repeated itself.
    """

    size: int
    largest_count: int
    gives_up: bool


@dataclass(slots=True)
class _Part:
    size: int = 0
    count: int = 1
    endless: bool = False
    gives_up: bool = False

    def follow(self, other: _Part) -> None:
        self.size += other.size
        self.count = max(self.count, other.count)
        self.endless |= other.endless
        self.gives_up |= other.gives_up


def pattern_cost(pattern: str) -> PatternCost | None:
    """Return what a pattern may cost; None where it is none, which is for the engine to say."""
    reader = _PatternReader(pattern)
    try:
        part = reader.alternatives()
    except (IndexError, RecursionError):
        return None
    return PatternCost(part.size, part.count, part.gives_up) if reader.at == len(pattern) else None


class _PatternReader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.at = 0

    def alternatives(self) -> _Part:
        whole, several = self._sequence(), False
        while self._here() == "|":
            self.at += 1
            several = True
            whole.follow(self._sequence())
        whole.gives_up |= several and whole.endless
        return whole

    def _sequence(self) -> _Part:
        whole = _Part()
        while self._here() not in ("", "|", ")"):
            part = self._atom()
            while self._quantified(part):
                pass
            whole.follow(part)
        return whole

    def _atom(self) -> _Part:
        for pattern in (_FLAGS, _CLASS, _ESCAPE):
            found = pattern.match(self._pattern, self.at)
            if found is not None:
                self.at = found.end()
                return _Part(size=max(1, len(found.group()) if found.group().startswith("\\Q") else 1))
        found = _GROUP.match(self._pattern, self.at)
        if found is None:
            self.at += 1
            return _Part(size=1)
        self.at = found.end()
        inside = self.alternatives()
        if self._here() != ")":
            raise IndexError
        self.at += 1
        return inside

    def _quantified(self, part: _Part) -> bool:
        """Read one quantifier behind a part, if there is one, and make the part what it then is."""
        mark, counted = self._here(), _COUNT.match(self._pattern, self.at)
        if mark in {"*", "+", "?"} and mark:
            self.at += 1
            self._skip_lazy()
            part.gives_up |= part.endless
            part.endless |= mark != "?"
            return True
        if counted is None:
            return False
        self.at = counted.end()
        self._skip_lazy()
        least, comma, most = counted.groups()
        times = max(1, int(most or least))
        part.gives_up |= part.endless and (comma is not None or times > 1)
        part.endless |= bool(comma and not most)
        part.size *= times
        part.count *= times
        return True

    def _skip_lazy(self) -> None:
        if self._here() == "?":
            self.at += 1

    def _here(self) -> str:
        return self._pattern[self.at : self.at + 1]
