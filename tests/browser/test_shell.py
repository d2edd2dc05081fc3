"""The frame of the console: by keyboard alone, the palette, environments, and a session that ends meanwhile."""

from __future__ import annotations

import re

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.support import PASSWORD, Emban, sign_in, violations, watched

# More presses of Tab than any page has stops.
MANY = 80


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus."""
    for _ in range(MANY):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(
            "document.activeElement?.getAttribute('aria-label') || document.activeElement?.textContent || ''"
        )
        if focused.strip() == name:
            return
    raise AssertionError(f"Tab never reaches {name!r}")


async def test_the_rail_the_list_and_the_jumps_by_keyboard_alone(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await sign_in(page, emban)
    await expect(page.get_by_role("heading", name="Home")).to_be_visible()
    await page.locator("body").press("Tab")
    await expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    await tab_to(page, "Dashboards")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()
    first = page.locator("tbody tr").first
    await expect(first).to_be_visible()
    for _ in range(MANY):
        await page.keyboard.press("Tab")
        if await first.evaluate("row => row === document.activeElement"):
            break
    await expect(first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("tbody tr").nth(1)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/app/dashboards/dash_"))
    await page.go_back()
    await expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()
    await page.keyboard.press("g")
    await page.keyboard.press("k")
    await expect(page.get_by_role("heading", name="API keys")).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    # What is typed into a field is text, not a jump.
    await page.get_by_role("textbox", name="Filter api keys").press_sequentially("g h ?")
    await expect(page).to_have_url(re.compile(r"/app/keys\?q="))
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def ask(page: Page, typed: str) -> None:
    """Open the palette and type."""
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("textbox", name="Go to or do…")).to_be_focused()
    await page.keyboard.type(typed)


async def test_the_palette_leads_to_pages_things_and_actions(emban: Emban, context: BrowserContext) -> None:
    seen = await watched(context)
    page = seen.page
    await sign_in(page, emban)
    await expect(page.get_by_role("heading", name="Home")).to_be_visible()
    seen.complaints.clear()  # That somebody is not signed in yet is a 401.
    for typed, heading in (("api k", "API keys"), ("dashb", "Dashboards")):
        await ask(page, typed)
        await expect(page.get_by_role("button", name=re.compile(heading)).first).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    await ask(page, "overview")
    assert await violations(page) == []
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(rf"/app/dashboards/{emban.dashboard}"))
    await ask(page, "appearance dark")
    await page.keyboard.press("Enter")
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    await ask(page, "nothing is called so")
    await expect(page.get_by_text("Nothing found for “nothing is called so”")).to_be_visible()
    assert seen.complaints == []


async def test_another_environment_keeps_the_page_and_tints_the_frame(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await sign_in(page, emban, "/app/keys?q=first")
    await expect(page.get_by_role("cell", name="First admin key", exact=True)).to_be_visible()
    await page.get_by_role("combobox", name="Environment").select_option("dev")
    await expect(page).to_have_url(f"{emban.address}/app/keys?env=dev")
    await expect(page.locator(".shell")).to_have_attribute("data-environment", "dev")
    await page.go_back()
    await expect(page).to_have_url(f"{emban.address}/app/keys?q=first")
    await expect(page.get_by_role("textbox", name="Filter api keys")).to_have_value("first")
    # A dashboard is of one environment: its list is the page that both have.
    await page.goto(f"{emban.address}/app/dashboards/{emban.dashboard}")
    await page.get_by_role("combobox", name="Environment").select_option("dev")
    await expect(page).to_have_url(f"{emban.address}/app/dashboards?env=dev")


async def test_the_rail_stays_folded(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await sign_in(page, emban)
    rail = page.get_by_role("navigation", name="Console")
    await expect(rail).to_have_css("width", "220px")
    await page.get_by_role("button", name="Collapse the menu").click()
    await expect(rail).to_have_css("width", "56px")
    await page.reload()
    await expect(rail).to_have_css("width", "56px")
    assert await violations(page) == []
    await page.get_by_role("link", name="API keys").click()
    await expect(page.get_by_role("heading", name="API keys")).to_be_visible()
    await page.get_by_role("button", name="Expand the menu").click()
    await expect(rail).to_have_css("width", "220px")


async def test_a_session_that_ends_loses_nothing_that_was_typed(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await sign_in(page, emban, "/app/keys")
    await page.get_by_role("button", name="New key").click()
    await page.get_by_label("Name").fill("Typed before the end")
    await context.clear_cookies()
    await page.get_by_role("button", name="Create key").click()
    again = page.get_by_role("dialog", name="Your session has ended")
    await expect(again).to_be_visible()
    assert await violations(page) == []
    await again.get_by_role("textbox", name="Password").fill("not the password")
    await again.get_by_role("button", name="Sign in").click()
    await expect(again.get_by_role("alert")).to_have_text("Wrong email or password.")
    await again.get_by_role("textbox", name="Password").fill(PASSWORD)
    await again.get_by_role("button", name="Sign in").click()
    # The request that found out is made again: the key is there, under the name that was typed.
    await expect(page.get_by_role("cell", name="Typed before the end", exact=True)).to_be_visible()
    await expect(page.get_by_text(re.compile(r"^eb_ing_[0-9A-Za-z]{40}$"))).to_be_visible()
    await context.clear_cookies()
    await page.get_by_role("link", name="Dashboards").click()
    await page.get_by_role("button", name="Leave this page").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
