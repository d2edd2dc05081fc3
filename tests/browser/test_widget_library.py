"""The library of widgets: made, published, used in a dashboard, brought up to date, and deleted."""

from __future__ import annotations

import re

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.support import Emban, member, sign_in, sign_in_as

QUERY = {"event_name": "*", "metric": "count", "group_by": ["model"]}


async def _saved(page: Page) -> None:
    await expect(page.get_by_text(re.compile(r"^Saved"))).to_be_visible()


async def test_a_widget_is_made_published_and_used(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await sign_in(page, emban, "/app/widgets")
    await page.get_by_role("button", name="New widget").first.click()
    await expect(page).to_have_url(re.compile(r"/app/widgets/w_"))
    library = page.url.rsplit("/", 1)[1].partition("?")[0]
    await page.get_by_label("Title").fill("Requests everywhere")
    await _saved(page)
    await expect(page.locator(".ew-figure-value")).not_to_be_empty()
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page.get_by_text("Published “Requests everywhere”")).to_be_visible()
    assert emban.call("GET", f"/v1/widgets/{library}")["published_config"]["title"] == "Requests everywhere"

    board = emban.call("POST", "/v1/dashboards", {"name": "Uses the library"})["id"]
    await page.goto(f"{emban.address}/app/dashboards/{board}")
    await page.get_by_role("button", name="Add widget").first.click()
    await page.get_by_role("menuitem", name="From the library").click()
    await page.get_by_role("dialog").get_by_role("button", name="Requests everywhere").click()
    await expect(page.locator(".ew-card")).to_contain_text("Requests everywhere")
    await expect(page.get_by_text("It is as in the library.")).to_be_visible()
    await _saved(page)
    (copy,) = emban.call("GET", f"/v1/dashboards/{board}")["config"]["widgets"]
    assert copy["library_id"] == library
    assert copy["id"] != library

    changed = emban.call("GET", f"/v1/widgets/{library}")
    body = {"title": "Requests by model", "kind": "breakdown", "query": QUERY, "version": changed["version"]}
    emban.call("PUT", f"/v1/widgets/{library}", body)
    await page.reload()
    await page.get_by_role("button", name="Update from the library").click()
    await expect(page.get_by_text("It is as in the library.")).to_be_visible()
    await expect(page.locator(".ew-card")).to_contain_text("Requests by model")
    await page.keyboard.press("Control+z")
    await expect(page.locator(".ew-card")).to_contain_text("Requests everywhere")

    await page.goto(f"{emban.address}/app/widgets")
    row = page.get_by_role("row").filter(has_text="Requests by model")
    await expect(row.get_by_role("link", name="Uses the library")).to_be_visible()
    await row.get_by_role("button", name=re.compile("Actions for")).click()
    await page.get_by_role("menuitem", name="Delete").click()
    await expect(row).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(row).to_have_count(1)


async def test_an_editor_may_not_publish_and_a_viewer_not_edit(emban: Emban, context: BrowserContext) -> None:
    body = {"title": "For roles", "kind": "breakdown", "query": QUERY}
    made = emban.call("POST", "/v1/widgets", body)["id"]
    page = await context.new_page()
    await sign_in_as(page, emban, member(emban, "editor"), f"/app/widgets/{made}")
    await expect(page.get_by_label("Title")).to_have_value("For roles")
    await expect(page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    await context.clear_cookies()
    await sign_in_as(page, emban, member(emban, "viewer"), f"/app/widgets/{made}")
    await expect(page.get_by_text("This needs the role editor.")).to_be_visible()
    await page.goto(f"{emban.address}/app/widgets")
    await expect(page.get_by_role("link", name="For roles")).to_be_visible()
    await expect(page.get_by_role("button", name="New widget")).to_have_count(0)
