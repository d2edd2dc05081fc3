"""Types that ad-hoc SQL may convert to: values, and containers of them. Not the engine's states, nor JSON objects."""

from __future__ import annotations

import re

from emban.sqlbox.words import words

_NAMES = words(
    """
    int8 int16 int32 int64 int128 int256 uint8 uint16 uint32 uint64 uint128 uint256 float32 float64 bfloat16
    bool boolean string fixedstring date date32 datetime datetime32 datetime64 decimal decimal32 decimal64 decimal128
    decimal256 uuid ipv4 ipv6 enum enum8 enum16 array tuple map nullable lowcardinality
    tinyint smallint int integer bigint float real double dec numeric fixed varchar char text timestamp signed unsigned
    precision
    """
)
_TOKEN = re.compile(r"\s*(?:(?P<word>[A-Za-z_]\w*)|(?P<string>'[^'\\]*')|(?P<number>-?\d+)|(?P<mark>[(),=]))", re.ASCII)
_MAX_LENGTH = 1000


def refused_type(text: str) -> str | None:
    """Return the first part of a type that is not allowed, None where all are.

    A word before another word is the name of a tuple's element and may be any.
    """
    if len(text) > _MAX_LENGTH:
        return text[:20]
    kinds: list[tuple[str, str]] = []
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            return text[at : at + 20]
        kinds.append((found.lastgroup, found.group().strip()))
        at = found.end()
    for (kind, word), following in zip(kinds, [*kinds[1:], ("end", "")], strict=True):
        if kind == "word" and word.lower() not in _NAMES and following[0] != "word":
            return word
    return None
