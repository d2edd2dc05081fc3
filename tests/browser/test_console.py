"""The console: from an account to a customer's dashboard, on real data."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.support import EMAIL, PASSWORD, Emban, sign_in, violations, watched

KEY = re.compile(r"eb_adm_[0-9A-Za-z]{40}")


async def test_from_an_account_to_a_customer(emban: Emban, context: BrowserContext) -> None:
    seen = await watched(context)
    page = seen.page
    await page.goto(f"{emban.address}/app/register")
    await page.get_by_role("button", name="Make the account").click()
    await expect(page.get_by_text("At least 10 characters")).to_be_visible()
    await page.get_by_label("Company or product").fill("Newcomer")
    await page.get_by_label("Email").fill("new@newcomer.example")
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Make the account").click()
    await expect(page.get_by_text("Waiting for the first event")).to_be_visible()
    curl = await page.locator("pre").filter(has_text="curl").inner_text()
    key = KEY.search(curl)
    assert key is not None
    # What the page says to copy, sent as curl would send it.
    body = curl[curl.index("-d '") + 4 : curl.rindex("'")]
    headers = {"Authorization": f"Bearer {key[0]}", "Content-Type": "application/json"}
    async with httpx.AsyncClient() as backend:
        (await backend.post(f"{emban.address}/v1/events", content=body, headers=headers)).raise_for_status()
    await expect(page.get_by_text("First event received.")).to_be_visible()
    await page.get_by_role("button", name="Make a dashboard").click()
    await expect(page.locator(".ew-card").first).to_be_visible()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Customers see this version from now on.")).to_be_visible()
    await page.get_by_role("tab", name="Embed").click()
    await page.get_by_role("combobox", name="Customer").click()
    await page.get_by_role("option", name="customer_1").click()
    await page.get_by_role("button", name="Open as this customer").click()
    await page.frame_locator("iframe").locator("[data-state=ready]").wait_for()
    assert seen.complaints == []
    assert all(url.startswith((emban.address, "data:", "blob:")) for url, _ in seen.requests)


async def test_leads_back_after_signing_in(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{emban.dashboard}?period=7d")
    await expect(page).to_have_url(re.compile(rf"/app/dashboards/{emban.dashboard}\?period=7d$"))
    await expect(page.get_by_role("combobox", name="Period")).to_have_value("Last 7 days")
    await page.get_by_role("button", name=EMAIL).click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.goto(f"{emban.address}/app/keys")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_says_why_signing_in_failed(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(f"{emban.address}/app/login?next=https%3A%2F%2Fevil.example")
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{emban.address}/app/")


async def test_a_key_is_shown_once(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await sign_in(page, emban, "/app/keys")
    await page.get_by_role("button", name="New key").click()
    await page.get_by_label("Name").fill("Usage reporter")
    await page.get_by_role("button", name="Create key").click()
    shown = page.get_by_text(re.compile(r"^eb_ing_[0-9A-Za-z]{40}$"))
    await expect(shown).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("cell", name="Usage reporter", exact=True)).to_be_visible()
    await expect(shown).to_have_count(0)
    await page.get_by_role("button", name="Delete Usage reporter").click()
    await page.get_by_role("button", name="Delete the key").click()
    await expect(page.get_by_role("cell", name="Usage reporter", exact=True)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
async def test_axe_finds_nothing(emban: Emban, context: BrowserContext, scheme: Any, width: int) -> None:
    page = await context.new_page()
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(f"{emban.address}/app/login")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await violations(page) == []
    await sign_in(page, emban)
    await expect(page.get_by_role("heading", name="Home")).to_be_visible()
    for path, sign in (
        ("/app/", "From your backend to your customer"),
        ("/app/dashboards", "Changed"),
        (f"/app/dashboards/{emban.dashboard}", "The draft, times in"),
        (f"/app/dashboards/{emban.dashboard}?tab=embed", "In your product"),
        ("/app/keys", "Last used"),
    ):
        await page.goto(emban.address + path)
        await expect(page.get_by_text(sign).first).to_be_visible()
        await page.wait_for_load_state("networkidle")
        assert await violations(page) == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
