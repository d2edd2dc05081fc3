"""Examples for dashboards, queries, discovery, ingestion and embeds. The rest is in `examples`."""

from __future__ import annotations

from typing import Any

from emban.app.openapi.example import Example

_AT = "2026-11-23T12:00:01.250Z"
_LOCAL = "2026-11-23T12:00:01.250"
_DASHBOARD_ID = "dash_01m84w3k5tf6v9x2y4z8a0b1e1"
_WIDGET_ID = "w_01m84w3k5tf6v9x2y4z8a0b1e2"
_WIDGET: dict[str, Any] = {
    "title": "Calls per day",
    "kind": "timeseries",
    "chart": "line",
    "query": {"event_name": "api.call", "metric": "count", "granularity": "day"},
    "layout": {"x": 0, "y": 0, "w": 6, "h": 4},
}
_FILTERS = {"periods": ["24h", "7d", "30d", "90d"], "default_period": "30d", "dimensions": ["model"]}
_CONFIG = {"widgets": [{"id": _WIDGET_ID, **_WIDGET}], "filters": _FILTERS, "theme": {}}
_ITEM: dict[str, Any] = {
    "id": _DASHBOARD_ID,
    "name": "Usage",
    "environment": "prod",
    "status": "draft",
    "version": 1,
    "published_version": None,
    "published_at": None,
    "has_unpublished_changes": True,
    "created_at": _AT,
    "updated_at": _AT,
}
_DASHBOARD = {**_ITEM, "config": _CONFIG, "published_config": None, "difference": None}
_POINTS: dict[str, Any] = {
    "points": [
        {"t": "2026-11-22T00:00:00Z", "group": [], "value": 1204, "local": "2026-11-22"},
        {"t": "2026-11-23T00:00:00Z", "group": [], "value": 633, "local": "2026-11-23"},
    ],
    "meta": {
        "path": "raw",
        "rows_read": 1837,
        "ms": 4.1,
        "cached": False,
        "as_of": _AT,
        "window": {
            "from": "2026-11-22T00:00:00Z",
            "to": _AT,
            "local_from": "2026-11-22T00:00",
            "local_to": _LOCAL,
        },
        "granularity": "day",
        "timezone": "UTC",
    },
}
_DATA = {"widgets": {_WIDGET_ID: _POINTS}, "as_of": _AT}
_QUERY = {"event_name": "api.call", "metric": "count", "granularity": "day", "period": "7d"}
_RATE_QUERY: dict[str, Any] = {
    "event_name": "api.call",
    "metric": "formula",
    "formula": "failed / total * 100",
    "figures": {
        "failed": {"metric": "count", "filters": {"dimensions": {"status": "error"}}},
        "total": {"metric": "count"},
    },
    "period": "this_month",
    "compare": "previous_period",
}
_RATE = {
    "points": [{"t": None, "group": [], "value": 2.5, "previous_value": 2.0, "delta_pct": 25.0}],
    "meta": {
        **_POINTS["meta"],
        "granularity": "none",
        "window": {
            "from": "2026-11-01T00:00:00Z",
            "to": _AT,
            "local_from": "2026-11-01T00:00",
            "local_to": _LOCAL,
        },
        "compare": "previous_period",
        "previous_window": {
            "from": "2026-10-01T00:00:00Z",
            "to": "2026-10-23T12:00:01.250Z",
            "local_from": "2026-10-01T00:00",
            "local_to": "2026-10-23T12:00:01.250",
        },
    },
}
_SESSION_ID = "es_01m84w3k5tf6v9x2y4z8a0b1e3"
_PERMISSIONS: dict[str, Any] = {
    "allow_drill_down": True,
    "allow_export": True,
    "allowed_dimensions": None,
    "allowed_periods": None,
    "max_date_range_days": 0,
}
_DISCOVERED = {
    "environment": "prod",
    "events": 1837,
    "first_seen": "2026-11-22T00:03:11.020Z",
    "last_seen": _AT,
    "tenants": 12,
    "users": 240,
    "window": {"date_from": "2026-11-22T00:03:11.020Z", "date_to": _AT, "events": 1837, "complete": True},
    "event_names": [{"name": "api.call", "count": 1837, "first_seen": "2026-11-22T00:03:11.020Z", "last_seen": _AT}],
    "dimensions": [
        {
            "name": "model",
            "label": "model",
            "count": 1837,
            "cardinality": 2,
            "top_values": [{"value": "gpt-4", "count": 1500}, {"value": "gpt-4o", "count": 337}],
            "event_names": ["api.call"],
        }
    ],
    "measures": [
        {"name": "tokens", "count": 1837, "min": 1.0, "max": 8000.0, "avg": 912.5, "event_names": ["api.call"]}
    ],
}
_EMBEDDED = {
    "dashboard": {
        "id": _DASHBOARD_ID,
        "name": "Usage",
        "theme": {},
        "branding": {"powered_by": False},
        "layout": {"columns": 12},
        "timezone": "UTC",
        "widgets": [
            {
                "id": _WIDGET_ID,
                "title": "Calls per day",
                "kind": "timeseries",
                "chart": "line",
                "layout": {"x": 0, "y": 0, "w": 6, "h": 4},
                "description": None,
                "unit": None,
                "format": None,
                "target": None,
                "good": None,
                "query": {"metric": "count", "prop": None, "group_by": [], "granularity": "day", "compare": None},
            }
        ],
    },
    "filters": {
        "periods": ["7d", "30d"],
        "default_period": "30d",
        "dimensions": [{"name": "model", "values": ["gpt-4", "gpt-4o"]}],
        "numeric": ["latency_ms"],
    },
    "permissions": _PERMISSIONS,
    "session": {"expires_in": 3599},
}

