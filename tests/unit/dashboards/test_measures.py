"""What a measure is, by name and range."""

from __future__ import annotations

from typing import Any

import pytest

from emban.dashboards.discovery.findings import FoundMeasure
from emban.dashboards.discovery.measures import understand


def found(name: str, low: float = 0, high: float = 500, **other: Any) -> FoundMeasure:
    whole = float(low).is_integer() and float(high).is_integer()
    given = {"count": 100, "avg": (low + high) / 2, "distinct": 50, "whole": whole, "event_names": ("a",), **other}
    return FoundMeasure(name=name, min=low, max=high, **given)


@pytest.mark.parametrize(
    ("measure", "metric", "unit", "title"),
    [
        (found("latency_ms", 12.5, 900), "p95", "ms", "Latency (p95)"),
        (found("response_time_ms"), "p95", "ms", "Response time (p95)"),
        (found("latency"), "p95", "", "Latency (p95)"),
        (found("duration_seconds"), "p95", "s", "Duration (p95)"),
        (found("wait_time"), "p95", "", "Wait time (p95)"),
        (found("cost_usd", 0.01, 9.5), "sum", "USD", "Cost"),
        (found("eur_price", 1, 90), "sum", "EUR", "Price"),
        (found("revenue", 1, 90), "sum", "", "Revenue"),
        (found("response_bytes"), "sum", "bytes", "Response bytes"),
        (found("upload_mb"), "sum", "MB", "Upload"),
        (found("tokens"), "sum", "tokens", "Tokens"),
        (found("tokens_in"), "sum", "tokens", "Tokens in"),
        (found("insertions"), "sum", "", "Insertions"),
        (found("quantity", -4, 40), "sum", "", "Quantity"),
        (found("success_rate", 0, 1, whole=False), "avg", "", "Average success rate"),
        (found("cpu_pct", 0, 100), "avg", "%", "Average CPU"),
        (found("cpu_utilization", 0, 87.5), "avg", "%", "Average CPU utilization"),
        (found("hit_fraction", 0.1, 0.9), "avg", "", "Average hit fraction"),
        (found("temperature", 0, 2, whole=False), "avg", "", "Average temperature"),
        (found("drift", -1.5, 2.5), "avg", "", "Average drift"),
        (found("frame_rate", 12, 60), "avg", "", "Average frame rate"),
    ],
)
def test_a_name_tells_how_to_add_up_and_in_what_unit(measure: FoundMeasure, metric: str, unit: str, title: str) -> None:
    understood = understand(measure)
    assert understood is not None
    assert (understood.metric, understood.unit, understood.titled()) == (metric, unit, title)


@pytest.mark.parametrize(
    "measure",
    [
        found("tokens", 5, 5),
        found("tokens", 1, 5, distinct=1),
        found("account_id"),
        found("status_code", 200, 500),
        found("latitude", -80, 80),
        found("created", 1_700_000_000, 1_800_000_000),
        found("zip"),
        found("__"),
    ],
)
def test_what_says_nothing_is_left_out(measure: FoundMeasure) -> None:
    assert understand(measure) is None


@pytest.mark.parametrize(
    ("name", "good"),
    [("latency_ms", "down"), ("errors", "down"), ("revenue", "up"), ("tokens", None), ("cost_usd", None)],
)
def test_the_welcome_direction_is_named_only_where_it_is_known(name: str, good: str | None) -> None:
    understood = understand(found(name))
    assert understood is not None
    assert understood.good == good


def test_shares_between_zero_and_one_are_marked_as_such() -> None:
    understood = understand(found("success_rate", 0, 1, whole=False))
    assert understood is not None
    assert understood.format == "ratio"


@pytest.mark.parametrize("name", ["market_share", "compression_ratio", "sample_rate"])
def test_a_share_above_one_is_not_in_percent(name: str) -> None:
    understood = understand(found(name, 0, 3.2, whole=False))
    assert understood is not None
    assert (understood.unit, understood.format, understood.nature) == ("", None, "level")


def test_percent_is_what_its_name_says() -> None:
    understood = understand(found("cpu_pct", 0, 140, whole=False))
    assert understood is not None
    assert (understood.unit, understood.format) == ("%", None)


def test_a_measure_of_one_event_is_asked_of_that_event() -> None:
    one, two = understand(found("tokens")), understand(found("tokens", event_names=("a", "b")))
    assert one is not None
    assert two is not None
    assert (one.event_name, two.event_name) == ("a", "*")
