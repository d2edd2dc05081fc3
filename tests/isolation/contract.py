"""Who may call what, copied by hand from the API contract: the table of the code is held to this one, not to itself.

Letters: P anyone, S signed in to the console, I ingest key, V viewer, E editor, A admin, O owner, T embed token.
"""

from __future__ import annotations

CONTRACT = """
P GET /v1/auth/registration
P POST /v1/auth/register
P POST /v1/auth/login
S POST /v1/auth/logout
V GET /v1/auth/me
S POST /v1/auth/password
S GET /v1/auth/sessions
S DELETE /v1/auth/sessions/{session_id}
S GET /v1/auth/orgs
S POST /v1/auth/switch-org
V GET /v1/org
A PATCH /v1/org
O DELETE /v1/org
O POST /v1/org/transfer-ownership
V GET /v1/members
A PATCH /v1/members/{user_id}
A DELETE /v1/members/{user_id}
A GET /v1/invites
A POST /v1/invites
A DELETE /v1/invites/{invite_id}
P POST /v1/invites/accept
V GET /v1/environments
A POST /v1/environments
A PATCH /v1/environments/{name}
A DELETE /v1/environments/{name}
A DELETE /v1/tenants/{tenant_id:text}/data
A GET /v1/api-keys
A POST /v1/api-keys
A DELETE /v1/api-keys/{key_id}
I POST /v1/events
A GET /v1/discover
E POST /v1/discover/auto-create
V GET /v1/dashboards
E POST /v1/dashboards
V GET /v1/dashboards/{dashboard_id}
E PUT /v1/dashboards/{dashboard_id}
E DELETE /v1/dashboards/{dashboard_id}
A POST /v1/dashboards/{dashboard_id}/publish
A POST /v1/dashboards/{dashboard_id}/unpublish
E POST /v1/dashboards/{dashboard_id}/restore-published
V POST /v1/dashboards/{dashboard_id}/data
V POST /v1/dashboards/{dashboard_id}/export
V GET /v1/widgets
E POST /v1/widgets
V GET /v1/widgets/{widget_id}
E PUT /v1/widgets/{widget_id}
E DELETE /v1/widgets/{widget_id}
A POST /v1/widgets/{widget_id}/publish
V GET /v1/query
V POST /v1/query
A POST /v1/query/plan
A POST /v1/query/adhoc
E GET /v1/saved-queries
E POST /v1/saved-queries
E PUT /v1/saved-queries/{saved_query_id}
E DELETE /v1/saved-queries/{saved_query_id}
E GET /v1/datasets
E GET /v1/datasets/{name}/ddl
A POST /v1/embed-sessions
A GET /v1/embed-sessions
A DELETE /v1/embed-sessions
A DELETE /v1/embed-sessions/{session_id}
A GET /v1/audit
V GET /v1/billing
A PUT /v1/billing/plan
V GET /v1/deliveries
V GET /v1/webhook-deliveries
A POST /v1/webhook-deliveries/{delivery_id}/redeliver
A POST /v1/org/webhook-secret
V GET /v1/alerts
A POST /v1/alerts
A POST /v1/alerts/preview
V GET /v1/alerts/{alert_id}
A PUT /v1/alerts/{alert_id}
A DELETE /v1/alerts/{alert_id}
V GET /v1/alerts/{alert_id}/events
A POST /v1/alerts/{alert_id}/test
V GET /v1/reports
A POST /v1/reports
V GET /v1/reports/{report_id}
A PUT /v1/reports/{report_id}
A DELETE /v1/reports/{report_id}
A POST /v1/reports/{report_id}/run
V GET /v1/reports/{report_id}/runs
V GET /v1/reports/{report_id}/runs/{run_id}
V GET /v1/reports/{report_id}/runs/{run_id}/artifact
P GET /reports/unsubscribe/{token}
P POST /reports/unsubscribe/{token}
P GET /reports/files/{token}
A POST /v1/onboarding/seed
P GET /embed/{dashboard_id}
T GET /v1/embed/dashboard
T POST /v1/embed/data
T POST /v1/embed/drill
T POST /v1/embed/export
P GET /
P GET /app
P GET /app/{path:path}
P GET /static/{path:path}
P GET /healthz
P GET /readyz
P GET /metrics
P GET /openapi.json
P GET /docs
"""

CALLERS = ("nobody", "ingest_key", "admin_key", "viewer", "editor", "admin", "owner", "embed")
# Members and keys of another org: whatever has an id of this one is not there for them.
STRANGERS = ("viewer", "editor", "admin", "owner", "admin_key")
_PEOPLE = frozenset({"viewer", "editor", "admin", "owner"})
_MAY = {
    "P": frozenset(CALLERS),
    "S": _PEOPLE,
    "I": frozenset({"ingest_key", "admin_key", "admin", "owner"}),
    "V": _PEOPLE | {"admin_key"},
    "E": frozenset({"editor", "admin", "owner", "admin_key"}),
    "A": frozenset({"admin", "owner", "admin_key"}),
    "O": frozenset({"owner"}),
    "T": frozenset({"embed"}),
}


def contract() -> dict[tuple[str, str], str]:
    """Return (method, path) → letter."""
    lines = (line.split() for line in CONTRACT.strip().splitlines())
    return {(method, path): letter for letter, method, path in lines}


def may(letter: str, caller: str) -> bool:
    """Tell whether the contract lets a caller in."""
    return caller in _MAY[letter]
