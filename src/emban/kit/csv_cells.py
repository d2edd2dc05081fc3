"""CSV for spreadsheets: a cell that begins like a formula would be run by the one who opens the file."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

# The wide forms are read as the plain ones where such keyboards are usual.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide forms are meant
_CONTROL_STARTS = ("\t", "\r", "\n")
_QUOTES = frozenset("\"'`´‘’“”«»")  # noqa: RUF001 - typographic quotes are meant


def safe_cell(text: str) -> str:
    """Return the text with an apostrophe before it where a spreadsheet might take it for a formula.

    Spreadsheets drop quotes, blanks and invisible characters at the start, so the first character behind those counts.
    """
    if text[:1].isalnum():
        return text
    start = next((index for index, character in enumerate(text) if not _is_dropped(character)), len(text))
    dangerous = text.startswith(_CONTROL_STARTS) or text.startswith(_FORMULA_STARTS, start)
    return f"'{text}" if dangerous else text


def plain_digits(number: float) -> str:
    """Return a number without an exponent and without needless zeros: `58000000000000000`, `0.0000001`, `12`."""
    text = repr(number)
    if "e" in text:
        text = format(Decimal(text), "f")
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def _is_dropped(character: str) -> bool:
    return character in _QUOTES or character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}
