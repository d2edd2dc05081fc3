"""An example of the request and of the answer for every route: in the API's description, and used by its tests."""

from __future__ import annotations

from typing import Any

from emban.app.openapi.example import Example
from emban.app.openapi.examples_alerts import ALERT_EXAMPLES
from emban.app.openapi.examples_data import DATA_EXAMPLES
from emban.app.openapi.examples_reports import REPORT_EXAMPLES

_AT = "2026-11-23T12:00:01.250Z"
_LATER = "2026-12-07T12:00:01.250Z"
_ORG = {"id": "org_01m84w3k5tf6v9x2y4z8a0b1c2", "name": "Acme", "plan": "growth"}
_USER = {"id": "usr_01m84w3k5tf6v9x2y4z8a0b1c3", "email": "ada@acme.example", "name": "Ada"}
_KEY = {
    "id": "key_01m84w3k5tf6v9x2y4z8a0b1c4",
    "prefix": "eb_ing_4fJq81Zx",
    "label": "Backend",
    "scope": "ingest",
    "environment": "prod",
    "created_at": _AT,
    "created_by": "ada@acme.example",
    "last_used_at": None,
    "environment_only": False,
    "expires_at": None,
    "allowed_cidrs": ["10.0.0.0/8"],
}
_MEMBER = {
    "user_id": "usr_01m84w3k5tf6v9x2y4z8a0b1c5",
    "email": "grace@acme.example",
    "name": "Grace",
    "role": "editor",
    "joined_at": _AT,
}
_INVITE = {
    "id": "inv_01m84w3k5tf6v9x2y4z8a0b1c6",
    "email": "alan@acme.example",
    "role": "viewer",
    "invited_by": "ada@acme.example",
    "created_at": _AT,
    "expires_at": "2026-11-30T12:00:01.250Z",
    "expired": False,
}
_INVITE_TOKEN = "dGhpcyBpcyBub3QgYSByZWFsIHRva2VuIG9mIGFueW9uZQ"  # noqa: S105 - an example
_ENVIRONMENT = {"name": "staging", "retention_days": 30, "created_at": _AT}
_ORG_DETAILS = {
    **_ORG,
    "embed_origins": ["https://app.acme.example"],
    "allowed_recipient_domains": None,
    "created_at": _AT,
}
_BILLING = {
    "plan": "growth",
    "status": "active",
    "events_used": 1_204_331,
    "events_limit": 10_000_000,
    "queries_used": 8_120,
    "queries_limit": 100_000,
    "published_dashboards": {"used": 4, "limit": None},
    "editor_seats": {"used": 3, "limit": 10},
    "api_keys": {"used": 2, "limit": 15},
    "period_start": "2026-11-01T00:00:00Z",
    "period_end": "2026-12-01T00:00:00Z",
    "features": {"custom_theme": True, "no_branding": True, "audit_log": True, "embed_permissions": True},
    "self_serve": False,
}
_AUDIT_ROW = {
    "id": 481,
    "seq": 37,
    "at": _AT,
    "actor": "ada@acme.example",
    "action": "api_key.create",
    "entity_type": "api_key",
    "entity_id": _KEY["id"],
    "metadata": {"label": "Backend", "prefix": "eb_ing_4fJq81Zx", "scope": "ingest", "environment": "prod"},
    "address": "203.0.113.7",
    "hash": "6282d659d24c7a7097004cf2f8914a0765982052884d3b024a0c93d1787597d4",
}
_SESSION = {
    "id": "ses_01m84w3k5tf6v9x2y4z8a0b1c7",
    "created_at": _AT,
    "last_seen_at": _AT,
    "expires_at": _LATER,
    "address": "203.0.113.7",
    "user_agent": "Mozilla/5.0",
    "current": True,
}
_QUERY = {"event_name": "api.call", "metric": "count", "granularity": "day", "period": "30d"}
_WIDGET_CONFIG = {"title": "Calls per day", "kind": "timeseries", "chart": "line", "query": _QUERY}
_WIDGET = {
    "id": "w_01m84w3k5tf6v9x2y4z8a0b1c8",
    **_WIDGET_CONFIG,
    "status": "draft",
    "version": 1,
    "published_version": None,
    "published_at": None,
    "published_config": None,
    "has_unpublished_changes": True,
    "created_at": _AT,
    "updated_at": _AT,
}
_SAVED = {
    "id": "sq_01m84w3k5tf6v9x2y4z8a0b1c9",
    "name": "Busiest tenants",
    "sql": "SELECT tenant_id, count() FROM emban.events GROUP BY tenant_id ORDER BY 2 DESC LIMIT 10",
    "created_by": "ada@acme.example",
    "created_at": _AT,
    "updated_at": _AT,
}


_DELIVERY = {
    "id": 5112,
    "message_id": "msg_01m84w3k5tf6v9x2y4z8a0b1d1",
    "at": _AT,
    "channel": "webhook",
    "source": "alert",
    "source_id": 42,
    "source_name": "Error rate",
    "attempt": 1,
    "final": True,
    "delivered": True,
    "url": "https://hooks.acme.example/emban",
    "address": None,
    "status_code": 200,
    "ms": 84.2,
    "error": None,
    "answer": None,
    "request_id": "req_01m84w3k5tf6v9x2y4z8a0b1d2",
}
_MAILED = {
    **_DELIVERY,
    "id": 5113,
    "message_id": "msg_01m84w3k5tf6v9x2y4z8a0b1d3",
    "channel": "email",
    "url": None,
    "address": "ada@acme.example",
    "status_code": 250,
    "answer": "Ok: queued as 4fJq81Zx",
    "request_id": "req_01m84w3k5tf6v9x2y4z8a0b1d4",
}


