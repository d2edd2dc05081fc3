"""How a window is cut among rollups and events, above all where it ends within a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from emban.query.plan.coverage import DAY, HOUR, ReadSplit, RollupCoverage, split_read, why_no_size
from emban.query.plan.planner import ask
from emban.query.spec.validation import read_query
from emban.query.time.timeframe import Timeframe
from emban.query.time.window import Window
from emban.scope import ALL_TENANTS, Scope

NOON = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
TODAY, YESTERDAY = (datetime(2026, 11, day, tzinfo=UTC) for day in (26, 25))
MS = timedelta(milliseconds=1)
WINDOW = Window(datetime(2026, 11, 20, 9, 15, tzinfo=UTC), NOON)
ROLLED = RollupCoverage(NOON, newest=NOON - MS)


def cut_of(
    rolled: RollupCoverage, window: Window = WINDOW, *, as_of: datetime = NOON, hours: bool = False
) -> ReadSplit:
    return split_read(window, rolled, as_of, days=True, hours=hours)


def test_where_no_event_is_later_than_the_window_its_last_day_is_read_whole() -> None:
    made = cut_of(ROLLED)
    assert made.days == (Window(datetime(2026, 11, 21, tzinfo=UTC), NOON),)
    assert made.events == (Window(WINDOW.start, datetime(2026, 11, 21, tzinfo=UTC)),)


@pytest.mark.parametrize("newest", [NOON, NOON + timedelta(days=1), None])
def test_else_what_is_left_of_it_is_read_from_the_events(newest: datetime | None) -> None:
    made = cut_of(replace(ROLLED, newest=newest))
    assert made.days == (Window(datetime(2026, 11, 21, tzinfo=UTC), TODAY),)
    assert made.events[1:] == (Window(TODAY, NOON),)


def test_for_an_older_watermark_the_last_cells_may_have_changed() -> None:
    assert ROLLED.as_of(NOON - MS) == replace(ROLLED, newest=None)
    assert ROLLED.as_of(NOON) is ROLLED
    spec, scope = (
        read_query({"event_name": "*", "metric": "count", "period": "30d"}),
        Scope("org_1", "prod", ALL_TENANTS),
    )
    assert [ask(spec, scope, NOON, at, ROLLED).rolled for at in (NOON, NOON - MS)] == [ROLLED, ROLLED.as_of(NOON - MS)]


def test_hours_at_the_start_alone_where_the_last_day_is_whole() -> None:
    made = cut_of(ROLLED, hours=True)
    assert made.hours == (Window(datetime(2026, 11, 20, 10, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)),)
    assert made.events == (Window(WINDOW.start, datetime(2026, 11, 20, 10, tzinfo=UTC)),)


def test_a_cell_that_the_window_begins_in_is_never_read_whole() -> None:
    within_today = Window(TODAY + HOUR, NOON)
    assert cut_of(ROLLED, within_today) == ReadSplit((within_today,), (), (), NOON, late=False)
    assert why_no_size(Timeframe(within_today, None), DAY, ROLLED) == "the window holds no whole UTC day"
    since_yesterday = Timeframe(Window(YESTERDAY + HOUR, NOON), None)
    assert why_no_size(since_yesterday, DAY, ROLLED) is None
    assert why_no_size(since_yesterday, DAY, replace(ROLLED, newest=None)) is not None


def test_what_came_since_is_read_beside_the_last_cell_within_the_window_alone() -> None:
    made = cut_of(replace(ROLLED, upto=TODAY), as_of=NOON)
    assert made.late
    assert max(one.end for one in made.days) == NOON
