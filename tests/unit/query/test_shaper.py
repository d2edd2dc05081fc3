"""From rows to answers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from emban.query.answer.answers import Points, Table, encode
from emban.query.answer.shaper import ReadRows, delta_pct, number, shape
from emban.query.spec.metrics import METRICS
from tests.unit.query.builders import DAY, SUM, planned

DAYS = ["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"]
Rows = list[list[Any]]


def points(query: dict[str, Any], *rows: Rows) -> list[tuple[Any, ...]]:
    answer = shape(planned(query), [ReadRows(some, 10) for some in rows], 1.0)
    assert isinstance(answer, Points)
    assert answer.meta.rows_read == 10 * len(rows)
    decoded = msgspec.json.decode(encode(answer))["points"]
    return [tuple(value for name, value in point.items() if name != "local") for point in decoded]


def test_a_figure() -> None:
    assert points(DAY, [[12]]) == [(None, [], 12)]
    assert points(SUM, [[0]]) == [(None, [], 0)]
    assert points({**SUM, "metric": "avg"}, [[None]]) == [(None, [], None)]


@pytest.mark.parametrize(("metric", "empty"), [("sum", 0), ("avg", None), ("min", None), ("p95", None)])
def test_gaps_are_filled(metric: str, empty: int | None) -> None:
    query = {**SUM, "metric": metric, "granularity": "day"}
    assert points(query, [[1, 5.5]]) == [(DAYS[0], [], empty), (DAYS[1], [], 5.5), (DAYS[2], [], empty)]
    assert points(query, []) == [(day, [], empty) for day in DAYS]


def test_uneven_buckets_come_by_their_start() -> None:
    query = {**DAY, "date_from": "2026-09-01", "granularity": "month"}
    october = 1_790_812_800
    assert points(query, [[october, 7]]) == [
        ("2026-09-01T00:00:00Z", [], 0),
        ("2026-10-01T00:00:00Z", [], 7),
        ("2026-11-01T00:00:00Z", [], 0),
    ]


def test_a_breakdown_keeps_the_order_of_the_engine() -> None:
    query = {**DAY, "group_by": ["model", "plan"]}
    assert points(query, [["b", "x", 5], ["a", "", 3]]) == [(None, ["b", "x"], 5), (None, ["a", ""], 3)]
    assert points(query, []) == []


def test_the_row_of_the_rest_is_marked() -> None:
    query = {**DAY, "group_by": ["model"], "other": True}
    rows = [["other", 0, 5], ["a", 0, 3], ["", 1, 4]]
    assert points(query, rows) == [(None, ["other"], 5), (None, ["a"], 3), (None, ["other"], 4, True)]


def test_grouped_series_are_filled_each() -> None:
    query = {**DAY, "group_by": ["model"], "other": True, "granularity": "day"}
    rows = [["a", False, 2, 6, 9], ["a", False, 0, 3, 9], ["", True, 1, 8, 8]]
    assert points(query, rows) == [
        (DAYS[0], ["a"], 3),
        (DAYS[1], ["a"], 0),
        (DAYS[2], ["a"], 6),
        (DAYS[0], ["other"], 0, True),
        (DAYS[1], ["other"], 8, True),
        (DAYS[2], ["other"], 0, True),
    ]


def test_compared_points() -> None:
    query = {**DAY, "compare": "previous_period"}
    assert points(query, [[12]], [[10]]) == [(None, [], 12, 10, 20.0)]
    assert points(query, [[12]], [[0]]) == [(None, [], 12, 0, None)]
    grouped = {**query, "group_by": ["model"], "granularity": "day"}
    now = [["a", False, 0, 3, 3]]
    before = [["a", False, 0, 4, 4]]
    assert points(grouped, now, before) == [
        (DAYS[0], ["a"], 3, 4, -25.0),
        (DAYS[1], ["a"], 0, 0, None),
        (DAYS[2], ["a"], 0, 0, None),
    ]


def test_a_group_without_a_past_is_new() -> None:
    query = {**SUM, "metric": "avg", "compare": "previous_period", "group_by": ["model"]}
    assert points(query, [["a", 3.5]], []) == [(None, ["a"], 3.5, None, None)]


DELTAS = [
    (12, 10, 20.0),
    (0, 10, -100.0),
    (5, 0, None),
    (None, 5, None),
    (5, None, None),
    (-5, -10, 50.0),
    (0, 0, None),
    (1e308, -1e308, 200.0),
    (-1e308, 1e308, -200.0),
    (1e308, 5e307, 100.0),
    (1e308, 1e-308, None),
]


@pytest.mark.parametrize(("value", "previous", "delta"), DELTAS)
def test_delta(value: float | None, previous: float | None, delta: float | None) -> None:
    assert delta_pct(value, previous) == delta


NUMBERS = [
    ("sum", 0.30000000000000004, 0.3),
    ("avg", 1262164157.1351352, 1262164157.13514),
    ("sum", 9007199254740991.0, 9007199254740991),
    ("max", 0.30000000000000004, 0.30000000000000004),
    ("sum", float("inf"), None),
    ("avg", float("nan"), None),
    ("min", None, None),
    ("count", 2**60, 2**60),
]


@pytest.mark.parametrize(("metric", "raw", "answered"), NUMBERS)
def test_figures_as_answered(metric: Any, raw: float | None, answered: float | None) -> None:
    assert number(raw, METRICS[metric]) == answered


def test_meta() -> None:
    answer = shape(planned({**DAY, "granularity": "auto", "compare": "previous_period"}), [ReadRows([], 3)] * 2, 4.1234)
    assert msgspec.json.decode(encode(answer.meta)) == {
        "path": "raw",
        "rows_read": 6,
        "ms": 4.12,
        "cached": False,
        "as_of": "2026-11-23T15:20:01.250Z",
        "window": {
            "from": "2026-11-01T00:00:00Z",
            "to": "2026-11-04T00:00:00Z",
            "local_from": "2026-11-01T00:00",
            "local_to": "2026-11-04T00:00",
        },
        "granularity": "hour",
        "timezone": "UTC",
        "compare": "previous_period",
        "previous_window": {
            "from": "2026-10-01T00:00:00Z",
            "to": "2026-10-04T00:00:00Z",
            "local_from": "2026-10-01T00:00",
            "local_to": "2026-10-04T00:00",
        },
    }


def test_a_table() -> None:
    columns = ["model", {"metric": "count"}, {"metric": "sum", "prop": "ms"}]
    answer = shape(planned({"event_name": "*", "columns": columns}), [ReadRows([["a", 3, 0.1 + 0.2]], 3)], 1)
    assert isinstance(answer, Table)
    decoded = msgspec.json.decode(encode(answer))
    assert decoded["columns"] == [
        {"name": "model", "type": "string"},
        {"name": "count", "type": "integer"},
        {"name": "sum(ms)", "type": "number"},
    ]
    assert decoded["rows"] == [["a", 3, 0.3]]
