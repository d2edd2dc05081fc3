"""Take the README's picture anew: the demo's page, with the embed in it, in Chromium.

`python tools/screenshot.py` writes docs/images/embed.png; look at it before you commit it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import ViewportSize, sync_playwright
from tests.support.serve import serving

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "embed.png"
SIZE = ViewportSize(width=1280, height=1180)
FILLED_S = 180


def main() -> None:
    """Start a demo, wait until it is filled and drawn, and take its picture."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("needs Chromium: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "data", command="demo", arguments=["--no-open"]) as demo,
        sync_playwright() as playwright,
    ):
        wait_until_filled(demo.address)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SIZE, color_scheme="light", locale="en-US", timezone_id="UTC")
        page.goto(f"{demo.address}/demo")
        frame = page.frame_locator("iframe")
        frame.locator("[data-state=ready]").wait_for()
        frame.locator(".ew-plot[data-drawn]").last.wait_for()
        page.wait_for_timeout(1000)  # Until nothing moves any more.
        page.screenshot(path=PICTURE)
        browser.close()


def wait_until_filled(address: str) -> None:
    """Wait until the demo has its events."""
    ends = time.monotonic() + FILLED_S
    while httpx.get(f"{address}/demo/tenants").status_code != 200:
        if time.monotonic() > ends:
            raise SystemExit("the demo was not filled in time")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
