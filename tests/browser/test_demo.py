"""`emban demo`: the page of an imaginary product, with the embed in it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.support import until, violations, watched
from tests.support.serve import serving

FILLED_S = 120


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a filled demo."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    with serving(folder, command="demo", arguments=["--no-open"]) as serve:
        deadline = time.monotonic() + FILLED_S
        while httpx.get(f"{serve.address}/demo/tenants").status_code != 200:
            assert time.monotonic() < deadline, "the demo was not filled in time"
            time.sleep(0.3)
        yield serve.address


async def test_switches_between_customers(demo: str, context: BrowserContext) -> None:
    seen = await watched(context)
    page = seen.page
    await page.goto(demo)
    await expect(page).to_have_url(f"{demo}/demo")
    frame = page.frame_locator("iframe")
    figure = frame.locator(".ew-figure").first
    await frame.locator("[data-state=ready]").wait_for()
    large = await figure.get_attribute("title")
    assert await violations(page) == []
    await page.get_by_label("Workspace").select_option("ember-studio")
    await expect(figure).not_to_have_attribute("title", large or "")
    await expect(page.get_by_text("Free", exact=False).first).to_be_visible()
    # The choice is in the address: it survives a reload.
    await page.reload()
    await expect(page.get_by_label("Workspace")).to_have_value("ember-studio")
    assert seen.complaints == []
    assert all(url.startswith((demo, "data:")) for url, _ in seen.requests)
    await until(page, "document.querySelector('iframe')?.offsetHeight > 1000")
