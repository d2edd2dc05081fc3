"""The frame in somebody else's page: heights, messages, renewal, and two tenants side by side."""

from __future__ import annotations

from playwright.async_api import BrowserContext, expect

from tests.browser.hosts import frame_of, heard, mounted
from tests.browser.support import Emban, until


async def test_is_as_high_as_its_content(emban: Emban, context: BrowserContext, host: str) -> None:
    page = await mounted(context, host, "one", emban.mint("aurora-health")["embed_url"])
    assert len(await heard(page, "one", "ready")) == 1
    root = frame_of(page, "one").locator("#emban")
    wide = await root.evaluate("root => root.offsetHeight")
    await expect(page.locator("#one iframe")).to_have_css("height", f"{wide}px")
    await page.set_viewport_size({"width": 400, "height": 800})
    await until(page, f"document.querySelector('#one iframe').offsetHeight > {wide}")
    await page.set_viewport_size({"width": 1280, "height": 800})
    await until(page, f"Math.abs(document.querySelector('#one iframe').offsetHeight - {wide}) <= 1")


async def test_tells_the_host_and_listens_to_it(emban: Emban, context: BrowserContext, host: str) -> None:
    page = await mounted(context, host, "one", emban.mint("aurora-health")["embed_url"])
    frame = frame_of(page, "one")
    await frame.get_by_role("button", name="Period:").click()
    await frame.get_by_role("button", name="Last 7 days").click()
    await until(page, "one.heard.some(([name]) => name === 'period')")
    assert await heard(page, "one", "period") == [{"period": "7d"}]
    filters = {"period": "90d", "dimensions": {"model": ["atlas-mini"]}}
    await page.evaluate("filters => one.embed.setFilters(filters)", filters)
    await expect(frame.get_by_role("button", name="Period: Last 90 days")).to_be_visible()
    await expect(frame.get_by_role("button", name="Model: atlas-mini")).to_be_visible()
    # What the host did itself is no news to it.
    assert await heard(page, "one", "filter") == []
    theme = {"cardBackground": "#101820", "textColor": "#111111"}
    await page.evaluate("theme => one.embed.setTheme(theme)", theme)
    await expect(frame.locator(".ew-card").first).to_have_css("background-color", "rgb(16, 24, 32)")


async def test_a_new_session_loses_nothing(emban: Emban, context: BrowserContext, host: str) -> None:
    page = await mounted(context, host, "one", emban.mint("aurora-health")["embed_url"])
    frame = frame_of(page, "one")
    await frame.get_by_role("button", name="Period:").click()
    await frame.get_by_role("button", name="Last 7 days").click()
    await frame.get_by_role("button", name="Model: all").click()
    filtered = lambda response: "atlas-mini" in (response.request.post_data or "")  # noqa: E731
    async with page.expect_response(filtered):
        await frame.get_by_role("checkbox", name="atlas-mini").check()
    fresh = emban.mint("aurora-health")
    async with page.expect_response("**/v1/embed/data") as answered:
        await page.evaluate("url => one.embed.setEmbedUrl(url)", fresh["embed_url"])
    request = (await answered.value).request
    assert request.headers["authorization"] == f"Bearer {fresh['token']}"
    body = request.post_data_json
    assert body is not None
    assert (body["period"], body["filters"]["dimensions"]) == ("7d", {"model": ["atlas-mini"]})


async def test_a_frame_that_lost_its_token_gets_it_again(emban: Emban, context: BrowserContext, host: str) -> None:
    page = await mounted(context, host, "one", emban.mint("aurora-health")["embed_url"])
    inner = page.frames[1]
    await inner.evaluate("location.reload()")
    await frame_of(page, "one").locator("[data-state=ready]").wait_for()
    assert await heard(page, "one", "error") == []


async def test_listens_to_nobody_else(emban: Emban, context: BrowserContext, host: str) -> None:
    page = await mounted(context, host, "one", emban.mint("aurora-health")["embed_url"])
    frame = frame_of(page, "one")
    # A stranger in another frame of the same page, and the host talking like an embed.
    await mounted(context, host, "two", emban.mint("ember-studio")["embed_url"], page)
    stranger = page.frames[2]
    message = {"_emban": True, "type": "setFilters", "filters": {"period": "90d"}}
    await stranger.evaluate("message => parent.frames[0].postMessage(message, '*')", message)
    await page.evaluate("postMessage({ _emban: true, type: 'error', code: 'x', message: 'y' }, '*')")
    await page.wait_for_timeout(300)
    await expect(frame.get_by_role("button", name="Period: Last 30 days")).to_be_visible()
    assert await heard(page, "one", "error") == []


async def test_two_tenants_on_one_page_share_nothing(emban: Emban, context: BrowserContext, host: str) -> None:
    page = await mounted(context, host, "one", emban.mint("aurora-health")["embed_url"])
    await mounted(context, host, "two", emban.mint("ember-studio")["embed_url"], page)
    figures = [
        await frame_of(page, place).locator(".ew-figure").first.get_attribute("title") for place in ("one", "two")
    ]
    assert figures[0] != figures[1]
    await frame_of(page, "one").get_by_role("button", name="Period:").click()
    await frame_of(page, "one").get_by_role("button", name="Last 7 days").click()
    await expect(frame_of(page, "two").get_by_role("button", name="Period: Last 30 days")).to_be_visible()
    assert await heard(page, "two", "period") == []


async def test_works_in_a_sandbox(emban: Emban, context: BrowserContext, host: str) -> None:
    page = await context.new_page()
    await page.goto(host)
    url = emban.mint("aurora-health")["embed_url"]
    await page.evaluate(
        """url => {
          const frame = document.createElement('iframe');
          frame.sandbox = 'allow-scripts';
          frame.src = url;
          document.getElementById('one').append(frame);
        }""",
        url,
    )
    await frame_of(page, "one").locator("[data-state=ready]").wait_for()
    assert await frame_of(page, "one").locator(".ew-canvas canvas").count() > 0
