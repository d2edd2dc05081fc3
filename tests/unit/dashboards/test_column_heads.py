"""What stands over the columns of a file."""

from __future__ import annotations

from emban.dashboards.column_heads import table_heads
from emban.query.spec.query_spec import Dimension, Metric


def test_metrics_are_named_in_words_and_dimensions_by_their_names() -> None:
    columns: list[Dimension | Metric] = [
        Dimension.named("model"),
        Dimension("count"),
        Metric("count"),
        Metric("count_unique"),
        Metric("sum", "tokens_in"),
        Metric("avg", "cpu_pct"),
        Metric("p95", "latency_ms"),
        Metric("p50", "???"),
    ]
    assert table_heads(columns) == [
        "model",
        "string_props.count",
        "Events",
        "Users",
        "Tokens in",
        "CPU pct (average)",
        "Latency ms (p95)",
        "??? (median)",
    ]


def test_what_would_be_called_the_same_keeps_its_own_name() -> None:
    columns: list[Dimension | Metric] = [
        Metric("sum", "a b"),
        Metric("sum", "a_b"),
        Dimension.named("Events"),
        Metric("count"),
    ]
    assert table_heads(columns) == ["sum(a b)", "sum(a_b)", "Events", "count"]
