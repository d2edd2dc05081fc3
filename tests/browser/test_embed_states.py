"""What the page says when there is nothing to show, or when it may not be shown."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, Route, expect

from tests.browser.hosts import frame_of, heard, mounted
from tests.browser.support import Emban, drawn, violations

TENANT = "aurora-health"
COUNT = {
    "title": "Events",
    "kind": "timeseries",
    "chart": "bar",
    "query": {"event_name": "*", "metric": "count", "granularity": "auto"},
}
HOUR_MS = 3_600_000


@pytest.mark.parametrize("token", ["", "?token=", "?token=not.a.token", "?token=eyJhbGciOiJub25lIn0.e30."])
async def test_without_a_good_token(emban: Emban, context: BrowserContext, token: str) -> None:
    page = await context.new_page()
    await page.goto(f"{emban.address}/embed/{emban.dashboard}{token}")
    code = "token_invalid" if len(token) > len("?token=") else "token_missing"
    await page.wait_for_selector(f"[data-state={code}]")
    await expect(page.get_by_role("alert")).to_contain_text("application")
    await expect(page.get_by_role("button")).to_have_count(0)
    assert await violations(page) == []


async def test_revoked_while_open(emban: Emban, context: BrowserContext) -> None:
    minted = emban.mint(TENANT)
    page = await context.new_page()
    await page.goto(minted["embed_url"])
    await drawn(page)
    emban.call("DELETE", f"/v1/embed-sessions/{minted['id']}")
    await page.get_by_role("button", name="Refresh the figures").click()
    # Who may no longer see the figures does not go on seeing the old ones.
    await expect(page.get_by_role("alert")).to_contain_text("Access to this view was withdrawn")
    await expect(page.locator(".ew-card")).to_have_count(0)
    another = await context.new_page()
    await another.goto(minted["embed_url"])
    await another.wait_for_selector("[data-state=token_revoked]")


async def test_unpublished_and_back(emban: Emban, context: BrowserContext) -> None:
    dashboard = emban.publish("Comes and goes", [COUNT])
    minted = emban.mint(TENANT, dashboard)
    emban.call("POST", f"/v1/dashboards/{dashboard}/unpublish")
    page = await context.new_page()
    await page.goto(minted["embed_url"])
    await page.wait_for_selector("[data-state=dashboard_unpublished]")
    emban.call("POST", f"/v1/dashboards/{dashboard}/publish")
    await page.get_by_role("button", name="Try again").click()
    await drawn(page)
    await expect(page.get_by_role("heading", name="Comes and goes")).to_be_visible()


async def test_offline_and_back(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(emban.mint(TENANT)["embed_url"])
    await drawn(page)
    await context.set_offline(True)
    await page.get_by_role("button", name="Refresh the figures").click()
    await expect(page.get_by_role("status")).to_contain_text("No connection")
    await context.set_offline(False)
    await expect(page.get_by_role("status").filter(has_text="No connection")).to_be_hidden()
    await page.wait_for_selector("[data-state=ready]")


async def test_a_failing_server_is_asked_again_by_itself(
    emban: Emban, context: BrowserContext, gallery: str, host: str
) -> None:
    page = await mounted(context, host, "one", emban.mint("north", gallery)["embed_url"])
    frame = frame_of(page, "one")
    asked = 0

    async def fail_thrice(route: Route) -> None:
        nonlocal asked
        asked += 1
        if asked <= 3:
            await route.abort("connectionrefused")
        else:
            await route.continue_()

    await page.clock.install()
    await page.route("**/v1/embed/data", fail_thrice)
    await frame.get_by_role("button", name="Refresh the figures").click()
    await expect(frame.get_by_role("status")).to_contain_text("No connection")
    await expect(frame.locator("[data-widget=stat] .ew-figure")).to_have_text("37")
    # The clock is ours: what waits in the page waits for it.
    for _ in range(20):
        await page.clock.fast_forward(5000)
        await page.wait_for_timeout(50)
    await expect(frame.get_by_role("status")).to_have_count(0)
    await expect(frame.locator("#emban")).to_have_attribute("data-state", "ready")
    assert asked == 4
    # It went on for a while, and the host was told once.
    assert [error["code"] for error in await heard(page, "one", "error")] == ["offline"]


async def test_offline_is_said_at_once_and_over_by_itself(
    emban: Emban, context: BrowserContext, gallery: str, host: str
) -> None:
    page = await mounted(context, host, "one", emban.mint("north", gallery)["embed_url"])
    status = frame_of(page, "one").get_by_role("status")
    await context.set_offline(True)
    await expect(status).to_contain_text("No connection")
    await context.set_offline(False)
    await expect(status).to_have_count(0)
    await expect(frame_of(page, "one").locator("#emban")).to_have_attribute("data-state", "ready")
    assert [error["code"] for error in await heard(page, "one", "error")] == ["offline"]


async def test_a_tenant_without_events(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(emban.mint("nobody-yet")["embed_url"])
    await page.wait_for_selector("[data-state=empty]")
    await expect(page.get_by_text("Nothing in this period").first).to_be_visible()
    assert await violations(page) == []


async def test_a_dashboard_without_widgets(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(emban.mint(TENANT, emban.publish("Bare", []))["embed_url"])
    await page.wait_for_selector("[data-state=empty]")
    await expect(page.get_by_role("heading", name="Nothing to see yet")).to_be_visible()


async def test_the_session_ends(emban: Emban, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.clock.install()
    await page.goto(emban.mint(TENANT)["embed_url"])
    await drawn(page)
    await page.clock.fast_forward(HOUR_MS + 20_000)
    await expect(page.get_by_role("status")).to_contain_text("This session has ended")
    assert await page.locator(".ew-card").count() > 0
