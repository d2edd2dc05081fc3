"""Values and names as ClickHouse reads them in a statement's text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from emban.sqlbox.words import words

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTABLE = re.compile(r"[\w .()+%#@:/-]{1,80}")
# Words that a name cannot be without quotes; quoting one too many does no harm.
_KEYWORDS = words("""
    all and any array as asc between by case cast date desc distinct else end except exists false final format from full
    global group having if ilike in inner interval into is join left like limit not null offset on or order outer over
    prewhere right sample select settings table then timestamp totals true union using values when where window with
""")


def literal(text: str) -> str:
    """Return a text in quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def number_literal(value: float) -> str:
    """Return a number; whole ones without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def text_list(values: Sequence[str]) -> str:
    """Return the comparison with one text, or with any of several."""
    return f"= {literal(values[0])}" if len(values) == 1 else f"IN ({', '.join(literal(one) for one in values)})"


def any_of(conditions: Sequence[str]) -> str:
    """Return the condition that one of these holds."""
    unique = list(dict.fromkeys(conditions))
    return unique[0] if len(unique) == 1 else "(" + " OR ".join(f"({one})" for one in unique) + ")"


def column_name(label: str, taken: Collection[str], columns: Collection[str]) -> str:
    """Return a name for a column of an answer, in quotes where it needs them.

    It is the label, unless that is taken, hides a column of the dataset that it is not, or has letters that no name of
    a column should have.
    """
    base = label if _QUOTABLE.fullmatch(label) else "value"
    name, number = _quoted(base), 1
    while name in taken or (name in columns and name not in {"tenant_id", "user_id", "event_name"}):
        number += 1
        name = _quoted(f"{base} {number}")
    return name


def _quoted(name: str) -> str:
    plain = _PLAIN_NAME.fullmatch(name) and name.lower() not in _KEYWORDS
    return name if plain else f"`{name}`"
