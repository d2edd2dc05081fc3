"""What an alert is about: a condition, and whether what was seen fulfils it. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

ConditionType = Literal["threshold", "delta", "no_data"]
Operator = Literal["gt", "lt", "gte", "lte"]
COMPARISONS: Mapping[Operator, Callable[[float, float], bool]] = {
    "gt": operator.gt,
    "lt": operator.lt,
    "gte": operator.ge,
    "lte": operator.le,
}
NOTHING_BEFORE = "the period before was zero, so the change has no percentage"
NO_VALUE_BEFORE = "the period before has no value, so the change has no percentage"
NO_VALUE = "there is no value in the window, so the change has no percentage"


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of a rule; `operator` and `threshold` are None for `no_data` alone."""

    type: ConditionType
    operator: Operator | None = None
    threshold: float | None = None

    @property
    def fires_for_lack_of_data(self) -> bool:
        """Tell whether fewer events than there are could fulfil it: then it must not be judged while some are missing.

        A delta may be a fall; a threshold from above, or one that is crossed downwards, is reached with too few.
        """
        return self.type != "threshold" or self.operator in {"lt", "lte"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the store said of a window: its figure (None: no value), that of the window before, and its rows.

    `previous` is read for a delta alone, `rows` for `no_data` alone.
    """

    value: float | None = None
    previous: float | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the condition holds, with the figures that say so; `note` where it could not be told and why."""

    holds: bool
    value: float | None
    previous: float | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The store or the query gave no answer, which is neither data nor the lack of it."""

    reason: str


Observation = Judgement | NoAnswer


def judge(condition: Condition, reading: Reading) -> Judgement:
    """Return whether a reading fulfils a condition. No value fulfils no comparison; against zero there is no change."""
    if condition.type == "no_data":
        rows = reading.rows or 0
        return Judgement(rows == 0, rows)
    if condition.type == "threshold":
        holds = reading.value is not None and _compare(condition, reading.value)
        return Judgement(holds, reading.value)
    change = change_percent(reading.value, reading.previous)
    note = None if change is not None else _why_no_change(reading)
    return Judgement(change is not None and _compare(condition, abs(change)), reading.value, reading.previous, note)


def change_percent(value: float | None, previous: float | None) -> float | None:
    """Return by how many percent a figure changed; None without both, and against zero."""
    if value is None or previous is None or previous == 0:
        return None
    return (value - previous) / abs(previous) * 100


def _why_no_change(reading: Reading) -> str:
    if reading.value is None:
        return NO_VALUE
    return NO_VALUE_BEFORE if reading.previous is None else NOTHING_BEFORE


def _compare(condition: Condition, value: float) -> bool:
    if condition.operator is None or condition.threshold is None:
        raise ValueError("a comparison needs an operator and a threshold")
    return COMPARISONS[condition.operator](value, condition.threshold)
