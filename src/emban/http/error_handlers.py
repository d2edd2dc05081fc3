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

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 400: "invalid_request", 413: "payload_too_large"}


def error_response(error: EmbanError) -> JSONResponse:
    """Return the response of an error."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else None
    if error.status == 401:
        headers = {**(headers or {}), "WWW-Authenticate": "Bearer"}
    return JSONResponse(error.body(), status_code=error.status, headers=headers)


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(EmbanError, _emban_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _emban_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, EmbanError)  # noqa: S101 - registered for this class
    return error_response(error)


async def _validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    return error_response(validation_error(error.errors()))


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
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


def _sentence(item: Mapping[str, Any]) -> str:
    kind, text = str(item["type"]), str(item["msg"])
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return "is not a known field"
    if kind == "value_error":
        return text.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
