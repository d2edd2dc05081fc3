"""Boxes on the 12-column grid: where there is room, and how overlapping ones are moved apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of cells; `y` grows downwards."""

    x: int
    y: int
    w: int
    h: int

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.h

    def overlaps(self, other: Box) -> bool:
        """Tell whether the two share a cell."""
        beside = self.x + self.w <= other.x or other.x + other.w <= self.x
        return not beside and self.y < other.bottom and other.y < self.bottom


def free_place(w: int, h: int, taken: Sequence[Box]) -> Box:
    """Return the first free box of that size, reading from the top left."""
    rows = sorted({0, *(box.bottom for box in taken)})
    for y in rows:
        for x in range(COLUMNS - w + 1):
            box = Box(x, y, w, h)
            if not any(box.overlaps(other) for other in taken):
                return box
    raise AssertionError("the row below everything is always free")


def apart(boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes with none overlapping: the upper, then the earlier one stays, the other moves down."""
    order = sorted(range(len(boxes)), key=lambda index: (boxes[index].y, index))
    settled: dict[int, Box] = {}
    for index in order:
        box = boxes[index]
        while True:
            below = [other.bottom for other in settled.values() if box.overlaps(other)]
            if not below:
                break
            box = replace(box, y=max(below))
        settled[index] = box
    return [settled[index] for index in range(len(boxes))]
