"""Time cut into slices at every edge that several reads have, so that one statement serves all of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from emban.kit.epoch import from_ms, to_ms
from emban.query.plan.coverage import ReadSplit, split_read
from emban.query.plan.planner import Scan
from emban.query.spec.query_spec import Rolling
from emban.query.time.buckets import Buckets
from emban.query.time.window import Window

# More edges than this make a statement long and its planning slow; such reads are left alone.
MAX_EDGES = 200
Stretch = tuple[int, int]


def stretches(
    window: Window, buckets: Buckets | None, rolling: Rolling | None = None
) -> list[tuple[int | None, Stretch]]:
    """Return the stretches of time that there is a figure for, in ms, each with what the engine calls its bucket."""
    start, end = (to_ms(at) for at in (window.start, window.end))
    if buckets is None:
        return [(None, (start, end))]
    inner = [1000 * at for at in buckets.starts[1:]]
    names = range(len(buckets.starts)) if buckets.width is not None else buckets.starts
    begins = [start, *inner]
    if rolling is not None:
        reach = len(begins) if rolling.buckets is None else rolling.buckets
        begins = [begins[max(0, index - reach + 1)] for index in range(len(begins))]
    return list(zip(names, zip(begins, [*inner, end], strict=True), strict=True))


def edges_of(many: Iterable[tuple[int | None, Stretch]]) -> list[int]:
    """Return every edge once, rising."""
    return sorted({edge for _, stretch in many for edge in stretch})


def recut(
    scan: Scan, edges: Sequence[int], asked: Iterable[Stretch], told_apart: Sequence[Window] | None = None
) -> Scan:
    """Return the scan of the slices that lie in any asked stretch, each cut by itself.

    An edge within an hour is one for all of them: what lies around it is read from the events. `told_apart`: outside of
    these windows totals alone are asked for, which hours have.
    """
    old, rolled = scan.split, scan.question.rolled
    assert old is not None  # noqa: S101 - only reads with a cut are sliced
    assert rolled is not None  # noqa: S101
    index = {edge: number for number, edge in enumerate(edges)}
    wanted = {number for start, end in asked for number in range(index[start], index[end])}
    windows = [Window(from_ms(edges[number]), from_ms(edges[number + 1])) for number in sorted(wanted)]
    as_of = scan.question.as_of
    hourly = [bool(old.hours) or _in_total(one, told_apart) for one in windows]
    cuts = [
        split_read(one, rolled, as_of, days=bool(old.days), hours=by) for one, by in zip(windows, hourly, strict=True)
    ]
    events = _merged([piece for one in cuts for piece in one.events])
    hours = _merged([piece for one in cuts for piece in one.hours])
    days = _merged([piece for one in cuts for piece in one.days])
    late = old.bound < as_of and bool(hours or days)
    return replace(scan, having=(), split=ReadSplit(events, hours, days, old.bound, late))


def _in_total(slice_: Window, told_apart: Sequence[Window] | None) -> bool:
    if told_apart is None:
        return False
    return not any(one.start <= slice_.start and slice_.end <= one.end for one in told_apart)


def _merged(windows: Sequence[Window]) -> tuple[Window, ...]:
    merged: list[Window] = []
    for window in sorted(windows, key=lambda one: one.start):
        if merged and merged[-1].end == window.start:
            merged[-1] = Window(merged[-1].start, window.end)
        else:
            merged.append(window)
    return tuple(merged)