DATA_EXAMPLES: dict[tuple[str, str], Example] = {
    ("POST", "/v1/query/adhoc"): Example(
        {"sql": "SELECT event_name, count() AS events FROM emban.events GROUP BY event_name ORDER BY events DESC"},
        {
            "columns": [{"name": "event_name", "type": "LowCardinality(String)"}, {"name": "events", "type": "UInt64"}],
            "rows": [["api.call", 1204], ["login", 96]],
            "totals": None,
            "stats": {"wall_ms": 8.4, "rows_returned": 2, "rows_read": 1300, "truncated": False},
            "warnings": [],
        },
    ),
    ("GET", "/v1/datasets"): Example(
        None,
        {
            "items": [
                {
                    "name": "emban.events",
                    "comment": "Every event of your org and environment, one row each.",
                    "columns": [{"name": "tenant_id", "type": "String", "comment": "Your customer."}],
                }
            ],
            "next_cursor": None,
        },
    ),
    ("GET", "/v1/datasets/{name}/ddl"): Example(
        None, {"name": "emban.events", "ddl": "CREATE TABLE emban.events (`tenant_id` String, …)"}
    ),
    ("POST", "/v1/events"): Example(
        {
            "events": [
                {
                    "tenant_id": "customer_1",
                    "event_name": "api.call",
                    "timestamp": "2026-11-23T12:00:00Z",
                    "event_id": "call-8c1f",
                    "user_id": "user_17",
                    "string_props": {"model": "gpt-4"},
                    "numeric_props": {"tokens": 912},
                }
            ]
        },
        {"accepted": 1, "status": "ok"},
    ),
    ("POST", "/v1/onboarding/seed"): Example(
        {}, {"dashboard_id": _DASHBOARD_ID, "tenants": ["aurora-health", "ember-studio"], "events": 24107}
    ),
    ("GET", "/v1/discover"): Example(None, _DISCOVERED),
    ("POST", "/v1/discover/auto-create"): Example(
        {}, {"dashboard_id": _DASHBOARD_ID, "name": "Overview", "widgets": 8}
    ),
    ("GET", "/v1/dashboards"): Example(None, {"items": [_ITEM], "next_cursor": None}),
    ("POST", "/v1/dashboards"): Example(
        {"name": "Usage", "config": {"widgets": [_WIDGET], "filters": _FILTERS}}, _DASHBOARD
    ),
    ("GET", "/v1/dashboards/{dashboard_id}"): Example(None, _DASHBOARD),
    ("PUT", "/v1/dashboards/{dashboard_id}"): Example(
        {"version": 1, "name": "Usage", "config": {"widgets": [_WIDGET]}}, {**_DASHBOARD, "version": 2}
    ),
    ("POST", "/v1/dashboards/{dashboard_id}/data"): Example({"all_tenants": True, "period": "7d"}, _DATA),
    ("POST", "/v1/dashboards/{dashboard_id}/export"): Example({"all_tenants": True, "format": "csv", "period": "7d"}),
    ("GET", "/v1/query"): Example(None, _POINTS),
    ("POST", "/v1/query"): Example({"query": _RATE_QUERY, "tenant_id": "customer_1"}, _RATE),
    ("POST", "/v1/query/plan"): Example(
        {"query": _QUERY, "tenant_id": "customer_1"},
        {
            "path": "hourly",
            "passed": [
                {"path": "daily", "reason": "hourly is cheaper"},
                {"path": "raw", "reason": "hourly is cheaper"},
            ],
            "as_of": "2026-11-23T12:00:01.250Z",
            "rolled_up_to": "2026-11-23T12:00:01.250Z",
            "rolled_measures": ["latency_ms", "tokens"],
            "rolled_dimensions": ["model", "plan"],
            "statements": [{"sql": "SELECT …", "parameters": {"p0": "api.call"}}],
        },
    ),
    ("POST", "/v1/embed-sessions"): Example(
        {"tenant_id": "customer_1", "dashboard_id": _DASHBOARD_ID, "expires_in": 3600},
        {
            "id": _SESSION_ID,
            "token": "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.e30.example",
            "embed_url": f"https://analytics.acme.example/embed/{_DASHBOARD_ID}?token=eyJhbGciOiJIUzI1Ni…",
            "expires_at": "2026-11-23T13:00:01Z",
        },
    ),
    ("GET", "/v1/embed-sessions"): Example(
        None,
        {
            "items": [
                {
                    "id": _SESSION_ID,
                    "tenant_id": "customer_1",
                    "dashboard_id": _DASHBOARD_ID,
                    "environment": "prod",
                    "permissions": {**_PERMISSIONS, "hidden_widgets": [], "locked_filters": {"plan": "pro"}},
                    "created_by": "eb_adm_4fJq81Zx",
                    "created_at": "2026-11-23T12:00:01Z",
                    "expires_at": "2026-11-23T13:00:01Z",
                }
            ],
            "next_cursor": None,
        },
    ),
    ("GET", "/v1/embed/dashboard"): Example(None, _EMBEDDED),
    ("POST", "/v1/embed/data"): Example({"period": "7d", "filters": {"dimensions": {"model": "gpt-4"}}}, _DATA),
    ("POST", "/v1/embed/drill"): Example(
        {"widget_id": _WIDGET_ID, "dimension": "model", "value": "gpt-4", "period": "7d"},
        {
            "columns": [
                {"name": "timestamp", "type": "timestamp"},
                {"name": "event_name", "type": "string"},
                {"name": "model", "type": "string"},
            ],
            "rows": [["2026-11-23T11:58:12.040Z", "api.call", "gpt-4"]],
            "local": ["2026-11-23T11:58:12.040"],
            "truncated": False,
            "meta": {
                "path": "raw",
                "ms": 6.2,
                "cached": False,
                "as_of": _AT,
                "window": {
                    "from": "2026-11-16T12:00:01.250Z",
                    "to": _AT,
                    "local_from": "2026-11-16T12:00:01.250",
                    "local_to": _LOCAL,
                },
                "granularity": "none",
                "timezone": "UTC",
            },
        },
    ),
    ("POST", "/v1/embed/export"): Example({"format": "csv", "period": "7d"}),
}
