"""From property names to words that a person would use: `tokens_in` → "Tokens in", `apiKeyCount` → "API key count"."""

from __future__ import annotations

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[^0-9A-Za-zÀ-￿]+")
_ACRONYMS = frozenset(
    {"api", "cpu", "eur", "gpu", "http", "id", "io", "ip", "llm", "ram", "sdk", "sla", "sql", "ui", "url", "usd", "utc"}
)


def words_of(name: str) -> list[str]:
    """Split a property name at separators and humps; every word in lower case."""
    spaced = _CAMEL.sub(" ", name)
    return [word.lower() for word in _SEPARATORS.split(spaced) if word]


def phrase(words: list[str]) -> str:
    """Join words into sentence case, acronyms in capitals; an empty list gives an empty text."""
    shown = [word.upper() if word in _ACRONYMS else word for word in words]
    text = " ".join(shown)
    return text[:1].upper() + text[1:]


def title_of(name: str) -> str:
    """Return the name in words, or as it is where no word is left."""
    return phrase(words_of(name)) or name


def in_sentence(title: str) -> str:
    """Return a title for the middle of a sentence; a leading acronym stays."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
