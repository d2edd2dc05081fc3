"""Results of the query builder: ten thousand rows, exact to the last digit, chosen, copied and summed."""

from __future__ import annotations

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.support import Emban, sign_in
from tests.browser.test_query_builder import PATH, STATS, cells, editor, run

ROWS = "SELECT arrayJoin(range(20000)) AS n, bitNot(toUInt64(n)) AS large, toDate('2026-01-01') + n % 3 AS day"


async def opened(emban: Emban, context: BrowserContext) -> Page:
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=emban.address)
    page = await context.new_page()
    await sign_in(page, emban, PATH)
    await editor(page).wait_for()
    return page


async def clipboard(page: Page) -> str:
    text: str = await page.evaluate("navigator.clipboard.readText()")
    return text


async def test_ten_thousand_rows_scroll_and_are_cut_there(emban: Emban, context: BrowserContext) -> None:
    page = await opened(emban, context)
    await run(page, ROWS)
    await expect(page.locator(STATS)).to_contain_text("10,000 rows")
    await expect(page.locator(STATS)).to_contain_text("cut off")
    assert await page.locator(".query-grid-row").count() < 80
    await page.get_by_role("grid").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Control+End")
    await expect(page.locator("#cell-9999-2")).to_be_visible()
    await expect(page.locator("#cell-9999-1")).to_have_text("18446744073709541616")
    assert await page.locator(".query-grid-row").count() < 80


async def test_values_are_exact(emban: Emban, context: BrowserContext) -> None:
    page = await opened(emban, context)
    await run(
        page,
        "SELECT 9223372036854775807 AS large, -9223372036854775808 AS small, 0/0 AS nan, 1/0 AS inf, NULL AS nothing, "
        "toDateTime64('2026-03-29 01:59:59.123', 3, 'UTC') AS time, toDate('2026-12-31') AS day, 0.1 + 0.2 AS float",
    )
    assert await cells(page) == [
        [
            "9223372036854775807",
            "-9223372036854775808",
            "nan",
            "inf",
            "NULL",
            "2026-03-29T01:59:59.123Z",
            "2026-12-31",
            "0.30000000000000004",
        ]
    ]


async def test_cells_are_chosen_summed_and_copied(emban: Emban, context: BrowserContext) -> None:
    page = await opened(emban, context)
    await run(page, ROWS + " LIMIT 4")
    await page.locator("#cell-0-0").click()
    await page.keyboard.press("Shift+ArrowDown")
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("Control+c")
    assert await clipboard(page) == "0\t18446744073709551615\n1\t18446744073709551614"
    await page.get_by_role("columnheader", name="large").get_by_role("button").click()
    await expect(page.locator("[data-sums]")).to_contain_text("Sum 73786976294838206454")
    await page.get_by_role("button", name="Copy and download").click()
    await page.get_by_role("menuitem", name="Copy all as JSON").click()
    await expect(page.get_by_text("Copied")).to_be_visible()
    assert '"large": 18446744073709551615' in await clipboard(page)
    # With the mouse, from one corner to the other.
    await page.locator("#cell-1-0").hover()
    await page.mouse.down()
    await page.locator("#cell-3-1").hover()
    await page.mouse.up()
    await expect(page.locator("[data-sums]")).to_contain_text("6 cells")


async def test_a_chart_is_drawn_of_the_result(emban: Emban, context: BrowserContext) -> None:
    page = await opened(emban, context)
    await run(page, "SELECT toDate(timestamp) AS day, count() AS events FROM emban.events GROUP BY day ORDER BY day")
    await page.get_by_text("Chart", exact=True).click()
    await page.locator(".query-chart .ew-plot[data-drawn]").wait_for()
    await expect(page).to_have_url(f"{emban.address}{PATH}?show=chart")
    await page.go_back()
    await expect(page.get_by_role("grid")).to_be_visible()
