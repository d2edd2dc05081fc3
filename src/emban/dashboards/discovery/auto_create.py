"""A first dashboard from what was found: figures on top, trends below, then breakdowns, then a table.

It is written as a person would write it by hand and goes through the same checks as any other config.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from emban.dashboards.discovery.dimensions import MAX_DONUT, DimensionCandidate, choose_dimensions, choose_filters
from emban.dashboards.discovery.findings import DiscoveryFindings
from emban.dashboards.discovery.measures import NATURE_ORDER, Measure, understand
from emban.dashboards.discovery.outcomes import find_outcome
from emban.dashboards.discovery.titles import in_sentence

COLUMNS = 12
MAX_FIGURES = 6
ENOUGH_FIGURES = 4
MAX_MEASURE_TRENDS = 4
MAX_BREAKDOWNS = 4
MAX_TABLE_COLUMNS = 8
MAX_NAMES_STACKED = 6
MAX_BARS = 10
# Users must be on this share of events before "active users" means anything.
MIN_USER_COVERAGE = 0.05
_FIGURE_HEIGHT, _TREND_HEIGHT, _BREAKDOWN_HEIGHT, _TABLE_HEIGHT = 2, 4, 4, 5

Widget = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the dashboard is made of: measures and dimensions in their order of importance."""

    findings: DiscoveryFindings
    measures: tuple[Measure, ...]
    dimensions: tuple[DimensionCandidate, ...]

    @property
    def has_users(self) -> bool:
        """Tell whether enough events name a user, and not always the same one."""
        found = self.findings
        return found.users > 1 and found.events_with_user >= MIN_USER_COVERAGE * found.scanned

    @property
    def several_names(self) -> bool:
        """Tell whether events differ by name."""
        return len(self.findings.events) > 1


def compose(findings: DiscoveryFindings, now: datetime) -> dict[str, Any]:
    """Return the config of a dashboard for these findings; they must hold at least one event."""
    material = Material(
        findings=findings,
        measures=_choose_measures(findings),
        dimensions=tuple(choose_dimensions(findings)),
    )
    rows = [
        _row(_figures(material), _FIGURE_HEIGHT),
        *(_row(pair, _TREND_HEIGHT) for pair in _pairs(_trends(material))),
        *(_row(pair, _BREAKDOWN_HEIGHT) for pair in _pairs(_breakdowns(material))),
        _row([_table(material)], _TABLE_HEIGHT),
    ]
    return {
        "widgets": _stacked(rows),
        "filters": {
            "periods": ["24h", "7d", "30d", "90d"],
            "default_period": default_period(findings, now),
            "dimensions": choose_filters(findings),
        },
        "theme": {},
    }


def default_period(findings: DiscoveryFindings, now: datetime) -> str:
    """Return the shortest preset that shows what there is, at least a week of it once there is a week."""
    if findings.first_seen is None or findings.last_seen is None:
        return "30d"
    age, idle = now - findings.first_seen, now - findings.last_seen
    if age <= timedelta(hours=23):
        return "24h"
    if age <= timedelta(days=7):
        return "7d"
    return "30d" if idle <= timedelta(days=20) else "90d"


def _choose_measures(findings: DiscoveryFindings) -> tuple[Measure, ...]:
    """Return the first measure of each nature (what is used, what it costs, how fast it is), then the seconds."""
    frequent = sorted(findings.measures, key=lambda found: (-found.count, -found.count * found.avg, found.name))
    nth_of_nature: dict[str, int] = {}
    keyed = []
    for measure in filter(None, map(understand, frequent)):
        nth = nth_of_nature.get(measure.nature, 0)
        nth_of_nature[measure.nature] = nth + 1
        keyed.append((nth, NATURE_ORDER.index(measure.nature), measure))
    # So tokens, cost and latency come before a second count of tokens.
    return tuple(measure for _, _, measure in sorted(keyed, key=lambda item: item[:2]))


def _figures(material: Material) -> list[Widget]:
    compare = {"compare": "previous_period"}
    figures = [_widget("Events", "kpi", "stat", {"event_name": "*", "metric": "count", **compare})]
    if material.has_users:
        query = {"event_name": "*", "metric": "count_unique", **compare}
        figures.append(_widget("Active users", "kpi", "stat", query, good="up"))
    outcome = find_outcome(material.findings)
    if outcome is not None:
        query = {**outcome.error_rate(), **compare}
        figures.append(_widget("Error rate", "kpi", "stat", query, format="percent", good="down"))
    natures: set[str] = set()
    for measure in material.measures:
        if len(figures) >= (ENOUGH_FIGURES if measure.nature in natures else MAX_FIGURES):
            break
        natures.add(measure.nature)
        metric = measure.headline_metric
        query = {**_measured(measure, metric), **compare}
        figures.append(_widget(measure.titled(metric), "kpi", "stat", query, **_display(measure)))
    return figures


