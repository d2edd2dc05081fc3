"""The body of Emban's mails: a few kinds of blocks, as plain text here and as HTML in `emban.mail.html_page`."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "good", "bad"]
TEXT_WIDTH = 78


@dataclass(frozen=True, slots=True)
class Lead:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class MailFigure:
    """One number: what it is, how much, and what is said beside it, such as a change."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers, two beside each other where there is room."""

    items: Sequence[MailFigure]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they are."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the mail (`InlineImage.cid`), as wide as the page. Its alt text says what it shows."""

    cid: str
    alt: str


@dataclass(frozen=True, slots=True)
class Button:
    """Where to go on."""

    words: str
    url: str


Block = Lead | Figures | Facts | Picture | Button


@dataclass(frozen=True, slots=True)
class MailPage:
    """A whole mail. `preview` is what an inbox shows beside the subject; `footer` why somebody gets this, and
    where to change it: "words: https://…" is a link."""

    headline: str
    preview: str
    blocks: Sequence[Block]
    footer: Sequence[str]
    tone: Tone = "plain"


def page_text(page: MailPage) -> str:
    """Return the plain text; every word of the HTML is in it, pictures by what they show."""
    parts = [textwrap.fill(page.headline, TEXT_WIDTH)]
    parts += [_text(block) for block in page.blocks]
    parts.append("-- \n" + "\n".join(page.footer))
    return "\n\n".join(parts) + "\n"


def _text(block: Block) -> str:
    match block:
        case Lead(text):
            return textwrap.fill(text, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
        case Figures(items):
            return "\n".join(f"{item.label}: {item.value}" + (f" ({item.note})" if item.note else "") for item in items)
        case Facts(rows):
            wide = max((len(name) for name, _ in rows), default=0) + 1
            return "\n".join(f"{name + ':':<{wide}} {value}" for name, value in rows)
        case Picture(_, alt):
            return f"[{alt}]"
        case Button(words, url):
            return f"{words}: {url}"
