"""V8 and typst put together: an order in, a file out. Runs in the child alone, where neither can do harm."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst
from py_mini_racer import MiniRacer

from emban.kit.rfc3339 import parse_instant

HERE = Path(__file__).parent
SCRIPT = HERE / "assets" / "charts.js"
TEMPLATE, BLANK = HERE / "report.typ", HERE / "blank.typ"
# Tagged for screen readers (PDF/UA-1) and fit for archives (PDF/A-2a, which is more than 2b).
STANDARDS: list[Any] = ["a-2a", "ua-1"]
# A4 less its margins, in px of a screen: as many as make the smallest text 7.7 points.
PAGE_WIDTH, PAGE_MARGIN_PT, A4_WIDTH_PT = 800, 40, 595.28
# Less than a page has, so that what follows the title on the first page fits there.
PAGE_HEIGHT = 1030
PICTURE_WIDTH = 1200
POINTS_AN_INCH = 72
# A pixel takes up to 13 bytes while a picture is drawn and packed: these are 430 of a child's 512 MiB.
MOST_PIXELS = 26_000_000
HEAP_BYTES = 256 << 20
_TITLE_PX, _SHORT_TITLE = 260, 70
_AGES = 11


class PictureTooLargeError(Exception):
    """A dashboard is so high that a picture of it would be less sharp than a screen."""


class DrawingEngine:
    """Draws documents one after the other. Not for use by several threads."""

    def __init__(self, fonts: Sequence[Path]) -> None:
        self._context = MiniRacer()
        self._context.set_hard_memory_limit(HEAP_BYTES)
        self._context.eval(SCRIPT.read_text())
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path) for path in fonts]
        )
        self._compiler = typst.Compiler(
            input=str(TEMPLATE), root=str(HERE), font_paths=self._fonts, ignore_system_fonts=True
        )

        self._blank = typst.Compiler(input=str(BLANK), font_paths=self._fonts, ignore_system_fonts=True)

    def draw(self, order: dict[str, Any], document: str) -> bytes:
        """Return the file that an order asks for: `draw` is pdf, png, chart or words. Raises as V8 and typst.

        Raises `PictureTooLargeError` for a png of what is several dozen screens high.
        """
        match order["draw"]:
            case "pdf":
                return self._pdf(document)
            case "png":
                return self._png(document)
            case "words":
                return self._words(document)
            case _:
                return self._chart(order, document)

    def forget(self) -> None:
        """Give back the memory of what was drawn last; some milliseconds, for when the answer is on its way.

        typst drops what ten compilations in a row did not use; without that, a child grew from 130 to 313 MiB over 60
        dashboards.
        """
        for _ in range(_AGES):
            self._blank.compile(format="svg")
        self._context.low_memory_notification()
        ctypes.CDLL(None).malloc_trim(0)

    def _pdf(self, document: str) -> bytes:
        paper = {"width": PAGE_WIDTH, "height": PAGE_HEIGHT}
        page = self._ask({"draw": "page", "paper": paper}, document)
        scale = (A4_WIDTH_PT - 2 * PAGE_MARGIN_PT) / PAGE_WIDTH
        inputs = self._inputs(page, "pages", paper={**paper, "scale": scale, "margin": PAGE_MARGIN_PT})
        made_at = int(parse_instant(page["head"]["made_at"]).timestamp())
        try:
            return self._compile(inputs, format="pdf", pdf_standards=STANDARDS, timestamp=made_at)
        except typst.TypstError:
            # A character that no font here has keeps a file from being PDF/A. It is drawn as a box all the same.
            return self._compile(inputs, format="pdf", timestamp=made_at)

    def _png(self, document: str) -> bytes:
        paper = {"width": PICTURE_WIDTH, "height": None}
        page = self._ask({"draw": "page", "paper": paper}, document)
        height = _TITLE_PX + sum(block.get("height", 0) + 12 for block in page["blocks"])
        scale = min(2.0, (MOST_PIXELS / (PICTURE_WIDTH * height)) ** 0.5)
        if scale < 1:
            raise PictureTooLargeError
        inputs = self._inputs(page, "picture", paper=paper)
        return self._compile(inputs, format="png", ppi=POINTS_AN_INCH * scale)

    def _words(self, document: str) -> bytes:
        """Return the head of the page and its cards without drawings, as JSON."""
        page = self._ask({"draw": "page", "paper": {"width": PICTURE_WIDTH, "height": None}}, document)
        cards = [card for block in page["blocks"] for card in _cards(block)]
        return json.dumps({"head": page["head"], "cards": cards}).encode()

    def _chart(self, order: dict[str, Any], document: str) -> bytes:
        chart = self._ask(order, document)
        inputs = self._inputs(chart, "chart", paper={"width": order["width"], "height": order["height"]})
        return self._compile(inputs, format="png", ppi=POINTS_AN_INCH * 2)

    def _ask(self, order: dict[str, Any], document: str) -> dict[str, Any]:
        """Return what the charts' script makes of a document."""
        answer = self._context.eval(f"embanDraw({json.dumps(json.dumps(order))}, {json.dumps(document)})")
        if not isinstance(answer, str):
            raise TypeError("the charts' script gave no text")
        made: dict[str, Any] = json.loads(answer)
        return made

    def _inputs(self, made: dict[str, Any], kind: str, *, paper: dict[str, Any]) -> dict[str, str]:
        made["paper"] = paper
        if "head" in made:
            title = made["head"]["title"]
            made["head"]["short"] = title if len(title) <= _SHORT_TITLE else f"{title[: _SHORT_TITLE - 1].rstrip()}…"
        return {"page": json.dumps(made), "paper": kind}

    def _compile(self, inputs: dict[str, str], **how: Any) -> bytes:
        made = self._compiler.compile(sys_inputs=inputs, **how)
        if not isinstance(made, bytes):
            raise TypeError("typst made no single file")
        return made


def _cards(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a block's cards with what they say in figures; of other kinds their title alone."""
    cards = [block["card"]] if block["kind"] == "long" else [placed["card"] for placed in block["cards"]]
    said = ("figure", "figures", "state")
    return [
        {
            "title": card["title"],
            "body": card["body"] if card["body"]["kind"] in said else {"kind": card["body"]["kind"]},
        }
        for card in cards
    ]
