"""Texts, headings, lines, colours and the order of phones, on the page that customers see."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.support import Emban, Watched, drawn, violations, watched

COUNT: dict[str, Any] = {"event_name": "*", "metric": "count"}
HOSTILE = (
    "**Read** this <img src=x onerror=\"document.title='run'\"> and [here](javascript:document.title='run') or "
    "[there](https://docs.example/usage)\n\n![seen](https://evil.example/pixel.png)\n\n- one\n- two"
)
WIDGETS: list[dict[str, Any]] = [
    {"id": "w_head", "title": "Usage", "kind": "heading", "layout": {"x": 0, "y": 0, "w": 12, "h": 1}},
    {"id": "w_note", "title": "Note", "kind": "text", "text": HOSTILE, "layout": {"x": 0, "y": 1, "w": 4, "h": 4}},
    {
        "id": "w_line",
        "title": "Requests a day",
        "kind": "timeseries",
        "chart": "line",
        "query": {**COUNT, "granularity": "day"},
        "lines": [{"value": 1_000_000, "label": "Plan"}, {"value": 10, "kind": "threshold"}],
        "layout": {"x": 4, "y": 1, "w": 8, "h": 4},
        "phone": {"order": 1},
    },
    {
        "id": "w_models",
        "title": "Models",
        "kind": "breakdown",
        "chart": "donut",
        "query": {**COUNT, "group_by": ["model"]},
        "layout": {"x": 0, "y": 5, "w": 6, "h": 4},
        "phone": {"order": 0},
    },
    {
        "id": "w_wide",
        "title": "For desks",
        "kind": "breakdown",
        "chart": "horizontal_bar",
        "query": {**COUNT, "group_by": ["model"]},
        "lines": [{"value": 500}],
        "layout": {"x": 6, "y": 5, "w": 6, "h": 4},
        "phone": {"hidden": True},
    },
]


@pytest.fixture(scope="module")
def kinds(emban: Emban) -> str:
    """Return the id of a published dashboard with every kind of widget that is more than figures."""
    return emban.publish("Kinds", WIDGETS)


async def _opened(emban: Emban, context: BrowserContext, kinds: str, tenant: str = "aurora-health") -> Watched:
    seen = await watched(context)
    await seen.page.goto(emban.mint(tenant, kinds)["embed_url"])
    await drawn(seen.page)
    return seen


async def _order(page: Page) -> list[str]:
    ids: list[str] = await page.evaluate(
        "[...document.querySelectorAll('[data-widget]')].filter(e => e.checkVisibility()).map(e => e.dataset.widget)"
    )
    return ids


async def test_a_text_is_only_text(emban: Emban, context: BrowserContext, kinds: str) -> None:
    seen = await _opened(emban, context, kinds)
    note = seen.page.locator("[data-widget=w_note]")
    await expect(note.locator("strong")).to_have_text("Read")
    await expect(note.locator(".ew-text-item")).to_have_count(2)
    await expect(note).to_contain_text("<img src=x onerror=")
    await expect(note.locator("img")).to_have_count(0)
    links = note.locator("a")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://docs.example/usage")
    await expect(links).to_have_attribute("rel", "noopener noreferrer")
    assert await seen.page.title() != "run"
    assert seen.complaints == []
    assert all("evil.example" not in url for url, _ in seen.requests)


async def test_a_heading_divides_the_page(emban: Emban, context: BrowserContext, kinds: str) -> None:
    page = (await _opened(emban, context, kinds)).page
    await expect(page.get_by_role("heading", name="Usage", level=2)).to_be_visible()
    await expect(page.get_by_role("heading", name="Requests a day", level=3)).to_be_visible()
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert await violations(page) == []


async def test_lines_are_said(emban: Emban, context: BrowserContext, kinds: str) -> None:
    page = (await _opened(emban, context, kinds)).page
    chart = page.locator("[data-widget=w_line]")
    await expect(chart.get_by_text("Plan: 1M; Threshold: 10.", exact=False)).to_have_count(1)


async def test_a_phone_has_its_own_order(emban: Emban, context: BrowserContext, kinds: str) -> None:
    page = (await _opened(emban, context, kinds)).page
    assert await _order(page) == ["w_head", "w_note", "w_line", "w_models", "w_wide"]
    await page.set_viewport_size({"width": 375, "height": 800})
    await expect(page.locator("[data-widget=w_wide]")).to_be_hidden()
    assert await _order(page) == ["w_models", "w_line", "w_head", "w_note"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= 375
    await page.set_viewport_size({"width": 1280, "height": 800})
    await expect(page.locator("[data-widget=w_wide]")).to_be_visible()
    assert await _order(page) == ["w_head", "w_note", "w_line", "w_models", "w_wide"]


async def test_customers_see_a_value_in_one_colour(emban: Emban, context: BrowserContext, kinds: str) -> None:
    colours: list[dict[str, str]] = []
    for tenant in ("aurora-health", "bluefin-logistics"):
        page = (await _opened(emban, context, kinds, tenant)).page
        await expect(page.locator("[data-widget=w_models] [data-key], [data-widget=w_models] li").first).to_be_visible()
        shown: dict[str, str] = await page.evaluate(
            """Object.fromEntries([...document.querySelectorAll('[data-widget=w_models] li')].map(
                 li => [li.querySelector('.ew-row-name, .ew-legend-name').textContent,
                        getComputedStyle(li.querySelector('.ew-swatch, .ew-dot')).getPropertyValue('--ew-colour')]))"""
        )
        colours.append(shown)
    shared = set(colours[0]) & set(colours[1])
    assert shared
    assert {name: colours[0][name] for name in shared} == {name: colours[1][name] for name in shared}
