"""From the bytes of a body to events that may be stored, and to what is wrong with the others.

Fast where all is well: one typed decode of the whole body. Only a body that it refuses is read a second time, event by
event, so that the good ones are taken and each bad one is told why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from emban.errors import EmbanError, FieldError, invalid, invalid_field
from emban.ingest.checks import parse_time, problems_of, shown
from emban.ingest.schemas import EARLIEST, MAX_EVENTS, MOST_AHEAD, Event, EventBatch
from emban.kit.epoch import to_ms
from emban.kit.rfc3339 import parse_instant


class _Timestamp(msgspec.Struct, gc=False):
    """Of an event, its time as it was written."""

    timestamp: str | None = None


class _Timestamps(msgspec.Struct, gc=False):
    """Of a body, the times of its events."""

    events: list[_Timestamp]


_FAST = msgspec.json.Decoder(EventBatch)
_TEXTS = msgspec.json.Decoder(_Timestamps)
_EARLIEST_MS, _AHEAD_MS = to_ms(EARLIEST), MOST_AHEAD.total_seconds() * 1000
# What the typed decoder lets pass and the rules do not: NUL characters, and offsets without a colon. Characters of a
# time that are written as escapes would hide it from the looks at the bytes below.
_ESCAPED = re.compile(rb"\\u00(?:00|2[0bde]|3[0-9a]|[57][4a])", re.IGNORECASE)
_UTC_WITHOUT_COLON = b'0000"'
_OFFSET_WITHOUT_COLON = re.compile(rb'[T ]\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d{4}"', re.IGNORECASE)
# The typed decoder rounds what is finer than a microsecond (.NET sends seven digits, Go and Java nine), and a round
# figure can be of the next day. These are cut from their texts instead. Numbers look otherwise: no zone follows.
_FINE = re.compile(rb"\.\d{7,}[Z+-]", re.IGNORECASE)
_LONGEST_INTEGER = 310  # Digits: any float that holds an integer with more is infinite.


@dataclass(frozen=True, slots=True)
class Rejection:
    """One thing that is wrong with the event at `index`; `path` is within the event."""

    index: int
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """The events that may be stored with their times (ms since 1970), and what is wrong with the other ones."""

    events: Sequence[Event]
    at_ms: Sequence[int]
    rejected: int = 0
    rejections: tuple[Rejection, ...] = ()


def decode(body: bytes, now: datetime) -> Decoded:
    """Read a body. Raises `EmbanError` 400 where nothing of it can be taken; `fields` name each place."""
    decoded = examine(body, now)
    if not decoded.events:
        raise _nothing_taken(decoded.rejections)
    return decoded


def examine(body: bytes, now: datetime) -> Decoded:
    """As `decode`, but events that are all bad are no error of the body."""
    try:
        events = _FAST.decode(body).events
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _decode_carefully(body, now)
    if _is_suspect(body, events):
        return _decode_carefully(body, now)
    now_ms = to_ms(now)
    try:
        at_ms = _cut_times(body, now_ms) if _FINE.search(body) else _times(events, now_ms)
    except ValueError:
        return _decode_carefully(body, now)
    if min(at_ms) < _EARLIEST_MS or max(at_ms) > now_ms + _AHEAD_MS:
        return _decode_carefully(body, now)
    return Decoded(events, at_ms)


def _times(events: Sequence[Event], now_ms: int) -> list[int]:
    return [now_ms if event.timestamp is None else to_ms(event.timestamp) for event in events]


def _cut_times(body: bytes, now_ms: int) -> list[int]:
    """Return the events' times from their texts. Raises `ValueError` where one is no instant by the rules."""
    texts = (event.timestamp for event in _TEXTS.decode(body).events)
    return [now_ms if text is None else to_ms(parse_instant(text)) for text in texts]


def _is_suspect(body: bytes, events: Sequence[Event]) -> bool:
    if _ESCAPED.search(body) is not None:
        return True
    has_offsets = any(event.timestamp is not None and event.timestamp.tzinfo is not UTC for event in events)
    return (has_offsets or _UTC_WITHOUT_COLON in body) and _OFFSET_WITHOUT_COLON.search(body) is not None


def _decode_carefully(body: bytes, now: datetime) -> Decoded:
    values = _events_of(_parse(body))
    events: list[Event] = []
    at_ms: list[int] = []
    rejections: list[Rejection] = []
    for index, value in enumerate(values):
        problems = problems_of(value, now)
        if problems:
            rejections += [Rejection(index, path, message) for path, message in problems]
        else:
            text = value.pop("timestamp", None)
            at = None if text is None else parse_time(text)
            events.append(msgspec.convert(value, Event))
            at_ms.append(to_ms(at or now))
    return Decoded(events, at_ms, len(values) - len(events), tuple(rejections))


def _nothing_taken(rejections: Sequence[Rejection]) -> EmbanError:
    indexes = [
        FieldError(f"events[{item.index}]{'.' if item.path else ''}{item.path}", item.message) for item in rejections
    ]
    return invalid(*indexes)


def _parse(body: bytes) -> Any:
    """Parse JSON as leniently as its events allow: NaN and half surrogates are one event's fault, not the body's."""
    try:
        return json.loads(body.decode(), parse_int=_integer)
    except UnicodeDecodeError as error:
        raise EmbanError("malformed_json", f"the body is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise EmbanError("malformed_json", f"the body is not JSON at {where}: {error.msg}") from None
    except RecursionError:
        raise EmbanError("malformed_json", "the body is nested too deeply") from None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


def _events_of(value: Any) -> list[Any]:
    if not isinstance(value, dict):
        raise invalid(message='the body must be an object: {"events": [ … ]}')
    unknown = [FieldError(shown(name), "is not a known field") for name in list(value)[:8] if name != "events"]
    if "events" not in value:
        raise invalid(FieldError("events", "is required"), *unknown)
    if unknown:
        raise invalid(*unknown)
    events = value["events"]
    if not isinstance(events, list):
        raise invalid_field("events", "must be an array")
    if not 1 <= len(events) <= MAX_EVENTS:
        raise invalid_field("events", f"must have 1 to {MAX_EVENTS} events, has {len(events)}")
    return events
