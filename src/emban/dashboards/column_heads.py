"""What stands over the columns of a file: the words of the page, not the names of metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from emban.dashboards.discovery.titles import title_of
from emban.query.spec.query_spec import Dimension, Metric

_WITHOUT_PROP = {"count": "Events", "count_unique": "Users", "count_unique_approx": "Users (approximate)"}
_METRICS = {"avg": "average", "min": "lowest", "max": "highest", "p50": "median"}


def table_heads(columns: Sequence[Dimension | Metric]) -> list[str]:
    """Return the head of each column: a dimension's own name, a metric in words.

    Columns that would be called the same keep the names that queries give them.
    """
    words = [one.label if isinstance(one, Dimension) else _words(one) for one in columns]
    times = Counter(words)
    return [text if times[text] == 1 else one.label for text, one in zip(words, columns, strict=True)]


def _words(metric: Metric) -> str:
    if metric.prop is None:
        return _WITHOUT_PROP[metric.name]
    title = title_of(metric.prop)
    return title if metric.name == "sum" else f"{title} ({_METRICS.get(metric.name, metric.name)})"
