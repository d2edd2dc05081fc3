"""Saving in the builder: two editors, two tabs, a crash, an ended session, no network; nothing is lost in any."""

from __future__ import annotations

import contextlib

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.builder import card, draft, is_open, is_saved, stored
from tests.browser.support import PASSWORD, Emban, member, sign_in, sign_in_as


async def opened(page: Page, emban: Emban, dashboard: str) -> Page:
    await page.goto(f"{emban.address}/app/dashboards/{dashboard}")
    await is_open(page)
    return page


async def title_of(page: Page, widget_id: str, title: str) -> None:
    """Open a widget's editor, give it another title, and leave the editor open."""
    await card(page, widget_id).focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Title", exact=True).fill(title)


async def second_editor(emban: Emban, context: BrowserContext, dashboard: str) -> Page:
    """Open the dashboard as somebody else, in a browser of their own."""
    browser = context.browser
    assert browser is not None
    other = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = await other.new_page()
    await sign_in_as(page, emban, member(emban, "editor"), f"/app/dashboards/{dashboard}")
    await is_open(page)
    return page


async def test_two_editors_of_different_widgets_keep_both(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Two editors")
    ann = await context.new_page()
    await sign_in(ann, emban, f"/app/dashboards/{dashboard}")
    await is_open(ann)
    bob = await second_editor(emban, context, dashboard)
    await title_of(ann, "calls", "By Ann")
    await title_of(bob, "latency", "By Bob")
    await is_saved(ann)
    await is_saved(bob)
    for page in (ann, bob):
        await expect(card(page, "calls")).to_contain_text("By Ann")
        await expect(card(page, "latency")).to_contain_text("By Bob")
    assert [one["title"] for one in stored(emban, dashboard).values()] == ["By Ann", "By Bob"]
    await bob.context.close()


async def test_two_editors_of_the_same_widget_are_offered_both(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Conflict")
    ann = await context.new_page()
    await sign_in(ann, emban, f"/app/dashboards/{dashboard}")
    await is_open(ann)
    bob = await second_editor(emban, context, dashboard)
    # Neither hears of the other before both have typed.
    await bob.route(
        "**/v1/dashboards/**", lambda route: route.abort() if route.request.method == "PUT" else route.continue_()
    )
    await bob.route("**/v1/stream", lambda route: route.abort())
    await title_of(bob, "calls", "By Bob")
    await expect(bob.locator("[data-save=retrying]")).to_be_visible()
    await title_of(ann, "calls", "By Ann")
    await is_saved(ann)
    await bob.unroute_all(behavior="ignoreErrors")
    dialog = bob.get_by_role("dialog", name="Changed by somebody else too: By Bob")
    await expect(dialog).to_be_visible(timeout=45_000)
    await expect(dialog).to_contain_text("By Ann")
    await dialog.get_by_role("button", name="Keep both").click()
    await is_saved(bob)
    assert sorted(one["title"] for one in stored(emban, dashboard).values()) == ["By Ann", "By Bob", "Latency"]
    await bob.context.close()


async def test_a_crash_in_the_middle_of_an_edit_loses_nothing(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Crash")
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{dashboard}")
    await is_open(page)
    await page.route(
        "**/v1/dashboards/*", lambda route: route.abort() if route.request.method == "PUT" else route.continue_()
    )
    text = "Half a “title” \\ 🦊 é"
    await title_of(page, "calls", text)
    with contextlib.suppress(Exception):
        await page.goto("chrome://crash", timeout=3000)
    assert stored(emban, dashboard)["calls"]["title"] == "Calls"
    again = await opened(await context.new_page(), emban, dashboard)
    await expect(card(again, "calls")).to_contain_text(text)
    await is_saved(again)
    assert stored(emban, dashboard)["calls"]["title"] == text
    assert await again.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('emban:draft:'))") == []


async def test_a_session_that_ends_in_the_middle_of_an_edit_loses_nothing(
    emban: Emban, context: BrowserContext
) -> None:
    dashboard = draft(emban, "Expiry")
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{dashboard}")
    await is_open(page)
    await title_of(page, "calls", "Before")
    await is_saved(page)
    await context.clear_cookies()
    await page.get_by_label("Title", exact=True).fill("After the session had ended")
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[type=password]").fill(PASSWORD)
    await dialog.get_by_role("button", name="Sign in").click()
    await expect(dialog).to_have_count(0)
    await expect(page.locator("[data-save=saved]")).to_be_visible()
    assert stored(emban, dashboard)["calls"]["title"] == "After the session had ended"
    await expect(page.get_by_label("Title", exact=True)).to_have_value("After the session had ended")


async def test_a_storm_of_saves_of_two_tabs_loses_nothing(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Storm")
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{dashboard}")
    await is_open(page)
    other = await opened(await context.new_page(), emban, dashboard)
    for tab, widget in ((page, "calls"), (other, "latency")):
        await card(tab, widget).focus()
        await tab.keyboard.press("Enter")
    for n in range(15):
        await page.get_by_label("Title", exact=True).fill(f"Calls {n}")
        await other.get_by_label("Title", exact=True).fill(f"Latency {n}")
        await page.wait_for_timeout(130)
    for tab in (page, other):
        await is_saved(tab)
        await expect(card(tab, "calls")).to_contain_text("Calls 14")
        await expect(card(tab, "latency")).to_contain_text("Latency 14")
        await expect(tab.get_by_role("dialog")).to_have_count(0)
    titles = {one["title"] for one in stored(emban, dashboard).values()}
    assert titles == {"Calls 14", "Latency 14"}


async def test_without_a_network_it_says_so_and_saves_later(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Offline")
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{dashboard}")
    await is_open(page)
    await context.set_offline(True)
    await title_of(page, "calls", "Offline")
    await expect(page.get_by_text("Not saved, retrying")).to_be_visible()
    await context.set_offline(False)
    await is_saved(page)
    assert stored(emban, dashboard)["calls"]["title"] == "Offline"


async def test_opening_and_leaving_never_asks(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Leave")
    page = await context.new_page()
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    await sign_in(page, emban, f"/app/dashboards/{dashboard}")
    await is_open(page)
    await title_of(page, "calls", "Left at once")
    await page.get_by_role("link", name="Dashboards").first.click()
    await expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.wait_for_timeout(1500)
    assert asked == []
    assert stored(emban, dashboard)["calls"]["title"] == "Left at once"


async def test_a_version_can_be_looked_at_and_restored(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Versions")
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{dashboard}")
    await is_open(page)
    await card(page, "latency").focus()
    await page.keyboard.press("Delete")
    await is_saved(page)
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Version history").click()
    panel = page.get_by_role("complementary", name="Version history")
    await panel.get_by_role("button", name="Look at it").last.click()
    await expect(page.get_by_text("You are looking at version 1.")).to_be_visible()
    await expect(page.get_by_role("region", name="Latency")).to_be_visible()
    await panel.get_by_role("button", name="Restore").last.click()
    await expect(card(page, "latency")).to_be_visible()
    assert set(stored(emban, dashboard)) == {"calls", "latency"}
