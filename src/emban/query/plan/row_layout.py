"""Where the rows of a read have what: the one agreement between the compiler, shared reads and the shaper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from emban.query.plan.planner import PointsRead


class PointsRow(NamedTuple):
    """A row of a points read: a figure of one group and one bucket.

    `group` is empty without groups, `rest` says that the figure is that of all groups that the limit left out, `bucket`
    is None without buckets, else what the engine calls it: its number where all are equally wide, or its start.
    """

    group: tuple[str, ...]
    rest: bool
    bucket: int | None
    value: int | float | None


@dataclass(frozen=True, slots=True)
class PointsLayout:
    """Indexes of a points read's columns, None for those that its rows do not have; the groups come first.

    `total` is the figure over a group's whole window, by which the engine puts the groups in order.
    """

    groups: int
    rest: int | None
    bucket: int | None
    value: int
    total: int | None = None

    def read_row(self, row: Any) -> PointsRow:
        """Return a row's parts by their names."""
        return PointsRow(
            group=tuple(row[: self.groups]),
            rest=self.rest is not None and bool(row[self.rest]),
            bucket=None if self.bucket is None else row[self.bucket],
            value=row[self.value],
        )

    def write_row(self, row: PointsRow) -> tuple[Any, ...]:
        """Return the row with these parts as the engine gives it; nobody reads the total once groups are in order."""
        parts: list[Any] = list(row.group)
        if self.rest is not None:
            parts.append(row.rest)
        if self.bucket is not None:
            parts.append(row.bucket)
        parts.append(row.value)
        return tuple(parts) if self.total is None else (*parts, None)


def ranks_in_one_pass(read: PointsRead) -> bool:
    """Tell whether a breakdown's groups are chosen and figured in one pass over the rows."""
    return read.top is not None and read.buckets is None and read.top.scan == read.scan


def points_layout(read: PointsRead) -> PointsLayout:
    """Return where a points read of one metric has what."""
    count = len(read.group_by)
    if read.top is None:
        return PointsLayout(0, None, None, 0) if read.buckets is None else PointsLayout(0, None, 0, 1)
    if ranks_in_one_pass(read):
        return PointsLayout(count, count, None, count + 1) if read.top.other else PointsLayout(count, None, None, count)
    return PointsLayout(count, count, count + 1, count + 2, count + 3)
