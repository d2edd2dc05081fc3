"""Every rule of an event: what is taken, what is refused, and where the refusal points."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emban.errors import EmbanError
from emban.ingest.commit.group_commit import Submission
from emban.ingest.commit.selection import select_new
from emban.ingest.decode import Decoded, decode
from emban.kit.epoch import to_ms
from emban.kit.rfc3339 import format_instant
from tests.support.bad_events import BODIES, GOOD, refused_events

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG = "x" * 5000


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
    {"timestamp": format_instant(NOW + timedelta(hours=24))},
]
OPTIONAL = ("timestamp", "event_id", "user_id", "string_props", "numeric_props")


@pytest.mark.parametrize("fields", ACCEPTED, ids=lambda fields: json.dumps(fields)[:60])
def test_good_events_are_taken(fields: dict[str, Any]) -> None:
    decoded = taken(**fields)
    assert (len(decoded.events), decoded.rejected) == (1, 0)
    event = decoded.events[0]
    for name, value in fields.items():
        if name != "timestamp":
            assert getattr(event, name) == value


async def test_null_is_the_same_as_leaving_the_field_out() -> None:
    """Also beside a bad event, where the careful reading decides, and what is stored is the empty value."""
    nulls = dict.fromkeys(OPTIONAL)
    for bodies in ([GOOD | nulls], [GOOD | nulls, {}]):
        decoded = decode(json.dumps({"events": bodies}).encode(), NOW)
        assert (len(decoded.events), decoded.rejected) == (1, len(bodies) - 1)
        assert decoded.at_ms == [to_ms(NOW)]
        columns = select_new([Submission(decoded.events, decoded.at_ms, 1)], {}, set()).rows
        assert (columns.event_id, columns.user_id) == ([""], [""])
        assert (columns.string_props, columns.numeric_props) == ([{}], [{}])


@pytest.mark.parametrize("name", ["tenant_id", "event_name"])
def test_null_for_a_required_field_is_refused(name: str) -> None:
    error = refused({"events": [GOOD | {name: None}]})
    assert [(field.path, field.message) for field in error.fields] == [(f"events[0].{name}", "must be a string")]


@pytest.mark.parametrize(("fields", "path", "message"), refused_events(NOW), ids=lambda part: str(part)[:40])
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


def test_a_hundred_thousand_keys_are_one_bad_event() -> None:
    keys = ",".join(f'"k{n}":1' for n in range(100_000))
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
