"""Text from outside: what no store can hold is found before it gets near one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


_UNSEEN = frozenset({"Cc", "Zl", "Zp", "Cs"})
# Text after these is shown in another order than it is read in.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def one_line(text: str, most: int) -> str:
    """Return a text as one line of at most so many characters: no control characters, runs of space as one space."""
    kept = (" " if unicodedata.category(letter) in _UNSEEN else letter for letter in text if letter not in _TURNING)
    line = " ".join("".join(kept).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def text_problem(text: str) -> str | None:
    """Say what is wrong with a text: a NUL (PostgreSQL cannot store it) or half of a surrogate pair (not Unicode)."""
    if "\x00" in text:
        return "must not contain a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "must not contain half of a surrogate pair"
    return None


def text_problems(value: Any) -> Iterator[tuple[Path, str]]:
    """Yield the place and the problem of every bad text in decoded JSON, its keys included."""
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:  # A stack of its own: the depth is the sender's choice.
        at, item = waiting.pop()
        if isinstance(item, str):
            problem = text_problem(item)
            if problem is not None:
                yield at, problem
        elif isinstance(item, dict):
            for key, inner in item.items():
                problem = text_problem(key) if isinstance(key, str) else None
                if problem is not None:
                    yield at, f"a key {problem}"
                else:
                    waiting.append(((*at, key), inner))
        elif isinstance(item, list | tuple):
            waiting.extend(((*at, index), inner) for index, inner in enumerate(item))
