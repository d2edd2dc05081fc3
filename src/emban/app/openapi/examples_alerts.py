"""Examples for alerts and their history. The rest is in `examples`."""

from __future__ import annotations

from typing import Any

from emban.app.openapi.example import Example

_AT = "2026-11-23T12:00:01.250Z"
_FIRED = "2026-11-23T12:04:00Z"
_ALERT_BODY: dict[str, Any] = {
    "name": "Too many failed jobs",
    "dashboard_id": "dash_01m84w3k5tf6v9x2y4z8a0b1e1",
    "widget_id": "w_failures",
    "condition_type": "threshold",
    "operator": "gt",
    "threshold_value": 300.0,
    "lookback_minutes": 15,
    "for_minutes": 5,
    "notify_resolved": True,
    "email_to": ["ada@acme.example"],
}
_ALERT: dict[str, Any] = {
    "id": 42,
    "environment": "prod",
    "tenant_id": None,
    "cooldown_minutes": 60,
    "webhook_url": None,
    "enabled": True,
    **_ALERT_BODY,
    "state": "ok",
    "last_value": None,
    "last_evaluated_at": None,
    "last_fired_at": None,
    "next_evaluation_at": _AT,
    "problem": None,
    "created_at": _AT,
    "updated_at": _AT,
}
_FIRING = {
    **_ALERT,
    "state": "firing",
    "last_value": 412.0,
    "last_evaluated_at": "2026-11-23T12:09:00Z",
    "last_fired_at": _FIRED,
    "next_evaluation_at": "2026-11-23T12:10:00Z",
}
_EVENT: dict[str, Any] = {
    "id": 907,
    "at": _FIRED,
    "state": "firing",
    "value": 318.0,
    "previous_value": None,
    "threshold_value": 300.0,
    "as_of": "2026-11-23T12:03:59.412Z",
    "window": {"from": "2026-11-23T11:49:00Z", "to": _FIRED},
    "note": None,
    "deliveries": [
        {
            "id": "msg_01m84w3k5tf6v9x2y4z8a0b1e2",
            "channel": "email",
            "to": "ada@acme.example",
            "status": "delivered",
            "attempts": 1,
        }
    ],
}
_TESTED: dict[str, Any] = {
    "id": 5114,
    "message_id": "msg_01m84w3k5tf6v9x2y4z8a0b1e3",
    "at": _AT,
    "channel": "email",
    "source": "alert",
    "source_id": 42,
    "source_name": _ALERT_BODY["name"],
    "attempt": 1,
    "final": True,
    "delivered": True,
    "url": None,
    "address": "ada@acme.example",
    "status_code": 250,
    "ms": 61.4,
    "error": None,
    "answer": "Ok: queued as 7hTq20Aa",
    "request_id": "req_01m84w3k5tf6v9x2y4z8a0b1e4",
}
_PREVIEW: dict[str, Any] = {
    "points": [
        {"t": "2026-11-23T11:59:00Z", "value": 296.0},
        {"t": "2026-11-23T12:00:00Z", "value": 318.0},
    ],
    "firings": [{"fired_at": "2026-11-21T03:12:00Z", "resolved_at": "2026-11-21T03:41:00Z", "value": 347.0}],
    "evaluated": 10_080,
    "step_minutes": 1,
}
ALERT_EXAMPLES: dict[tuple[str, str], Example] = {
    ("GET", "/v1/alerts"): Example(None, {"items": [_FIRING], "next_cursor": None}),
    ("POST", "/v1/alerts"): Example(_ALERT_BODY, _ALERT),
    ("POST", "/v1/alerts/preview"): Example(_ALERT_BODY, _PREVIEW),
    ("GET", "/v1/alerts/{alert_id}"): Example(None, _FIRING),
    ("PUT", "/v1/alerts/{alert_id}"): Example(
        {**_ALERT_BODY, "threshold_value": 500.0}, {**_ALERT, "threshold_value": 500.0}
    ),
    ("GET", "/v1/alerts/{alert_id}/events"): Example(None, {"items": [_EVENT], "next_cursor": None}),
    ("POST", "/v1/alerts/{alert_id}/test"): Example(None, {"deliveries": [_TESTED]}),
}
