"""The fast decoder against the rules, one by one: the same events taken, the same refused, whatever is sent."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emban.errors import EmbanError
from emban.ingest.checks import problems_of
from emban.ingest.decode import Decoded, decode

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

text = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["", "a", "\x00", "é" * 64, "k" * 65, "x" * 128, "x" * 129, "x" * 256, "x" * 257, "v" * 1025]),
    st.text(alphabet=st.characters(categories=("Cs", "Lu")), max_size=2),
)
number = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.sampled_from([10**400, -(10**309), 1e308, "1", None, 2**70])
)
offset = st.sampled_from(["Z", "z", "+01:00", "-23:59", "+24:00", "+0100", "+0000", "-0000", "", "+01", "+00:00", " Z"])
times = st.datetimes(datetime(1998, 1, 1), datetime(2028, 1, 1))  # noqa: DTZ001 - the offset is drawn for itself
EDGES = ["1999-12-31T23:59:59", "2000-01-01T00:00:00", "2026-10-31T23:59:59", "2026-11-24T12:00:00"]
# Of any fineness, many of them a hair before the next second, day or year.
fraction = st.one_of(
    st.text("0123456789", min_size=1, max_size=12), st.text("9", min_size=1, max_size=12), st.just("0009999")
)
moment = st.one_of(
    st.builds(
        lambda at, end, cut: at.isoformat(timespec="auto")[: 10 + cut] + end,
        times,
        offset,
        st.sampled_from([6, 9, 12, 16, 30]),
    ),
    st.builds(
        lambda at, digits, end: f"{at}.{digits}{end}",
        st.one_of(st.sampled_from(EDGES), times.map(lambda at: at.isoformat(sep=" ", timespec="seconds"))),
        fraction,
        offset,
    ),
    st.sampled_from(["2026-11-24T12:00:00Z", "2026-11-24T12:00:00.001Z", "2000-01-01T00:00:00Z", "now", "", 5, None]),
)
event = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "tenant_id": st.one_of(text, st.just("t"), st.just("t")),
            "event_name": st.one_of(text, st.just("e"), st.just("e")),
            "timestamp": moment,
            "event_id": st.one_of(text, st.none()),
            "user_id": st.one_of(text, st.none()),
            "string_props": st.one_of(st.dictionaries(text, st.one_of(text, st.integers()), max_size=3), st.none()),
            "numeric_props": st.one_of(st.dictionaries(text, number, max_size=3), st.none()),
            "extra": st.just(1),
        },
    ),
    st.fixed_dictionaries({"tenant_id": st.just("t"), "event_name": st.just("e"), "timestamp": moment}),
    st.sampled_from([None, [], "x", 5]),
)


def _text_is_good(value: Any, least: int, most: int) -> bool:
    return (
        isinstance(value, str)
        and least <= len(value) <= most
        and "\x00" not in value
        and not any(0xD800 <= ord(character) <= 0xDFFF for character in value)
    )


def _instant(value: Any) -> datetime | None:
    """Read a time by other means than the code under test."""
    shape = r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?(?:[Zz]|([+-]\d\d:\d\d))"
    found = re.fullmatch(shape, value, re.ASCII) if isinstance(value, str) else None
    if found is None:
        return None
    day, clock, fraction, zone = found.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{clock}{zone or '+00:00'}")
    except ValueError:
        return None
    return at + timedelta(milliseconds=int((fraction or ".")[1:4].ljust(3, "0")))  # Cut, never rounded.


def is_good(value: Any) -> bool:
    """Tell whether the contract takes an event: written again from its text, with nothing of the code under test."""
    if not isinstance(value, dict):
        return False
    lengths = {"tenant_id": (1, 256), "event_name": (1, 128), "event_id": (0, 128), "user_id": (0, 256)}
    if set(value) - {*lengths, "timestamp", "string_props", "numeric_props"} or not {"tenant_id", "event_name"} <= set(
        value
    ):
        return False
    value = {name: item for name, item in value.items() if item is not None or name in {"tenant_id", "event_name"}}
    if not all(_text_is_good(value[name], *bounds) for name, bounds in lengths.items() if name in value):
        return False
    if "timestamp" in value:
        at = _instant(value["timestamp"])
        if at is None or not datetime(2000, 1, 1, tzinfo=UTC) <= at <= NOW + timedelta(hours=24):
            return False
    for name in ("string_props", "numeric_props"):
        props = value.get(name, {})
        if not isinstance(props, dict) or len(props) > 64 or not all(_text_is_good(key, 1, 64) for key in props):
            return False
    numbers = value.get("numeric_props", {}).values()
    return all(_text_is_good(item, 0, 1024) for item in value.get("string_props", {}).values()) and all(
        isinstance(item, int | float)
        and not isinstance(item, bool)
        and abs(item) < 1.8e308
        and math.isfinite(item if isinstance(item, float) else 0.0)
        for item in numbers
    )


@settings(max_examples=600, deadline=None)
@given(st.lists(event, min_size=1, max_size=5))
@example([{"tenant_id": "t", "event_name": "e", "timestamp": "2026-01-01T00:00:00+0000"}])
def test_the_same_events_are_taken_and_refused(events: list[Any]) -> None:
    good = [place for place, item in enumerate(events) if is_good(item)]
    assert good == [place for place, item in enumerate(events) if not problems_of(item, NOW)]
    decoded = _decode(json.dumps({"events": events}).encode("utf-8", "surrogatepass"))
    if decoded is None:
        assert not good
        return
    assert decoded.rejected == len(events) - len(good)
    assert {item.index for item in decoded.rejections} == set(range(len(events))) - set(good)
    for place, event_, at_ms in zip(good, decoded.events, decoded.at_ms, strict=True):
        sent = {name: item for name, item in events[place].items() if item is not None}
        assert event_.tenant_id == sent["tenant_id"]
        assert (event_.event_id or "") == sent.get("event_id", "")
        assert (event_.user_id or "") == sent.get("user_id", "")
        assert (event_.string_props or {}) == sent.get("string_props", {})
        numbers = {name: float(item) for name, item in sent.get("numeric_props", {}).items()}
        assert (event_.numeric_props or {}) == numbers
        at = _instant(sent["timestamp"]) if "timestamp" in sent else NOW
        assert at is not None
        assert at_ms == (at - EPOCH) // timedelta(milliseconds=1)


TIMES = [
    # Whatever the time is written with, it is cut: of the last tick of a day, nothing is left for the next one.
    (b"2026-10-31T23:59:59.999999999Z", datetime(2026, 10, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
    (b"2026-10-31 23:59:59.9999999z", datetime(2026, 10, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
    (b"2026-10-31T23:59:59.9999999+01:00", datetime(2026, 10, 31, 22, 59, 59, 999_000, tzinfo=UTC)),
    (b"2026-10-31T23:59:59\\u002e9999999Z", datetime(2026, 10, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
    (b"2026-10-31T23:59:5\\u0039.9999999\\u005a", datetime(2026, 10, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
    (b"2026-11-24T12:00:00.0009999Z", datetime(2026, 11, 24, 12, tzinfo=UTC)),
    (b"1999-12-31T23:59:59.9999999Z", None),
    (b"1999-12-31T23:59:59\\u002E9999999Z", None),
    (b"2026-11-24T12:00:00.0010000Z", None),
    (b"2026-10-31T23:59:59.9999999+0100", None),
    (b"2026-10-31 23:59:59+0100", None),
    (b"2026-10-31T23:59:59\\u002b0100", None),
    (b"2026-10-31\\u005423:59:59+0100", None),
]


@pytest.mark.parametrize(("written", "at"), TIMES)
@pytest.mark.parametrize("beside", [b'{"tenant_id":"t","event_name":"e"}', b'{"tenant_id":""}'])
def test_times_are_cut_by_both_decoders(written: bytes, at: datetime | None, beside: bytes) -> None:
    """An event beside it that is refused sends the body to the careful one."""
    event_ = b'{"tenant_id":"t","event_name":"timed","timestamp":"%b"}' % written
    decoded = _decode(b'{"events":[%b,%b]}' % (event_, beside))
    found = [] if decoded is None else list(zip(decoded.events, decoded.at_ms, strict=True))
    taken = [EPOCH + timedelta(milliseconds=ms) for item, ms in found if item.event_name == "timed"]
    assert taken == ([] if at is None else [at])


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 200), st.integers(0, 10))
def test_no_bytes_are_answered_by_anything_but_events_or_a_400(noise: bytes, place: int, length: int) -> None:
    body = (
        b'{"events":[{"tenant_id":"t","event_name":"e","numeric_props":{"n":1.5}},{"tenant_id":"u","event_name":"f"}]}'
    )
    place = min(place, len(body))
    _decode(body[:place] + noise + body[place + length :])


def _decode(body: bytes) -> Decoded | None:
    try:
        return decode(body, NOW)
    except EmbanError as error:
        if error.status != 400:
            raise
        return None
