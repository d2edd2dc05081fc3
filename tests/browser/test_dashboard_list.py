"""The list of dashboards: what can be done with each from there, and taken back."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser.support import Emban, member, sign_in, sign_in_as, stranger, violations, watched

WIDGET = {
    "id": "w_calls",
    "title": "Calls",
    "kind": "kpi",
    "chart": "stat",
    "layout": {"x": 0, "y": 0, "w": 3, "h": 2},
    "query": {"event_name": "api.call", "metric": "count"},
}


def with_dashboards(emban: Emban, *names: str) -> Emban:
    """Make another org with drafts of these names."""
    org = stranger(emban)
    for name in names:
        org.call("POST", "/v1/dashboards", {"name": name, "config": {"widgets": [WIDGET]}})
    return org


def names_of(org: Emban) -> set[str]:
    return {item["name"] for item in org.call("GET", "/v1/dashboards")["items"]}


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


async def choose(page: Page, name: str, action: str) -> None:
    await page.get_by_role("button", name=f"Actions for {name}").click()
    await page.get_by_role("menuitem", name=action).click()


async def test_sorted_filtered_and_back(emban: Emban, context: BrowserContext) -> None:
    org = with_dashboards(emban, "Beta 10", "Beta 2", "Alpha")
    page = await context.new_page()
    await sign_in(page, org, "/app/dashboards")
    names = page.locator("tbody td a")
    await page.get_by_role("button", name="Name").click()
    await expect(names).to_have_text(["Alpha", "Beta 2", "Beta 10"])
    await page.get_by_role("button", name="Name").click()
    await expect(names).to_have_text(["Beta 10", "Beta 2", "Alpha"])
    await page.get_by_role("textbox", name="Filter dashboards").fill("beta")
    await expect(names).to_have_text(["Beta 10", "Beta 2"])
    await expect(page).to_have_url(re.compile(r"sort=-name&q=beta|q=beta&sort=-name"))
    await page.reload()
    await expect(names).to_have_text(["Beta 10", "Beta 2"])
    await page.get_by_role("textbox", name="Filter dashboards").fill("nothing like it")
    await expect(page.get_by_text("Nothing matches “nothing like it”")).to_be_visible()
    await page.get_by_role("button", name="Clear the filter").click()
    await expect(names).to_have_count(3)
    # A click anywhere in a row opens it, and Back returns to the same list.
    await row(page, "Alpha").get_by_text("Draft").click()
    await expect(page).to_have_url(re.compile(r"/app/dashboards/dash_"))
    await page.go_back()
    await expect(names).to_have_text(["Beta 10", "Beta 2", "Alpha"])
    assert await violations(page) == []


async def test_renamed_copied_moved_and_taken_back(emban: Emban, context: BrowserContext) -> None:
    org = with_dashboards(emban, "Usage")
    seen = await watched(context)
    page = seen.page
    await sign_in(page, org, "/app/dashboards")
    await expect(row(page, "Usage")).to_be_visible()
    seen.complaints.clear()  # That somebody is not signed in yet is a 401.
    await choose(page, "Usage", "Rename")
    await page.get_by_role("textbox", name="Name").fill("Costs")
    await page.get_by_role("button", name="Save").click()
    await expect(row(page, "Costs")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(row(page, "Usage")).to_be_visible()
    assert names_of(org) == {"Usage"}
    await choose(page, "Usage", "Duplicate")
    await expect(row(page, "Copy of Usage")).to_be_visible()
    await choose(page, "Copy of Usage", "Move to dev")
    await expect(row(page, "Copy of Usage")).to_have_count(0)
    await page.goto(f"{emban.address}/app/dashboards?env=dev")
    await expect(row(page, "Copy of Usage")).to_be_visible()
    assert names_of(org) == {"Usage"}
    assert seen.complaints == []


async def test_deleted_when_the_message_has_gone(emban: Emban, context: BrowserContext) -> None:
    org = with_dashboards(emban, "Kept", "Gone")
    page = await context.new_page()
    await sign_in(page, org, "/app/dashboards")
    await choose(page, "Kept", "Delete")
    await expect(row(page, "Kept")).to_have_count(0)
    assert names_of(org) == {"Kept", "Gone"}, "it is deleted before Undo has gone"
    await page.get_by_role("button", name="Undo").click()
    await expect(row(page, "Kept")).to_be_visible()
    await expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    await choose(page, "Gone", "Delete")
    async with page.expect_request_finished(lambda sent: sent.method == "DELETE"):
        await page.get_by_role("button", name="Dismiss").click()
    await expect(row(page, "Gone")).to_have_count(0)
    assert names_of(org) == {"Kept"}
    await page.get_by_role("checkbox", name="Select Kept").check()
    await page.get_by_role("button", name="Delete", exact=True).click()
    # Leaving the page is not taking it back.
    await page.goto("about:blank")
    await page.wait_for_timeout(500)
    assert names_of(org) == set()


async def test_exported_and_imported(emban: Emban, context: BrowserContext, tmp_path: Path) -> None:
    org = with_dashboards(emban, "Usage")
    page = await context.new_page()
    await sign_in(page, org, "/app/dashboards")
    async with page.expect_download() as download:
        await choose(page, "Usage", "Export as a file")
    file = tmp_path / "usage.json"
    await (await download.value).save_as(file)
    exported = json.loads(file.read_text())
    assert (exported["emban_dashboard"], exported["name"]) == (1, "Usage")
    assert exported["config"]["widgets"][0]["id"] == "w_calls"
    exported["config"]["widgets"][0]["layout"]["w"] = 13
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(exported))
    other = tmp_path / "other.json"
    other.write_text("{}")
    for chosen, said in ((broken, "config.widgets[0].layout"), (other, "it has no “emban_dashboard”")):
        await import_file(page, chosen)
        await expect(page.get_by_role("dialog", name=f"{chosen.name} cannot be imported")).to_contain_text(said)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await import_file(page, file)
    await expect(page).to_have_url(re.compile(r"/app/dashboards/dash_"))
    await expect(page.get_by_role("heading", name="Usage")).to_be_visible()


async def import_file(page: Page, path: Path) -> None:
    await page.get_by_role("button", name="New", exact=True).click()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("menuitem", name="Import from a file").click()
    await (await chooser.value).set_files(path)


async def test_a_viewer_sees_what_is_closed_and_why(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await sign_in_as(page, emban, member(emban, "viewer"), "/app/dashboards")
    await expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()
    await page.get_by_role("button", name="Actions for").first.click()
    entry = page.get_by_role("menuitem", name=re.compile("^Delete"))
    await expect(entry).to_be_disabled()
    await expect(entry).to_contain_text("This needs the role editor")
    await expect(page.get_by_role("button", name="Generate a dashboard")).to_have_count(0)
    await page.goto(f"{emban.address}/app/keys")
    await expect(page.get_by_text("This needs the role admin")).to_be_visible()
