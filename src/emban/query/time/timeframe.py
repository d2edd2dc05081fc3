"""When a query is about: its window, the buckets of that, and the window that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from emban.errors import invalid_field
from emban.kit.epoch import EPOCH
from emban.query.time.buckets import Buckets, buckets_of, check_bucket_count, choose_size
from emban.query.time.comparison import window_before
from emban.query.time.span import DEFAULT_PERIOD, Compare, Granularity, Period, Span
from emban.query.time.window import Window, window_of


@dataclass(frozen=True, slots=True)
class Timeframe:
    """The window of a query; `buckets` is None without granularity, `previous` only with compare.

    The buckets of the two windows are paired in their order.
    """

    window: Window
    buckets: Buckets | None
    previous: Timeframe | None = None


def frame(
    span: Span | None, granularity: Granularity, timezone: str, now: datetime, *, compare: Compare | None = None
) -> Timeframe:
    """Return when a query is about.

    Raises 400 for an empty window, for more than `MAX_BUCKETS` buckets, and for a comparison with what was before 1970.
    """
    span = span or Period(DEFAULT_PERIOD)
    window = window_of(span, timezone, now)
    size = choose_size(granularity, window, span)
    if size is not None:
        check_bucket_count(window, size)
    buckets = None if size is None else buckets_of(window, size, timezone)
    if compare is None:
        return Timeframe(window, buckets)
    before = window_before(window, span, timezone, compare)
    if before.start < EPOCH:
        raise invalid_field("compare", "the window before begins before 1970, where there are no events")
    return Timeframe(window, buckets, Timeframe(before, None if size is None else buckets_of(before, size, timezone)))
