"""The one error shape: `{"error": text for a person, "code": snake_case, …details}` with its HTTP status.

Every code that the API can answer is made by a function here or registered in `CODES`; docs/reference/errors.md lists
them and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# code → (status, what it means). The reference page is written from this table.
CODES: dict[str, tuple[int, str]] = {
    "invalid_request": (400, "Something in the request is not as documented; `fields` names each place."),
    "malformed_json": (400, "The body is not JSON."),
    "unsupported_content_type": (400, "The body must be sent as application/json."),
    "bad_cursor": (400, "The paging cursor was not given out by this API."),
    "tenant_required": (400, "The request needs `tenant_id`, or `all_tenants: true`; none is ever assumed."),
    "unknown_environment": (400, "The org has no environment of that name."),
    "unauthorized": (401, "No credential, or one that is wrong, expired or revoked."),
    "invalid_credentials": (401, "Email and password do not fit together."),
    "token_expired": (401, "The embed session has ended; mint a new one."),
    "token_revoked": (401, "The embed session was revoked."),
    "token_invalid": (401, "The embed token is not one that this server signed."),
    "key_expired": (401, "The API key's `expires_at` has passed; make another."),
    "registration_closed": (403, "New accounts are by invitation only; ask a member of your org for one."),
    "address_not_allowed": (403, "The API key may not be used from this address, only from its `allowed_cidrs`."),
    "key_confined": (403, "The API key is confined to its environment, and the route is about the whole org."),
    "forbidden": (403, "The caller's role or scope does not allow this."),
    "cross_site_request": (403, "A state change over a cookie came from another site."),
    "period_not_allowed": (403, "The embed session does not allow this period or a range of this length."),
    "dimension_not_shown": (403, "The page does not offer this property to filter or to drill by."),
    "filter_not_allowed": (403, "The embed session does not allow filtering by this dimension."),
    "widget_not_available": (403, "The widget is hidden or not part of the published dashboard."),
    "drill_down_not_allowed": (403, "The embed session does not allow drilling down."),
    "export_not_allowed": (403, "The embed session does not allow exports."),
    "dashboard_unpublished": (403, "The dashboard is not published at the moment."),
    "not_found": (404, "There is no such thing, or it belongs to another org."),
    "method_not_allowed": (405, "The path exists, but not with this method."),
    "request_timeout": (408, "The request did not arrive in time; the connection is closed."),
    "conflict": (409, "The request does not fit the present state."),
    "email_registered": (409, "An account with this email exists."),
    "version_conflict": (409, "Somebody else saved in between; read the present version and try again."),
    "already_member": (409, "The person is a member of the org already."),
    "invite_pending": (409, "An invitation to this address is waiting; revoke it to send another."),
    "environment_exists": (409, "The org has an environment of that name already."),
    "environment_in_use": (
        409,
        "The environment still has keys, dashboards, widgets, saved queries, alerts or reports, or is one that every "
        "org has.",
    ),
    "body_gone": (409, "What was sent is no longer kept, so it cannot be sent again."),
    "not_published": (409, "The dashboard has no published snapshot."),
    "payload_too_large": (413, "The body is larger than the route takes."),
    "head_too_large": (431, "The request's address and headers are over 32 KiB; the connection is closed."),
    "rate_limited": (429, "Too many requests; `Retry-After` says when to try again."),
    "query_budget": (
        429,
        "The tenant or org has used its seconds of the event store, and others wait; `Retry-After` says how long.",
    ),
    "concurrency_limited": (
        429,
        "Too many of the org's queries run at once; `Retry-After` says when to try again.",
    ),
    "adhoc_suspended": (
        429,
        "An ad-hoc statement of the org could not be stopped, and the event store was restarted because of it; "
        "`Retry-After` says when the org may run its next.",
    ),
    "render_too_expensive": (400, "The file needs more time or memory than one file may use; choose fewer widgets."),
    "render_failed": (500, "The file could not be made; the request id finds out why in the log."),
    "internal_error": (500, "Emban failed; the request id finds it in the log."),
    "store_unavailable": (
        503,
        "A store does not answer; nothing was changed. Try again after `Retry-After`.",
    ),
    "isolation_unproved": (
        503,
        "Reads wait until the event store has proved anew that it keeps orgs apart; events are taken meanwhile.",
    ),
    "overloaded": (503, "More is waiting than may be held in memory; nothing was stored. Try again later."),
    "query_too_expensive": (400, "The query needs more time or memory than one query may use."),
    "sql_refused": (400, "The SQL is not a statement that Emban runs; `construct` names what is in the way."),
    "sql_error": (400, "The SQL is wrong; `line` and `column` tell where, if the place is known."),
    "events_limit": (402, "The plan's events of this month are used up."),
    "queries_limit": (402, "The plan's queries of this month are used up."),
    "published_dashboards_limit": (402, "The plan's published dashboards are used up."),
    "editor_seats_limit": (402, "The plan's editor seats are used up."),
    "api_keys_limit": (402, "The plan's API keys are used up."),
    "audit_log_not_in_plan": (402, "Reading the audit log is not part of the plan."),
    "embed_permissions_not_in_plan": (
        402,
        "Embed permissions other than the defaults are not part of the plan.",
    ),
    "theme_not_in_plan": (402, "A custom theme is not part of the plan."),
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One place in the request that is wrong: `path` such as `events[3].tenant_id`, and a sentence."""

    path: str
    message: str


