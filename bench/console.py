"""The console in a browser that has never seen it: bytes over the wire, requests, first content, what moves.

python -m bench console
python -m bench.console --rounds 10

Signed in before, in another profile: what is measured is what comes after signing in, with an empty cache.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, StorageState, async_playwright
from tests.support.serve import serving

from bench.page import FLAGS, PAINTED

EMAIL, PASSWORD = "bench@acme.example", "correct horse battery"
# A page, and what is there once its own data is.
PAGES = (
    ("home", "/app/", ".panel h2"),
    ("builder", "/app/dashboards/{dashboard}", ".bw-item .ew-figure"),
)
CONTENT = """(wanted) => new Promise((resolve) => {
  const look = () => {
    if (document.querySelector(wanted)) requestAnimationFrame(() => resolve(performance.now()));
    else if (performance.now() > 30000) resolve(NaN);
    else setTimeout(look, 5);
  };
  look();
})"""
SHIFTED = """new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(sum), 200);
})"""
REST_MS = 1500


@dataclass(slots=True)
class Visit:
    """Milliseconds from the beginning of the navigation; bytes over the wire of the page's own files and of answers."""

    painted_ms: float = 0
    content_ms: float = 0
    shifted: float = 0
    files: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)


def main() -> None:
    """Run in the short form."""
    asyncio.run(_run([] if sys.argv[0].endswith("__main__.py") else sys.argv[1:]))


async def _run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("needs Chromium: apt-get install chromium")
    environment = {"EMBAN_DEFAULT_PLAN": "scale", "EMBAN_LOG_LEVEL": "warning"}
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data", environment=environment) as serve:
        dashboard = _fill(serve.address)
        async with async_playwright() as playwright:

            async def visit(url: str, wanted: str, encoding: str = "") -> Visit:
                # A browser of its own for each visit: nothing is warm but the server.
                browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                try:
                    return await _visit(browser, state, url, wanted, encoding)
                finally:
                    await browser.close()

            first = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            state = await _sign_in(first, serve.address)
            await first.close()
            for name, path, wanted in PAGES:
                url = serve.address + path.format(dashboard=dashboard)
                visits = [await visit(url, wanted) for _ in range(chosen.rounds)]
                _tell(name, visits, await visit(url, wanted, "gzip"))


def _tell(name: str, visits: Sequence[Visit], packed: Visit) -> None:
    last = visits[-1]
    painted = statistics.median(visit.painted_ms for visit in visits)
    content = [visit.content_ms for visit in visits]
    print(
        f"{name:14s} files {sum(last.files) / 1024:6.1f} KiB Brotli, {sum(packed.files) / 1024:6.1f} gzip, "
        f"in {len(last.files)} requests; answers {sum(last.answers) / 1024:5.1f} KiB in {len(last.answers)}; "
        f"first paint {painted:5.0f} ms, content {statistics.median(content):5.0f} ms (slowest {max(content):5.0f}); "
        f"shift {max(visit.shifted for visit in visits):.4f}",
        flush=True,
    )


def _fill(address: str) -> str:
    """Register an org, fill it with the sample and publish its dashboard; returns the dashboard's id."""
    body = {"email": EMAIL, "password": PASSWORD, "org_name": "Bench"}
    made = httpx.post(f"{address}/v1/auth/register", json=body, timeout=60).raise_for_status().json()
    headers = {"authorization": f"Bearer {made['api_key']['key']}"}

    def call(path: str) -> Any:
        answer = httpx.post(address + path, json={}, headers=headers, timeout=120).raise_for_status()
        return answer.json()

    dashboard = str(call("/v1/onboarding/seed")["dashboard_id"])
    call(f"/v1/dashboards/{dashboard}/publish")
    return dashboard


async def _sign_in(browser: Browser, address: str) -> StorageState:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{address}/app/login")
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Home").wait_for()
    return await context.storage_state()


async def _visit(browser: Browser, state: StorageState, url: str, wanted: str, encoding: str) -> Visit:
    headers = {"Accept-Encoding": encoding} if encoding else {}
    context = await browser.new_context(
        viewport={"width": 1280, "height": 900}, storage_state=state, extra_http_headers=headers
    )
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    await wire.send("Network.enable")
    visit, asked = Visit(), dict[str, str]()
    wire.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))

    def came(event: dict[str, Any]) -> None:
        address = asked[event["requestId"]]
        if not address.startswith("data:"):
            (visit.answers if "/v1/" in address else visit.files).append(event["encodedDataLength"])

    wire.on("Network.loadingFinished", came)
    await page.goto(url)
    visit.content_ms = await page.evaluate(CONTENT, wanted)
    # The page follows the live stream, so that its network is never idle.
    await page.wait_for_timeout(REST_MS)
    visit.painted_ms = await page.evaluate(PAINTED)
    visit.shifted = await page.evaluate(SHIFTED)
    await context.close()
    return visit


if __name__ == "__main__":
    main()
