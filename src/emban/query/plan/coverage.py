"""What the rollups of a stream can answer, and how a window is cut among them and the events. Pure.

A rollup row is a whole UTC hour or day. It may stand for its events where it lies within the window and within one
bucket. One that the window ends in may, too, where no event is as late as the window's end: today, as a rule. What is
left of the window, at its edges, is read from the events, and so is what came in since the rollups were last added to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from emban.kit.epoch import EPOCH
from emban.query.spec.metrics import RollupForm, needs_number, own_dimensions, rollup_form
from emban.query.spec.query_spec import Dimension, Metric, QuerySpec
from emban.query.time.timeframe import Timeframe
from emban.query.time.window import Window
from emban.scope import Scope

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RollupCoverage:
    """What rollups hold of a stream: all that was received up to `upto`, once.

    `measures` are numeric properties by their slot; `dimensions` the string properties that days are kept by. No event
    in them is of a time after `newest`; None where that is not known, or about to change.
    """

    upto: datetime
    measures: tuple[str, ...] = ()
    dimensions: frozenset[str] = frozenset()
    newest: datetime | None = None

    def as_of(self, at: datetime) -> RollupCoverage:
        """Return what they hold for an answer as of a watermark: for an older one, the last rows have changed since."""
        return self if at >= self.upto else replace(self, newest=None)


@dataclass(frozen=True, slots=True)
class ReadSplit:
    """Which stretches of a window are read from where. None overlap, and together they are the window.

    `bound` is the watermark that the rollup rows must not know more than; `late` says that events were received after
    it, which are then read, for the stretches of the cells, from the events.
    """

    events: tuple[Window, ...]
    hours: tuple[Window, ...]
    days: tuple[Window, ...]
    bound: datetime
    late: bool


def used_string_props(spec: QuerySpec, scope: Scope) -> frozenset[str]:
    """Return the string properties that a query depends on, by its groups, filters or locks."""
    return frozenset(one.name for one in _named(spec, scope) if one.column is None)


def why_no_rollups(spec: QuerySpec, scope: Scope, rolled: RollupCoverage | None, as_of: datetime) -> str | None:
    """Return why no rollup of any size can answer, or None."""
    if rolled is None or min(rolled.upto, as_of) <= EPOCH:
        return "nothing is rolled up yet"
    if spec.ranges or any(figure.rows is not None and figure.rows.ranges for figure in spec.figures):
        return "a numeric range looks at single events"
    if any(one.column == "user_id" for one in _named(spec, scope)):
        return "rollups do not tell users apart"
    props = used_string_props(spec, scope)
    if len(props) > 1:
        return "rollups hold one string property at a time"
    if not props <= rolled.dimensions:
        return f"the property {min(props)!r} is not rolled up"
    forms = {rollup_form(figure) for figure in spec.figures}
    if RollupForm.NOTHING in forms:
        return "a percentile needs every value"
    if RollupForm.USERS in forms and (props or len(forms) > 1 or any(metric.formula for metric in spec.metrics)):
        return "distinct users are rolled up by day alone, and in total"
    if RollupForm.USERS in forms and any(figure.rows for figure in spec.figures):
        return "users of some of the events are looked up in the events"
    if RollupForm.EXTREMES in forms and props:
        return "least and greatest values are rolled up in total alone"
    missing = [prop for prop in spec.numbers if prop not in rolled.measures]
    return f"the property {missing[0]!r} is not rolled up" if missing else None


def why_no_size(time: Timeframe, size: timedelta, rolled: RollupCoverage | None) -> str | None:
    """Return why rollup rows of a size do not fit a window and its buckets, or None."""
    for frame in filter(None, (time, time.previous)):
        seconds = int(size.total_seconds())
        starts: Sequence[int] = frame.buckets.starts[1:] if frame.buckets else ()
        if any(start % seconds for start in starts):
            return f"the buckets do not begin at whole UTC {'days' if size == DAY else 'hours'}"
    if _inner(time.window, size, rolled) is None:
        return f"the window holds no whole UTC {'day' if size == DAY else 'hour'}"
    return None


def split_read(window: Window, rolled: RollupCoverage, as_of: datetime, *, days: bool, hours: bool) -> ReadSplit:
    """Cut a window: whole days first, where asked for, then whole hours, then the rest from the events."""
    bound = min(rolled.upto, as_of)
    left, day_part = _take(window, DAY, rolled) if days else ((window,), ())
    hour_part: tuple[Window, ...] = ()
    if hours:
        taken = [_take(one, HOUR, rolled) for one in left]
        left = tuple(rest for rests, _ in taken for rest in rests)
        hour_part = tuple(part for _, parts in taken for part in parts)
    return ReadSplit(left, hour_part, day_part, bound, late=bound < as_of and bool(day_part or hour_part))


def measure_slot(figure: Metric, rolled: RollupCoverage) -> int | None:
    """Return the slot of a figure's property, None for the counting metrics."""
    prop = needs_number(figure)
    return None if prop is None else rolled.measures.index(prop)


def _take(window: Window, size: timedelta, rolled: RollupCoverage) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
    inner = _inner(window, size, rolled)
    if inner is None:
        return (window,), ()
    edges = (Window(window.start, inner.start), Window(inner.end, window.end))
    return tuple(edge for edge in edges if edge.start < edge.end), (inner,)


def _inner(window: Window, size: timedelta, rolled: RollupCoverage | None) -> Window | None:
    start = EPOCH - (EPOCH - window.start) // size * size
    end = EPOCH + (window.end - EPOCH) // size * size
    if rolled is not None and rolled.newest is not None and rolled.newest < window.end:
        end = window.end  # The rollup row that it lies in has nothing beyond it.
    return Window(start, end) if start < end else None


def _named(spec: QuerySpec, scope: Scope) -> list[Dimension]:
    locked = (Dimension.named(lock.prop) for lock in scope.locks)
    own = (dimension for metric in spec.metrics for dimension in own_dimensions(metric))
    return [*spec.group_by, *(one.dimension for one in spec.dimensions), *locked, *own]
