"""The renderer's charts beside the page's, pixel by pixel.

Both draw the same ECharts option, the one with V8 and typst, the other with Chromium's canvas; fonts are smoothed
differently. A pixel is right where each of its channels lies within what the other picture has at most 1 px of the
screen away, give or take `TOLERANCE` of 255. Of each chart, at most `MOST_WRONG` of the pixels may be wrong: a label
that is 2 px off, a line of another width or a colour that is exchanged is several times that.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from emban.render.document import RenderDocument
from emban.render.renderer import Renderer
from emban.render.worker import RenderLimits
from tests.browser.support import Emban, drawn, sign_in

CHARTS = ("line", "area", "bar", "stacked", "bars", "donut")
TOLERANCE = 40
MOST_WRONG = 0.001
COMPARE = """async ([one, other, tolerance, shift]) => {
  const pixels = async (url) => {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext('2d');
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, shift && url === other ? shift : 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  };
  const [a, b] = [await pixels(one), await pixels(other)];
  if (a.width !== b.width || a.height !== b.height) return [1, `${a.width}x${a.height}`, `${b.width}x${b.height}`];
  const { width, height } = a;
  const outside = (mine, theirs, x, y) => {
    for (let channel = 0; channel < 3; channel += 1) {
      let [least, most] = [255, 0];
      for (let dy = -2; dy <= 2; dy += 1) for (let dx = -2; dx <= 2; dx += 1) {
        const [cx, cy] = [Math.min(width - 1, Math.max(0, x + dx)), Math.min(height - 1, Math.max(0, y + dy))];
        const value = theirs.data[(cy * width + cx) * 4 + channel];
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      const value = mine.data[(y * width + x) * 4 + channel];
      if (value < least - tolerance || value > most + tolerance) return true;
    }
    return false;
  };
  let wrong = 0;
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1)
    if (outside(a, b, x, y) || outside(b, a, x, y)) wrong += 1;
  return [wrong / (width * height), `${width}x${height}`, `${width}x${height}`];
}"""


@pytest.fixture
async def sharp(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Yield a profile on a screen with twice the pixels."""
    fresh = await browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", locale="en-GB", device_scale_factor=2
    )
    yield fresh
    await fresh.close()


@pytest.fixture(scope="module")
async def renderer() -> AsyncIterator[Renderer]:
    made = Renderer(RenderLimits())
    yield made
    await made.close()


async def opened(context: BrowserContext, address: str) -> tuple[Page, RenderDocument]:
    """Open a page; returns it with the document that a renderer needs to draw the same."""
    page = await context.new_page()
    said: dict[str, Any] = {}

    async def remember(route: Any) -> None:
        answer = await route.fetch()
        said[route.request.url.rsplit("/", 1)[-1]] = await answer.json()
        await route.fulfill(response=answer)

    await page.route("**/v1/embed/dashboard", remember)
    await page.route("**/v1/embed/data", remember)
    await page.goto(address)
    await drawn(page)
    config, data = said["dashboard"]["dashboard"], said["data"]
    document = RenderDocument(
        name=config["name"],
        timezone=config["timezone"],
        generated_at=datetime.now(UTC),
        as_of=data["as_of"],
        period=said["dashboard"]["filters"]["default_period"],
        locale="en-GB",
        widgets=tuple(config["widgets"]),
        answers=data["widgets"],
    )
    return page, document


def as_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


async def compare(paper: Page, one: str, other: str, shift: int = 0) -> float:
    """Return the part of the pixels that are wrong; `shift` moves the second picture to the right."""
    wrong, size, other_size = await paper.evaluate(COMPARE, [one, other, TOLERANCE, shift])
    assert size == other_size
    return float(wrong)


async def test_every_chart_is_drawn_as_the_page_draws_it(
    emban: Emban, sharp: BrowserContext, gallery: str, renderer: Renderer
) -> None:
    page, document = await opened(sharp, emban.mint("north", gallery)["embed_url"])
    paper = await sharp.new_page()
    found = {}
    for chart in CHARTS:
        surface = page.locator(f"[data-widget={chart}] .ew-surface")
        width, height = await surface.evaluate("one => [Math.floor(one.clientWidth), Math.floor(one.clientHeight)]")
        canvas = await surface.locator("canvas").evaluate("one => one.toDataURL('image/png')")
        made = as_url(await renderer.chart_png("org", document, chart, width=width, height=height, bare=True))
        found[chart] = await compare(paper, canvas, made)
        # The test can fail: 3 px to the right, the same picture is another.
        assert await compare(paper, canvas, made, shift=6) > 2 * MOST_WRONG, chart
    assert {chart: wrong for chart, wrong in found.items() if wrong > MOST_WRONG} == {}, found


async def test_the_page_offers_every_format_and_saves_the_file(
    emban: Emban, context: BrowserContext, gallery: str
) -> None:
    page = await context.new_page()
    await page.goto(emban.mint("north", gallery)["embed_url"])
    await drawn(page)
    begins = {"CSV": b"Gallery", "PDF": b"%PDF-", "PNG": b"\x89PNG"}
    for name, beginning in begins.items():
        await page.get_by_role("button", name="Download all figures").click()
        async with page.expect_download() as downloading:
            await page.get_by_role("button", name=name).click()
        file = await downloading.value
        assert file.suggested_filename.endswith(f".{name.lower()}")
        content = (await file.path()).read_bytes()
        assert content.startswith(beginning)
    await page.get_by_role("button", name="Download: The donut").click()
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="PDF").click()
    assert "The donut" in (await downloading.value).suggested_filename


async def test_the_consoles_preview_saves_files(emban: Emban, context: BrowserContext, gallery: str) -> None:
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{gallery}")
    for name, beginning in (("CSV", b"Gallery"), ("PDF", b"%PDF-")):
        await page.get_by_role("button", name="Download").click()
        async with page.expect_download() as downloading:
            await page.get_by_role("menuitem", name=name).click()
        file = await downloading.value
        assert file.suggested_filename.startswith("Gallery - ")
        assert (await file.path()).read_bytes().startswith(beginning)


async def test_a_session_without_exports_is_offered_none(emban: Emban, context: BrowserContext, gallery: str) -> None:
    page = await context.new_page()
    await page.goto(emban.mint("north", gallery, allow_export=False)["embed_url"])
    await drawn(page)
    assert await page.get_by_role("button", name="Download").count() == 0
    assert await page.get_by_role("button", name="Show as table").count() > 0
