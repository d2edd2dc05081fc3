"""The page of a mail: the same words in HTML and in text, nothing from elsewhere, colours as the console's."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from emban.mail.html_page import COLOURS, page_html
from emban.mail.page import Button, Facts, Figures, Lead, MailFigure, MailPage, Picture, page_text

TOKENS = Path(__file__).parents[3] / "web/packages/theme/src/tokens.ts"
NASTY = "<script>alert('1')</script> & \"quotes\""
PAGE = MailPage(
    headline="Errors are 412, above 300",
    preview="Since 03:12 UTC, for Acme",
    blocks=(
        Lead(f"A lead with {NASTY}"),
        Figures((MailFigure("Errors", "412", "+37.3 % vs the hour before", "bad"), MailFigure("Calls", "1,204"))),
        Facts((("Alert", "Error rate"), ("Customer", NASTY))),
        Picture("chart-1", "Errors by hour, last 24 hours"),
        Button("Open the alert", "https://emban.example/app/alerts/7?a=1&b=2"),
    ),
    footer=("You get this because the alert names you.", "Change it: https://emban.example/app/alerts/7"),
    tone="bad",
)


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.skipped = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.skipped = tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self.skipped = False

    def handle_data(self, data: str) -> None:
        if not self.skipped and data.strip():
            self.parts.append(" ".join(data.split()))


def read(html: str) -> Words:
    words = Words()
    words.feed(html)
    return words


def test_every_word_is_in_both() -> None:
    text = " ".join(page_text(PAGE).split())
    for part in read(page_html(PAGE)).parts:
        assert part == PAGE.preview or part in text
    for word in (
        "Open the alert: https://emban.example/app/alerts/7?a=1&b=2",
        "[Errors by hour, last 24 hours]",
        NASTY,
    ):
        assert word in text


def test_what_people_wrote_is_text() -> None:
    words = read(page_html(PAGE))
    assert {tag for tag, _ in words.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "h1", "p", "img", "a"),
    }
    assert [NASTY in part for part in words.parts].count(True) == 2


def test_nothing_comes_from_another_host() -> None:
    html = page_html(PAGE)
    assert [attributes["src"] for tag, attributes in read(html).tags if tag == "img"] == ["cid:chart-1"]
    assert "url(" not in html
    assert "@import" not in html
    assert {attributes["href"] for tag, attributes in read(html).tags if tag == "a"} == {
        "https://emban.example/app/alerts/7?a=1&b=2",
        "https://emban.example/app/alerts/7",
    }


def test_both_looks_are_those_of_the_console() -> None:
    html = page_html(PAGE)
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme:dark" in html
    tokens = TOKENS.read_text()
    names = {"on-primary": "onPrimary", "good": "positive", "bad": "negative"}
    for name, (light, dark) in COLOURS.items():
        assert re.findall(rf"\b{names.get(name, name)}: '(#\w+)'", tokens)[:2] == [light, dark], name


def test_every_picture_says_what_it_shows() -> None:
    assert all(attributes.get("alt") for tag, attributes in read(page_html(PAGE)).tags if tag == "img")
