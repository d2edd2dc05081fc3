"""The API's description, OpenAPI 3.1: made from the routes, the table of permissions, the errors and the examples."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from starlette.routing import Route

from emban.app.asgi.limits import MAX_BODY
from emban.app.openapi.example import Example
from emban.app.openapi.examples import EXAMPLES
from emban.auth.principal import Rank
from emban.authz.table import ROUTES, Access, Gate
from emban.errors import CODES

Requirement = dict[str, list[str]]
_KEY: Requirement = {"apiKey": []}
_SESSION: Requirement = {"session": []}
_EMBED: Requirement = {"embedToken": []}
SECURITY_SCHEMES = {
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "eb_adm_… or eb_ing_…",
        "description": "An API key, for one environment. An ingest key sends events; an admin key acts as an admin of "
        "the whole org, unless it is confined to its environment (`environment_only`).",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "emban_session",
        "description": "A console session. State changes need an Origin (or Sec-Fetch-Site) that is Emban's own.",
    },
    "embedToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An embed session's token: one tenant, one dashboard, until it expires or is revoked.",
    },
}
_WHO = {
    Gate.PUBLIC: "anyone",
    Gate.SESSION: "anyone signed in to the console",
    Gate.EMBED: "the holder of an embed token",
    Rank.INGEST: "an ingest key, an admin key, or an admin",
    Rank.VIEWER: "viewer",
    Rank.EDITOR: "editor",
    Rank.ADMIN: "admin",
    Rank.OWNER: "owner",
}
_REASONS = {
    400: "Something in the request is not as documented.",
    401: "No credential, or a bad one.",
    402: "The plan does not include this, or its limit is reached.",
    403: "The caller's role or scope does not allow this.",
    404: "There is no such thing, or it belongs to another org.",
    408: "The body did not arrive in time.",
    409: "The request does not fit the present state.",
    413: "The body is too large.",
    429: "Too many requests; `Retry-After` says when to try again.",
    503: "A store does not answer; `Retry-After` says when to try again.",
}
_ERROR_EXAMPLES = {
    400: {
        "error": "label: is required",
        "code": "invalid_request",
        "fields": [{"path": "label", "message": "is required"}],
    },
    401: {"error": "send an API key as a bearer token, or sign in", "code": "unauthorized"},
    402: {
        "error": "published dashboard limit reached for this plan",
        "code": "published_dashboards_limit",
        "plan": "free",
        "upgrade_to": "starter",
        "limit": 1,
        "used": 1,
    },
    403: {"error": "this needs the role admin", "code": "forbidden", "required": "admin"},
    404: {"error": "dashboard not found", "code": "not_found"},
    408: {"error": "the body did not arrive in time", "code": "request_timeout"},
    409: {"error": "an invitation to this address is pending", "code": "invite_pending"},
    413: {"error": f"the body must have at most {MAX_BODY:,} bytes", "code": "payload_too_large"},
    429: {"error": "too many attempts; wait a moment", "code": "rate_limited"},
    503: {"error": "the event store does not answer at the moment", "code": "store_unavailable"},
}
_ENVIRONMENT = {
    "name": "X-Emban-Environment",
    "in": "header",
    "required": False,
    "description": "Environment of a console session's request. An API key has its own.",
    "schema": {"type": "string", "default": "prod", "pattern": "^[a-z][a-z0-9_-]{0,31}$"},
}


def install(app: FastAPI) -> None:
    """Make `app.openapi()` answer this module's description."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # the way that FastAPI documents


def build(app: FastAPI) -> dict[str, Any]:
    """Return the whole description."""
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, servers=[{"url": "/"}]
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Error"] = _error_schema()
    components["securitySchemes"] = SECURITY_SCHEMES
    tables = {_documented(key): access for key, access in ROUTES.items()}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            access = tables.get((method.upper(), path))
            if access is not None:
                _complete(operation, access, EXAMPLES.get((method.upper(), path), Example()))
    return document


def described_routes(app: FastAPI) -> list[tuple[str, str]]:
    """Return (method, path template) of every route that answers, as the table of permissions writes them."""
    routes = (context.original_route for context in iter_route_contexts(app.routes))
    return [
        (method, route.path)
        for route in routes
        if isinstance(route, Route)
        for method in sorted(route.methods or ())
        if method != "HEAD"
    ]


def _documented(key: tuple[str, str]) -> tuple[str, str]:
    return key[0], re.sub(r":\w+}", "}", key[1])


def _complete(operation: dict[str, Any], access: Access, example: Example) -> None:
    """Add who may call, what can go wrong, and the examples."""
    operation["security"] = _security(access)
    operation["description"] = f"{operation.get('description', '')}\n\nNeeds: {_WHO[access.needs]}.".strip()
    if isinstance(access.needs, Rank) and not access.in_environment:
        operation["description"] += " Not for a key that is confined to its environment."
    if access.audit is not None:
        operation["description"] += f" Audited as `{access.audit}`."
    parameters = operation.get("parameters", [])
    if _SESSION in operation["security"] and access.needs is not Gate.SESSION:
        operation["parameters"] = [*parameters, _ENVIRONMENT]
    responses = operation["responses"]
    responses.pop("422", None)
    for status in _statuses(operation, access):
        responses.setdefault(str(status), _error_response(status))
    _add_examples(operation, example)
    operation["responses"] = dict(sorted(responses.items()))


def _security(access: Access) -> list[Requirement]:
    if access.needs is Gate.PUBLIC:
        return []
    if access.needs is Gate.SESSION or access.needs is Rank.OWNER:
        return [_SESSION]
    return [_EMBED] if access.needs is Gate.EMBED else [_KEY, _SESSION]


def _statuses(operation: dict[str, Any], access: Access) -> set[int]:
    found = {503, *access.also}
    if operation.get("parameters") or "requestBody" in operation:
        found.add(400)
    if "requestBody" in operation:
        found |= {400, 408, 413}
    if access.needs is not Gate.PUBLIC:
        found |= {400, 401, 403}
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        found.add(404)
    return found


def _error_response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": _REASONS[status],
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "example": _ERROR_EXAMPLES[status],
            }
        },
    }
    if status in {429, 503}:
        header = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
        response["headers"] = {"Retry-After": header}
    return response


def _add_examples(operation: dict[str, Any], example: Example) -> None:
    if example.request is not None and "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = example.request
    if example.response is not None:
        for status in ("200", "201", "202"):
            content = operation["responses"].get(status, {}).get("content", {})
            if "application/json" in content:
                content["application/json"]["example"] = example.response


def _error_schema() -> dict[str, Any]:
    place = {
        "type": "object",
        "required": ["path", "message"],
        "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
    }
    return {
        "type": "object",
        "title": "Error",
        "required": ["error", "code"],
        "properties": {
            "error": {"type": "string", "description": "A sentence for a person."},
            "code": {"type": "string", "enum": sorted(CODES)},
            "fields": {"type": "array", "items": place, "description": "Each wrong place of the request."},
        },
        "additionalProperties": True,
    }
