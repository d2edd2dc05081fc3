"""Figures of numbers near the largest double: right where they can be written, said where they cannot, by any path."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emban.query.plan import planner as planning
from emban.query.plan.planner import DAILY, HOURLY, RAW, Path
from emban.store.client import EventStore
from tests.integration.query.conftest import NOW, Asker, fresh_asker
from tests.integration.query.test_paths import at_of, rolled_up
from tests.support.reference import Event

AT = NOW - timedelta(hours=1)
DAYS = {"date_from": "2026-11-08", "date_to": "2026-11-12"}
LARGEST = 1.7976931348623157e308


def event(value: float, *, model: str = "m", days: int = 0) -> Event:
    return Event("t", "e", AT - timedelta(days=days), strings={"model": model}, numbers={"huge": value})


async def figure(ask: Asker, metric: str, **query: Any) -> Any:
    answer = await ask({"event_name": "*", "metric": metric, "prop": "huge", **DAYS, **query})
    return [point["value"] for point in answer["points"]]


FIGURES: list[tuple[list[float], str, float | None]] = [
    ([1e308, 1e308], "avg", 1e308),
    ([-1e308, -1e308], "avg", -1e308),
    ([1e308, 1e308, -1e308, -1e308], "avg", 0),
    ([LARGEST, LARGEST], "avg", LARGEST),
    ([LARGEST], "sum", LARGEST),
    ([LARGEST], "max", LARGEST),
    ([1e308, 1e308, -1e308], "sum", 1e308),
    ([-1e308, 1e308], "p50", 0),
    ([-1e308, 1e308], "p95", 9e307),
    ([1e308, 1e308], "sum", None),
    ([1e300, 1e300], "sum", 2e300),
    ([1e300, 3e300], "avg", 2e300),
]


@pytest.mark.parametrize(("values", "metric", "expected"), FIGURES)
async def test_figures_of_huge_numbers(asker: Asker, values: list[float], metric: str, expected: float | None) -> None:
    await asker.insert([event(value) for value in values])
    (value,) = await figure(asker, metric)
    assert value == (expected if expected is None else pytest.approx(expected, rel=1e-14))
    for query in ({"group_by": "model"}, {"group_by": "model", "other": True, "limit": 1}):
        assert await figure(asker, metric, **query) == [value]
    by_day = await figure(asker, metric, granularity="day")
    assert [one for one in by_day if one != (0 if metric == "sum" else None)] == [value]
    table = await asker({"event_name": "*", "columns": ["model", {"metric": metric, "prop": "huge"}], **DAYS})
    assert table["rows"] == [["m", value]]
    assert table["columns"][1]["name"] == f"{metric}(huge)"


async def test_a_sum_beyond_a_double_is_said(asker: Asker) -> None:
    await asker.insert([event(1e308), event(1e308, days=1), event(1.0, model="small")])
    query = {"event_name": "*", "metric": "sum", "prop": "huge", **DAYS}
    whole = await asker(query)
    assert (whole["points"][0]["value"], whole["meta"]["overflow"]) == (None, True)
    by_day = await asker({**query, "granularity": "day"})
    assert [point["value"] for point in by_day["points"]] == [0, 1e308, 1e308, 0]
    assert "overflow" not in by_day["meta"]
    by_model = await asker({**query, "group_by": "model"})
    assert {point["group"][0]: point["value"] for point in by_model["points"]} == {"m": None, "small": 1}
    assert by_model["meta"]["overflow"] is True
    assert "overflow" not in (await asker({**query, "metric": "avg"}))["meta"]


async def test_the_rest_and_the_time_before(asker: Asker) -> None:
    await asker.insert([event(1e308, model=f"m{nth}") for nth in range(4)] + [event(-1e308, days=2)])
    rest = await figure(asker, "avg", group_by="model", limit=1, other=True)
    assert rest == [1e308, pytest.approx(5e307)]  # Three of 1e308 and one of its opposite.
    compared = await asker(
        {
            "event_name": "*",
            "metric": "avg",
            "prop": "huge",
            "date_from": "2026-11-10",
            "date_to": "2026-11-12",
            "compare": "previous_period",
        }
    )
    (point,) = compared["points"]
    assert (point["value"], point["previous_value"], point["delta_pct"]) == (1e308, -1e308, 200)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=st.lists(st.floats(-LARGEST, LARGEST), min_size=1, max_size=6))
async def test_an_average_is_between_the_least_and_the_greatest(store: EventStore, values: list[float]) -> None:
    ask = fresh_asker(store)
    await ask.insert([event(value) for value in values])
    (mean,) = await figure(ask, "avg")
    assert mean is not None
    slack = max(map(abs, values)) / 1e14
    assert min(values) / 2 - slack / 2 <= mean / 2 <= max(values) / 2 + slack / 2


@pytest.mark.parametrize("path", [HOURLY, DAILY])
@pytest.mark.parametrize("metric", ["sum", "avg", "min", "max"])
async def test_rollups_give_what_the_events_give(
    asker: Asker, path: Path, metric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour's own sum may be beyond a double, or only that of several."""
    for values in ([1e308, 1e308, -1e308], [1e308] * 4, [1e300, 2e300]):
        ask = fresh_asker(asker.store)
        await ask.insert(
            [replace(event(value, days=nth // 2), ingested=at_of(0)) for nth, value in enumerate(values)],
        )
        ask.watermark.at = at_of(0)
        ask.watermark.rolled = await rolled_up(ask.store, ask.scope(), 0, [], NOW)
        for shape in ({}, {"granularity": "day"}, {"group_by": "model", "other": True, "limit": 1}):
            question = {"event_name": "*", "metric": metric, "prop": "huge", **DAYS, **shape}
            found = []
            for one in (RAW, path):
                monkeypatch.setattr(planning, "PATHS", (replace(one, cost=lambda _: 0.0), RAW))
                answer = await ask(question)
                found.append((answer["points"], answer["meta"].get("overflow")))
            assert found[1] == found[0]
