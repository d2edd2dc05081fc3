"""Whole ways through the console without a terminal: from nothing to a customer's page; what plans and roles close."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.builder import PAIR, draft, figure, is_open, is_saved
from tests.browser.support import PASSWORD, Emban, member, sign_in, sign_in_as, stranger, watched
from tests.support.serve import serving

EMAIL = "first@flows.example"
SEEDED_MS = 60_000


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of an installation that nobody has an account of."""
    environment = {"EMBAN_REGISTRATION": "first", "EMBAN_DEFAULT_PLAN": "scale"}
    with serving(tmp_path_factory.mktemp("flows") / "data", environment=environment) as serve:
        yield serve.address


async def test_from_an_empty_installation_to_what_a_customer_sees(empty: str, context: BrowserContext) -> None:
    seen = await watched(context)
    page = seen.page
    await page.goto(f"{empty}/app")
    await expect(page.get_by_role("heading", name="Create the first account")).to_be_visible()
    await page.get_by_label("Company or product").fill("Flows")
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_text("Waiting for the first event")).to_be_visible()
    await page.get_by_role("button", name="Fill with sample events").click()
    await expect(page.get_by_text("First event received.")).to_be_visible(timeout=SEEDED_MS)
    await page.get_by_role("button", name="Generate").first.click()
    await is_open(page)
    await _widget_added(page, "Added by hand")
    await _published(page, "for the first time")
    await page.get_by_role("navigation", name="Console").get_by_role("link", name="Embed").click()
    await page.get_by_role("combobox", name="Customer").click()
    await page.get_by_role("option", name="aurora-health").first.click()
    await page.get_by_role("button", name="Preview as customer").click()
    frame = page.frame_locator("iframe")
    await frame.locator("[data-state=ready]").wait_for()
    await expect(frame.get_by_text("Added by hand")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="aurora-health").first).to_be_visible()
    # What is not signed in yet is told so with a 401.
    assert [said for said in seen.complaints if "401" not in said] == []
    assert all(url.startswith((empty, "data:", "blob:")) for url, _ in seen.requests)


async def _widget_added(page: Page, title: str) -> None:
    await page.get_by_role("button", name="Add widget").first.click()
    await page.get_by_role("menuitem", name="Figure").click()
    await page.get_by_label("Title", exact=True).fill(title)
    await page.get_by_label("Close the editor").click()
    await is_saved(page)


async def _published(page: Page, *said: str) -> None:
    """Publish, with the difference shown before."""
    await page.get_by_role("button", name="Publish", exact=True).click()
    dialog = page.get_by_role("dialog")
    for words in said:
        await expect(dialog).to_contain_text(words)
    await dialog.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Customers see this version from now on.")).to_be_visible(timeout=20_000)


async def test_a_second_publish_shows_what_changes(emban: Emban, context: BrowserContext) -> None:
    dashboard = emban.publish("Again", PAIR)
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{dashboard}")
    await is_open(page)
    await _widget_added(page, "Only now")
    await page.get_by_role("button", name="Publish changes").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Only now")
    await expect(dialog).not_to_contain_text("Latency")


@pytest.mark.parametrize("plan", ["free", "growth"])
async def test_a_plan_closes_what_it_has_not_and_says_which_opens_it(
    emban: Emban, context: BrowserContext, plan: str
) -> None:
    other = stranger(emban, plan)
    published = other.publish("First", PAIR)
    second = draft(other, "Second", [figure("a", "A", 0, 0)])
    page = await context.new_page()
    await sign_in(page, other, f"/app/dashboards/{published}?panel=theme")
    colour = page.get_by_label("Primary colour")
    await expect(colour).to_be_visible()
    opens = page.get_by_text("The growth plan opens this.")
    free = plan == "free"
    await (expect(colour).to_be_disabled() if free else expect(colour).to_be_enabled())
    await expect(opens).to_have_count(1 if free else 0)
    await page.goto(f"{emban.address}/app/embed?dashboard={published}")
    await page.get_by_role("button", name="What this customer may do").click()
    download = page.get_by_role("checkbox", name="Download figures as a file")
    await (expect(download).to_be_disabled() if free else expect(download).to_be_enabled())
    await expect(opens).to_have_count(1 if free else 0)
    # The plan's limit of published dashboards is met with the plan that lifts it; nothing is published.
    await page.goto(f"{emban.address}/app/dashboards/{second}")
    await is_open(page)
    await page.get_by_role("button", name="Publish", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    if free:
        await expect(page.get_by_text("The starter plan opens it.")).to_be_visible(timeout=20_000)
    else:
        await expect(page.get_by_text("Customers see this version from now on.")).to_be_visible(timeout=20_000)
    assert other.call("GET", f"/v1/dashboards/{second}")["status"] == ("draft" if free else "published")


@pytest.mark.parametrize("role", ["viewer", "editor", "admin"])
async def test_a_role_opens_what_it_may(emban: Emban, context: BrowserContext, role: str) -> None:
    emban.publish(f"Seen by {role}", PAIR)
    edits, mints = role != "viewer", role == "admin"
    page = await context.new_page()
    await sign_in_as(page, emban, member(emban, role), "/app/dashboards")
    row = page.get_by_role("row").filter(has_text=f"Seen by {role}")
    await expect(row).to_be_visible()
    await expect(page.get_by_role("button", name="New", exact=True)).to_have_count(1 if edits else 0)
    await row.get_by_role("link").first.click()
    await expect(page.get_by_role("button", name="Add widget")).to_have_count(1 if edits else 0)
    await expect(page.get_by_text("Latency").first).to_be_visible()
    for path, heading in (("/app/embed", "Embed"), ("/app/keys", "API keys")):
        await page.goto(emban.address + path)
        await expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        await expect(page.get_by_text("This needs the role admin.")).to_have_count(0 if mints else 1)
