"""The page for everybody: axe on every chart, keyboard, right to left, locale, paper, small and still screens."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from tests.browser.gallery import WIDGETS
from tests.browser.support import Emban, drawn, until, violations

FOCUSED = """(() => {
  const one = document.activeElement;
  const { right, left, width } = one.getBoundingClientRect();
  const widget = one.closest('[data-widget]')?.dataset.widget ?? null;
  const name = one.getAttribute('aria-label') ?? one.innerText;
  return { name, widget, tag: one.tagName, shown: width > 0 && left >= 0 && right <= innerWidth };
})()"""
PALETTES: list[dict[str, str]] = [
    {"primaryColor": "#ffee00", "textColor": "#eeeeee", "mutedColor": "#dddddd"},
    {"backgroundColor": "#ffffff", "cardBackground": "#101820", "textColor": "#444444", "primaryColor": "#222288"},
    {"backgroundColor": "#777777", "cardBackground": "#7a7a7a", "mutedColor": "#808080", "cardBorder": "#7a7a7a"},
]


async def opened(context: BrowserContext, url: str) -> Page:
    page = await context.new_page()
    await page.goto(url)
    await drawn(page)
    return page


async def as_tables(page: Page) -> None:
    """Turn every chart into its table."""
    buttons = page.get_by_role("button", name="Show as table")
    while await buttons.count():
        await buttons.first.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_chart(emban: Emban, context: BrowserContext, gallery: str, scheme: Any) -> None:
    page = await opened(context, emban.mint("north", gallery)["embed_url"])
    await page.emulate_media(color_scheme=scheme)
    assert await page.locator(".ew-card").count() == len(WIDGETS)
    assert await violations(page) == []
    await page.locator("[data-widget=list] .ew-link").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text("north.call")
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await as_tables(page)
    assert await page.locator("table").count() == 8
    assert await violations(page) == []


async def test_axe_finds_nothing_in_a_hosts_colours_or_right_to_left(
    emban: Emban, context: BrowserContext, gallery: str
) -> None:
    page = await context.new_page()
    for palette in PALETTES:
        await page.route("**/v1/embed/dashboard", partial(_with, palette))
        await page.goto(emban.mint("north", gallery)["embed_url"] + "&locale=ar")
        await drawn(page)
        await page.get_by_role("button", name=re.compile("^Period:")).click()
        assert await violations(page) == []
        await page.unroute("**/v1/embed/dashboard")


async def _with(theme: dict[str, str], route: Route) -> None:
    """Answer what the server does, with another theme."""
    answer = await route.fetch()
    body = await answer.json()
    body["dashboard"]["theme"] = theme
    await route.fulfill(response=answer, json=body)


async def test_the_tab_key_reaches_everything_once_and_in_order(
    emban: Emban, context: BrowserContext, gallery: str
) -> None:
    page = await opened(context, emban.mint("north", gallery)["embed_url"])
    walk: list[dict[str, Any]] = []
    for _ in range(80):
        await page.keyboard.press("Tab")
        at = await page.evaluate(FOCUSED)
        if at["tag"] == "BODY":
            break
        walk.append(at)
    assert all(at["shown"] and at["name"] for at in walk), walk
    names = [(at["widget"], at["name"]) for at in walk]
    assert len(set(names)) == len(names)
    assert [name for widget, name in names if widget is None][:3] == ["Model: all", "Plan: all", "Period: Last 7 days"]
    order = [at["widget"] for at in walk if at["widget"]]
    visited = list(dict.fromkeys(order))
    assert visited == [widget["id"] for widget in WIDGETS if widget["kind"] != "kpi"]
    assert order == sorted(order, key=visited.index)


async def test_a_chart_is_explored_by_keyboard(emban: Emban, context: BrowserContext, gallery: str) -> None:
    page = await opened(context, emban.mint("north", gallery)["embed_url"])
    chart = page.locator("[data-widget=stacked] .ew-surface")
    await chart.focus()
    heard = [await chart.get_attribute("aria-valuetext")]
    for key in ("End", "ArrowLeft", "ArrowDown", "ArrowDown", "Home", "ArrowRight"):
        await page.keyboard.press(key)
        heard.append(await chart.get_attribute("aria-valuetext"))
    _, last, before, first_series, second_series, home, after_home = [text or "" for text in heard]
    assert "so far" in last
    assert "so far" not in before
    assert before.count("north-model-") == 3
    assert (first_series.count("north-model-"), second_series.count("north-model-")) == (1, 1)
    assert first_series != second_series
    assert home != after_home
    # What is read out is what the API says: the newest whole bucket, all of its models.
    await page.keyboard.press("Escape")
    await expect(page.locator(".ew-tooltip")).to_be_hidden()


async def test_the_events_behind_a_point_by_keyboard(emban: Emban, context: BrowserContext, gallery: str) -> None:
    page = await opened(context, emban.mint("north", gallery)["embed_url"])
    link = page.locator("[data-widget=list] .ew-link").first
    await link.focus()
    async with page.expect_response("**/v1/embed/drill") as answered:
        await page.keyboard.press("Enter")
    answer = await (await answered.value).json()
    dialog = page.get_by_role("dialog", name="Model: north-model-0")
    await expect(dialog).to_contain_text(f"{len(answer['rows'])} events")
    await expect(dialog.locator("tbody tr")).to_have_count(13)
    assert await page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(link).to_be_focused()
    # A bucket of one series: as many events as the point says.
    chart = page.locator("[data-widget=stacked] .ew-surface")
    await chart.focus()
    for key in ("End", "ArrowLeft", "ArrowDown"):
        await page.keyboard.press(key)
    said = await chart.get_attribute("aria-valuetext") or ""
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").locator("tbody tr")).to_have_count(int(said.split()[-1]))


async def test_no_way_in_where_drilling_is_not_allowed(emban: Emban, context: BrowserContext, gallery: str) -> None:
    page = await opened(context, emban.mint("north", gallery, allow_drill_down=False)["embed_url"])
    await expect(page.locator(".ew-link")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.locator("[data-widget=donut] .ew-surface").focus()
    for key in ("ArrowRight", "Enter"):
        await page.keyboard.press(key)
    await page.wait_for_timeout(200)
    assert asked == []
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_right_to_left(emban: Emban, context: BrowserContext, gallery: str) -> None:
    page = await opened(context, emban.mint("north", gallery)["embed_url"] + "&locale=he-IL")
    assert await page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    title = await page.get_by_role("heading", name="Gallery").bounding_box()
    controls = await page.locator(".eb-controls").bounding_box()
    assert title
    assert controls
    assert title["x"] + title["width"] > controls["x"] + controls["width"]
    # Time runs to the left: the key to the left goes forward.
    chart = page.locator("[data-widget=bar] .ew-surface")
    await chart.focus()
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowLeft")
    await expect(chart).to_have_attribute("aria-valuenow", "2")
    left = "Number.parseFloat(getComputedStyle(document.querySelector('[data-widget=bar] .ew-band')).left)"
    second = await page.evaluate(left)
    await page.keyboard.press("ArrowLeft")
    assert await page.evaluate(left) < second


@pytest.mark.parametrize(("locale", "figure", "cost"), [("en-GB", "37", "US$2,053.50"), ("de-DE", "37", "2.053,50")])
async def test_numbers_are_written_as_the_locale_does(
    emban: Emban, context: BrowserContext, gallery: str, locale: str, figure: str, cost: str
) -> None:
    page = await opened(context, f"{emban.mint('north', gallery)['embed_url']}&locale={locale}")
    await expect(page.locator("[data-widget=stat] .ew-figure")).to_have_text(figure)
    shown = await page.locator("[data-widget=progress] .ew-figure").get_attribute("title") or ""
    assert cost.removeprefix("US") in shown
    assert "UTC" in await page.locator(".eb-when").inner_text()


async def test_every_figure_is_the_apis(emban: Emban, context: BrowserContext, gallery: str) -> None:
    minted = emban.mint("south", gallery)
    page = await context.new_page()
    async with page.expect_response("**/v1/embed/data") as answered:
        await page.goto(minted["embed_url"])
    await drawn(page)
    data = await (await answered.value).json()
    await as_tables(page)
    for widget in WIDGETS:
        name, card = widget["id"], page.locator(f"[data-widget={widget['id']}]")
        answer = data["widgets"][name]
        if widget["kind"] == "kpi":
            shown = [_number(await card.locator(".ew-figure").get_attribute("title"))]
            expected = [answer["points"][0]["value"]]
        else:
            cells = await card.locator("tbody td.ew-number").all_inner_texts()
            shown = [_number(text) for text in cells if any(map(str.isdigit, text)) and "%" not in text]
            expected = [row[-1] for row in answer["rows"]] if "rows" in answer else _values(answer)
        assert sorted(shown) == pytest.approx(sorted(expected)), name


def _values(answer: dict[str, Any]) -> list[float]:
    return [point["value"] for point in answer["points"] if point["value"] is not None]


def _number(text: str | None) -> float:
    return float(re.sub(r"[^0-9.]", "", text or ""))


async def test_on_paper(emban: Emban, context: BrowserContext, gallery: str) -> None:
    page = await opened(context, emban.mint("north", gallery)["embed_url"])
    await page.emulate_media(color_scheme="dark")
    dark = "rgb(25, 27, 35)"
    card = page.locator(".ew-card").first
    await expect(card).to_have_css("background-color", dark)
    await page.emulate_media(media="print", color_scheme="dark")
    await expect(card).to_have_css("background-color", "rgb(255, 255, 255)")
    await expect(page.locator(".eb-controls")).to_be_hidden()
    await expect(page.get_by_role("button", name="Show as table")).to_have_count(0)
    await expect(page.locator(".eb-when")).to_be_visible()
    cut = """[...document.querySelectorAll('.ew-list, .ew-table-scroll')]
      .filter(one => one.scrollHeight > one.clientHeight + 1).length"""
    assert await page.evaluate(cut) == 0
    assert len(await page.pdf(format="A4")) > 10_000
    await page.emulate_media(media="screen", color_scheme="dark")
    await expect(card).to_have_css("background-color", dark)


async def _late(route: Route) -> None:
    await asyncio.sleep(0.8)
    await route.continue_()


async def test_nothing_moves_when_figures_arrive_or_for_those_who_ask(
    emban: Emban, context: BrowserContext, gallery: str
) -> None:
    page = await context.new_page()
    await page.emulate_media(reduced_motion="reduce")
    await page.route("**/v1/embed/data", _late)
    places = """JSON.stringify([...document.querySelectorAll('.ew-card, .eb-name, .eb-controls')]
      .map(one => { const { x, y, width, height } = one.getBoundingClientRect(); return [x, y, width, height]; }))"""
    await page.goto(emban.mint("north", gallery)["embed_url"])
    await page.locator("[data-widget=table] .ew-skeleton").wait_for()
    assert await page.evaluate("document.getAnimations().length") == 0
    before = await page.evaluate(places)
    await drawn(page)
    assert await page.evaluate(places) == before


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_320_px_are_enough(emban: Emban, context: BrowserContext, gallery: str, locale: str) -> None:
    page = await context.new_page()
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto(f"{emban.mint('north', gallery)['embed_url']}&locale={locale}")
    await drawn(page)
    narrow = "document.documentElement.scrollWidth === 320 && document.body.scrollWidth <= 320"
    assert await page.evaluate(narrow)
    await page.get_by_role("button", name=re.compile("^Period:")).click()
    assert await page.evaluate(narrow)
    await page.keyboard.press("Escape")
    await as_tables(page)
    await page.locator("[data-widget=table] th").first.scroll_into_view_if_needed()
    assert await page.evaluate(narrow)
    await until(page, "document.querySelectorAll('table').length === 8")
