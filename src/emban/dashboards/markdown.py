"""Markdown as blocks of runs, which a page and a report set in their own ways.

HTML is only text, a picture is its words, and a link leads to a web page or a mail address or nowhere: whoever may
write a dashboard's texts must not be able to run or load anything in a customer's browser. Markup is never sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

BlockKind = Literal["paragraph", "heading", "item", "quote", "code", "rule"]
_LINKED = ("http://", "https://", "mailto:")
_PARSER = MarkdownIt("commonmark", {"html": False}).disable(["html_block", "html_inline"], ignoreInvalid=True)


@dataclass(frozen=True, slots=True)
class TextRun:
    """A stretch of text in one style; `href` is absolute, http, https or mailto, and None for text that is no link."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A block of a text; of an item, how deep its list is (0 for one that is in none) and what stands before it."""

    kind: BlockKind
    runs: tuple[TextRun, ...] = ()
    depth: int = 0
    marker: str = ""


@dataclass(slots=True)
class _List:
    """A list that is being read: the number of its next item, None without numbers."""

    number: int | None


@dataclass(slots=True)
class _Place:
    """Where in the document the reader is."""

    lists: list[_List] = field(default_factory=list)
    quotes: int = 0
    marker: str = ""


def read_markdown(text: str) -> tuple[TextBlock, ...]:
    """Return the blocks of a text (CommonMark) from top to bottom. Every text is Markdown, so nothing is refused."""
    return tuple(_blocks(_PARSER.parse(text)))


def _blocks(tokens: Sequence[Token]) -> Iterator[TextBlock]:
    place = _Place()
    heading = False
    for token in tokens:
        _enter(token, place)
        if token.type in {"heading_open", "heading_close"}:
            heading = token.type == "heading_open"
        elif token.type == "inline":
            yield _placed(tuple(_runs(token.children or ())), place, heading=heading)
        elif token.type in {"fence", "code_block"}:
            yield TextBlock("code", (TextRun(token.content.rstrip("\n"), code=True),))
        elif token.type == "hr":
            yield TextBlock("rule")


def _enter(token: Token, place: _Place) -> None:
    """Follow lists and quotes in and out."""
    match token.type:
        case "bullet_list_open":
            place.lists.append(_List(None))
        case "ordered_list_open":
            place.lists.append(_List(int(token.attrGet("start") or 1)))
        case "bullet_list_close" | "ordered_list_close":
            place.lists.pop()
        case "list_item_open":
            current = place.lists[-1]
            place.marker = "•" if current.number is None else f"{current.number}."
            if current.number is not None:
                current.number += 1
        case "blockquote_open":
            place.quotes += 1
        case "blockquote_close":
            place.quotes -= 1


def _placed(runs: tuple[TextRun, ...], place: _Place, *, heading: bool) -> TextBlock:
    if place.lists:
        # Only the first block of an item stands behind its marker.
        marker, place.marker = place.marker, ""
        return TextBlock("item", runs, len(place.lists) - 1, marker)
    if place.quotes:
        return TextBlock("quote", runs)
    return TextBlock("heading" if heading else "paragraph", runs)


def _runs(tokens: Sequence[Token]) -> Iterator[TextRun]:
    style = TextRun("")
    for token in tokens:
        name, _, edge = token.type.rpartition("_")
        if token.type in {"softbreak", "hardbreak"}:
            yield replace(style, text="\n" if token.type == "hardbreak" else " ")
        elif token.type == "code_inline":
            yield replace(style, text=token.content, code=True)
        elif name == "link":
            style = replace(style, href=_link(token) if edge == "open" else None)
        elif name == "strong":
            style = replace(style, bold=edge == "open")
        elif name == "em":
            style = replace(style, italic=edge == "open")
        elif token.content:
            # Text, and of a picture its words.
            yield replace(style, text=token.content)


def _link(token: Token) -> str | None:
    href = str(token.attrGet("href") or "")
    return href if href.lower().startswith(_LINKED) else None
