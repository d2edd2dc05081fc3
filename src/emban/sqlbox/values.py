"""Engine values as JSON that every client reads the same way.

Integers of 64 bits and more arrive as strings. Those that a double holds exactly become numbers, so that a count is a
number; the others stay strings. Nested ones follow their type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from emban.sqlbox.refusal import refused

# Well below where readers of JSON give up: the fastest of Python at 254 levels.
MAX_DEPTH = 100
SAFE_INTEGER = 2**53 - 1
_WIDE = re.compile(r"\bU?Int(?:64|128|256)\b|\bInterval")
_INTEGER = re.compile(r"-?\d{1,16}")
_PLAIN_WIDE = re.compile(r"(?:Nullable\(|LowCardinality\()*U?Int(?:64|128|256)\)*")

Convert = Callable[[Any], Any]


def check_depth(types: Sequence[str]) -> None:
    """Refuse an answer whose values are arrays in arrays, maps or tuples, over `MAX_DEPTH` of them."""
    for type_name in types:
        depth = deepest = 0
        for mark in re.findall(r"[()]", _without_literals(type_name)):
            depth += -1 if mark == ")" else 1
            deepest = max(deepest, depth)
        if deepest > MAX_DEPTH:
            raise refused(f"the answer has values nested over {MAX_DEPTH} levels deep", construct="depth")


def convert_rows(types: Sequence[str], rows: Sequence[list[Any]]) -> None:
    """Turn the wide integers of each column that has any into numbers where they fit, in place."""
    for position, type_name in enumerate(types):
        convert = converter(type_name)
        if convert is not None:
            for row in rows:
                row[position] = convert(row[position])


def converter(type_name: str) -> Convert | None:
    """Return what to do with values of a type; None where they stay as they are."""
    if not _WIDE.search(_without_literals(type_name)):
        return None
    if _PLAIN_WIDE.fullmatch(type_name) or type_name.startswith("Interval"):
        return _number
    head, _, inside = type_name.partition("(")
    if head in {"Nullable", "LowCardinality"}:
        return converter(inside[:-1])
    if head == "Array":
        return _each(converter(inside[:-1]))
    if head == "Map":
        return _map_values(converter(_parts(inside[:-1])[-1]))
    if head == "Tuple":
        return _tuple([_element(part) for part in _parts(inside[:-1])])
    return None


def _number(value: Any) -> Any:
    if not isinstance(value, str) or not _INTEGER.fullmatch(value):
        return value
    number = int(value)
    return number if abs(number) <= SAFE_INTEGER else value


def _each(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None
    return lambda values: [convert(value) for value in values] if isinstance(values, list) else values


def _map_values(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None
    return lambda pairs: {key: convert(value) for key, value in pairs.items()} if isinstance(pairs, dict) else pairs


def _tuple(converts: list[Convert | None]) -> Convert:
    def convert_tuple(value: Any) -> Any:
        if isinstance(value, dict):  # A tuple with named elements.
            return {
                key: convert(item) if convert else item
                for (key, item), convert in zip(value.items(), converts, strict=True)
            }
        if isinstance(value, list):
            return [convert(item) if convert else item for item, convert in zip(value, converts, strict=True)]
        return value

    return convert_tuple


def _element(part: str) -> Convert | None:
    """Return the converter of a tuple's element, which is a type or a name and a type."""
    named = re.match(r"(?:\w+|`(?:[^`\\]|\\.)*`) +(?=\w)", part)
    return converter(part[named.end() :] if named else part)


def _parts(text: str) -> list[str]:
    """Split at commas outside of parentheses and quotes."""
    parts, depth, start, quote = [], 0, 0, ""
    at = 0
    while at < len(text):
        character = text[at]
        if quote:
            at += character == "\\"
            quote = "" if character == quote else quote
        elif character in "'`":
            quote = character
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
        at += 1
    return [*parts, text[start:].strip()]


def _without_literals(type_name: str) -> str:
    return re.sub(r"'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`", "", type_name)
