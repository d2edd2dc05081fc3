"""The previous period is the answer of the window before, point by point."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.query.conftest import Asker
from tests.integration.query.test_as_of import batch

COMPARED = [
    # What is asked, and the dates of the window that it is compared with.
    ({"date_from": "2026-11-05", "date_to": "2026-11-08"}, ("2026-11-02", "2026-11-05")),
    ({"date_from": "2026-11-05", "date_to": "2026-11-08", "granularity": "day"}, ("2026-11-02", "2026-11-05")),
    (
        {"date_from": "2026-11-05T06:00:00Z", "date_to": "2026-11-05T12:00:00Z", "granularity": "hour"},
        ("2026-11-05T00:00:00Z", "2026-11-05T06:00:00Z"),
    ),
    (
        {"period": "7d", "granularity": "day", "timezone": "Asia/Kolkata"},
        ("2026-10-27T18:30:00Z", "2026-11-03T13:37:00.250Z"),
    ),
    ({"period": "24h"}, ("2026-11-08T13:00:00Z", "2026-11-09T13:37:00.250Z")),
]
METRICS: list[dict[str, Any]] = [
    {"metric": "count_unique"},
    {"metric": "avg", "prop": "cost"},
    {"metric": "sum", "prop": "cost", "group_by": "tenant_id"},
]


@pytest.mark.parametrize(("asked", "before"), COMPARED)
async def test_previous_values(asker: Asker, asked: dict[str, Any], before: tuple[str, str]) -> None:
    await asker.insert(batch(0))
    for metric in METRICS:
        query = {"event_name": "*", **metric, **asked}
        plain = await asker(query)
        compared = await asker({**query, "compare": "previous_period"})
        assert [point["value"] for point in compared["points"]] == [point["value"] for point in plain["points"]]
        earlier = {name: value for name, value in query.items() if name != "period"}
        past = await asker({**earlier, "date_from": before[0], "date_to": before[1]})
        assert _previous(compared) == _values(past, compared)


async def test_the_rest_is_compared_with_the_rest_of_the_same_groups(asker: Asker) -> None:
    await asker.insert(batch(0))
    query = {
        "event_name": "*",
        "metric": "count",
        "group_by": "model",
        "limit": 2,
        "other": True,
        "date_from": "2026-11-06",
        "date_to": "2026-11-11",
        "compare": "previous_period",
    }
    compared = await asker(query)
    everything = await asker({**query, "limit": 100, "date_from": "2026-11-01", "date_to": "2026-11-06"})
    past = {tuple(point["group"]): point["value"] for point in everything["points"]}
    *best, rest = compared["points"]
    for point in best:
        assert point["previous_value"] == past.pop(tuple(point["group"]))
    assert rest["other"] is True
    assert rest["previous_value"] == sum(past.values())
    assert rest["delta_pct"] == pytest.approx((rest["value"] - sum(past.values())) / sum(past.values()) * 100)


def _previous(answer: dict[str, Any]) -> list[Any]:
    return [point["previous_value"] for point in answer["points"]]


def _values(past: dict[str, Any], compared: dict[str, Any]) -> list[Any]:
    """The values of the past in the order of the compared points: groups may have had another rank."""
    by_group: dict[tuple[str, ...], list[Any]] = {}
    for point in past["points"]:
        by_group.setdefault(tuple(point["group"]), []).append(point["value"])
    groups = dict.fromkeys(tuple(point["group"]) for point in compared["points"])
    return [value for group in groups for value in by_group[group]]
