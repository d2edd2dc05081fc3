"""Which reads answer a question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from emban.errors import EmbanError
from emban.query.plan import planner as planning
from emban.query.plan.planner import RAW, PointsRead, TableRead, plan
from emban.query.spec.query_spec import Metric
from emban.query.time.span import Compare
from tests.unit.query.builders import DAY, SUM, planned

SERIES = {"calls": {"metric": "count"}, "tokens": {"metric": "sum", "prop": "tokens"}}


def test_one_figure_is_one_read_of_the_window() -> None:
    made = planned(DAY)
    (read,) = made.reads
    assert isinstance(read, PointsRead)
    assert (made.path, read.top, read.buckets, read.group_by) == ("raw", None, None, ())
    assert read.scan.window == made.question.time.window
    assert read.scan.having == (Metric("count"),)


def test_a_measure_reads_rows_that_have_it() -> None:
    (read,) = planned(SUM).reads
    assert read.scan.having == (Metric("sum", "tokens"),)


@pytest.mark.parametrize("compare", get_args(Compare))
def test_compare_reads_the_window_before_for_the_same_groups(compare: Compare) -> None:
    made = planned({**DAY, "group_by": "model", "limit": 3, "compare": compare})
    now, before = made.reads
    assert isinstance(now, PointsRead)
    assert isinstance(before, PointsRead)
    assert now.top is not None
    assert before.top == now.top
    assert now.top.scan == now.scan
    previous = made.question.time.previous
    assert previous is not None
    assert before.scan.window == previous.window
    assert before.scan.window.start < before.scan.window.end <= now.scan.window.start


def test_each_figure_of_a_series_is_a_read_and_then_each_of_the_window_before() -> None:
    made = planned({**DAY, "metric": None, "series": SERIES, "granularity": "day", "compare": "previous_year"})
    time = made.question.time
    assert time.previous is not None
    assert [
        (read.metric.label, read.scan.window, read.buckets) for read in made.reads if isinstance(read, PointsRead)
    ] == [
        ("count", time.window, time.buckets),
        ("sum(tokens)", time.window, time.buckets),
        ("count", time.previous.window, time.previous.buckets),
        ("sum(tokens)", time.previous.window, time.previous.buckets),
    ]


def test_a_table_is_one_read() -> None:
    (read,) = planned({**DAY, "metric": None, "columns": ["model", {"metric": "count"}], "order_by": "model"}).reads
    assert isinstance(read, TableRead)
    assert (read.order_by, read.order, read.limit) == (0, "asc", 100)
    assert read.scan.having == ()


@pytest.mark.parametrize(("limit", "given"), [(None, 10), (1000, 1000)])
def test_limit(limit: int | None, given: int) -> None:
    (read,) = planned({**DAY, "group_by": "model", "limit": limit}).reads
    assert isinstance(read, PointsRead)
    assert read.top is not None
    assert read.top.limit == given


@pytest.mark.parametrize(("limit", "refused"), [(45, False), (46, True)])
def test_too_many_points_are_refused(limit: int, refused: bool) -> None:
    query: dict[str, Any] = {
        **DAY,
        "date_from": "2026-08-05",
        "granularity": "hour",
        "group_by": "model",
        "limit": limit,
    }
    if not refused:
        planned(query)
        return
    with pytest.raises(EmbanError, match="more than 100,000 points; try 45") as error:
        planned(query)
    assert [field.path for field in error.value.fields] == ["limit"]


def test_the_cheapest_path_that_can_answer_does(monkeypatch: pytest.MonkeyPatch) -> None:
    question = planned(DAY).question
    hourly = replace(RAW, name="hourly", cost=lambda _: 1.0)
    daily = replace(RAW, name="daily", cost=lambda _: 2.0)
    monkeypatch.setattr(planning, "PATHS", (daily, hourly, RAW))
    made = plan(question)
    assert (made.path, made.passed) == ("hourly", (("daily", "hourly is cheaper"), ("raw", "hourly is cheaper")))
    monkeypatch.setattr(planning, "PATHS", (replace(hourly, cannot=lambda _: "a distinct count"), RAW))
    made = plan(question)
    assert (made.path, made.passed) == ("raw", (("hourly", "a distinct count"),))
