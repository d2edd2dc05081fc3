"""The security of the frame: two tenants on one page, strange hosts, sandboxes, cookies, and where the token goes."""

from __future__ import annotations

from typing import Any

from playwright.async_api import BrowserContext, Frame, Page, Response, expect

from tests.browser.gallery import TENANTS
from tests.browser.hosts import frame_of, heard, mount, mounted
from tests.browser.support import READY, Emban, drawn, until, watched

EVERYTHING = """document.title + document.documentElement.outerHTML
  + [...document.querySelectorAll('input')].map(input => input.value)"""


async def test_twenty_embeds_of_two_tenants_share_nothing(
    emban: Emban, context: BrowserContext, gallery: str, host: str
) -> None:
    answers: list[Response] = []
    seen = await watched(context)
    seen.page.on("response", lambda answer: answers.append(answer) if "/v1/embed/" in answer.url else None)
    owners = {f"embed{nth}": list(TENANTS)[nth % 2] for nth in range(20)}
    await seen.page.goto(host)
    for place, tenant in owners.items():
        await mount(seen.page, place, emban.mint(tenant, gallery)["embed_url"])
    for place in owners:
        await frame_of(seen.page, place).locator(READY).wait_for()
    frames = {place: await _frame(seen.page, place) for place in owners}
    for place, tenant in owners.items():
        text = await frames[place].evaluate(EVERYTHING)
        assert f"{tenant}-model-0" in text
        assert _other(tenant) not in text
        figure = frame_of(seen.page, place).locator("[data-widget=stat] .ew-figure")
        await expect(figure).to_have_text(str(TENANTS[tenant]))
        assert _other(tenant) not in str(await seen.page.evaluate(f"window.{place}.heard"))
    assert len(answers) >= 2 * len(owners)
    tenants = {frames[place]: tenant for place, tenant in owners.items()}
    for answer in answers:
        assert _other(tenants[answer.frame]) not in await answer.text()
    # A choice in one of them is nobody else's.
    await frame_of(seen.page, "embed0").get_by_role("button", name="Period:").click()
    await frame_of(seen.page, "embed0").get_by_role("button", name="Last 24 hours").click()
    await until(seen.page, "embed0.heard.some(([name]) => name === 'period')")
    for place in list(owners)[1:]:
        assert await heard(seen.page, place, "period") == []
        period = frame_of(seen.page, place).get_by_role("button", name="Period: Last 7 days")
        await expect(period).to_be_visible()
    # The host's own strict policy has nothing against any of this.
    assert seen.complaints == []


async def test_asks_no_other_host_and_shows_its_token_to_nobody(
    emban: Emban, context: BrowserContext, gallery: str
) -> None:
    minted = emban.mint("north", gallery)
    token = minted["token"]
    seen = await watched(context)
    page = seen.page
    await page.goto(minted["embed_url"] + "&locale=he")
    await drawn(page)
    await page.get_by_role("button", name="Model: all").click()
    await page.get_by_role("checkbox", name="north-model-0").check()
    await expect(page.locator("[data-widget=stat] .ew-figure")).to_have_text("13")
    await page.keyboard.press("Escape")
    await page.locator("[data-widget=list] .ew-link").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text("north.call")
    await page.keyboard.press("Escape")
    async with page.expect_download():
        await page.get_by_role("button", name="Download: The list").click()
        await page.get_by_role("button", name="CSV, for a spreadsheet").click()
    await page.emulate_media(media="print")
    assert seen.complaints == []
    first, *others = seen.requests
    assert token in first[0]
    assert {url.split("/v1/embed/")[-1] for url, _ in others if "/v1/embed/" in url} == {
        "dashboard",
        "data",
        "drill",
        "export",
    }
    for url, headers in others:
        assert url.startswith((emban.address + "/", f"blob:{emban.address}/", "data:")), url
        assert token not in url
        assert "cookie" not in headers
        assert token not in headers.get("referer", "")
        assert ("/v1/embed/" in url) == (headers.get("authorization") == f"Bearer {token}")
    assert await page.evaluate("history.length") <= 2
    assert await context.cookies() == []
    log = emban.log.read_text()
    assert "/embed/{dashboard_id}" in log
    assert token not in log
    assert token.split(".")[2] not in log


