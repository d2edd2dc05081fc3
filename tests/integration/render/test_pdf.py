"""PDF files: pages, text, tags and dates, read back with another library."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from pypdf import PdfReader

from emban.render.document import ChosenRange, ChosenValues
from emban.render.renderer import Renderer
from tests.support.documents import (
    EVERY_CHART,
    MODELS,
    NOW,
    alt_texts,
    days,
    document_of,
    every_chart,
    long_table,
    metadata_of,
    pages_of,
    plain,
    point,
    points,
    root_of,
    table,
    tags,
    widget,
)

A4_PT = (595, 842)


async def test_a_page_says_what_when_and_for_whom(renderer: Renderer) -> None:
    document = every_chart(
        tenant="Acme, Inc.",
        filters=(ChosenValues("model", ("a", "b")), ChosenValues("plan", tuple(f"p{nth}" for nth in range(9)))),
        ranges=(ChosenRange("tokens", 1, None), ChosenRange("cost", 0.5, 2)),
    )
    pages = pages_of(await renderer.pdf("org", document))
    assert len(pages) == 2
    for part in (
        "API usage Last 7 days · Nov 21-27 · UTC",
        "Acme, Inc. · model: a, b · plan: p0, p1, p2, p3, p4, p5 and 3 more · tokens: from 1 · cost: 0.5 to 2",
        "Figures as of Nov 27, 12:30 PM · Generated Nov 27, 12:30 PM",
    ):
        assert part in pages[0]
    assert pages[1].startswith("API usage Last 7 days · Nov 21-27")
    for number, page in enumerate(pages, 1):
        assert page.endswith(f"Generated Nov 27, 12:30 PM · UTC Page {number} of 2")


async def test_every_kind_of_widget_is_there_in_words(renderer: Renderer) -> None:
    made = await renderer.pdf("org", every_chart())
    text = " ".join(pages_of(made))
    for title in EVERY_CHART:
        assert f"The {title}" in text
    for words in (
        "4,321 +8.0% vs the period before",
        "$450.50 50.1% of $900.00",
        "Read 1,234 Written 77",
        "atlas-large 950 55.6% (none) 640 37.4% Other 120 7.0%",
        "atlas-large atlas-mini vector-2 810 322 19",
        "1,000 atlas-large 700 70.0% atlas-mini 200 20.0% vector-2 100 10.0%",
        "Model Events atlas-large 1,000 atlas-mini 1,001 vector-2 1,002",
    ):
        assert words in text, text
    alts = alt_texts(made)
    assert len(alts) == 6, "one for each drawing: the donut's and the bars' are drawings, too"
    assert "Line chart, Nov 21-27, per day." in alts[0]
    assert "vector-2: highest 930 on Wed, Nov 25" in alts[0]
    assert alts[4] == "Bar chart: atlas-large 810 (70.4%), atlas-mini 322 (28.0%), vector-2 19 (1.7%)."


async def test_files_are_tagged_and_fit_for_archives(renderer: Renderer) -> None:
    made = await renderer.pdf("org", every_chart())
    found = tags(made)
    assert found.count("/H1") == 1
    assert found.count("/H2") == len(EVERY_CHART)
    assert {"/Table", "/TH", "/TD", "/Figure"} <= set(found)
    reader = PdfReader(io.BytesIO(made))
    assert root_of(made)["/MarkInfo"]["/Marked"]
    assert root_of(made)["/Lang"] == "en"
    metadata = metadata_of(made)
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [*A4_PT]


async def test_the_same_document_is_the_same_file(renderer: Renderer) -> None:
    document = every_chart()
    first, second = await renderer.pdf("org", document), await renderer.pdf("another", document)
    assert first == second
    created = PdfReader(io.BytesIO(first)).metadata
    assert created is not None
    assert created.creation_date == NOW
    later = await renderer.pdf("org", replace(document, generated_at=NOW + timedelta(hours=1)))
    assert later != first


async def test_a_thousand_rows_are_whole_and_every_page_has_their_head(renderer: Renderer) -> None:
    pages = pages_of(await renderer.pdf("org", document_of(long_table(1000))))
    text = " ".join(pages)
    found = [nth for nth in range(1000) if f"row-{nth:04d} " in text]
    assert found == list(range(1000))
    assert "of 1,000 rows" not in text
    assert all(("Name Path Events" in page) == ("row-" in page) for page in pages)
    assert len(pages) > 10
    # Rows go on where they stopped.
    firsts = [page.index("row-") for page in pages if "row-" in page]
    numbers = [int(page[at + 4 : at + 8]) for page, at in zip(pages, firsts, strict=True)]
    assert all(one < other for one, other in pairwise(numbers))


async def test_of_more_rows_it_is_said_how_many_there_are(renderer: Renderer) -> None:
    text = " ".join(pages_of(await renderer.pdf("org", document_of(long_table(1500)))))
    assert "row-0999" in text
    assert "row-1000" not in text
    assert "1,000 of 1,500 rows." in text


async def test_no_widget_is_cut_by_the_end_of_a_page(renderer: Renderer) -> None:
    """Fifty lists of which each begins and ends with words of its own."""
    parts = []
    for nth in range(50):
        rows = [f"begin-{nth:02d}", *(f"mid-{nth:02d}-{row}" for row in range(nth % 9)), f"end-{nth:02d}"]
        layout = ((nth % 3) * 4, nth // 3 * 4, 4, 3 + nth % 2)
        one = widget(f"w{nth}", "breakdown", "list", layout, title=f"Title-{nth:02d}", query={"group_by": ["model"]})
        parts.append((one, points(*(point(100 - at, (name,)) for at, name in enumerate(rows)))))
    pages = pages_of(await renderer.pdf("org", document_of(*parts)))
    for nth in range(50):
        homes = {
            words: [number for number, page in enumerate(pages) if words in page]
            for words in (f"Title-{nth:02d}", f"begin-{nth:02d}", f"end-{nth:02d}")
        }
        first = homes[f"Title-{nth:02d}"]
        assert len(first) == 1
        assert all(home == first for home in homes.values()), homes
    assert len(pages) > 3


async def test_a_band_higher_than_a_page_is_not_cut_either(renderer: Renderer) -> None:
    """Cards that overlap row by row, so that no line across the dashboard passes between two of them."""
    parts = [
        (
            widget(f"w{nth}", "kpi", "stat", ((nth % 2) * 6, nth * 6, 6, 12), title=f"Title-{nth:02d}"),
            points(point(1000 + nth)),
        )
        for nth in range(12)
    ]
    pages = pages_of(await renderer.pdf("org", document_of(*parts)))
    for nth in range(12):
        (page,) = [page for page in pages if f"Title-{nth:02d}" in page]
        assert f"{1000 + nth:,}" in page


async def test_a_title_of_200_characters(renderer: Renderer) -> None:
    title = ("A very long title of a widget " * 7)[:200].strip()
    one, answer = EVERY_CHART["bar"]
    wide = {**one, "title": title, "layout": {"x": 0, "y": 0, "w": 12, "h": 4}}
    text = " ".join(pages_of(await renderer.pdf("org", document_of((wide, answer), name=title))))
    assert text.count(title) == 2, "once as the name of the dashboard, once as the widget's"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], "This dashboard has no widgets."),
        ([(EVERY_CHART["list"][0], points())], "There is nothing in this period."),
        ([(EVERY_CHART["stat"][0], points(point(0)))], "There is nothing in this period."),
        ([(EVERY_CHART["table"][0], table({"model": "string"}, []))], "There is nothing in this period."),
        ([(EVERY_CHART["bar"][0], days({"": [None] * 7}))], "Nothing in this period"),
        ([(EVERY_CHART["stat"][0], points())], "No data in this period"),
    ],
)
async def test_an_empty_dashboard_says_so(renderer: Renderer, parts: list[Any], said: str) -> None:
    assert said in pages_of(await renderer.pdf("org", document_of(*parts)))[0]


async def test_a_widget_that_failed_says_so_in_its_place(renderer: Renderer) -> None:
    failed = {"error": "the query takes too long", "code": "query_too_expensive"}
    parts = [(one, failed if name == "line" else answer) for name, (one, answer) in EVERY_CHART.items()]
    made = await renderer.pdf("org", document_of(*parts))
    text = " ".join(pages_of(made))
    assert "The line This could not be loaded The query takes too long." in text
    assert "There is nothing in this period." not in text
    assert "4,321" in text
    assert len(alt_texts(made)) == 5


async def test_an_unfinished_day_and_a_comparison_are_said(renderer: Renderer) -> None:
    before = {
        "compare": "previous_period",
        "previous_window": {
            "from": "2026-11-14T00:00:00Z",
            "to": "2026-11-20T12:30:00Z",
            "local_from": "2026-11-14T00:00",
            "local_to": "2026-11-20T12:30",
        },
        "previous_unpaired": 1,
    }
    answer = days({"": [5.0] * 7}, **before)
    for one in answer["points"]:
        one["previous_value"] = 4.0
    made = await renderer.pdf("org", document_of((EVERY_CHART["bar"][0], answer)))
    assert "Not drawn: the last day of Nov 14-20, with nothing beside it." in " ".join(pages_of(made))
    assert "Nov 21-27 and, dashed, Nov 14-20" in alt_texts(made)[0]


async def test_scripts_of_the_world(renderer: Renderer) -> None:
    """With the optional fonts: right to left, Chinese, emoji; still fit for archives."""
    names = ("東京モデル", "نموذج كبير", "דגם קטן", "😀 emoji", "Ελληνικά")
    one = EVERY_CHART["list"][0]
    answer = points(*(point(90 - nth, (name,)) for nth, name in enumerate(names)))
    made = await renderer.pdf("org", document_of((one, answer), locale="ar", name="تقرير"))
    text = " ".join(pages_of(made))
    for part in ("東京モデル", "😀", "Ελληνικά"):
        assert part in text
    assert "<pdfaid:part>2</pdfaid:part>" in metadata_of(made)


async def test_numbers_and_dates_are_those_of_the_locale(renderer: Renderer) -> None:
    for locale, number, date in (("de", "4.321", "21.-27. Nov."), ("en-GB", "4,321", "21-27 Nov"), ("xx", "4,321", "")):
        made = await renderer.pdf("org", document_of(EVERY_CHART["stat"], EVERY_CHART["bar"], locale=locale))
        text = plain(" ".join(pages_of(made)))
        assert number in text
        assert date in text


async def test_what_no_font_or_format_holds_spoils_no_file(renderer: Renderer) -> None:
    nasty = "a\x00b\x07c\x9fd\uffffe</text><script>\u202e&amp; #set page() $x$ \\ *b*"
    one, answer = EVERY_CHART["horizontal_bar"]
    points_ = [{**dot, "group": [f"{nasty}{nth}"]} for nth, dot in enumerate(answer["points"])]
    wide = {**one, "title": "x #panic() <b>", "layout": {"x": 0, "y": 0, "w": 12, "h": 4}}
    made = await renderer.pdf("org", document_of((wide, {**answer, "points": points_}), name="#eval[]"))
    text = " ".join(pages_of(made))
    assert "#eval[]" in text
    assert "x #panic() <b>" in text
    assert "e</text><script>" in text


async def test_models_are_drawn_in_the_colours_that_they_have_elsewhere(renderer: Renderer) -> None:
    """The names that the drawings' labels carry are there as text, too."""
    text = " ".join(pages_of(await renderer.pdf("org", every_chart())))
    for model in MODELS:
        assert text.count(model) >= 4
