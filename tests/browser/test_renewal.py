"""A session renewed in place: nothing is lost, nothing is gained, and it stays the same view."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from playwright.async_api import BrowserContext, Page, Request, expect

from tests.browser.hosts import frame_of, heard, mounted
from tests.browser.support import Emban, until

EXPIRING = "one.heard.some(([name]) => name === 'expiring')"
REFUSED = "one.heard.some(([name, value]) => name === 'error' && value.code === 'token_mismatch')"


async def _renew(page: Page, token: str) -> None:
    """Renew as a host without the helper does."""
    message = {"_emban": True, "type": "setToken", "token": token}
    await page.evaluate("message => frames[0].postMessage(message, '*')", message)


def _bearers(page: Page) -> list[str]:
    """Collect the tokens that data requests are made with."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/v1/embed/data"):
            seen.append(request.headers["authorization"].removeprefix("Bearer "))

    page.on("request", note)
    return seen


async def test_loses_no_filter_period_table_or_place(
    emban: Emban, context: BrowserContext, gallery: str, host: str
) -> None:
    page = await mounted(context, host, "one", emban.mint("north", gallery)["embed_url"])
    frame = frame_of(page, "one")
    await frame.get_by_role("button", name="Period:").click()
    await frame.get_by_role("button", name="Last 30 days").click()
    await frame.get_by_role("button", name="Model: all").click()
    await frame.get_by_role("checkbox", name="north-model-1").check()
    figure = frame.locator("[data-widget=stat] .ew-figure")
    await expect(figure).to_have_text("12")
    await frame.get_by_role("button", name="Show as table: The donut").click()
    await frame.locator("[data-widget=donut] table").evaluate("table => { table.dataset.mark = 'same'; }")
    await frame.locator("[data-widget=stacked]").evaluate("card => { card.dataset.mark = 'same'; }")
    await page.evaluate("scrollTo(0, 400)")
    before = [await heard(page, "one", name) for name in ("filter", "period")]
    sent = _bearers(page)
    fresh = emban.mint("north", gallery)["token"]
    async with page.expect_response("**/v1/embed/data") as answered:
        await _renew(page, fresh)
    body = (await answered.value).request.post_data_json
    assert body is not None
    assert (body["period"], body["filters"]["dimensions"]) == ("30d", {"model": ["north-model-1"]})
    await expect(frame.locator("#emban[data-state=ready] .ew-card[aria-busy=true]")).to_have_count(0)
    assert sent == [fresh]
    await expect(figure).to_have_text("12")
    await expect(frame.get_by_role("button", name="Model: north-model-1")).to_be_visible()
    # The same cards, not new ones like them; the donut is still a table.
    await expect(frame.locator("[data-widget=stacked]")).to_have_attribute("data-mark", "same")
    await expect(frame.get_by_role("button", name="Show as chart: The donut")).to_be_visible()
    assert await page.evaluate("scrollY") == 400
    assert [await heard(page, "one", name) for name in ("filter", "period")] == before
    assert await heard(page, "one", "error") == []


async def test_stays_the_same_view(emban: Emban, context: BrowserContext, gallery: str, host: str) -> None:
    first = emban.mint("north", gallery)
    page = await mounted(context, host, "one", first["embed_url"])
    frame = frame_of(page, "one")
    sent = _bearers(page)
    for token in (
        emban.mint("south", gallery)["token"],
        emban.mint("north")["token"],
        "no token at all",
        "a.b.c",
    ):
        await page.evaluate("one.heard.length = 0")
        await _renew(page, token)
        await until(page, REFUSED)
    await expect(frame.locator("[data-widget=stat] .ew-figure")).to_have_text("37")
    assert sent == []
    await frame.get_by_role("button", name="Refresh the figures").click()
    await expect(frame.locator("#emban[data-state=ready] .ew-card[aria-busy=true]")).to_have_count(0)
    assert set(sent) == {first["token"]}


