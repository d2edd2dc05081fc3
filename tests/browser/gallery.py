"""A dashboard with every kind of widget and every chart, and two tenants whose every value says whose it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.browser.support import Emban

# No name of one is part of a name of the other, and no figure of one is a figure of the other.
TENANTS = {"north": 37, "south": 53}
VISIBLE_S = 30
_COUNT = {"event_name": "*", "metric": "count"}
_SUM = {"event_name": "*", "metric": "sum", "prop": "cost_usd"}
_SERIES = {"granularity": "auto"}
WIDGETS: list[dict[str, Any]] = [
    {"id": "stat", "kind": "kpi", "chart": "stat", "query": {**_COUNT, "compare": "previous_period"}, "good": "up"},
    {"id": "progress", "kind": "kpi", "chart": "progress", "query": _SUM, "unit": "USD", "target": 9000},
    {"id": "line", "kind": "timeseries", "chart": "line", "query": {**_COUNT, **_SERIES, "group_by": ["model"]}},
    {"id": "area", "kind": "timeseries", "chart": "area", "query": {**_SUM, **_SERIES}, "unit": "USD"},
    {"id": "bar", "kind": "timeseries", "chart": "bar", "query": {**_COUNT, **_SERIES}, "unit": "calls"},
    {
        "id": "stacked",
        "kind": "timeseries",
        "chart": "stacked_bar",
        "query": {**_COUNT, **_SERIES, "group_by": ["model"]},
    },
    {"id": "list", "kind": "breakdown", "chart": "list", "query": {**_COUNT, "group_by": ["model"]}},
    {"id": "bars", "kind": "breakdown", "chart": "horizontal_bar", "query": {**_COUNT, "group_by": ["plan"]}},
    {"id": "donut", "kind": "breakdown", "chart": "donut", "query": {**_COUNT, "group_by": ["model"]}},
    {
        "id": "table",
        "kind": "table",
        "chart": "table",
        "query": {"event_name": "*", "columns": ["model", "plan", {"metric": "count"}]},
    },
]
CONFIG: dict[str, Any] = {
    "widgets": [{"title": f"The {widget['id']}", **widget} for widget in WIDGETS],
    "filters": {"periods": ["24h", "7d", "30d"], "default_period": "7d", "dimensions": ["model", "plan"]},
}


def events_of(tenant: str) -> list[dict[str, Any]]:
    """Return a tenant's events: as many as `TENANTS` says, over the last four days."""
    now = datetime.now(UTC)
    return [
        {
            "tenant_id": tenant,
            "event_name": f"{tenant}.call",
            "event_id": f"{tenant}-{nth}",
            "timestamp": (now - timedelta(minutes=90 * nth + 1)).isoformat(),
            "user_id": f"{tenant}-user-{nth % 5}",
            "string_props": {"model": f"{tenant}-model-{nth % 3}", "plan": f"{tenant}-plan-{nth % 2}"},
            "numeric_props": {"cost_usd": TENANTS[tenant] * 1.5, "latency_ms": 100 + nth},
        }
        for nth in range(TENANTS[tenant])
    ]


def hang(emban: Emban) -> str:
    """Send the events, publish the dashboard, wait until the figures are there; returns the dashboard's id."""
    emban.call("POST", "/v1/events", {"events": [event for tenant in TENANTS for event in events_of(tenant)]})
    dashboard = emban.publish("Gallery", CONFIG["widgets"], CONFIG["filters"])
    deadline = time.monotonic() + VISIBLE_S
    while any(count_of(emban, dashboard, tenant) != count for tenant, count in TENANTS.items()):
        assert time.monotonic() < deadline, "the events did not become visible"
        time.sleep(0.2)
    return dashboard


def count_of(emban: Emban, dashboard: str, tenant: str) -> float | None:
    """Return how many events a tenant's embed counts."""
    token = emban.mint(tenant, dashboard)["token"]
    data = emban.embed(token, "/v1/embed/data", {"widgets": ["stat"], "reload": True})
    value: float | None = data["widgets"]["stat"]["points"][0]["value"]
    return value
