"""The least privilege of every route, in one place. A route without an entry answers nobody, and fails a test."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from emban.auth.principal import Rank


class Gate(Enum):
    """Who is asked for a credential other than a rank."""

    PUBLIC = "anyone"
    SESSION = "anyone signed in to the console"
    EMBED = "the holder of an embed token"


@dataclass(frozen=True, slots=True)
class Access:
    """What a route needs: a gate, or the least rank; `audit` names the action that its success writes.

    `also` are statuses that the route answers beyond those that follow from its shape (400, 401, 403, 404, 413, 503).
    `in_environment`: all that it shows and changes belongs to the environment of the request, or says who is calling.
    Only such a route takes a key that is confined to its environment; one that says nothing is about the whole org.
    `reads_events`: its answer has rows or figures of the event store in it, remembered ones included.
    """

    needs: Gate | Rank
    audit: str | None = None
    also: tuple[int, ...] = ()
    in_environment: bool = False
    reads_events: bool = False


_I, _V, _E, _A, _O = Rank.INGEST, Rank.VIEWER, Rank.EDITOR, Rank.ADMIN, Rank.OWNER

ROUTES: dict[tuple[str, str], Access] = {
    ("GET", "/v1/auth/registration"): Access(Gate.PUBLIC),
    ("POST", "/v1/auth/register"): Access(Gate.PUBLIC, "auth.register", also=(403, 409, 429)),
    ("POST", "/v1/auth/login"): Access(Gate.PUBLIC, "auth.login", also=(401, 429)),
    ("POST", "/v1/auth/logout"): Access(Gate.SESSION, "auth.logout"),
    ("GET", "/v1/auth/me"): Access(_V, in_environment=True),
    ("POST", "/v1/auth/password"): Access(Gate.SESSION, "auth.password_change", also=(429,)),
    ("GET", "/v1/auth/sessions"): Access(Gate.SESSION),
    ("DELETE", "/v1/auth/sessions/{session_id}"): Access(Gate.SESSION, "auth.session_revoke"),
    ("GET", "/v1/auth/orgs"): Access(Gate.SESSION),
    ("POST", "/v1/auth/switch-org"): Access(Gate.SESSION, "auth.switch_org", also=(404,)),
    ("GET", "/v1/org"): Access(_V, also=(404,)),
    ("PATCH", "/v1/org"): Access(_A, "org.update", also=(404,)),
    ("DELETE", "/v1/org"): Access(_O, "org.delete", also=(404,)),
    ("POST", "/v1/org/transfer-ownership"): Access(_O, "org.transfer_ownership", also=(404, 409)),
    ("GET", "/v1/members"): Access(_V),
    ("PATCH", "/v1/members/{user_id}"): Access(_A, "member.role_change", also=(402,)),
    ("DELETE", "/v1/members/{user_id}"): Access(_A, "member.remove"),
    ("GET", "/v1/invites"): Access(_A),
    ("POST", "/v1/invites"): Access(_A, "member.invite", also=(402, 409)),
    ("DELETE", "/v1/invites/{invite_id}"): Access(_A, "invite.revoke"),
    ("POST", "/v1/invites/accept"): Access(Gate.PUBLIC, "invite.accept", also=(401, 404, 409, 429)),
    ("GET", "/v1/environments"): Access(_V),
    ("POST", "/v1/environments"): Access(_A, "environment.create", also=(409,)),
    ("PATCH", "/v1/environments/{name}"): Access(_A, "environment.update"),
    ("DELETE", "/v1/environments/{name}"): Access(_A, "environment.delete", also=(409,)),
    ("DELETE", "/v1/tenants/{tenant_id:text}/data"): Access(_A, "tenant.delete_data", in_environment=True),
    ("GET", "/v1/api-keys"): Access(_A),
    ("POST", "/v1/api-keys"): Access(_A, "api_key.create", also=(402,)),
    ("DELETE", "/v1/api-keys/{key_id}"): Access(_A, "api_key.delete"),
    ("GET", "/v1/audit"): Access(_A, "audit.export", also=(402,)),
    ("GET", "/v1/billing"): Access(_V),
    ("PUT", "/v1/billing/plan"): Access(_A, "billing.plan_change"),
    ("POST", "/v1/events"): Access(_I, also=(402, 413), in_environment=True),
    ("GET", "/v1/discover"): Access(_A, in_environment=True, reads_events=True),
    ("POST", "/v1/discover/auto-create"): Access(
        _E, "dashboard.auto_create", also=(409,), in_environment=True, reads_events=True
    ),
    ("GET", "/v1/dashboards"): Access(_V, in_environment=True),
    ("POST", "/v1/dashboards"): Access(_E, "dashboard.create", also=(402,), in_environment=True),
    ("GET", "/v1/dashboards/{dashboard_id}"): Access(_V, in_environment=True),
    ("PUT", "/v1/dashboards/{dashboard_id}"): Access(_E, "dashboard.update", also=(402, 409), in_environment=True),
    ("DELETE", "/v1/dashboards/{dashboard_id}"): Access(_E, "dashboard.delete", in_environment=True),
    ("POST", "/v1/dashboards/{dashboard_id}/publish"): Access(
        _A, "dashboard.publish", also=(400, 402), in_environment=True
    ),
    ("POST", "/v1/dashboards/{dashboard_id}/unpublish"): Access(_A, "dashboard.unpublish", in_environment=True),
    ("POST", "/v1/dashboards/{dashboard_id}/restore-published"): Access(
        _E, "dashboard.restore_published", also=(409,), in_environment=True
    ),
    ("POST", "/v1/dashboards/{dashboard_id}/data"): Access(
        _V, also=(402, 409, 429), in_environment=True, reads_events=True
    ),
    ("POST", "/v1/dashboards/{dashboard_id}/export"): Access(
        _V, also=(402, 409, 429), in_environment=True, reads_events=True
    ),
    ("GET", "/v1/widgets"): Access(_V, in_environment=True),
    ("POST", "/v1/widgets"): Access(_E, "widget.create", in_environment=True),
    ("GET", "/v1/widgets/{widget_id}"): Access(_V, in_environment=True),
    ("PUT", "/v1/widgets/{widget_id}"): Access(_E, "widget.update", also=(409,), in_environment=True),
    ("DELETE", "/v1/widgets/{widget_id}"): Access(_E, "widget.delete", in_environment=True),
    ("POST", "/v1/widgets/{widget_id}/publish"): Access(_A, "widget.publish", in_environment=True),
    ("GET", "/v1/saved-queries"): Access(_E, in_environment=True),
    ("POST", "/v1/saved-queries"): Access(_E, "saved_query.create", in_environment=True),
    ("PUT", "/v1/saved-queries/{saved_query_id}"): Access(_E, "saved_query.update", in_environment=True),
    ("DELETE", "/v1/saved-queries/{saved_query_id}"): Access(_E, "saved_query.delete", in_environment=True),
    ("GET", "/v1/query"): Access(_V, also=(402, 429), in_environment=True, reads_events=True),
    ("POST", "/v1/query"): Access(_V, also=(402, 429), in_environment=True, reads_events=True),
    ("POST", "/v1/query/plan"): Access(_A, in_environment=True),
    ("POST", "/v1/query/adhoc"): Access(_A, "query.adhoc.run", in_environment=True, reads_events=True),
    ("GET", "/v1/datasets"): Access(_E, in_environment=True),
    ("GET", "/v1/datasets/{name}/ddl"): Access(_E, in_environment=True),
    ("GET", "/v1/alerts"): Access(_V, in_environment=True),
    ("POST", "/v1/alerts"): Access(_A, "alert.create", also=(404, 409), in_environment=True),
    ("POST", "/v1/alerts/preview"): Access(_A, also=(404, 409, 429), in_environment=True, reads_events=True),
    ("GET", "/v1/alerts/{alert_id}"): Access(_V, in_environment=True),
    ("PUT", "/v1/alerts/{alert_id}"): Access(_A, "alert.update", also=(409,), in_environment=True),
    ("DELETE", "/v1/alerts/{alert_id}"): Access(_A, "alert.delete", in_environment=True),
    ("GET", "/v1/alerts/{alert_id}/events"): Access(_V, in_environment=True),
    ("POST", "/v1/alerts/{alert_id}/test"): Access(_A, in_environment=True),
    ("POST", "/v1/embed-sessions"): Access(_A, "embed_session.create", also=(402, 404, 409), in_environment=True),
    ("GET", "/v1/embed-sessions"): Access(_A, in_environment=True),
    ("DELETE", "/v1/embed-sessions"): Access(_A, "embed_session.revoke", in_environment=True),
    ("DELETE", "/v1/embed-sessions/{session_id}"): Access(_A, "embed_session.revoke", in_environment=True),
    ("GET", "/v1/deliveries"): Access(_V, in_environment=True),
    ("GET", "/v1/webhook-deliveries"): Access(_V, in_environment=True),
    ("POST", "/v1/webhook-deliveries/{delivery_id}/redeliver"): Access(
        _A, "webhook.redeliver", also=(409,), in_environment=True
    ),
    ("POST", "/v1/org/webhook-secret"): Access(_A, "webhook_secret.rotate", also=(404, 409)),
    ("GET", "/v1/reports"): Access(_V, in_environment=True),
    ("POST", "/v1/reports"): Access(_A, "report.create", also=(404, 409), in_environment=True),
    ("GET", "/v1/reports/{report_id}"): Access(_V, in_environment=True),
    ("PUT", "/v1/reports/{report_id}"): Access(_A, "report.update", also=(409,), in_environment=True),
    ("DELETE", "/v1/reports/{report_id}"): Access(_A, "report.delete", in_environment=True),
    ("POST", "/v1/reports/{report_id}/run"): Access(_A, "report.run", in_environment=True),
    ("GET", "/v1/reports/{report_id}/runs"): Access(_V, in_environment=True),
    ("GET", "/v1/reports/{report_id}/runs/{run_id}"): Access(_V, in_environment=True),
    ("GET", "/v1/reports/{report_id}/runs/{run_id}/artifact"): Access(_V, in_environment=True, reads_events=True),
    ("GET", "/reports/unsubscribe/{token}"): Access(Gate.PUBLIC, also=(404,)),
    ("POST", "/reports/unsubscribe/{token}"): Access(Gate.PUBLIC, "report.unsubscribe", also=(404,)),
    ("GET", "/reports/files/{token}"): Access(Gate.PUBLIC, also=(404,), reads_events=True),
    ("POST", "/v1/onboarding/seed"): Access(_A, "onboarding.seed", also=(402,), in_environment=True),
    ("GET", "/"): Access(Gate.PUBLIC),
    ("GET", "/app"): Access(Gate.PUBLIC),
    ("GET", "/app/{path:path}"): Access(Gate.PUBLIC),
    ("GET", "/static/{path:path}"): Access(Gate.PUBLIC),
    ("GET", "/embed/{dashboard_id}"): Access(Gate.PUBLIC),
    ("GET", "/v1/embed/dashboard"): Access(Gate.EMBED, also=(404, 429)),
    ("POST", "/v1/embed/data"): Access(Gate.EMBED, also=(402, 404, 429), reads_events=True),
    ("POST", "/v1/embed/drill"): Access(Gate.EMBED, also=(402, 404, 429), reads_events=True),
    ("POST", "/v1/embed/export"): Access(Gate.EMBED, also=(402, 404, 429), reads_events=True),
    ("GET", "/healthz"): Access(Gate.PUBLIC),
    ("GET", "/readyz"): Access(Gate.PUBLIC),
    ("GET", "/metrics"): Access(Gate.PUBLIC, also=(401, 403)),
    ("GET", "/openapi.json"): Access(Gate.PUBLIC),
    ("GET", "/docs"): Access(Gate.PUBLIC),
}