async def test_works_in_a_sandbox_without_an_origin(
    emban: Emban, context: BrowserContext, gallery: str, host: str
) -> None:
    seen = await watched(context)
    await seen.page.goto(host)
    await _plain_frame(seen.page, emban.mint("south", gallery)["embed_url"], sandbox="allow-scripts")
    frame = frame_of(seen.page, "one")
    await frame.locator(READY).wait_for()
    assert await frame.locator("html").evaluate("() => self.origin") == "null"
    await frame.get_by_role("button", name="Model: all").click()
    await frame.get_by_role("checkbox", name="south-model-0").check()
    await expect(frame.locator("[data-widget=stat] .ew-figure")).to_have_text("18")
    await frame.locator("[data-widget=list] .ew-link").first.click()
    await expect(frame.get_by_role("dialog")).to_contain_text("south.call")
    assert await frame.locator(".ew-canvas canvas").count() > 0
    assert seen.complaints == []


async def test_needs_no_third_party_cookies(emban: Emban, context: BrowserContext, gallery: str, host: str) -> None:
    page = await context.new_page()
    await page.goto(host)
    # A frame of another site has no cookies in this browser.
    await _plain_frame(page, host.replace("localhost", "127.0.0.1") + "probe")
    await until(page, "frames.length === 1")
    probe = page.frames[1]
    await probe.wait_for_load_state()
    assert await probe.title() == "none"
    await mounted(context, host, "two", emban.mint("north", gallery)["embed_url"], page)
    assert await context.cookies() == []


async def test_only_the_orgs_sites_may_frame_it(emban: Emban, context: BrowserContext, gallery: str, host: str) -> None:
    minted = emban.mint("north", gallery)
    token = minted["token"]
    address = minted["embed_url"].split("?")[0]
    emban.call("PATCH", "/v1/org", {"embed_origins": ["https://app.acme.example"]})
    try:
        page = await context.new_page()
        await page.goto(host)
        await _plain_frame(page, minted["embed_url"])
        await until(page, "frames.length === 1")
        await page.wait_for_timeout(300)
        assert await page.frames[1].locator("#emban").count() == 0
        # Nor does it help to frame the page without a token and to hand one in.
        await _plain_frame(page, address)
        await page.frame_locator("#one iframe >> nth=1").locator("[data-state=token_missing]").wait_for()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/v1/embed/" in request.url else None)
        await page.evaluate("token => frames[1].postMessage({ _emban: true, type: 'setToken', token }, '*')", token)
        await page.wait_for_timeout(700)
        assert await page.frames[2].locator("#emban").count() == 0
        assert asked == []
        emban.call("PATCH", "/v1/org", {"embed_origins": [host.rstrip("/")]})
        await mounted(context, host, "two", minted["embed_url"], page)
    finally:
        emban.call("PATCH", "/v1/org", {"embed_origins": []})


async def test_speaks_to_its_host_alone(emban: Emban, context: BrowserContext, gallery: str, host: str) -> None:
    """A page that frames the host's page hears nothing, and is not listened to."""
    page = await context.new_page()
    await page.goto(host)
    listening = "window.overheard = []; addEventListener('message', (event) => overheard.push(event.data))"
    await page.evaluate(listening)
    await _plain_frame(page, host)
    await until(page, "frames.length === 1 && frames[0].length === 0")
    middle = page.frames[1]
    await middle.wait_for_load_state()
    await middle.evaluate(
        """url => {
          const frame = document.createElement('iframe');
          frame.src = url;
          document.getElementById('one').append(frame);
        }""",
        emban.mint("north", gallery)["embed_url"],
    )
    inner = page.frame_locator("#one iframe").frame_locator("#one iframe")
    await inner.locator(READY).wait_for()
    message: dict[str, Any] = {"_emban": True, "type": "setFilters", "filters": {"period": "24h"}}
    await page.evaluate("message => frames[0].frames[0].postMessage(message, '*')", message)
    await page.wait_for_timeout(300)
    await expect(inner.get_by_role("button", name="Period: Last 7 days")).to_be_visible()
    assert await page.evaluate("overheard") == []


def _other(tenant: str) -> str:
    return next(name for name in TENANTS if name != tenant)


async def _frame(page: Page, place: str) -> Frame:
    element = await page.query_selector(f"#{place} iframe")
    assert element
    frame = await element.content_frame()
    assert frame
    return frame


async def _plain_frame(page: Page, url: str, *, sandbox: str | None = None) -> None:
    """Frame an address as a host without the helper does."""
    await page.evaluate(
        """([url, sandbox]) => {
          const frame = document.createElement('iframe');
          if (sandbox !== null) frame.sandbox = sandbox;
          frame.src = url;
          document.getElementById('one').append(frame);
        }""",
        [url, sandbox],
    )
