"""Markdown becomes blocks of plain text: nothing in it can run, load, or lead anywhere but to a page or a mailbox."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emban.dashboards.markdown import TextBlock, TextRun, read_markdown


def _texts(markdown: str) -> list[str]:
    return ["".join(run.text for run in block.runs) for block in read_markdown(markdown)]


def _links(markdown: str) -> list[str | None]:
    return [run.href for block in read_markdown(markdown) for run in block.runs]


def test_blocks_and_runs() -> None:
    styles, lists = "# Title\n\nOne **bold** and *soft* `code`\nline\n\n", "- a\n  1. b\n\n  more\n- c\n\n"
    text = f"{styles}{lists}> said\n\n```\nx = 1\n```\n\n---"
    blocks = read_markdown(text)
    kinds = ["heading", "paragraph", "item", "item", "item", "item", "quote", "code", "rule"]
    assert [block.kind for block in blocks] == kinds
    assert blocks[1].runs == (
        TextRun("One "),
        TextRun("bold", bold=True),
        TextRun(" and "),
        TextRun("soft", italic=True),
        TextRun(" "),
        TextRun("code", code=True),
        TextRun(" "),
        TextRun("line"),
    )
    assert [(block.depth, block.marker) for block in blocks[2:6]] == [(0, "•"), (1, "1."), (0, ""), (0, "•")]
    assert blocks[7].runs == (TextRun("x = 1", code=True),)


def test_nested_styles_end_where_they_end() -> None:
    assert read_markdown("**a *b* [c](https://d.example)** e")[0].runs == (
        TextRun("a ", bold=True),
        TextRun("b", bold=True, italic=True),
        TextRun(" ", bold=True),
        TextRun("c", bold=True, href="https://d.example"),
        TextRun(" e"),
    )


@pytest.mark.parametrize("html", ["<img src=x onerror=alert(1)>", "a <b>c</b>", "<script>alert(1)</script>"])
def test_html_is_text(html: str) -> None:
    assert _texts(html) == [html]


def test_a_picture_is_its_words() -> None:
    assert read_markdown("![seen](https://evil.example/x.png)") == (TextBlock("paragraph", (TextRun("seen"),)),)


@pytest.mark.parametrize(
    ("markdown", "href"),
    [
        ("[a](https://a.example/x)", "https://a.example/x"),
        ("[a](HTTP://a.example)", "HTTP://a.example"),
        ("[a](mailto:a@b.example)", "mailto:a@b.example"),
        ("<https://a.example>", "https://a.example"),
        ("[a](javascript:alert(1))", None),
        ("[a](JaVaScRiPt:alert(1))", None),
        ("[a](&#106;avascript:alert(1))", None),
        ("[a](data:text/html,x)", None),
        ("[a](vbscript:x)", None),
        ("[a](/app/keys)", None),
        ("[a](//evil.example)", None),
        ("[a](\\\\\\\\evil.example)", None),
    ],
)
def test_links_lead_to_pages_and_mailboxes(markdown: str, href: str | None) -> None:
    assert set(_links(markdown)) == {href}


@given(st.text(max_size=200), st.text(max_size=60))
def test_no_text_leads_anywhere_else_or_fails(before: str, url: str) -> None:
    for href in _links(f"{before}[x]({url}) [y](<{url}>)"):
        assert href is None or href.lower().startswith(("http://", "https://", "mailto:"))
