"""What `POST /v1/events` refuses: each rule of an event's fields with the path that is named, and each bad body."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from emban.kit.rfc3339 import format_instant

GOOD: dict[str, Any] = {"tenant_id": "good", "event_name": "kept"}
TIME_WORDS = "must be an RFC 3339 time with an offset, such as 2026-11-23T12:00:00Z"


def refused_events(now: datetime) -> list[tuple[dict[str, Any], str, str]]:
    """Return (fields that make a good event a bad one, the path that is named, what is said of it)."""
    ahead = {"timestamp": format_instant(now + timedelta(hours=24, minutes=1))}
    return [*_REFUSED, (ahead, "timestamp", "must not be more than 24 hours ahead of the server's time")]


_REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"tenant_id": ""}, "tenant_id", "must have 1 to 256 characters"),
    ({"tenant_id": "x" * 257}, "tenant_id", "must have 1 to 256 characters"),
    ({"tenant_id": 7}, "tenant_id", "must be a string"),
    ({"tenant_id": None}, "tenant_id", "must be a string"),
    ({"tenant_id": ["a"]}, "tenant_id", "must be a string"),
    ({"tenant_id": "a\x00b"}, "tenant_id", "must not contain a NUL character"),
    ({"tenant_id": "\ud800"}, "tenant_id", "must not contain half of a surrogate pair"),
    ({"event_name": ""}, "event_name", "must have 1 to 128 characters"),
    ({"event_name": "n" * 129}, "event_name", "must have 1 to 128 characters"),
    ({"event_name": {}}, "event_name", "must be a string"),
    ({"event_id": "i" * 129}, "event_id", "must have at most 128 characters"),
    ({"event_id": 5}, "event_id", "must be a string"),
    ({"user_id": "u" * 257}, "user_id", "must have at most 256 characters"),
    ({"user_id": True}, "user_id", "must be a string"),
    ({"string_props": []}, "string_props", "must be an object"),
    ({"string_props": {f"k{n}": "" for n in range(65)}}, "string_props", "must have at most 64 keys, has 65"),
    ({"string_props": {"k" * 65: ""}}, f"string_props.{'k' * 64}…", "a key must have 1 to 64 characters"),
    ({"string_props": {"": "v"}}, "string_props.", "a key must have 1 to 64 characters"),
    ({"string_props": {"k": "v" * 1025}}, "string_props.k", "must have at most 1024 characters"),
    ({"string_props": {"k": 1}}, "string_props.k", "must be a string"),
    ({"string_props": {"k": None}}, "string_props.k", "must be a string"),
    ({"string_props": {"k": {"deep": 1}}}, "string_props.k", "must be a string"),
    ({"string_props": {"k": "\x00"}}, "string_props.k", "must not contain a NUL character"),
    ({"string_props": {"k\x00": ""}}, "string_props.k?", "a key must not contain a NUL character"),
    ({"numeric_props": 5}, "numeric_props", "must be an object"),
    ({"numeric_props": {f"k{n}": n for n in range(65)}}, "numeric_props", "must have at most 64 keys, has 65"),
    ({"numeric_props": {"k" * 65: 1}}, f"numeric_props.{'k' * 64}…", "a key must have 1 to 64 characters"),
    ({"numeric_props": {"k": "1"}}, "numeric_props.k", "must be a number"),
    ({"numeric_props": {"k": True}}, "numeric_props.k", "must be a number"),
    ({"numeric_props": {"k": None}}, "numeric_props.k", "must be a number"),
    ({"numeric_props": {"k": [1]}}, "numeric_props.k", "must be a number"),
    ({"numeric_props": {"k": float("nan")}}, "numeric_props.k", "must be a finite number"),
    ({"numeric_props": {"k": float("inf")}}, "numeric_props.k", "must be a finite number"),
    ({"numeric_props": {"k": float("-inf")}}, "numeric_props.k", "must be a finite number"),
    ({"numeric_props": {"k": 10**309}}, "numeric_props.k", "must be a finite number"),
    ({"timestamp": ""}, "timestamp", TIME_WORDS),
    ({"timestamp": "yesterday"}, "timestamp", TIME_WORDS),
    ({"timestamp": 1764000000}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23T12:00Z"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23T12:00:00"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23T12:00:00+0100"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23T12:00:00+0000"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23T12:00:00+01"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23T12:00:00+24:00"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23T12:00:00,5Z"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23T12:00:60Z"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23T24:00:00Z"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-02-29T12:00:00Z"}, "timestamp", TIME_WORDS),
    ({"timestamp": "2026-11-23T12:00:00Z "}, "timestamp", TIME_WORDS),
    ({"timestamp": "٢٠٢٦-11-23T12:00:00Z"}, "timestamp", TIME_WORDS),
    ({"timestamp": "1999-12-31T23:59:59.999Z"}, "timestamp", "must not be before 2000"),
    ({"timestamp": "2000-01-01T00:00:00+00:01"}, "timestamp", "must not be before 2000"),
    ({"timestamp": "0001-01-01T00:00:00+23:59"}, "timestamp", "must not be before 2000"),
    ({"tenant": "typo"}, "tenant", "is not a known field"),
    ({"x" * 70: 1}, "x" * 64 + "…", "is not a known field"),
]

# (a body that is refused as a whole, the error's code, words of its message)
BODIES: list[tuple[bytes, str, str]] = [
    (b"", "malformed_json", "line 1, column 1"),
    (b"{", "malformed_json", "line 1, column 2"),
    (b'{"events": [}', "malformed_json", "line 1, column 13"),
    (b'{"events": []} trailing', "malformed_json", "Extra data"),
    (b"\xef\xbb\xbf" * 2 + b"{}", "malformed_json", "not JSON"),
    (b'{"events": [{"tenant_id": "\xff"}]}', "malformed_json", "not UTF-8 at byte 27"),
    (b'{"events": [{"tenant_id": "a\nb"}]}', "malformed_json", "control character"),
    (b"[" * 2_000_000, "malformed_json", "nested too deeply"),
    (b'{"events": [' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"]}", "malformed_json", "nested too deeply"),
    (b"null", "invalid_request", "must be an object"),
    (b"[]", "invalid_request", "must be an object"),
    (b"{}", "invalid_request", "events: is required"),
    (b'{"events": null}', "invalid_request", "events: must be an array"),
    (b'{"events": {}}', "invalid_request", "events: must be an array"),
    (b'{"events": []}', "invalid_request", "events: must have 1 to 1000 events, has 0"),
    (b'{"event": []}', "invalid_request", "events: is required"),
]
