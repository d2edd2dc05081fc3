"""The console's embed page: sessions with permissions, live, and their end."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.support import Emban, member, sign_in, sign_in_as, stranger, watched


async def _opened(page: Page, emban: Emban, tenant: str) -> None:
    """Open the page as the org's owner for one tenant, its form ready."""
    await sign_in(page, emban, f"/app/embed?dashboard={emban.dashboard}&tenant={tenant}")
    await expect(page.get_by_role("combobox", name="Customer")).to_have_value(tenant)


async def test_a_restricted_session_is_seen_listed_and_revoked(emban: Emban, context: BrowserContext) -> None:
    seen = await watched(context)
    page = seen.page
    await _opened(page, emban, "aurora-health")
    hidden = emban.call("GET", f"/v1/dashboards/{emban.dashboard}")["config"]["widgets"][0]
    await page.get_by_role("button", name="What this customer may do").click()
    await page.get_by_role("checkbox", name="Download figures as a file").uncheck()
    await page.get_by_role("combobox", name="Hidden widgets").click()
    await page.get_by_role("option", name=hidden["title"], exact=True).click()
    await page.keyboard.press("Escape")
    # The code to copy says what the form says.
    await page.get_by_role("tab", name="curl").click()
    code = page.locator("pre").filter(has_text="/v1/embed-sessions")
    await expect(code).to_contain_text('"allow_export": false')
    await expect(code).to_contain_text(f'"{hidden["id"]}"')
    await page.get_by_role("button", name="Preview as customer").click()
    frame = page.frame_locator("iframe")
    await frame.locator("[data-state=ready]").wait_for()
    await expect(frame.locator(f"[data-widget='{hidden['id']}']")).to_have_count(0)
    await expect(frame.get_by_role("button", name="Download")).to_have_count(0)
    row = page.get_by_role("row").filter(has_text="aurora-health").filter(has_text="no downloads · 1 hidden").first
    await row.get_by_role("button", name="Actions for aurora-health").click()
    await page.get_by_role("menuitem", name="Revoke", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
    await expect(page.get_by_text("The page stops with its next request.")).to_be_visible()
    # Whoever is not signed in yet is told so with a 401.
    assert [said for said in seen.complaints if "401" not in said] == []
    await frame.get_by_role("button", name="Refresh").click()
    await expect(frame.get_by_text("Access to this view was withdrawn").first).to_be_visible()


async def test_width_and_colours_are_in_the_address(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await _opened(page, emban, "aurora-health")
    await page.get_by_role("button", name="Preview as customer").click()
    frame = page.frame_locator("iframe")
    await frame.locator("[data-state=ready]").wait_for()
    await page.get_by_text("375 px").click()
    await expect(page).to_have_url(re.compile(r"width=phone"))
    await expect(page.locator("iframe")).to_have_js_property("clientWidth", 375)
    await page.get_by_text("Dark", exact=True).click()
    await expect(page).to_have_url(re.compile(r"scheme=dark"))
    await expect(frame.locator("html")).to_have_attribute("data-scheme", "dark")
    await page.go_back()
    await expect(frame.locator("html")).to_have_attribute("data-scheme", "light")
    await page.go_back()
    await expect(page.locator("iframe")).to_have_js_property("clientWidth", 1280)


@pytest.mark.parametrize("role", ["viewer", "editor"])
async def test_who_may_not_mint_is_told_why(emban: Emban, context: BrowserContext, role: str) -> None:
    page = await context.new_page()
    await sign_in_as(page, emban, member(emban, role), "/app/embed")
    await expect(page.get_by_text("This needs the role admin.")).to_be_visible()
    await expect(page.get_by_role("button", name="Preview as customer")).to_have_count(0)


async def test_restrictions_are_closed_with_the_plan_that_opens_them(emban: Emban, context: BrowserContext) -> None:
    other = stranger(emban, plan="free")
    made = other.call("POST", "/v1/onboarding/seed", {})
    other.call("POST", f"/v1/dashboards/{made['dashboard_id']}/publish")
    page = await context.new_page()
    await sign_in_as(page, emban, other.email, "/app/embed")
    await page.get_by_role("button", name="What this customer may do").click()
    await expect(page.get_by_text("growth")).to_be_visible()
    await expect(page.get_by_role("checkbox", name="Download figures as a file")).to_be_disabled()
    with pytest.raises(httpx.HTTPStatusError) as refused:
        other.mint("a", made["dashboard_id"], allow_export=False)
    assert (refused.value.response.status_code, refused.value.response.json()["upgrade_to"]) == (402, "growth")
