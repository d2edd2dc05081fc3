"""Slices of time and groups, added up: what a shared read's plain rows come to for each question. Pure.

A row is (keys…, aggregate…), and there may be several of the same keys: one from each table that was read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

from emban.query.batch.slices import Stretch
from emban.query.spec.metrics import Number, add_up, finish, parts_of
from emban.query.spec.query_spec import Metric

Row = Sequence[Any]


class AggregateColumns:
    """Where a read's metrics have their aggregates: `keys` columns are before those of the first."""

    def __init__(self, keys: int, metrics: Sequence[Metric]) -> None:
        self.keys = keys
        counts = [len(parts_of(metric)) for metric in metrics]
        self._first = dict(zip(metrics, accumulate(counts, initial=keys), strict=False))

    def value(self, metric: Metric, rows: Sequence[Row]) -> Number | None:
        """Return a metric over all the rows."""
        return finish(metric, [self.part(metric, index, rows) for index in range(len(parts_of(metric)))])

    def part(self, metric: Metric, index: int, rows: Sequence[Row]) -> Number | None:
        """Return one of a metric's aggregates over all the rows."""
        column = self._first[metric] + index
        return add_up(parts_of(metric)[index].aggregate.function, [row[column] for row in rows])


class SliceRows:
    """Rows in the order of their slices, whose start (in ms) is in the last column before the aggregates."""

    def __init__(self, rows: Iterable[Row], columns: AggregateColumns) -> None:
        index = columns.keys - 1
        self._rows = sorted(rows, key=lambda row: row[index])
        self._starts = [row[index] for row in self._rows]

    def within(self, stretch: Stretch) -> Sequence[Row]:
        """Return the rows of the slices in a stretch of time."""
        first, after = (bisect_left(self._starts, at) for at in stretch)
        return self._rows[first:after]