async def test_a_whole_address_is_another_view(emban: Emban, context: BrowserContext, gallery: str, host: str) -> None:
    page = await mounted(context, host, "one", emban.mint("north", gallery)["embed_url"])
    other = emban.mint("south", gallery)
    # A bare token for another tenant is refused by the page, through the helper too.
    await page.evaluate("token => one.embed.setToken(token)", other["token"])
    await until(page, REFUSED)
    await page.evaluate("url => one.embed.setEmbedUrl(url)", emban.mint("south", gallery)["embed_url"])
    frame = frame_of(page, "one")
    await expect(frame.locator("[data-widget=stat] .ew-figure")).to_have_text("53")
    await expect(frame.locator("body")).not_to_contain_text("north")
    assert [error["code"] for error in await heard(page, "one", "error")] == ["token_mismatch"]


async def test_a_token_that_the_server_refuses_changes_nothing(
    emban: Emban, context: BrowserContext, gallery: str, host: str
) -> None:
    first, dead = emban.mint("north", gallery), emban.mint("north", gallery)
    emban.call("DELETE", f"/v1/embed-sessions/{dead['id']}")
    page = await mounted(context, host, "one", first["embed_url"])
    await _renew(page, dead["token"])
    await until(page, "one.heard.some(([name, value]) => name === 'error' && value.code === 'token_revoked')")
    frame = frame_of(page, "one")
    sent = _bearers(page)
    async with page.expect_response("**/v1/embed/data"):
        await frame.get_by_role("button", name="Refresh the figures").click()
    assert sent == [first["token"]]
    await expect(frame.locator("[data-widget=stat] .ew-figure")).to_have_text("37")


async def test_only_ever_narrows(emban: Emban, context: BrowserContext, gallery: str, host: str) -> None:
    page = await mounted(context, host, "one", emban.mint("north", gallery)["embed_url"])
    frame = frame_of(page, "one")
    await expect(frame.locator("[data-widget=list] .ew-link").first).to_be_visible()
    narrow: dict[str, Any] = {
        "allow_drill_down": False,
        "hidden_widgets": ["donut"],
        "allowed_dimensions": ["model"],
        "allowed_periods": ["24h", "7d"],
    }
    await _renew(page, emban.mint("north", gallery, **narrow)["token"])
    for _ in range(2):
        await expect(frame.locator("[data-widget=donut]")).to_have_count(0)
        await expect(frame.locator("[data-widget=list] .ew-link")).to_have_count(0)
        await expect(frame.get_by_role("button", name="Plan: all")).to_have_count(0)
        await expect(frame.get_by_role("button", name="Model: all")).to_be_visible()
        await frame.get_by_role("button", name="Period:").click()
        await expect(frame.get_by_role("button", name="Last 7 days")).to_have_count(2)
        await expect(frame.get_by_role("button", name="Last 30 days")).to_have_count(0)
        # Dates reach as far back as the longest of the periods: seven days, today among them.
        first_day = await frame.get_by_label("First day").get_attribute("min") or ""
        assert datetime.now(UTC).date() - date.fromisoformat(first_day) == timedelta(days=6)
        await page.keyboard.press("Escape")
        # The next one would allow it all again: what it adds is not shown.
        wide = emban.mint("north", gallery)
        async with page.expect_response("**/v1/embed/data"):
            await _renew(page, wide["token"])
    await page.evaluate("one.embed.destroy()")
    await mounted(context, host, "two", wide["embed_url"], page)
    await expect(frame_of(page, "two").locator("[data-widget=donut]")).to_be_visible()


async def test_the_host_is_told_two_minutes_before_the_end(
    emban: Emban, context: BrowserContext, gallery: str, host: str
) -> None:
    page = await context.new_page()
    await page.clock.install()
    await mounted(context, host, "one", emban.mint("north", gallery)["embed_url"], page)
    frame = frame_of(page, "one")
    await page.clock.fast_forward(3_450_000)
    assert await heard(page, "one", "expiring") == []
    await page.clock.fast_forward(31_000)
    await until(page, EXPIRING)
    [seconds] = await heard(page, "one", "expiring")
    assert 115 <= seconds <= 120
    await page.clock.fast_forward(121_000)
    await expect(frame.get_by_role("status")).to_contain_text("This session has ended")
    codes = [error["code"] for error in await heard(page, "one", "error")]
    assert codes == ["token_expired"]
    # Late, but the figures are there still, and so is the page.
    async with page.expect_response("**/v1/embed/data"):
        await _renew(page, emban.mint("north", gallery)["token"])
    await expect(frame.get_by_role("status")).to_have_count(0)
    await expect(frame.locator("[data-widget=stat] .ew-figure")).to_have_text("37")
