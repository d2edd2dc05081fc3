"""The page in the iframe: what it shows, what it asks for, how it is used."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, Response, expect

from tests.browser.support import READY, ROOT, Emban, drawn, violations, watched

TENANT = "aurora-health"
# The whole page, as gzip would send it: every file that it loads and every answer of the API.
BUDGET_BYTES = 200 * 1024
STATIC = ROOT / "src/emban/app/static"


async def open_embed(context: BrowserContext, url: str) -> Page:
    page = await context.new_page()
    await page.goto(url)
    await drawn(page)
    return page


def number(text: str | None) -> float:
    return float(re.sub(r"[^0-9.]", "", text or "") or "nan")


async def test_shows_the_numbers_of_the_api(emban: Emban, context: BrowserContext) -> None:
    minted = emban.mint(TENANT)
    config = emban.embed(minted["token"], "/v1/embed/dashboard")
    data = emban.embed(minted["token"], "/v1/embed/data", {"period": config["filters"]["default_period"]})
    page = await open_embed(context, minted["embed_url"])
    checked = set()
    for widget in config["dashboard"]["widgets"]:
        answer = data["widgets"][widget["id"]]
        card = page.locator(f"[data-widget={widget['id']}]")
        await expect(card.get_by_role("heading")).to_have_text(widget["title"])
        if widget["kind"] == "kpi" and widget["query"]["metric"].startswith("count"):
            shown = await card.locator(".ew-figure").get_attribute("title")
            assert number(shown) == answer["points"][0]["value"]
        elif widget["kind"] == "timeseries" and widget["query"]["metric"] == "count":
            await card.get_by_role("button", name="Show as table").click()
            cells = await card.locator("tbody td.ew-number").all_inner_texts()
            assert sum(map(number, cells)) == sum(point["value"] for point in answer["points"])
        elif widget["kind"] == "table":
            rows = await card.locator("tbody tr").count()
            assert rows == len(answer["rows"])
        else:
            continue
        checked.add(widget["kind"])
    assert checked == {"kpi", "timeseries", "table"}


async def test_charts_are_on_the_canvas(emban: Emban, context: BrowserContext) -> None:
    page = await open_embed(context, emban.mint(TENANT)["embed_url"])
    canvases = page.locator(".ew-canvas canvas")
    assert await canvases.count() >= 5
    blank = """canvas => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return !data.some(byte => byte !== 0);
    }"""
    for canvas in await canvases.all():
        assert not await canvas.evaluate(blank)


async def test_keeps_the_token_to_itself(emban: Emban, context: BrowserContext) -> None:
    minted = emban.mint(TENANT)
    seen = await watched(context)
    await seen.page.goto(minted["embed_url"])
    await drawn(seen.page)
    token = minted["token"]
    assert token not in seen.page.url
    assert token not in await seen.page.content()
    assert await seen.page.evaluate("document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })") == "{}"
    assert seen.complaints == []
    first, *others = seen.requests
    assert token in first[0]
    for url, headers in others:
        assert url.startswith(emban.address)
        assert token not in url
        assert token not in headers.get("referer", "")
        if "/v1/embed/" in url:
            assert headers["authorization"] == f"Bearer {token}"


async def test_fits_the_budget(emban: Emban, context: BrowserContext) -> None:
    seen = await watched(context)
    answers: list[Response] = []
    seen.page.on("response", lambda answer: answers.append(answer) if "/v1/" in answer.url else None)
    await seen.page.goto(emban.mint(TENANT)["embed_url"])
    await drawn(seen.page)
    figures = [len(gzip.compress(await answer.body())) for answer in answers]
    paths = [url.removeprefix(emban.address) for url, _ in seen.requests if "/v1/" not in url]
    files = [STATIC / path.removeprefix("/static/") for path in paths if path.startswith("/static/")]
    assert len(paths) == 5  # The page, its style sheet, its font, its two scripts.
    assert len(figures) == 2  # The dashboard and its data.
    assert sum(map(gzipped, [STATIC / "embed/index.html", *files])) + sum(figures) < BUDGET_BYTES


def gzipped(file: Path) -> int:
    packed = file.with_name(f"{file.name}.gz")
    return (packed if packed.is_file() else file).stat().st_size


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(emban: Emban, context: BrowserContext, scheme: Any) -> None:
    page = await open_embed(context, emban.mint(TENANT)["embed_url"])
    await page.emulate_media(color_scheme=scheme)
    assert await violations(page) == []
    buttons = page.get_by_role("button", name="Show as table")
    while await buttons.count():
        await buttons.first.click()
    await page.get_by_role("button", name=re.compile("^Period:")).click()
    assert await violations(page) == []


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
async def test_is_as_wide_as_its_frame(emban: Emban, context: BrowserContext, width: int) -> None:
    page = await context.new_page()
    await page.set_viewport_size({"width": width, "height": 700})
    await page.goto(emban.mint(TENANT)["embed_url"])
    await drawn(page)
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    overflowing = """[...document.querySelectorAll('.ew-card')]
      .filter(card => card.getBoundingClientRect().right > innerWidth + 0.5).length"""
    assert await page.evaluate(overflowing) == 0


async def test_is_used_by_keyboard(emban: Emban, context: BrowserContext) -> None:
    page = await open_embed(context, emban.mint(TENANT)["embed_url"])
    chart = page.locator(".ew-timeseries .ew-surface").first
    await chart.focus()
    before = await chart.get_attribute("aria-valuetext")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    after = await chart.get_attribute("aria-valuetext")
    assert before
    assert after
    assert after != before
    await expect(page.locator(".ew-tooltip")).to_be_visible()
    picker = page.get_by_role("button", name=re.compile("^Model:"))
    await picker.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("checkbox").first).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(picker).to_be_focused()
    await expect(page.get_by_role("checkbox")).to_have_count(0)


async def test_filters_and_periods_narrow_the_figures(emban: Emban, context: BrowserContext) -> None:
    minted = emban.mint(TENANT)
    page = await open_embed(context, minted["embed_url"])
    figure = page.locator(".ew-kpi .ew-figure").first
    widget = await page.locator(".ew-kpi").first.get_attribute("data-widget")
    await page.get_by_role("button", name=re.compile("^Model:")).click()
    await page.get_by_role("checkbox", name="atlas-mini").check()
    filters = {"dimensions": {"model": ["atlas-mini"]}, "numeric_ranges": {}}
    for period, label in (("30d", None), ("7d", "Last 7 days")):
        if label:
            await page.get_by_role("button", name=re.compile("^Period:")).click()
            await page.get_by_role("button", name=label).click()
        body = {"period": period, "filters": filters, "widgets": [widget]}
        expected = emban.embed(minted["token"], "/v1/embed/data", body)["widgets"][widget]["points"][0]["value"]
        await expect(figure).to_have_attribute("title", f"{expected:,}")


async def test_a_range_of_days_is_sent_with_its_last_day(emban: Emban, context: BrowserContext) -> None:
    page = await open_embed(context, emban.mint(TENANT)["embed_url"])
    await page.get_by_role("button", name=re.compile("^Period:")).click()
    await page.get_by_label("First day").fill("2026-01-31")
    await page.get_by_label("Last day").fill("2026-01-01")
    await page.get_by_role("button", name="Show these days").click()
    await expect(page.get_by_role("alert")).to_have_text("The last day is before the first one.")
    await page.get_by_label("Last day").fill("2026-01-31")
    async with page.expect_request("**/v1/embed/data") as request:
        await page.get_by_role("button", name="Show these days").click()
    body = (await request.value).post_data_json
    assert body is not None
    assert (body["date_from"], body["date_to"]) == ("2026-01-31", "2026-02-01")
    await expect(page.get_by_text("Nothing in this period").first).to_be_visible()


async def test_another_tenant_sees_other_figures(emban: Emban, context: BrowserContext) -> None:
    pages = [await open_embed(context, emban.mint(tenant)["embed_url"]) for tenant in (TENANT, "ember-studio")]
    large, small = [number(await page.locator(".ew-figure").first.get_attribute("title")) for page in pages]
    assert large > 10 * small > 0


async def test_reads_a_table_in_any_order(emban: Emban, context: BrowserContext) -> None:
    page = await open_embed(context, emban.mint(TENANT)["embed_url"])
    table = page.locator(".ew-table")
    await table.get_by_role("button", name="Events").click()
    header = table.get_by_role("columnheader", name="Events")
    await expect(header).to_have_attribute("aria-sort", "descending")
    column = 1 + (await table.get_by_role("columnheader").all_inner_texts()).index("Events")
    values = [number(text) for text in await table.locator(f"tbody td:nth-child({column})").all_inner_texts()]
    assert values == sorted(values, reverse=True)
    await expect(page.locator(READY)).to_be_visible()