def _page(*items: Any) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": None}


EXAMPLES: dict[tuple[str, str], Example] = {
    **DATA_EXAMPLES,
    **ALERT_EXAMPLES,
    **REPORT_EXAMPLES,
    ("GET", "/v1/auth/registration"): Example(None, {"open": True, "first": True}),
    ("POST", "/v1/auth/register"): Example(
        {"email": "ada@acme.example", "password": "correct horse battery", "org_name": "Acme", "name": "Ada"},
        {
            "user": _USER,
            "org": {**_ORG, "plan": "scale"},
            "api_key": {
                "id": "key_01m84w3k5tf6v9x2y4z8a0b1d0",
                "key": "eb_adm_EXAMPLEonlyEXAMPLEonlyEXAMPLEonly0000000",
                "prefix": "eb_adm_EXAMPLEo",
                "label": "First admin key",
                "scope": "admin",
                "environment": "prod",
            },
        },
    ),
    ("POST", "/v1/auth/login"): Example(
        {"email": "ada@acme.example", "password": "correct horse battery"}, {"user": _USER, "org": _ORG}
    ),
    ("GET", "/v1/auth/me"): Example(
        None, {"user": _USER, "org": _ORG, "role": "owner", "scope": None, "environment": "prod"}
    ),
    ("POST", "/v1/auth/password"): Example(
        {"current_password": "correct horse battery", "new_password": "battery staple horse"}
    ),
    ("GET", "/v1/auth/sessions"): Example(None, _page(_SESSION)),
    ("GET", "/v1/auth/orgs"): Example(None, _page({**_ORG, "role": "owner", "current": True})),
    ("POST", "/v1/auth/switch-org"): Example({"org_id": _ORG["id"]}, {"user": _USER, "org": _ORG}),
    ("GET", "/v1/org"): Example(None, _ORG_DETAILS),
    ("PATCH", "/v1/org"): Example({"name": "Acme", "embed_origins": ["https://app.acme.example"]}, _ORG_DETAILS),
    ("POST", "/v1/org/transfer-ownership"): Example({"user_id": _MEMBER["user_id"]}),
    ("GET", "/v1/members"): Example(None, _page(_MEMBER)),
    ("PATCH", "/v1/members/{user_id}"): Example({"role": "editor"}, _MEMBER),
    ("GET", "/v1/invites"): Example(None, _page(_INVITE)),
    ("POST", "/v1/invites"): Example(
        {"email": "alan@acme.example", "role": "viewer"},
        {
            **_INVITE,
            "token": _INVITE_TOKEN,
            "accept_url": f"https://analytics.acme.example/app/accept-invite?token={_INVITE_TOKEN}",
            "emailed": True,
            "notice": "The invitation was mailed to alan@acme.example.",
        },
    ),
    ("POST", "/v1/invites/accept"): Example(
        {"token": _INVITE_TOKEN, "password": "correct horse battery", "name": "Alan"}, {"user": _USER, "org": _ORG}
    ),
    ("GET", "/v1/environments"): Example(None, _page(_ENVIRONMENT)),
    ("POST", "/v1/environments"): Example({"name": "staging", "retention_days": 30}, _ENVIRONMENT),
    ("PATCH", "/v1/environments/{name}"): Example({"retention_days": 30}, _ENVIRONMENT),
    ("GET", "/v1/api-keys"): Example(None, _page({**_KEY, "last_used_at": _AT})),
    ("POST", "/v1/api-keys"): Example(
        {"label": "Backend", "scope": "ingest", "environment": "prod", "allowed_cidrs": ["10.0.0.0/8"]},
        {**_KEY, "key": "eb_ing_4fJq81ZxEXAMPLEonlyEXAMPLEonlyEXAMPLE00"},
    ),
    ("GET", "/v1/billing"): Example(None, _BILLING),
    ("PUT", "/v1/billing/plan"): Example({"plan": "growth"}, _BILLING),
    ("GET", "/v1/deliveries"): Example(None, _page(_MAILED, _DELIVERY)),
    ("GET", "/v1/webhook-deliveries"): Example(None, _page(_DELIVERY)),
    ("POST", "/v1/webhook-deliveries/{delivery_id}/redeliver"): Example(None, {**_DELIVERY, "attempt": 2}),
    ("POST", "/v1/org/webhook-secret"): Example(
        {},
        {
            "secret": "whsec_RVhBTVBMRSBvbmx5LCBubyBvcmcgaGFzIHRoaXM=",
            "created_at": _AT,
            "previous_signs_until": "2026-11-24T12:00:01.250Z",
        },
    ),
    ("GET", "/v1/audit"): Example(None, _page(_AUDIT_ROW)),
    ("GET", "/v1/widgets"): Example(None, _page(_WIDGET)),
    ("POST", "/v1/widgets"): Example(_WIDGET_CONFIG, _WIDGET),
    ("GET", "/v1/widgets/{widget_id}"): Example(None, _WIDGET),
    ("PUT", "/v1/widgets/{widget_id}"): Example({**_WIDGET_CONFIG, "version": 1}, {**_WIDGET, "version": 2}),
    ("GET", "/v1/saved-queries"): Example(None, _page(_SAVED)),
    ("POST", "/v1/saved-queries"): Example({"name": _SAVED["name"], "sql": _SAVED["sql"]}, _SAVED),
    ("PUT", "/v1/saved-queries/{saved_query_id}"): Example({"name": _SAVED["name"], "sql": _SAVED["sql"]}, _SAVED),
    ("GET", "/healthz"): Example(None, {"status": "ok"}),
    ("GET", "/readyz"): Example(None, {"status": "ready", "stores": {"postgresql": "ok", "clickhouse": "ok"}}),
}
