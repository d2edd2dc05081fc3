"""A dashboard from findings: what a product manager would keep, and nothing that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emban.dashboards.discovery.auto_create import compose, default_period
from emban.dashboards.discovery.dimensions import choose_dimensions, choose_filters
from emban.dashboards.discovery.findings import DiscoveryFindings, FoundDimension, FoundEvent, FoundMeasure, FoundValue

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def dimension(name: str, cardinality: int, *, top: Sequence[str] = (), **other: Any) -> FoundDimension:
    values = list(top) or [f"{name} {place}" for place in range(min(cardinality, 10))]
    each = other.get("count", 1000) // max(len(values), 1)
    given = {"count": 1000, "varying": 1.0, "event_names": ("api.request",), **other}
    return FoundDimension(
        name=name,
        cardinality=cardinality,
        top_values=tuple(FoundValue(value, each) for value in values),
        **given,
    )


def measure(name: str, low: float, high: float, **other: Any) -> FoundMeasure:
    given = {"count": 1000, "distinct": 400, "whole": float(low).is_integer(), "event_names": ("api.request",), **other}
    return FoundMeasure(name=name, min=low, max=high, avg=(low + high) / 2, **given)


def findings(**other: Any) -> DiscoveryFindings:
    first, last = NOW - timedelta(days=89), NOW - timedelta(minutes=3)
    given: dict[str, Any] = {
        "environment": "prod",
        "total": 1000,
        "first_seen": first,
        "last_seen": last,
        "window_from": first,
        "window_to": last,
        "scanned": 1000,
        "complete": True,
        "tenants": 5,
        "users": 80,
        "events_with_user": 900,
        "events": (FoundEvent(name="api.request", count=1000, first_seen=first, last_seen=last),),
        "dimensions": (),
        "measures": (),
        **other,
    }
    return DiscoveryFindings(**given)


LLM = findings(
    dimensions=(
        dimension("model", 5),
        dimension("endpoint", 4),
        dimension("region", 3),
        dimension("plan", 4, varying=0.0),
        dimension("request_id", 10_000),
        dimension("city", 4_000),
        dimension("version", 1),
    ),
    measures=(
        measure("tokens_in", 1, 8000),
        measure("tokens_out", 1, 4000),
        measure("latency_ms", 20.5, 9000, whole=False),
        measure("cost_usd", 0.001, 3, whole=False),
        measure("api_version", 2, 2, distinct=1),
    ),
)


def props_of(config: dict[str, Any]) -> set[str]:
    named: set[str] = set()
    for widget in config["widgets"]:
        query = widget["query"]
        named |= set(query.get("group_by", [])) | {query.get("prop", "")}
        named |= {one if isinstance(one, str) else one.get("prop", "") for one in query.get("columns", [])}
    return named


def test_an_llm_api_gets_figures_trends_breakdowns_and_a_table() -> None:
    config = compose(LLM, NOW)
    titles = [widget["title"] for widget in config["widgets"]]
    assert titles == [
        "Events",
        "Active users",
        "Tokens in",
        "Cost",
        "Median latency",
        "Events over time by endpoint",
        "Tokens in over time",
        "Cost over time",
        "Latency (p95) over time",
        "Tokens out over time",
        "Events by endpoint",
        "Tokens in by model",
        "Events by region",
        "Details by endpoint and model",
    ]
    units = {widget["title"]: widget.get("unit") for widget in config["widgets"]}
    assert (units["Tokens in"], units["Cost"], units["Median latency"]) == ("tokens", "USD", "ms")
    assert config["filters"]["default_period"] == "30d"


def test_what_cannot_be_read_is_left_out() -> None:
    config = compose(LLM, NOW)
    assert not props_of(config) & {"request_id", "city", "version", "plan", "api_version"}
    assert not set(config["filters"]["dimensions"]) & {"request_id", "city", "version", "plan"}


def test_figures_compare_with_the_period_before_and_trends_have_buckets() -> None:
    for widget in compose(LLM, NOW)["widgets"]:
        assert (widget["query"].get("compare") == "previous_period") == (widget["kind"] == "kpi")
        assert ("granularity" in widget["query"]) == (widget["kind"] == "timeseries")


@pytest.mark.parametrize(
    "found",
    [
        LLM,
        findings(),
        findings(users=0, events_with_user=0),
        findings(dimensions=(dimension("model", 2),), measures=(measure("tokens", 1, 2),)),
        findings(dimensions=tuple(dimension(f"d{place}", 3) for place in range(30))),
        findings(measures=tuple(measure(f"m{place}", 1, 9) for place in range(30))),
        findings(
            events=tuple(FoundEvent(name=f"e{place}", count=10, first_seen=NOW, last_seen=NOW) for place in range(100))
        ),
    ],
)
def test_the_grid_is_full_and_nothing_overlaps(found: DiscoveryFindings) -> None:
    widgets = compose(found, NOW)["widgets"]
    cells: set[tuple[int, int]] = set()
    for widget in widgets:
        box = widget["layout"]
        assert box["x"] >= 0
        assert box["x"] + box["w"] <= 12
        covered = {(x, y) for x in range(box["x"], box["x"] + box["w"]) for y in range(box["y"], box["y"] + box["h"])}
        assert not covered & cells
        cells |= covered
    assert len(cells) == 12 * (max(y for _, y in cells) + 1)
    assert len({widget["id"] for widget in widgets}) == len(widgets) <= 20
    assert {widget["kind"] for widget in widgets} >= {"kpi", "timeseries", "table"}


def test_several_names_are_told_apart() -> None:
    names = tuple(FoundEvent(name=f"e{place}", count=10, first_seen=NOW, last_seen=NOW) for place in range(3))
    config = compose(findings(events=names), NOW)
    assert "event_name" in props_of(config)
    assert config["filters"]["dimensions"] == ["event_name"]


@pytest.mark.parametrize(
    "one",
    [
        dimension("model", 1),
        dimension("model", 51),
        dimension("user_email", 5),
        dimension("trace", 5),
        dimension("code", 3, top=["1f3870be274f6c49b3e31a0c6728957f", "c4ca4238a0b923820dcc509a6f75849b", "other"]),
        dimension("who", 3, top=["a@b.example", "c@d.example", "e@f.example"]),
        dimension("model", 5, count=100),
        dimension("plan", 5, varying=0.1),
    ],
    ids=lambda one: f"{one.name}-{one.cardinality}",
)
def test_unreadable_dimensions_are_not_chosen(one: FoundDimension) -> None:
    assert choose_dimensions(findings(dimensions=(one,))) == []


def test_a_dimension_that_is_nearly_always_the_same_is_not_chosen() -> None:
    values = (FoundValue("ok", 995), FoundValue("failed", 5))
    one = FoundDimension(
        name="status", count=1000, cardinality=2, varying=1.0, event_names=("api.request",), top_values=values
    )
    assert choose_dimensions(findings(dimensions=(one,))) == []


def test_with_few_events_a_tenant_one_value_each_proves_nothing() -> None:
    few = findings(dimensions=(dimension("model", 2, varying=0.0, count=3),), total=3, scanned=3, tenants=2)
    few_events = (FoundEvent(name="api.request", count=3, first_seen=NOW, last_seen=NOW),)
    assert choose_dimensions(few) == []  # 3 of 1,000 events carry it
    assert [one.prop for one in choose_dimensions(replace(few, events=few_events))] == ["model"]


def test_filters_take_more_values_than_charts() -> None:
    chosen = choose_filters(
        findings(dimensions=(dimension("country", 80), dimension("model", 4), dimension("sku", 900)))
    )
    assert chosen == ["model", "country"]


@pytest.mark.parametrize(
    ("age", "idle", "period"),
    [
        (timedelta(minutes=5), timedelta(0), "24h"),
        (timedelta(days=3), timedelta(0), "7d"),
        (timedelta(days=60), timedelta(hours=1), "30d"),
        (timedelta(days=900), timedelta(days=80), "90d"),
    ],
)
def test_the_default_period_shows_what_there_is(age: timedelta, idle: timedelta, period: str) -> None:
    assert default_period(findings(first_seen=NOW - age, last_seen=NOW - idle), NOW) == period
