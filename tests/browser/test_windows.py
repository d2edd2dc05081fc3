"""What the page says of windows: what figures are compared with, which part of a bar counts, several in a card."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser.gallery import VISIBLE_S
from tests.browser.support import Emban, drawn, sign_in, violations

TENANT = "west"
DAYS = 14
_COUNT = {"event_name": "*", "metric": "count"}
_COMPARED = {"compare": "previous_period"}
_FIGURES = {"calls": {"metric": "count", "title": "Calls made"}, "costs": {"metric": "sum", "prop": "cost_usd"}}
WIDGETS: list[dict[str, Any]] = [
    {"id": "calls", "kind": "kpi", "chart": "stat", "query": {**_COUNT, **_COMPARED}},
    {"id": "figures", "kind": "kpi", "chart": "stat", "query": {"event_name": "*", "series": _FIGURES, **_COMPARED}},
    {"id": "line", "kind": "timeseries", "chart": "line", "query": {**_COUNT, "granularity": "day", **_COMPARED}},
    {
        "id": "both",
        "kind": "timeseries",
        "chart": "bar",
        "query": {"event_name": "*", "granularity": "day", "series": _FIGURES},
    },
    {
        "id": "weeks",
        "kind": "timeseries",
        "chart": "bar",
        "query": {**_COUNT, "granularity": "week", "group_by": ["model"]},
    },
    {
        "id": "average",
        "kind": "timeseries",
        "chart": "line",
        "query": {**_COUNT, "granularity": "auto", "moving_average": 3},
    },
]


@pytest.fixture(scope="module")
def windows(emban: Emban) -> str:
    """Return the id of a published dashboard for a tenant with two events on each of the last days, one of each day."""
    now = datetime.now(UTC)
    events = [
        {
            "tenant_id": TENANT,
            "event_name": "call",
            "event_id": f"{TENANT}-{nth}",
            "timestamp": (now - timedelta(days=nth // 2, seconds=1 + nth % 2)).isoformat(),
            "string_props": {"model": "lumen"},
            "numeric_props": {"cost_usd": 1.5},
        }
        for nth in range(2 * DAYS)
    ]
    emban.call("POST", "/v1/events", {"events": events})
    widgets = [{"title": f"The {widget['id']}", **widget} for widget in WIDGETS]
    dashboard = emban.publish("Windows", widgets, {"periods": ["7d", "this_month"], "default_period": "7d"})
    deadline = time.monotonic() + VISIBLE_S
    while _points(emban, dashboard, "calls")[0]["value"] != DAYS:
        assert time.monotonic() < deadline, "the events did not become visible"
        time.sleep(0.2)
    return dashboard


def _points(emban: Emban, dashboard: str, widget: str) -> list[dict[str, Any]]:
    token = emban.mint(TENANT, dashboard)["token"]
    data = emban.embed(token, "/v1/embed/data", {"widgets": [widget], "reload": True})
    points: list[dict[str, Any]] = data["widgets"][widget]["points"]
    return points


async def opened(emban: Emban, context: BrowserContext, dashboard: str, **permissions: object) -> Page:
    page = await context.new_page()
    await page.goto(emban.mint(TENANT, dashboard, **permissions)["embed_url"])
    await drawn(page)
    return page


def card(page: Page, widget: str) -> Locator:
    return page.locator(f"[data-widget={widget}]")


async def column(table: Locator, index: int) -> list[str]:
    return await table.locator(f"tbody td:nth-child({index})").all_inner_texts()


async def test_says_what_figures_are_compared_with(emban: Emban, context: BrowserContext, windows: str) -> None:
    page = await opened(emban, context, windows)
    first = datetime.now(UTC).date() - timedelta(days=13)
    versus = await card(page, "calls").locator(".ew-delta .ew-muted").inner_text()
    assert re.match(rf"vs {first.day}\b", versus)
    legend = await card(page, "line").locator(".ew-legend-item").all_inner_texts()
    assert len(legend) == 2
    assert f"vs {legend[1]}" == versus
    assert legend[0] in await page.locator(".eb-when").inner_text()
    assert await violations(page) == []


async def test_a_comparison_is_a_column_of_the_table(emban: Emban, context: BrowserContext, windows: str) -> None:
    points = _points(emban, windows, "line")
    page = await opened(emban, context, windows)
    line = card(page, "line")
    await line.get_by_role("button", name="Show as table").click()
    assert await column(line, 2) == [str(point["value"]) for point in reversed(points)]
    assert await column(line, 3) == [str(point["previous_value"]) for point in reversed(points)]


async def test_draws_several_figures_by_their_titles(emban: Emban, context: BrowserContext, windows: str) -> None:
    page = await opened(emban, context, windows)
    rows = card(page, "figures").locator(".ew-figures-row")
    await expect(rows.locator("dt")).to_have_text(["Calls made", "Costs"])
    await expect(rows.locator(".ew-figures-value")).to_have_text([str(DAYS), str(round(DAYS * 1.5))])
    legend = card(page, "both").locator(".ew-legend-item")
    await expect(legend).to_have_text(["Calls made", "Costs"])
    await expect(card(page, "average").locator(".ew-unit")).to_have_text("3-day average")


async def test_looks_into_the_part_of_a_bar_that_is_in_the_window(
    emban: Emban, context: BrowserContext, windows: str
) -> None:
    page = await opened(emban, context, windows, allowed_periods=["7d"])
    first = (datetime.now(UTC).date() - timedelta(days=6)).isoformat()
    chart = card(page, "weeks").get_by_role("slider")
    await chart.focus()
    await page.keyboard.press("Home")
    async with page.expect_response(re.compile("/v1/embed/drill$")) as answered:
        await page.keyboard.press("Enter")
    response = await answered.value
    assert response.status == 200
    assert json.loads(response.request.post_data or "")["date_from"].startswith(first)
    await expect(page.get_by_role("dialog").locator("tbody tr").first).to_be_visible()


async def test_names_the_periods_of_the_calendar(emban: Emban, context: BrowserContext, windows: str) -> None:
    page = await opened(emban, context, windows)
    await page.get_by_role("button", name="Period: Last 7 days").click()
    async with page.expect_request(re.compile("/v1/embed/data$")) as asked:
        await page.get_by_role("button", name="This month").click()
    assert json.loads((await asked.value).post_data or "")["period"] == "this_month"
    await expect(page.get_by_role("button", name="Period: This month")).to_be_visible()


async def test_the_console_shows_a_draft_as_its_customers_see_it(
    emban: Emban, context: BrowserContext, windows: str
) -> None:
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{windows}?tenant={TENANT}")
    await expect(page.get_by_role("combobox", name="Period")).to_have_value("Last 7 days")
    rows = card(page, "figures").locator(".ew-figures-row")
    await expect(rows.locator("dt")).to_have_text(["Calls made", "Costs"])
    await page.get_by_role("combobox", name="Period").click()
    await page.get_by_role("option", name="This month").click()
    await expect(page.get_by_role("combobox", name="Period")).to_have_value("This month")
    await expect(card(page, "line").locator(".ew-legend-item")).to_have_count(2)
