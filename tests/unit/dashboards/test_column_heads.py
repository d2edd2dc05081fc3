"""What stands over the columns of a file."""

from __future__ import annotations

from emban.dashboards.column_heads import series_titles, table_heads
from emban.query.spec.query_spec import Dimension, Metric, TableColumns
from emban.query.spec.schemas import QueryIn
from emban.query.spec.validation import read_query


def test_metrics_are_named_in_words_and_dimensions_by_their_names() -> None:
    columns: tuple[Dimension | Metric, ...] = (
        Dimension.named("model"),
        Dimension("count"),
        Metric("count"),
        Metric("count_unique"),
        Metric("sum", "tokens_in"),
        Metric("avg", "cpu_pct"),
        Metric("p95", "latency_ms"),
        Metric("p50", "???"),
    )
    assert table_heads(TableColumns(columns, 0)) == [
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
    columns: tuple[Dimension | Metric, ...] = (
        Metric("sum", "a b"),
        Metric("sum", "a_b"),
        Dimension.named("Events"),
        Metric("count"),
    )
    assert table_heads(TableColumns(columns, 0)) == ["sum(a b)", "sum(a_b)", "Events", "count"]


def test_titles_are_what_the_query_gives() -> None:
    columns = [{"metric": "count", "title": "Calls"}, {"metric": "sum", "prop": "tokens"}, "model"]
    table = read_query({"event_name": "*", "columns": columns}).table
    assert table is not None
    assert table_heads(table) == ["Calls", "Tokens", "model"]


def test_figures_of_a_series_are_called_by_title_or_name() -> None:
    figures = {
        "tokens_in": {"metric": "count"},
        "b": {"metric": "count", "title": "Out"},
        "tokensIn": {"metric": "count"},
    }
    query = QueryIn.model_validate({"event_name": "*", "series": figures})
    assert series_titles(query) == {"tokens_in": "tokens_in", "b": "Out", "tokensIn": "tokensIn"}
    assert series_titles(QueryIn(event_name="*", metric="count")) == {}
