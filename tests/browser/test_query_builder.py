"""The query builder: statements typed, run, cancelled, kept and found again, on the real engine."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser.support import Emban, member, sign_in, sign_in_as, violations, watched

PATH = "/app/querybuilder"
SLOW = (
    "SELECT sum(cityHash64(a, b)) FROM (SELECT arrayJoin(range(1000000)) AS a) AS x "
    "CROSS JOIN (SELECT arrayJoin(range(1000000)) AS b) AS y"
)
STATS = "[data-stats]"


def editor(page: Page) -> Locator:
    return page.get_by_label("SQL statements")


async def write(page: Page, text: str) -> None:
    """Put a text in the place of what the editor has, as a paste would."""
    await editor(page).click()
    await page.keyboard.press("Control+a")
    await page.keyboard.insert_text(text)
    await page.keyboard.press("Escape")


async def run(page: Page, text: str) -> None:
    await write(page, text)
    await page.keyboard.press("Control+Enter")
    await page.locator(STATS).wait_for()


async def cells(page: Page) -> list[list[str]]:
    """Return the texts of the rows in sight."""
    rows = page.locator(".query-grid-row")
    return [await rows.nth(at).locator(".query-grid-cell").all_inner_texts() for at in range(await rows.count())]


@pytest.fixture
async def page(emban: Emban, context: BrowserContext) -> Page:
    seen = await watched(context)
    await sign_in(seen.page, emban, PATH)
    await editor(seen.page).wait_for()
    return seen.page


async def test_the_statement_at_the_cursor_or_the_selection_runs(page: Page) -> None:
    await run(page, "SELECT 1 AS first;\nSELECT 2 AS second")
    assert await cells(page) == [["2"]]
    await page.keyboard.press("Control+Home")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".query-grid-cell")).to_have_text(["1"])
    await page.keyboard.press("Control+End")
    for _ in range(len("2 AS second")):
        await page.keyboard.press("Shift+ArrowLeft")
    await expect(page.get_by_role("button", name="Run selection")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()


@pytest.mark.parametrize("by", ["button", "escape", "leaving"])
async def test_a_run_is_stopped_in_the_engine(emban: Emban, page: Page, by: str) -> None:
    await write(page, SLOW)
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    await expect(page.locator(".query-running")).to_contain_text(re.compile(r"0\.[5-9] s|1\.\d s"))
    started = time.monotonic()
    if by == "button":
        await page.get_by_role("button", name="Cancel").click()
    elif by == "escape":
        await page.keyboard.press("Escape")
    else:
        await page.get_by_role("link", name="Home").click()
    while any(one["status"] == "running" for one in await runs(page)):
        assert time.monotonic() - started < 3
        await page.wait_for_timeout(50)
    newest = (await runs(page))[0]
    assert (newest["status"], newest["error_code"]) == ("cancelled", "run_cancelled")
    # Its place is free: another statement is answered at once.
    assert emban.call("POST", "/v1/query/adhoc", {"sql": "SELECT 1"})["rows"] == [[1]]
    if by != "leaving":
        await expect(page.get_by_text("Cancelled.")).to_be_visible()


async def runs(page: Page) -> list[dict[str, object]]:
    answer = await page.evaluate("fetch('/v1/query/adhoc/runs').then((one) => one.json())")
    found: list[dict[str, object]] = answer["items"]
    return found


async def test_an_error_is_told_and_its_place_underlined(page: Page) -> None:
    await write(page, "SELECT 1;\n\nSELECT tenant_id count() FROM emban.events)")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("alert")).to_contain_text("line 1, column")
    await expect(page.locator(".query-mistake")).to_be_visible()
    await write(page, "SELECT nope FROM emban.events")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("alert")).to_contain_text("nope")
    await expect(page.locator(".query-mistake")).to_have_text("nope")


async def test_text_and_tabs_outlive_reload_and_signing_out(emban: Emban, page: Page) -> None:
    await write(page, "SELECT 'kept' AS text")
    await page.get_by_role("button", name="New tab").click()
    await write(page, "SELECT 'closed' AS text")
    await page.get_by_title("Close Query 2").click()
    await expect(editor(page)).to_contain_text("kept")
    await page.reload()
    await expect(editor(page)).to_contain_text("kept")
    await page.get_by_role("button", name=emban.email).click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await sign_in(page, emban, PATH)
    await expect(editor(page)).to_contain_text("kept")
    await page.get_by_role("button", name="Reopen closed tab").click()
    await expect(editor(page)).to_contain_text("closed")
    # Another environment has tabs of its own.
    await page.goto(f"{emban.address}{PATH}?env=dev")
    await editor(page).wait_for()
    await expect(editor(page)).not_to_contain_text("kept")


async def test_results_stay_with_their_tab(page: Page) -> None:
    await run(page, "SELECT 'one' AS text")
    await page.get_by_role("button", name="New tab").click()
    await expect(page.get_by_text("Nothing has run here yet")).to_be_visible()
    await run(page, "SELECT 'two' AS text")
    await page.get_by_role("tab", name="Query 1").click()
    await expect(page.locator(".query-grid-cell")).to_have_text(["one"])


async def test_tab_accepts_a_completion_and_enter_only_after_arrows(page: Page) -> None:
    await write(page, "")
    await page.keyboard.type("SELECT tenant_i")
    await expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(editor(page).locator(".cm-line")).to_have_count(2)
    await page.keyboard.type("FROM emban.ev")
    await expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(editor(page)).to_contain_text("FROM emban.events")
    await page.keyboard.type(" WHERE event_na")
    await expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(editor(page)).to_contain_text("WHERE event_name")
    await expect(editor(page).locator(".cm-line")).to_have_count(2)


async def test_a_property_is_inserted_and_the_text_formatted(page: Page) -> None:
    await write(page, "select  from emban.events group by 1")
    await page.keyboard.press("Control+Home")
    for _ in range(len("select ")):
        await page.keyboard.press("ArrowRight")
    await page.get_by_role("button", name=re.compile(r"^plan")).click()
    await expect(editor(page)).to_contain_text("select string_props['plan'] from")
    await page.get_by_role("button", name="Format").click()
    await expect(editor(page)).to_contain_text("GROUP BY")


async def test_visual_questions_become_sql_and_never_replace_a_text(page: Page) -> None:
    await write(page, "SELECT 'mine' AS text")
    await page.get_by_text("Visual", exact=True).click()
    await page.locator(".ew-plot[data-drawn]").wait_for()
    await page.get_by_role("combobox", name="Group by").click()
    await page.get_by_role("option", name="plan", exact=True).click()
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(re.compile("plan"))
    await page.get_by_role("button", name="Show SQL").click()
    await expect(editor(page)).to_contain_text("string_props['plan'] AS plan")
    await page.get_by_role("button", name="Run", exact=True).click()
    await page.locator(STATS).wait_for()
    await page.get_by_role("tab", name="Query 1").click()
    await expect(editor(page)).to_contain_text("SELECT 'mine' AS text")


async def test_a_question_is_saved_as_a_widget(emban: Emban, page: Page) -> None:
    await page.goto(f"{emban.address}{PATH}?mode=visual")
    await page.get_by_role("button", name="Save as widget").click()
    await page.get_by_label("Title").fill("Events of every day")
    await page.get_by_role("button", name="Save widget").click()
    await expect(page.get_by_text("to the widget library")).to_be_visible()
    saved = [one for one in emban.call("GET", "/v1/widgets")["items"] if one["title"] == "Events of every day"]
    assert [(one["kind"], one["chart"]) for one in saved] == [("timeseries", "line")]


async def test_history_keeps_compares_and_opens(page: Page) -> None:
    await run(page, "SELECT 'first' AS text")
    await run(page, "SELECT 'second' AS text")
    await page.get_by_role("tab", name="History").click()
    entries = page.locator("[data-run]")
    await expect(entries.first).to_contain_text("second")
    await entries.first.get_by_role("button", name="Keep this run").click()
    await expect(entries.first.get_by_role("button", name="Do not keep this run")).to_be_visible()
    await entries.nth(0).get_by_role("checkbox").check()
    await entries.nth(1).get_by_role("checkbox").check()
    await page.get_by_role("button", name="Compare", exact=True).click()
    await expect(page.locator(".kit-diff-added")).to_contain_text("second")
    await page.get_by_role("button", name="Back to the list").click()
    await entries.nth(1).get_by_role("button", name="Open in a new tab").click()
    await expect(editor(page)).to_contain_text("first")


async def test_a_query_is_saved_renamed_and_deleted(emban: Emban, page: Page) -> None:
    await write(page, "SELECT 'saved' AS text")
    await page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("My query")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("tab", name="My query")).to_be_visible()
    await page.get_by_role("tab", name="Saved queries").click()
    await expect(page.locator("[data-saved]")).to_contain_text("My query")
    await page.get_by_role("button", name="Rename, Delete: My query").click()
    await page.get_by_role("menuitem", name="Rename").click()
    await dialog.get_by_label("Name").fill("Your query")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.locator("[data-saved]")).to_contain_text("Your query")
    assert [one["sql"] for one in emban.call("GET", "/v1/saved-queries")["items"]] == ["SELECT 'saved' AS text"]
    await page.get_by_role("button", name="Rename, Delete: Your query").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await expect(page.locator("[data-saved]")).to_have_count(0)


@pytest.mark.parametrize("role", ["viewer", "editor"])
async def test_who_may_not_is_told_why(emban: Emban, context: BrowserContext, role: str) -> None:
    page = await context.new_page()
    await sign_in_as(page, emban, member(emban, role), PATH)
    await expect(page.get_by_text("admin", exact=False).first).to_be_visible()
    await expect(editor(page)).to_have_count(0)


async def test_with_results_it_is_for_everybody(page: Page) -> None:
    await run(page, "SELECT event_name, count() AS n FROM emban.events GROUP BY event_name ORDER BY n DESC")
    assert await violations(page) == []
