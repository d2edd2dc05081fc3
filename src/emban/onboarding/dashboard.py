"""The dashboard that goes with the sample events, designed by hand: every kind of widget and every chart once."""

from __future__ import annotations

from typing import Any

NAME = "API usage"
# Dollars in 30 days, for the progress towards a budget; the largest customer uses most of it.
BUDGET_USD = 90.0
_REQUESTS = {"event_name": "api.request"}
_FAILED = {"dimensions": {"status": ["error", "timeout", "rate_limited"]}}
_COMPARED = {"compare": "previous_period"}


def sample_config() -> dict[str, Any]:
    """Return the config, as `POST /v1/dashboards` takes it."""
    rows = [(_figures(), 2), (_spend(), 4), (_traffic(), 4), (_speed(), 4), (_breakdowns(), 4), (_details(), 5)]
    widgets, y = [], 0
    for row, height in rows:
        x = 0
        for widget in row:
            width, own_height, below = widget.pop("width"), widget.pop("height", height), widget.pop("below", 0)
            x -= width if below else 0
            widgets.append({**widget, "layout": {"x": x, "y": y + below, "w": width, "h": own_height}})
            x += width
        y += height
    return {
        "widgets": widgets,
        "filters": {
            "periods": ["24h", "7d", "30d", "90d", "this_month", "last_month"],
            "default_period": "30d",
            "dimensions": ["model", "endpoint", "region", "status"],
            "numeric": ["latency_ms", "tokens_in"],
        },
        "theme": {},
    }


def _figures() -> list[dict[str, Any]]:
    error_rate = {
        **_REQUESTS,
        "metric": "formula",
        "formula": "failed / total * 100",
        "figures": {"failed": {"metric": "count", "filters": _FAILED}, "total": {"metric": "count"}},
    }
    return [
        {
            "id": "w_requests",
            "title": "Requests",
            "kind": "kpi",
            "chart": "stat",
            "query": {**_REQUESTS, "metric": "count", **_COMPARED},
            "good": "up",
            "width": 3,
        },
        {
            "id": "w_users",
            "title": "Active users",
            "kind": "kpi",
            "chart": "stat",
            "query": {"event_name": "*", "metric": "count_unique", **_COMPARED},
            "good": "up",
            "width": 3,
        },
        {
            "id": "w_error_rate",
            "title": "Error rate",
            "kind": "kpi",
            "chart": "stat",
            "query": {**error_rate, **_COMPARED},
            "format": "percent",
            "good": "down",
            "description": "The share of requests that failed, timed out or were turned away.",
            "width": 3,
        },
        {
            "id": "w_latency",
            "title": "Median latency",
            "kind": "kpi",
            "chart": "stat",
            "query": {**_REQUESTS, "metric": "p50", "prop": "latency_ms", **_COMPARED},
            "unit": "ms",
            "good": "down",
            "width": 3,
        },
    ]


def _spend() -> list[dict[str, Any]]:
    """What it costs: how it adds up beside the window before, what a thousand tokens cost, what is left of a budget."""
    cost = {"metric": "sum", "prop": "cost_usd"}
    per_token = {
        "metric": "formula",
        "formula": "cost / (read + written) * 1000",
        "figures": {
            "cost": cost,
            "read": {"metric": "sum", "prop": "tokens_in"},
            "written": {"metric": "sum", "prop": "tokens_out"},
        },
    }
    return [
        {
            "id": "w_spend",
            "title": "Spend so far",
            "kind": "timeseries",
            "chart": "area",
            "query": {**_REQUESTS, **cost, "granularity": "auto", "cumulative": True, **_COMPARED},
            "unit": "USD",
            "width": 8,
        },
        {
            "id": "w_cost_per_1k",
            "title": "Cost per 1k tokens",
            "kind": "kpi",
            "chart": "stat",
            "query": {**_REQUESTS, **per_token, **_COMPARED},
            "unit": "USD",
            "good": "down",
            "width": 4,
            "height": 2,
        },
        {
            "id": "w_budget",
            "title": "Spend against the budget",
            "kind": "kpi",
            "chart": "progress",
            "query": {**_REQUESTS, **cost},
            "unit": "USD",
            "target": BUDGET_USD,
            "description": "What the requests of the chosen period cost, next to a budget for 30 days.",
            "width": 4,
            "height": 2,
            "below": 2,
        },
    ]


def _traffic() -> list[dict[str, Any]]:
    return [
        {
            "id": "w_requests_by_model",
            "title": "Requests by model",
            "kind": "timeseries",
            "chart": "stacked_bar",
            "query": {**_REQUESTS, "metric": "count", "granularity": "auto", "group_by": ["model"], "limit": 6},
            "width": 8,
        },
        {
            "id": "w_endpoints",
            "title": "Endpoints",
            "kind": "breakdown",
            "chart": "donut",
            "query": {**_REQUESTS, "metric": "count", "group_by": ["endpoint"], "limit": 6},
            "width": 4,
        },
    ]


def _speed() -> list[dict[str, Any]]:
    return [
        {
            "id": "w_slowest",
            "title": "Latency (p95) by model",
            "kind": "timeseries",
            "chart": "line",
            "query": {
                **_REQUESTS,
                "metric": "p95",
                "prop": "latency_ms",
                "granularity": "auto",
                "group_by": ["model"],
                "limit": 4,
            },
            "unit": "ms",
            "good": "down",
            "description": "19 of 20 requests were answered faster.",
            "width": 6,
        },
        {
            "id": "w_tokens",
            "title": "Tokens",
            "kind": "timeseries",
            "chart": "stacked_bar",
            "query": {
                **_REQUESTS,
                "series": {
                    "read": {"metric": "sum", "prop": "tokens_in", "title": "Read"},
                    "written": {"metric": "sum", "prop": "tokens_out", "title": "Written"},
                },
                "granularity": "auto",
            },
            "unit": "tokens",
            "width": 6,
        },
    ]


def _breakdowns() -> list[dict[str, Any]]:
    return [
        {
            "id": "w_failures",
            "title": "Failed requests",
            "kind": "timeseries",
            "chart": "bar",
            "query": {**_REQUESTS, "metric": "count", "granularity": "auto", "filters": _FAILED},
            "good": "down",
            "width": 4,
        },
        {
            "id": "w_cost_by_model",
            "title": "Cost by model",
            "kind": "breakdown",
            "chart": "horizontal_bar",
            "query": {**_REQUESTS, "metric": "sum", "prop": "cost_usd", "group_by": ["model"], "limit": 8},
            "unit": "USD",
            "width": 4,
        },
        {
            "id": "w_top_users",
            "title": "Most active users",
            "kind": "breakdown",
            "chart": "list",
            "query": {**_REQUESTS, "metric": "count", "group_by": ["user_id"], "limit": 7, "other": True},
            "width": 4,
        },
    ]


def _details() -> list[dict[str, Any]]:
    columns = [
        "model",
        "endpoint",
        {"metric": "count"},
        {"metric": "sum", "prop": "tokens_in"},
        {"metric": "sum", "prop": "tokens_out"},
        {"metric": "p95", "prop": "latency_ms"},
        {"metric": "sum", "prop": "cost_usd"},
    ]
    query = {**_REQUESTS, "columns": columns, "limit": 50}
    return [{"id": "w_details", "title": "Models and endpoints", "kind": "table", "query": query, "width": 12}]
