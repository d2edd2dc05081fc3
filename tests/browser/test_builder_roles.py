"""Who may do what in the builder, and the reason where something is closed."""

from __future__ import annotations

from playwright.async_api import BrowserContext, expect

from tests.browser.builder import PAIR, card, draft, is_open
from tests.browser.support import Emban, member, sign_in, sign_in_as, stranger


async def test_a_viewer_sees_what_is_published_and_no_controls(emban: Emban, context: BrowserContext) -> None:
    dashboard = emban.publish("For viewers", PAIR)
    draft_of = emban.call("GET", f"/v1/dashboards/{dashboard}")
    changed = {"version": draft_of["version"], "config": {"widgets": [{**PAIR[0], "title": "Not published"}]}}
    emban.call("PUT", f"/v1/dashboards/{dashboard}", changed)
    page = await context.new_page()
    await sign_in_as(page, emban, member(emban, "viewer"), f"/app/dashboards/{dashboard}")
    await expect(page.get_by_role("region", name="Calls")).to_be_visible()
    await expect(page.get_by_role("region", name="Latency").locator("[data-drawn]")).to_be_visible()
    await expect(page.get_by_text("Not published")).to_have_count(0)
    for name in ("Add widget", "Publish", "Filters", "Theme"):
        await expect(page.get_by_role("button", name=name)).to_have_count(0)
    await expect(page.locator(".bw-item")).to_have_count(0)
    await page.get_by_role("combobox", name="Period").click()
    await page.get_by_role("option", name="Last 7 days").click()
    await expect(page.get_by_role("region", name="Latency")).to_have_attribute("aria-busy", "false")
    await expect(page.get_by_text("This could not be loaded")).to_have_count(0)


async def test_an_editor_edits_and_may_not_publish(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "For editors")
    page = await context.new_page()
    await sign_in_as(page, emban, member(emban, "editor"), f"/app/dashboards/{dashboard}")
    await is_open(page)
    publish = page.get_by_role("button", name="Publish")
    await expect(publish).to_have_attribute("aria-disabled", "true")
    await expect(publish).to_have_attribute("aria-description", "Publishing needs the role admin.")
    await publish.click(force=True)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await card(page, "latency").focus()
    await page.keyboard.press("Enter")
    # The properties that there are, which were the admins' to see alone.
    await page.get_by_role("combobox", name="Group by").click()
    await expect(page.get_by_role("option", name="model", exact=True)).to_be_visible()


async def test_a_theme_is_closed_on_the_free_plan(emban: Emban, context: BrowserContext) -> None:
    other = stranger(emban, "free")
    dashboard = draft(other, "Free")
    page = await context.new_page()
    await sign_in(page, other, f"/app/dashboards/{dashboard}?panel=theme")
    await expect(page.get_by_text("The growth plan opens this.")).to_be_visible()
    await expect(page.get_by_label("Primary colour")).to_be_disabled()
    await expect(page.get_by_role("radio", name="Dark")).to_be_enabled()


async def test_another_orgs_dashboard_is_not_there(emban: Emban, context: BrowserContext) -> None:
    other = stranger(emban)
    dashboard = draft(other, "Elsewhere")
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{dashboard}")
    await expect(page.get_by_text("This could not be loaded")).to_be_visible()
    await expect(page.locator(".bw-item")).to_have_count(0)
