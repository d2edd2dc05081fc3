"""What stands over the columns of a file, and beside the lines of a chart: words, not the names of metrics."""

from __future__ import annotations

from collections import Counter

from emban.dashboards.discovery.titles import title_of
from emban.query.spec.query_spec import Dimension, Metric, TableColumns
from emban.query.spec.schemas import QueryIn

_WITHOUT_PROP = {"count": "Events", "count_unique": "Users", "count_unique_approx": "Users (approximate)"}
_METRICS = {
    "avg": "average",
    "min": "lowest",
    "max": "highest",
    "p50": "median",
    "count_unique": "different values",
    "p50_approx": "median, approximate",
    "p95_approx": "p95, approximate",
    "p99_approx": "p99, approximate",
}


def table_heads(table: TableColumns) -> list[str]:
    """Return the head of each column: its title, a dimension's own name, a metric in words.

    Columns that would be called the same keep the names that queries give them.
    """
    titles = table.titles or (None,) * len(table.shown)
    words = [
        title or (one.label if isinstance(one, Dimension) else _words(one))
        for title, one in zip(titles, table.shown, strict=True)
    ]
    times = Counter(words)
    return [text if times[text] == 1 else label for text, label in zip(words, table.labels, strict=True)]


def _words(metric: Metric) -> str:
    if metric.formula is not None:
        return "Formula"
    if metric.prop is None:
        return _WITHOUT_PROP[metric.name]
    title = title_of(metric.prop)
    return title if metric.name == "sum" else f"{title} ({_METRICS.get(metric.name, metric.name)})"


def series_titles(query: QueryIn) -> dict[str, str]:
    """Return what each figure of a series is called, by its name; nothing for other queries."""
    titles = {name: figure.title or title_of(name) for name, figure in (query.series or {}).items()}
    times = Counter(titles.values())
    return {name: title if times[title] == 1 else name for name, title in titles.items()}