def _trends(material: Material) -> list[Widget]:
    """The count of events, split by what tells most, then each measure that matters."""
    trends = [_event_trend(material)]
    for measure in material.measures[:MAX_MEASURE_TRENDS]:
        query = {**_measured(measure, measure.metric), "granularity": "auto"}
        chart = "bar" if measure.metric == "sum" else "line"
        trends.append(_widget(f"{measure.titled()} over time", "timeseries", chart, query, **_display(measure)))
    return trends


def _event_trend(material: Material) -> Widget:
    query: dict[str, Any] = {"event_name": "*", "metric": "count", "granularity": "auto"}
    if material.several_names and len(material.findings.events) <= MAX_NAMES_STACKED:
        split = {"group_by": ["event_name"], "limit": MAX_NAMES_STACKED}
        return _widget("Events over time by name", "timeseries", "stacked_bar", {**query, **split})
    stacking = next((one for one in material.dimensions if one.stacks), None)
    if stacking is None:
        return _widget("Events over time", "timeseries", "area", query)
    query = {**query, **_split(stacking, MAX_NAMES_STACKED), "event_name": stacking.event_name}
    return _widget(f"Events over time by {in_sentence(stacking.title)}", "timeseries", "stacked_bar", query)


def _breakdowns(material: Material) -> list[Widget]:
    breakdowns = []
    if material.several_names:
        query = {"event_name": "*", "metric": "count", "group_by": ["event_name"], "limit": MAX_BARS}
        breakdowns.append(_widget("Events by name", "breakdown", "horizontal_bar", query))
    amounts = [measure for measure in material.measures if measure.metric == "sum"]
    for dimension in material.dimensions[: MAX_BREAKDOWNS - len(breakdowns)]:
        nth = len(breakdowns)
        # Every second one weighs the leading amount instead of counting events again.
        if nth % 2 == 1 and amounts:
            measure = amounts[nth // 2 % len(amounts)]
            query = {**_measured(measure, "sum"), **_split(dimension, MAX_BARS)}
            title = f"{measure.label} by {in_sentence(dimension.title)}"
            breakdowns.append(_widget(title, "breakdown", "horizontal_bar", query, **_display(measure)))
            continue
        chart = "donut" if dimension.cardinality <= MAX_DONUT else "list"
        query = {"event_name": dimension.event_name, "metric": "count", **_split(dimension, MAX_BARS)}
        breakdowns.append(_widget(f"Events by {in_sentence(dimension.title)}", "breakdown", chart, query))
    return breakdowns


def _table(material: Material) -> Widget:
    """One row for each value of the best dimension, or of two, with the figures side by side."""
    names = [dimension.label for dimension in material.dimensions[:2]] or ["event_name"]
    columns: list[Any] = [*names, {"metric": "count"}]
    if material.has_users:
        columns.append({"metric": "count_unique"})
    columns += [{"metric": measure.metric, "prop": measure.prop} for measure in material.measures]
    title = "Details by " + " and ".join(in_sentence(one.title) for one in material.dimensions[:2])
    query = {"event_name": "*", "columns": columns[:MAX_TABLE_COLUMNS], "limit": 50}
    return _widget(title if material.dimensions else "Details by event name", "table", "table", query)


def _split(dimension: DimensionCandidate, limit: int) -> dict[str, Any]:
    """Group by a dimension; what the limit leaves out is one more group, so that shares add up."""
    split: dict[str, Any] = {"group_by": [dimension.label], "limit": limit}
    return {**split, "other": True} if dimension.cardinality > limit else split


def _measured(measure: Measure, metric: str) -> dict[str, Any]:
    return {"event_name": measure.event_name, "metric": metric, "prop": measure.prop}


def _display(measure: Measure) -> dict[str, Any]:
    given = {"unit": measure.unit or None, "format": measure.format, "good": measure.good}
    return {name: value for name, value in given.items() if value is not None}


def _widget(title: str, kind: str, chart: str, query: dict[str, Any], **display: Any) -> Widget:
    return {"title": title, "kind": kind, "chart": chart, "query": query, **display}


def _pairs(widgets: Sequence[Widget]) -> list[list[Widget]]:
    return [list(widgets[start : start + 2]) for start in range(0, len(widgets), 2)]


def _row(widgets: Sequence[Widget], height: int) -> list[Widget]:
    """Share the twelve columns out among the widgets of one row."""
    width, rest = divmod(COLUMNS, len(widgets)) if widgets else (0, 0)
    row, x = [], 0
    for index, widget in enumerate(widgets):
        w = width + (1 if index < rest else 0)
        row.append({**widget, "layout": {"x": x, "y": 0, "w": w, "h": height}})
        x += w
    return row


def _stacked(rows: Sequence[list[Widget]]) -> list[Widget]:
    """Put rows below each other and give the widgets their ids."""
    widgets: list[Widget] = []
    y = 0
    for row in rows:
        for widget in row:
            widgets.append({"id": f"w_{len(widgets) + 1}", **widget, "layout": {**widget["layout"], "y": y}})
        y += row[0]["layout"]["h"] if row else 0
    return widgets
