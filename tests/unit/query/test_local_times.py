"""Local times beside instants: what the clock shows where a bucket starts, whatever tables a browser has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from emban.query.answer.answers import encode
from emban.query.answer.shaper import ReadRows, shape
from emban.query.time.zones import zone
from tests.unit.query.builders import DAY, planned

# Of years that are past: what a clock will show is for the next release of the zone tables to say.
SERIES = [
    # Havana's clock goes back to midnight: the first of the two midnights is where the day starts.
    (
        {"timezone": "America/Havana", "granularity": "day", "date_from": "2025-11-01", "date_to": "2025-11-04"},
        [
            ("2025-11-01T04:00:00Z", "2025-11-01"),
            ("2025-11-02T04:00:00Z", "2025-11-02"),
            ("2025-11-03T05:00:00Z", "2025-11-03"),
        ],
    ),
    # And forward from midnight: the day starts at one.
    (
        {"timezone": "America/Havana", "granularity": "day", "date_from": "2025-03-08", "date_to": "2025-03-11"},
        [
            ("2025-03-08T05:00:00Z", "2025-03-08"),
            ("2025-03-09T05:00:00Z", "2025-03-09"),
            ("2025-03-10T04:00:00Z", "2025-03-10"),
        ],
    ),
    (
        {
            "timezone": "Europe/Berlin",
            "granularity": "hour",
            "date_from": "2026-10-25T00:00:00Z",
            "date_to": "2026-10-25T03:00:00Z",
        },
        [
            ("2026-10-25T00:00:00Z", "2026-10-25T02:00"),
            ("2026-10-25T01:00:00Z", "2026-10-25T02:00"),  # The same hour once more: `t` tells the two apart.
            ("2026-10-25T02:00:00Z", "2026-10-25T03:00"),
        ],
    ),
    (
        {"timezone": "Asia/Kolkata", "granularity": "month", "date_from": "2026-10-01", "date_to": "2026-11-15"},
        [("2026-09-30T18:30:00Z", "2026-10-01"), ("2026-10-31T18:30:00Z", "2026-11-01")],
    ),
    (
        {"timezone": "Asia/Tokyo", "granularity": "week", "date_from": "2026-11-04", "date_to": "2026-11-10"},
        [("2026-11-01T15:00:00Z", "2026-11-02"), ("2026-11-08T15:00:00Z", "2026-11-09")],
    ),
    # 44 minutes and 30 seconds behind, until 7 January 1972.
    (
        {
            "timezone": "Africa/Monrovia",
            "granularity": "minute",
            "date_from": "1971-12-01T00:00:00Z",
            "date_to": "1971-12-01T00:01:00Z",
        },
        [("1971-12-01T00:00:00Z", "1971-11-30T23:15:30")],
    ),
]


def answered(query: dict[str, Any], rows: list[list[Any]] | None = None) -> dict[str, Any]:
    plan = planned({**DAY, **query})
    fetched = [ReadRows(rows or [], 0)] * len(plan.reads)
    decoded: dict[str, Any] = msgspec.json.decode(encode(shape(plan, fetched, 1.0)))
    return decoded


@pytest.mark.parametrize(("query", "expected"), SERIES)
def test_each_bucket_says_its_local_start(query: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    points = answered(query)["points"]
    assert [(point["t"], point["local"]) for point in points] == expected
    for point in points:
        shown = datetime.fromisoformat(point["t"]).astimezone(zone(query["timezone"])).replace(tzinfo=None)
        assert shown.isoformat().startswith(point["local"])


def test_every_group_and_a_comparison_have_it() -> None:
    query = {"granularity": "day", "group_by": ["model"], "other": True, "compare": "previous_period"}
    rows = [["a", False, 0, 3, 3], ["", True, 0, 8, 8]]
    points = answered(query, rows)["points"]
    assert [point["local"] for point in points] == ["2026-11-01", "2026-11-02", "2026-11-03"] * 2


def test_without_buckets_there_is_none() -> None:
    (point,) = answered({}, [[7]])["points"]
    assert point == {"t": None, "group": [], "value": 7}


BEFORE = [
    # The first of a month goes back by months, and the clock says the same on the 20th.
    (
        ("2025-11-01", "2025-11-20T15:20:31.250Z"),
        ("2025-11-01T04:00:00Z", "2025-11-20T15:20:31.250Z", "2025-11-01T00:00", "2025-11-20T10:20:31.250"),
        ("2025-10-01T04:00:00Z", "2025-10-20T14:20:31.250Z", "2025-10-01T00:00", "2025-10-20T10:20:31.250"),
    ),
    # What begins within a day, by real time: the clock was put back since.
    (
        ("2025-11-01T10:00:00Z", "2025-11-02T10:00:00.250Z"),
        ("2025-11-01T10:00:00Z", "2025-11-02T10:00:00.250Z", "2025-11-01T06:00", "2025-11-02T05:00:00.250"),
        ("2025-10-31T09:59:59.750Z", "2025-11-01T10:00:00Z", "2025-10-31T05:59:59.750", "2025-11-01T06:00"),
    ),
]


@pytest.mark.parametrize(("dates", "window", "before"), BEFORE)
def test_the_windows_say_it_too(dates: tuple[str, str], window: tuple[str, ...], before: tuple[str, ...]) -> None:
    query = {
        "timezone": "America/Havana",
        "date_from": dates[0],
        "date_to": dates[1],
        "compare": "previous_period",
    }
    meta = answered(query)["meta"]
    assert meta["compare"] == "previous_period"
    assert list(meta["window"]) == list(meta["previous_window"]) == ["from", "to", "local_from", "local_to"]
    assert tuple(meta["window"].values()) == window
    assert tuple(meta["previous_window"].values()) == before


def test_without_compare_there_is_one_window() -> None:
    assert {"compare", "previous_window", "previous_unpaired"}.isdisjoint(answered({})["meta"])
