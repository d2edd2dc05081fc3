"""Text from outside: what no store can hold is found before it gets near one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


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
