"""Examples for reports and their runs. The rest is in `examples`."""

from __future__ import annotations

from typing import Any

from emban.app.openapi.example import Example

_AT = "2026-11-23T12:00:01.250Z"
_REPORT_BODY: dict[str, Any] = {
    "name": "Weekly usage",
    "dashboard_id": "dash_01m84w3k5tf6v9x2y4z8a0b1e1",
    "schedule_kind": "weekly",
    "hour": 9,
    "day_of_week": 1,
    "timezone": "Europe/Berlin",
    "format": "pdf",
    "period": "previous",
    "tenant_id": "customer_1",
    "email_to": ["ada@acme.example"],
}
_REPORT: dict[str, Any] = {
    "id": 42,
    "environment": "prod",
    "day_of_month": None,
    "csv_zip": False,
    "filters": {},
    "webhook_url": None,
    "enabled": True,
    **_REPORT_BODY,
    "next_run_at": "2026-11-30T08:00:00Z",
    "created_at": _AT,
    "updated_at": _AT,
}
_RUN: dict[str, Any] = {
    "id": 317,
    "trigger": "schedule",
    "status": "delivered",
    "scheduled_for": "2026-11-23T08:00:00Z",
    "created_at": "2026-11-23T08:00:02Z",
    "started_at": "2026-11-23T08:00:03Z",
    "finished_at": "2026-11-23T08:00:05Z",
    "bytes": 48_213,
    "as_of": "2026-11-23T07:59:58Z",
    "artifact": True,
    "error": None,
    "deliveries": [
        {
            "id": "msg_01m84w3k5tf6v9x2y4z8a0b1r1",
            "channel": "email",
            "to": "ada@acme.example",
            "status": "delivered",
            "attempts": 1,
        }
    ],
}
REPORT_EXAMPLES: dict[tuple[str, str], Example] = {
    ("GET", "/v1/reports"): Example(None, {"items": [_REPORT], "next_cursor": None}),
    ("POST", "/v1/reports"): Example(_REPORT_BODY, _REPORT),
    ("GET", "/v1/reports/{report_id}"): Example(None, _REPORT),
    ("PUT", "/v1/reports/{report_id}"): Example({**_REPORT_BODY, "hour": 7}, {**_REPORT, "hour": 7}),
    ("POST", "/v1/reports/{report_id}/run"): Example(None, {"run_id": 317}),
    ("GET", "/v1/reports/{report_id}/runs"): Example(None, {"items": [_RUN], "next_cursor": None}),
    ("GET", "/v1/reports/{report_id}/runs/{run_id}"): Example(None, _RUN),
}
