"""Every failure leaves as the one error shape, with a request id and nothing about the inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from emban.errors import EmbanError, FieldError, invalid
from emban.telemetry import ERRORS

_HTTP_CODES = {
    400: "invalid_request",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    413: "payload_too_large",
}


def error_response(error: EmbanError) -> JSONResponse:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else None
    if error.status == 401:
        headers = {**(headers or {}), "WWW-Authenticate": "Bearer"}
    ERRORS.labels(error.code).inc()
    return JSONResponse(error.body(), status_code=error.status, headers=headers)


def install_error_handlers(app: FastAPI) -> None:
    """Register the handlers."""
    for kind in (EmbanError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _answer)


async def _answer(_: Request, error: Exception) -> JSONResponse:
    return response_to(error)


def response_to(error: Exception) -> JSONResponse:
    """Return the response to an error that is an answer; raises what is none."""
    if isinstance(error, EmbanError):
        return error_response(error)
    if isinstance(error, RequestValidationError):
        return error_response(validation_error(error.errors()))
    if isinstance(error, HTTPException):
        return _http_error(error)
    raise error


def _http_error(error: HTTPException) -> JSONResponse:
    code = _HTTP_CODES.get(error.status_code, "invalid_request")
    text = {"not_found": "no such route", "method_not_allowed": "this path does not take this method"}.get(code)
    response = error_response(EmbanError(code, text or str(error.detail), status=error.status_code))
    response.headers.update(error.headers or {})
    return response


def unexpected_error_response() -> JSONResponse:
    """Return the answer to what nobody foresaw."""
    return error_response(EmbanError("internal_error", "Emban failed to answer; the request id finds it in the log"))


def validation_error(errors: Sequence[Mapping[str, Any]]) -> EmbanError:
    """Turn pydantic's list of errors into a 400 whose `fields` name each place in the request."""
    if any(item["type"] == "json_invalid" for item in errors):
        return EmbanError("malformed_json", "the body is not valid JSON")
    if any(item["type"] in {"model_attributes_type", "missing"} and tuple(item["loc"]) == ("body",) for item in errors):
        return EmbanError("invalid_request", "the body must be a JSON object sent as application/json")
    return invalid(*(FieldError(field_path(item["loc"]), _sentence(item)) for item in errors))


def field_path(location: Sequence[str | int]) -> str:
    """Write a location as `events[3].tenant_id`; the leading part that names body, query or path is left out."""
    parts = list(location)
    if parts and parts[0] in {"body", "query", "path", "header", "cookie"}:
        parts = parts[1:]
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


# pydantic's kind of error → a sentence that goes on after the field's name; `{…}` are the error's own figures.
_SENTENCES = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "string_type": "must be a string",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must match {pattern}",
    "string_unicode": "must not contain half of a surrogate pair",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "none_required": "must be null",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "timezone_aware": "must have a timezone, such as 2026-11-23T12:00:01Z",
    "datetime_type": "must be a time such as 2026-11-23T12:00:01Z",
    "datetime_parsing": "must be a time such as 2026-11-23T12:00:01Z",
    "datetime_from_date_parsing": "must be a time such as 2026-11-23T12:00:01Z",
}


def _sentence(item: Mapping[str, Any]) -> str:
    known = _SENTENCES.get(str(item["type"]))
    if known is not None:
        return known.format(**item.get("ctx", {}))
    text = str(item["msg"]).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
