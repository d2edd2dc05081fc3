"""Every rule of an event: what is taken, what is refused, and where the refusal points."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emban.errors import EmbanError
from emban.ingest.decode import Decoded, decode
from emban.kit.clock import rfc3339

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {"tenant_id": "good", "event_name": "kept"}
LONG = "x" * 5000
TIME_WORDS = "must be an RFC 3339 time with an offset, such as 2026-11-23T12:00:00Z"


def taken(**fields: Any) -> Decoded:
    return decode(json.dumps({"events": [GOOD | fields]}).encode(), NOW)


def refused(body: bytes | dict[str, Any]) -> EmbanError:
    with pytest.raises(EmbanError) as caught:
        decode(body if isinstance(body, bytes) else json.dumps(body).encode(), NOW)
    assert caught.value.status == 400
    return caught.value


ACCEPTED = [
    {"tenant_id": "a"},
    {"tenant_id": "x" * 256},
    {"tenant_id": "😀" * 256},
    {"tenant_id": " "},
    {"tenant_id": 'quote " \\ slash / \n tab \t'},
    {"event_name": "n" * 128},
    {"event_id": ""},
    {"event_id": "i" * 128},
    {"user_id": "u" * 256},
    {"string_props": {}},
    {"string_props": {f"k{n}": "" for n in range(64)}},
    {"string_props": {"k" * 64: "v" * 1024}},
    {"string_props": {"ä" * 64: "ß" * 1024}},
    {"numeric_props": {f"k{n}": n for n in range(64)}},
    {"numeric_props": {"a": 0, "b": -1, "c": 1.5e300, "d": -0.0}},
    {"timestamp": "2026-11-23T12:00:00Z"},
    {"timestamp": "2026-11-23t12:00:00z"},
    {"timestamp": "2026-11-23 12:00:00Z"},
    {"timestamp": "2026-11-23T12:00:00.123456789Z"},
    {"timestamp": "2026-11-23T12:00:00+14:00"},
    {"timestamp": "2026-11-23T12:00:00-00:00"},
    {"timestamp": "2000-01-01T00:00:00Z"},
    {"timestamp": "2024-02-29T23:59:59.999Z"},
    {"timestamp": rfc3339(NOW + timedelta(hours=24))},
]


@pytest.mark.parametrize("fields", ACCEPTED, ids=lambda fields: json.dumps(fields)[:60])
def test_good_events_are_taken(fields: dict[str, Any]) -> None:
    decoded = taken(**fields)
    assert (len(decoded.events), decoded.rejected) == (1, 0)
    event = decoded.events[0]
    for name, value in fields.items():
        if name != "timestamp":
            assert getattr(event, name) == value


REFUSED: list[tuple[dict[str, Any], str, str]] = [
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
    ({"event_id": None}, "event_id", "must be a string"),
    ({"user_id": "u" * 257}, "user_id", "must have at most 256 characters"),
    ({"user_id": True}, "user_id", "must be a string"),
    ({"string_props": []}, "string_props", "must be an object"),
    ({"string_props": None}, "string_props", "must be an object"),
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
    ({"timestamp": None}, "timestamp", TIME_WORDS),
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
    (
        {"timestamp": rfc3339(NOW + timedelta(hours=24, seconds=1))},
        "timestamp",
        "must not be more than 24 hours ahead of the server's time",
    ),
    ({"tenant": "typo"}, "tenant", "is not a known field"),
    ({"x" * 70: 1}, "x" * 64 + "…", "is not a known field"),
]


@pytest.mark.parametrize(("fields", "path", "message"), REFUSED, ids=lambda part: str(part)[:40])
def test_a_bad_event_is_refused_by_its_path_and_the_good_one_beside_it_is_taken(
    fields: dict[str, Any], path: str, message: str
) -> None:
    bad = GOOD | fields
    error = refused({"events": [bad]})
    assert [(field.path, field.message) for field in error.fields] == [(f"events[0].{path}", message)]
    decoded = decode(json.dumps({"events": [GOOD, bad, GOOD]}).encode(), NOW)
    assert [event.event_name for event in decoded.events] == ["kept", "kept"]
    assert decoded.rejected == 1
    assert [(item.index, item.path, item.message) for item in decoded.rejections] == [(1, path, message)]


@pytest.mark.parametrize("missing", ["tenant_id", "event_name"])
def test_what_is_required_must_be_there(missing: str) -> None:
    event = {name: value for name, value in GOOD.items() if name != missing}
    assert [(field.path, field.message) for field in refused({"events": [event]}).fields] == [
        (f"events[0].{missing}", "is required")
    ]


@pytest.mark.parametrize("event", [None, 5, "text", [], [GOOD], True])
def test_an_event_must_be_an_object(event: Any) -> None:
    assert [(field.path, field.message) for field in refused({"events": [event]}).fields] == [
        ("events[0]", "must be an object")
    ]


BODIES: list[tuple[bytes, str, str]] = [
    (b"", "malformed_json", "line 1, column 1"),
    (b"{", "malformed_json", "line 1, column 2"),
    (b'{"events": [}', "malformed_json", "line 1, column 13"),
    (b'{"events": []} trailing', "malformed_json", "Extra data"),
    (b"\xef\xbb\xbf{}", "malformed_json", "not JSON"),
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


@pytest.mark.parametrize(("body", "code", "words"), BODIES, ids=lambda part: str(part)[:30])
def test_a_bad_body_is_refused_as_a_whole(body: bytes, code: str, words: str) -> None:
    error = refused(body)
    assert error.code == code
    assert words in error.message


def test_unknown_fields_beside_events_are_refused() -> None:
    error = refused({"events": [GOOD], "evnts": [], "mode": 1})
    assert [field.path for field in error.fields] == ["evnts", "mode"]


def test_a_batch_has_at_most_a_thousand_events() -> None:
    assert len(decode(json.dumps({"events": [GOOD] * 1000}).encode(), NOW).events) == 1000
    assert "has 1001" in refused({"events": [GOOD] * 1001}).message


def test_a_million_keys_are_one_bad_event() -> None:
    keys = ",".join(f'"k{n}":1' for n in range(400_000))
    good = json.dumps(GOOD)
    for place in ("", '"string_props":', '"numeric_props":'):
        bad = f'{{"tenant_id":"t","event_name":"e",{place}{"{" if place else ""}{keys}{"}" if place else ""}}}'
        decoded = decode(f'{{"events":[{good},{bad}]}}'.encode(), NOW)
        assert (len(decoded.events), decoded.rejected) == (1, 1)
        assert len(decoded.rejections) <= 8


def test_huge_numbers_are_not_finite_numbers() -> None:
    for number in ("1e999", "-1e999", "9" * 400, "9" * 100_000, "-" + "9" * 5000):
        body = f'{{"events": [{{"tenant_id":"t","event_name":"e","numeric_props":{{"n":{number}}}}}]}}'
        assert [field.message for field in refused(body.encode()).fields] == ["must be a finite number"]


def test_integers_beyond_what_a_float_holds_are_the_nearest_float() -> None:
    stored = taken(numeric_props={"e": 2**53 + 1, "f": 10**300, "g": 2**64}).events[0].numeric_props
    assert stored == {"e": float(2**53), "f": 1e300, "g": float(2**64)}


def test_times_are_cut_to_milliseconds_and_missing_ones_are_the_time_of_receipt() -> None:
    assert taken(timestamp="2026-11-23T13:00:00.0019+01:00").at_ms == [1795435200001]
    assert taken().at_ms == [1795435200000]


def test_of_equal_keys_the_last_one_counts() -> None:
    body = b'{"events": [{"tenant_id": "a", "event_name": "e", "tenant_id": "b"}]}'
    assert decode(body, NOW).events[0].tenant_id == "b"


def test_an_event_with_many_faults_names_some_of_them() -> None:
    error = refused({"events": [{f"u{n}": n for n in range(50)}]})
    assert len(error.fields) == 8
    assert LONG not in error.message
