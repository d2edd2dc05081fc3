"""The builder: from an empty page to a published dashboard, by mouse and by keys, and what moves on the screen."""

from __future__ import annotations

import re

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.builder import card, draft, figure, is_open, is_saved, place_of, stored, trend
from tests.browser.support import Emban, sign_in, watched

# The sum of layout shifts that nobody's hand has caused.
WATCH_SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: 'layout-shift', buffered: true });
"""


async def opened(emban: Emban, context: BrowserContext, dashboard: str, search: str = "") -> Page:
    page = await context.new_page()
    await sign_in(page, emban, f"/app/dashboards/{dashboard}{search}")
    await is_open(page)
    return page


async def test_from_blank_to_published_by_mouse(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Blank", [])
    seen = await watched(context)
    page = seen.page
    await sign_in(page, emban, f"/app/dashboards/{dashboard}")
    await expect(page.get_by_text("This dashboard is empty")).to_be_visible()
    await page.locator(".builder-sheet").get_by_role("button", name="Add widget").click()
    await page.get_by_role("menuitem", name="Figure").click()
    await page.get_by_label("Title", exact=True).fill("Calls")
    await page.get_by_label("Close the editor").click()
    await page.get_by_role("button", name="Add widget").click()
    await page.get_by_role("menuitem", name="Breakdown").click()
    await page.get_by_label("Title", exact=True).fill("By model")
    await page.get_by_role("combobox", name="Group by").click()
    await page.get_by_role("option", name="model", exact=True).click()
    await page.keyboard.press("Escape")
    await page.get_by_text("Donut", exact=True).click()
    await page.get_by_label("Close the editor").click()
    await is_saved(page)
    assert {one["title"] for one in stored(emban, dashboard).values()} == {"Calls", "By model"}
    await page.get_by_role("button", name="Publish", exact=True).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("for the first time")
    await dialog.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Customers see this version from now on.")).to_be_visible(timeout=20_000)
    assert emban.call("GET", f"/v1/dashboards/{dashboard}")["status"] == "published"
    unexpected = [said for said in seen.complaints if "401" not in said]
    assert unexpected == []
    assert all(url.startswith((emban.address, "data:", "blob:")) for url, _ in seen.requests)


async def test_from_blank_to_published_by_keys_alone(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Blank", [])
    page = await opened(emban, context, dashboard)
    keys = page.keyboard
    await page.get_by_role("button", name="Add widget").first.focus()
    await keys.press("Enter")
    await expect(page.get_by_role("menuitem", name="Figure")).to_be_visible()
    await keys.press("ArrowDown")
    await expect(page.get_by_role("menuitem", name="Figure")).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_label("Title", exact=True)).to_be_focused()
    await keys.press("Control+a")
    await keys.type("Calls")
    await keys.press("Escape")
    focused = page.locator(".bw-item:focus")
    await expect(focused).to_have_attribute("aria-label", re.compile("^Calls, column 1, row 1"))
    await keys.press("ArrowRight")
    await keys.press("Shift+ArrowRight")
    await keys.press("Shift+ArrowDown")
    await expect(focused).to_have_attribute("aria-label", "Calls, column 2, row 1, 4 wide, 3 high")
    await keys.press("Control+d")
    await expect(focused).to_have_attribute("aria-label", "Calls, column 6, row 1, 4 wide, 3 high")
    await keys.press("Enter")
    await expect(page.get_by_label("Title", exact=True)).to_be_focused()
    await keys.press("Control+a")
    await keys.type("Copy")
    await keys.press("Escape")
    await expect(focused).to_have_attribute("aria-label", re.compile("^Copy, "))
    await keys.press("Control+ArrowLeft")
    await expect(focused).to_have_attribute("aria-label", re.compile("^Calls, "))
    await keys.press("Delete")
    await expect(page.locator(".bw-item")).to_have_count(1)
    await is_saved(page)
    await page.get_by_role("button", name="Publish", exact=True).focus()
    await keys.press("Enter")
    await expect(page.get_by_role("dialog").get_by_role("button", name="Publish")).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_text("Customers see this version from now on.")).to_be_visible(timeout=20_000)
    assert emban.call("GET", f"/v1/dashboards/{dashboard}")["published_version"] is not None


async def test_publishing_can_be_taken_back_for_ten_seconds(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Taken back")
    page = await opened(emban, context, dashboard)
    await page.get_by_role("button", name="Publish", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    await page.get_by_role("button", name="Undo", exact=True).click()
    await expect(page.get_by_text("Customers still see what they saw before.")).to_be_visible()
    await page.wait_for_timeout(500)
    assert emban.call("GET", f"/v1/dashboards/{dashboard}")["status"] == "draft"
    await page.get_by_role("button", name="Publish", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    await page.get_by_text("Customers see the new version in ten seconds.").wait_for()
    # Leaving is no undoing.
    await page.goto("about:blank")
    await page.wait_for_timeout(1000)
    assert emban.call("GET", f"/v1/dashboards/{dashboard}")["status"] == "published"


async def test_escape_restores_exactly(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Drag", [trend("a", "A", 0, 0), trend("b", "B", 6, 0), figure("c", "C", 0, 4)])
    page = await opened(emban, context, dashboard)
    before = [await place_of(page, one) for one in "abc"]
    boxes = [await card(page, one).bounding_box() for one in "abc"]
    box = boxes[0]
    assert box is not None
    await page.mouse.move(box["x"] + 100, box["y"] + 20)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 400, box["y"] + 150, steps=10)
    await expect(page.locator(".react-grid-placeholder")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.mouse.up()
    await expect(page.locator(".react-grid-placeholder")).to_have_count(0)
    await page.wait_for_timeout(400)
    assert [await place_of(page, one) for one in "abc"] == before
    assert [await card(page, one).bounding_box() for one in "abc"] == boxes
    await expect(page.get_by_role("button", name="Nothing to undo")).to_be_visible()


async def test_dragging_moves_only_what_must_move(emban: Emban, context: BrowserContext) -> None:
    widgets = [trend("a", "A", 0, 0), trend("b", "B", 6, 0), trend("c", "C", 0, 4), trend("d", "D", 6, 4)]
    dashboard = draft(emban, "Drag", widgets)
    page = await opened(emban, context, dashboard)
    box = await card(page, "a").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 100, box["y"] + 20)
    await page.mouse.down()
    # Two rows down: upon C, which makes room; B and D are not in the way.
    await page.mouse.move(box["x"] + 100, box["y"] + 20 + 2 * 74, steps=10)
    await page.mouse.up()
    assert [await place_of(page, one) for one in "abcd"] == [
        "column 1, row 3, 6 wide, 4 high",
        "column 7, row 1, 6 wide, 4 high",
        "column 1, row 7, 6 wide, 4 high",
        "column 7, row 5, 6 wide, 4 high",
    ]
    await page.get_by_role("button", name="Undo: move A").click()
    assert await place_of(page, "c") == "column 1, row 5, 6 wide, 4 high"
    await is_saved(page)


async def test_undo_outlives_opening_and_closing_an_editor(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Undo")
    page = await opened(emban, context, dashboard)
    await card(page, "latency").focus()
    await page.keyboard.press("Delete")
    await expect(card(page, "latency")).to_have_count(0)
    await card(page, "calls").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Close the editor").click()
    await page.get_by_role("button", name="Undo: delete Latency").click()
    await expect(card(page, "latency")).to_be_visible()
    await page.get_by_role("button", name="Redo: delete Latency").click()
    await expect(card(page, "latency")).to_have_count(0)
    await page.keyboard.press("Control+z")
    await is_saved(page)
    assert set(stored(emban, dashboard)) == {"calls", "latency"}


async def test_a_change_of_looks_draws_one_card_and_asks_nothing(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "Looks", [trend("a", "A", 0, 0), trend("b", "B", 6, 0)])
    seen = await watched(context)
    page = seen.page
    await sign_in(page, emban, f"/app/dashboards/{dashboard}?widget=a")
    await expect(page.locator('[data-item="b"] [data-drawn]')).to_be_visible()
    await expect(page.locator('[data-item="a"] [data-drawn]')).to_be_visible()
    asked = [url for url, _ in seen.requests if url.endswith("/data")]
    assert len(asked) == 1
    await page.evaluate(
        """() => {
          window.touched = new Set();
          for (const item of document.querySelectorAll('[data-item] .bw-card'))
            new MutationObserver(() => window.touched.add(item.parentElement.dataset.item))
              .observe(item, { subtree: true, childList: true, attributes: true, characterData: true });
          window.drawnAt = new Promise((done) => {
            const title = document.querySelector('[data-item="a"] .ew-title');
            const observer = new MutationObserver(() => done(performance.now()));
            observer.observe(title, { childList: true, characterData: true });
          });
          const typed = () => { window.typedAt = performance.now(); };
          document.addEventListener('input', typed, { capture: true, once: true });
        }"""
    )
    await page.get_by_label("Title", exact=True).fill("Renamed")
    assert await page.evaluate("window.drawnAt.then((at) => at - window.typedAt)") < 300
    await page.get_by_label("Close the editor").click()
    await card(page, "a").focus()
    await page.keyboard.press("ArrowDown")
    await is_saved(page)
    assert await page.evaluate("[...window.touched]") == ["a"]
    assert [url for url, _ in seen.requests if url.endswith("/data")] == asked


async def test_nothing_jumps_when_figures_come(emban: Emban, context: BrowserContext) -> None:
    await context.add_init_script(WATCH_SHIFTS)
    dashboard = draft(emban, "Shifts", [figure("a", "A", 0, 0), trend("b", "B", 0, 2), trend("c", "C", 6, 2)])
    page = await opened(emban, context, dashboard)
    await page.reload()
    await expect(page.locator('[data-item="c"] [data-drawn]')).to_be_visible()
    await page.evaluate("window.shifts = 0")
    await page.get_by_role("combobox", name="Period").click()
    await page.get_by_role("option", name="Last 7 days").click()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    await page.wait_for_timeout(500)
    assert await page.evaluate("window.shifts") == 0


async def test_a_property_that_is_gone_warns(emban: Emban, context: BrowserContext) -> None:
    gone = {"event_name": "*", "metric": "sum", "prop": "no_such_number"}
    dashboard = draft(emban, "Gone", [figure("a", "A", 0, 0, query=gone), figure("b", "B", 3, 0)])
    page = await opened(emban, context, dashboard)
    await expect(card(page, "a")).to_contain_text("No event of the last 90 days has “no_such_number”.")
    await expect(card(page, "b")).not_to_contain_text("No event")


async def test_widgets_go_to_another_dashboard_by_the_clipboard(emban: Emban, context: BrowserContext) -> None:
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    source, target = draft(emban, "Source"), draft(emban, "Target", [])
    page = await opened(emban, context, source)
    await card(page, "latency").focus()
    await page.keyboard.press("Control+c")
    await page.goto(f"{emban.address}/app/dashboards/{target}")
    await expect(page.get_by_text("This dashboard is empty")).to_be_visible()
    await page.keyboard.press("Control+v")
    await expect(page.locator(".bw-item")).to_have_count(1)
    await is_saved(page)
    [copy] = stored(emban, target).values()
    assert (copy["title"], copy["query"]) == ("Latency", {"event_name": "*", "metric": "count", "granularity": "auto"})
    assert copy["id"] != "latency"
    await page.evaluate("navigator.clipboard.writeText('{\"emban\": 1}')")
    await page.keyboard.press("Control+v")
    await page.wait_for_timeout(300)
    await expect(page.locator(".bw-item")).to_have_count(1)


async def test_preview_is_at_an_address_of_its_own(emban: Emban, context: BrowserContext) -> None:
    dashboard = draft(emban, "As a customer", [figure("a", "A", 0, 0, phone={"hidden": True}), figure("b", "B", 3, 0)])
    page = await opened(emban, context, dashboard)
    await page.get_by_role("button", name="Preview").click()
    await page.get_by_text("Phone 375").click()
    await page.get_by_text("Dark", exact=True).click()
    await expect(page).to_have_url(re.compile("mode=preview.*width=375.*scheme=dark"))
    frame = page.get_by_role("region", name="Preview at 375 pixels")
    await expect(frame.get_by_role("region", name="B", exact=True)).to_be_visible()
    await expect(frame.get_by_role("region", name="A", exact=True)).to_have_count(0)
    assert await frame.evaluate("(element) => element.offsetWidth") == 375
    await page.go_back()
    await page.go_back()
    await expect(page).to_have_url(re.compile("mode=preview$"))
    await page.go_back()
    await expect(card(page, "a")).to_be_visible()
