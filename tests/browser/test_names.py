"""What is no value ("Other", "(none)") is told from values of that name: by sight, by word, by what a click opens."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.gallery import VISIBLE_S
from tests.browser.support import Emban, drawn, violations

TENANT = "named"
COUNTS = {"Other": 9, "(none)": 8, "": 7, "x": 6, "y": 5, "z": 4}
_BY = {"event_name": "*", "metric": "count", "group_by": ["l"], "limit": 3, "other": True}
WIDGETS: list[dict[str, Any]] = [
    {"id": "donut", "title": "D", "kind": "breakdown", "chart": "donut", "query": _BY},
    {"id": "list", "title": "L", "kind": "breakdown", "chart": "list", "query": _BY},
    {"id": "bars", "title": "B", "kind": "breakdown", "chart": "horizontal_bar", "query": _BY},
]
ROWS = [("“Other”", 9), ("“(none)”", 8), ("(none)", 7), ("Other", 15)]


@pytest.fixture(scope="module")
def url(emban: Emban) -> str:
    """Return the address of a dashboard with the four kinds of names in it."""
    events = [
        {
            "tenant_id": TENANT,
            "event_name": "e",
            "event_id": f"{TENANT}-{value}-{nth}",
            "string_props": {"l": value} if value else {},
        }
        for value, count in COUNTS.items()
        for nth in range(count)
    ]
    emban.call("POST", "/v1/events", {"events": events})
    query = {"tenant_id": TENANT, "query": {"event_name": "*", "metric": "count", "period": "7d"}, "reload": True}
    deadline = time.monotonic() + VISIBLE_S
    while emban.call("POST", "/v1/query", query)["points"][0]["value"] != len(events):
        assert time.monotonic() < deadline, "the events did not become visible"
        time.sleep(0.2)
    filters = {"periods": ["7d"], "default_period": "7d", "dimensions": ["l"]}
    return str(emban.mint(TENANT, emban.publish("Names", WIDGETS, filters))["embed_url"])


async def test_names_say_what_they_are(url: str, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(url)
    await drawn(page)
    for widget in ("donut", "list"):
        names = page.locator(f"[data-widget={widget}] .ew-row-name")
        assert await names.evaluate_all("all => all.map(name => name.firstChild.textContent)") == [
            name for name, _ in ROWS
        ]
        styles = await names.evaluate_all("all => all.map(name => getComputedStyle(name).fontStyle)")
        assert styles == ["normal", "normal", "italic", "italic"]
        spoken = await names.evaluate_all("all => all.map(name => name.textContent)")
        assert spoken[2:] == ["(none), no value", "Other, all other values"]
    await page.get_by_role("button", name="Show as table: B").click()
    last = page.locator("[data-widget=bars] tbody tr").last
    for _ in range(2):
        await page.locator("[data-widget=bars] thead").get_by_role("button", name="Value").click()
        await expect(last).to_contain_text("Other, all other values")
    assert await violations(page) == []


@pytest.mark.parametrize(("at", "count"), [(0, 9), (1, 8), (2, 7)])
async def test_a_click_opens_what_the_name_stands_for(url: str, context: BrowserContext, at: int, count: int) -> None:
    page = await context.new_page()
    await page.goto(url)
    await drawn(page)
    await page.locator("[data-widget=list] .ew-row-name").nth(at).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text(f"{count} events.")).to_be_visible()
    await expect(dialog.get_by_role("heading")).to_contain_text(ROWS[at][0])


async def test_nothing_opens_behind_other(url: str, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(url)
    await drawn(page)
    assert await page.locator("[data-widget=list] .ew-row-name").last.evaluate("name => name.tagName") == "SPAN"
