"""Every rule of an event, checked one by one and said in words: the slow path, for what the typed decoder refused.

The typed decoder (`schemas.Event`) decides fast whether all is well; this says what is not. Both hold the same rules,
and a property test holds the two together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from emban.ingest.schemas import (
    EARLIEST,
    MAX_EVENT_ID,
    MAX_EVENT_NAME,
    MAX_PROP_NAME,
    MAX_PROP_VALUE,
    MAX_PROPS,
    MAX_TENANT_ID,
    MAX_USER_ID,
    MOST_AHEAD,
)
from emban.kit.clock import truncate_ms
from emban.kit.rfc3339 import parse_instant
from emban.kit.text import text_problem

Problem = tuple[str, str]
# Enough to repair an event by; a sender of nonsense gets no catalogue of it.
MAX_PROBLEMS = 8
_MAX_NAME_SHOWN = 64
_TIME_WORDS = "must be an RFC 3339 time with an offset, such as 2026-11-23T12:00:00Z"


def problems_of(event: Any, now: datetime) -> list[Problem]:
    """Return what is wrong with a decoded event, as (path within the event, sentence); nothing if all is well."""
    if not isinstance(event, dict):
        return [("", "must be an object")]
    found: list[Problem] = []
    for problem in _all_problems(event, now):
        found.append(problem)
        if len(found) == MAX_PROBLEMS:
            break
    return found


def shown(name: str) -> str:
    """Return a name as it may stand in a path: shortened, and storable as text."""
    text = name if len(name) <= _MAX_NAME_SHOWN else f"{name[:_MAX_NAME_SHOWN]}…"
    return text.encode("utf-8", "replace").decode().replace("\x00", "?")


def _all_problems(event: dict[str, Any], now: datetime) -> Iterator[Problem]:
    for name, rule in _FIELDS.items():
        value = event.get(name)
        if value is None and name not in _REQUIRED:
            continue
        if name in event:
            yield from ((name + path, words) for path, words in rule(value, now))
        else:
            yield name, "is required"
    for name in event:
        if name not in _FIELDS:
            yield shown(name), "is not a known field"


def _text(shortest: int, longest: int) -> Callable[[Any, datetime], Iterator[Problem]]:
    def check(value: Any, _: datetime) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield "", "must be a string"
        elif not shortest <= len(value) <= longest:
            yield "", _length(shortest, longest)
        else:
            problem = text_problem(value)
            if problem is not None:
                yield "", problem

    return check


def _time(value: Any, now: datetime) -> Iterator[Problem]:
    at = parse_time(value) if isinstance(value, str) else None
    if at is None:
        yield "", _TIME_WORDS
    elif at < EARLIEST:
        yield "", "must not be before 2000"
    elif at > truncate_ms(now) + MOST_AHEAD:
        yield "", "must not be more than 24 hours ahead of the server's time"


def parse_time(text: str) -> datetime | None:
    """Return the instant that an RFC 3339 text names, cut to milliseconds as it is stored; None for any other text."""
    try:
        return truncate_ms(parse_instant(text))
    except ValueError:
        return None


def _props(check: Callable[[Any], str | None]) -> Callable[[Any, datetime], Iterator[Problem]]:
    def check_all(value: Any, _: datetime) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield "", "must be an object"
            return
        if len(value) > MAX_PROPS:
            yield "", f"must have at most {MAX_PROPS} keys, has {len(value)}"
            return
        for name, item in value.items():
            if not 1 <= len(name) <= MAX_PROP_NAME:
                yield f".{shown(name)}", f"a key {_length(1, MAX_PROP_NAME)}"
            elif (words := text_problem(name)) is not None:
                yield f".{shown(name)}", f"a key {words}"
            elif (words := check(item)) is not None:
                yield f".{shown(name)}", words

    return check_all


def _string(value: Any) -> str | None:
    if not isinstance(value, str):
        return "must be a string"
    return _length(0, MAX_PROP_VALUE) if len(value) > MAX_PROP_VALUE else text_problem(value)


def _number(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "must be a number"
    try:
        finite = math.isfinite(float(value))
    except OverflowError:
        finite = False
    return None if finite else "must be a finite number"


def _length(shortest: int, longest: int) -> str:
    return f"must have {shortest} to {longest} characters" if shortest else f"must have at most {longest} characters"


_REQUIRED = frozenset({"tenant_id", "event_name"})
_FIELDS: dict[str, Callable[[Any, datetime], Iterator[Problem]]] = {
    "tenant_id": _text(1, MAX_TENANT_ID),
    "event_name": _text(1, MAX_EVENT_NAME),
    "timestamp": _time,
    "event_id": _text(0, MAX_EVENT_ID),
    "user_id": _text(0, MAX_USER_ID),
    "string_props": _props(_string),
    "numeric_props": _props(_number),
}
