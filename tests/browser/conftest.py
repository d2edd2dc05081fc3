"""One Emban with known events and one Chromium for all tests in a browser."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from tests.browser.gallery import hang
from tests.browser.hosts import hosting
from tests.browser.support import CHROMIUM_FLAGS, ROOT, Emban, fill
from tests.support.serve import serving
from tests.support.waiting import PATIENCE_S


@pytest.fixture(scope="session")
def emban(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emban]:
    """Yield a served Emban: one org, sample events of five customers, a published dashboard."""
    assert (ROOT / "src/emban/app/static/embed/index.html").is_file(), "the pages are not built: run `make web`"
    plan = {"EMBAN_DEFAULT_PLAN": "scale"}
    with serving(tmp_path_factory.mktemp("browser") / "data", environment=plan) as serve:
        yield fill(serve.address, serve.log)


@pytest.fixture(scope="session")
def gallery(emban: Emban) -> str:
    """Return the id of a dashboard with every chart, filled for the tenants `north` and `south`."""
    return hang(emban)


@pytest.fixture(scope="session")
def host() -> Iterator[str]:
    """Yield the address of a host page on another site."""
    with hosting() as address:
        yield address


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Yield Debian's Chromium, headless."""
    path = shutil.which("chromium")
    assert path is not None, "these tests need Chromium: apt-get install chromium"
    expect.set_options(timeout=PATIENCE_S * 1000)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield running
        await running.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Yield a fresh profile, wide, light, British, in Berlin."""
    fresh = await browser.new_context(
        viewport={"width": 1280, "height": 900},
        color_scheme="light",
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    yield fresh
    await fresh.close()