class EmbanError(Exception):
    """An answer other than success. Carries everything that the body and the headers need, and nothing secret."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        fields: Sequence[FieldError] = (),
        details: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = CODES[code][0] if status is None else status
        self.fields = tuple(fields)
        self.details = dict(details or {})
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """Return the JSON body of this error."""
        body: dict[str, Any] = {"error": self.message, "code": self.code, **self.details}
        if self.fields:
            body["fields"] = [{"path": field.path, "message": field.message} for field in self.fields]
        return body


def invalid(*fields: FieldError, message: str | None = None) -> EmbanError:
    """400: name each wrong field. The sentence is made from the first one unless given."""
    text = message or (f"{fields[0].path}: {fields[0].message}" if fields else "the request is not valid")
    return EmbanError("invalid_request", text, fields=fields)


def invalid_field(path: str, message: str) -> EmbanError:
    """400 about one field."""
    return invalid(FieldError(path, message))


def unauthorized(message: str = "a valid credential is needed", code: str = "unauthorized") -> EmbanError:
    """401."""
    return EmbanError(code, message)


def forbidden(message: str, code: str = "forbidden", **details: Any) -> EmbanError:
    """403."""
    return EmbanError(code, message, details=details)


def registration_closed() -> EmbanError:
    """403 for a registration where new accounts are by invitation."""
    return EmbanError("registration_closed", "registration is closed here; ask a member of your org for an invitation")


def payment_required(code: str, message: str, *, plan: str, upgrade_to: str | None, **figures: int) -> EmbanError:
    """402 that a program can act on: the present plan, the first that would do, and for a limit `limit` and `used`."""
    return EmbanError(code, message, details={"plan": plan, "upgrade_to": upgrade_to, **figures})


def not_found(what: str = "resource") -> EmbanError:
    """404, the same for what does not exist and for what belongs to another org."""
    return EmbanError("not_found", f"{what} not found")


def conflict(message: str, code: str = "conflict", **details: Any) -> EmbanError:
    """409."""
    return EmbanError(code, message, details=details)


def too_large(message: str) -> EmbanError:
    """413."""
    return EmbanError("payload_too_large", message)


def rate_limited(message: str, retry_after: int) -> EmbanError:
    """429 with `Retry-After` in seconds."""
    return EmbanError("rate_limited", message, retry_after=retry_after)


def unavailable(message: str = "the store does not answer at the moment", retry_after: int = 1) -> EmbanError:
    """503 with `Retry-After` in seconds."""
    return EmbanError("store_unavailable", message, retry_after=retry_after)


def isolation_unproved(retry_after: int = 2) -> EmbanError:
    """503 for every read while the event store has not proved that it keeps orgs apart."""
    message = "reads wait until the event store has proved that it keeps orgs apart; events are taken meanwhile"
    return EmbanError("isolation_unproved", message, retry_after=retry_after)
