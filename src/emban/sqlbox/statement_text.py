"""The statement as text: what is refused before any parser sees it, and the words of the engine's canonical form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from emban.sqlbox.refusal import refused

MAX_BYTES = 64 * 1024
_SPACE = frozenset("\t\n\r")
# Categories: control, format (direction marks, zero width), surrogate, private use, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_TOKEN = re.compile(
    r"""(?P<string>'(?:[^'\\]|\\.)*')|(?P<quoted>`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")|(?P<word>[A-Za-z_]\w*)"""
    r"""|(?P<number>\d[\w.]*)|(?P<other>[^'"`])""",
    re.ASCII,
)


def check_text(sql: str) -> None:
    """Refuse what is empty, too long, or holds characters that a reader would not see."""
    if not sql.strip():
        raise refused("there is no statement")
    if len(sql.encode("utf-8", "replace")) > MAX_BYTES:
        raise refused(f"the statement is over {MAX_BYTES // 1024} KiB", construct="length")
    for at, character in enumerate(sql):
        if character not in _SPACE and unicodedata.category(character) in _UNSEEN:
            raise refused(
                f"the character U+{ord(character):04X} at position {at + 1} cannot be seen; "
                "write it as an escape inside of a string",
                construct="control character",
            )


def check_canonical(canonical: str) -> None:
    """Refuse a canonical form whose names could be mistaken for lines of the engine's own descriptions of it."""
    if any(unicodedata.category(character) in _UNSEEN for character in canonical if ord(character) < 0xA0):
        raise refused("a name holds a line break or another control character", construct="identifier")
    before = ""
    for kind, text in tokens(canonical):
        if kind == "quoted" and "\\" in text:
            raise refused("names may hold no line breaks, quotes or backslashes", construct="identifier")
        if text == "RECURSIVE" and before == "WITH":
            raise refused("WITH RECURSIVE is not available", construct="WITH RECURSIVE")
        before = text


def tokens(canonical: str) -> Iterator[tuple[str, str]]:
    """Yield the kind (string, quoted, word, number, other) and text of each token of a canonical statement."""
    at = 0
    while at < len(canonical):
        found = _TOKEN.match(canonical, at)
        if found is None or found.lastgroup is None:
            raise refused("the statement cannot be read", construct="quotes")
        if not found.group().isspace():
            yield found.lastgroup, found.group()
        at = found.end()


def applied_functions(canonical: str) -> list[str]:
    """Return the names behind each APPLY, which the engine's description of the syntax does not show.

    Refuses what is more than a name: a lambda, and parameters that are computed.
    """
    words = [*tokens(canonical), ("end", ""), ("end", "")]
    return [_applied(words[at + 1 :]) for at, word in enumerate(words) if word == ("word", "APPLY")]


def _applied(words: list[tuple[str, str]]) -> str:
    (kind, name), following = words[0], words[1:]
    if kind != "word" or following[0][1] == "-":
        raise refused("APPLY takes the name of a function here, no lambda", construct="APPLY")
    if following[0][1] == "(":
        for inside, text in following[1:]:
            if text == ")":
                break
            if inside not in {"number", "string"} and text != ",":
                raise refused("APPLY takes plain numbers and texts as parameters", construct="APPLY")
    return name
