"""The embed page in a browser that has never seen it: bytes over the wire, first paint, all charts on screen.

python -m bench page
python -m bench.page --rounds 20
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
from playwright.async_api import Browser, async_playwright
from tests.support.serve import Serve, serving

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# Charts say that they are on their canvas by this attribute.
DRAWN = """new Promise(resolve => {
  const look = () => {
    const plots = [...document.querySelectorAll('.ew-plot')];
    const ready = document.querySelector('[data-state=ready]') && plots.every(plot => plot.hasAttribute('data-drawn'));
    if (ready) requestAnimationFrame(() => resolve(performance.now()));
    else setTimeout(look, 5);
  };
  look();
})"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"


@dataclass(slots=True)
class Visit:
    """Milliseconds from the beginning of the navigation; bytes of each answer as they came over the wire."""

    painted_ms: float = 0
    drawn_ms: float = 0
    sent: dict[str, float] = field(default_factory=dict)


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
    with tempfile.TemporaryDirectory() as folder:
        plan = {"EMBAN_DEFAULT_PLAN": "scale", "EMBAN_LOG_LEVEL": "warning"}
        with serving(Path(folder) / "data", environment=plan) as serve:
            key, dashboard = _fill(serve)
            visits = []
            async with async_playwright() as playwright:
                for _ in range(chosen.rounds):
                    # A browser of its own for each visit: nothing is warm but the server.
                    browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                    visits.append(await _visit(browser, serve.address, _mint(serve, key, dashboard)))
                    await browser.close()
                browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                packed = await _visit(browser, serve.address, _mint(serve, key, dashboard), encoding="gzip")
                await browser.close()
    _tell(visits, packed)


def _tell(visits: Sequence[Visit], packed: Visit) -> None:
    for name, values in (
        ("first contentful paint", [visit.painted_ms for visit in visits]),
        ("every chart on screen", [visit.drawn_ms for visit in visits]),
    ):
        print(f"{name:24s} median {statistics.median(values):6.0f} ms, slowest {max(values):6.0f} ms")
    print(f"{'KiB over the wire':52s} {'Brotli':>7s} {'gzip':>7s}")
    sizes = {name: (visits[-1].sent[name] / 1024, size / 1024) for name, size in packed.sent.items()}
    for name, (brotli, gzip) in sorted(sizes.items(), key=lambda item: -item[1][1]):
        print(f"  {name[:50]:50s} {brotli:7.1f} {gzip:7.1f}")
    page = [size for name, size in sizes.items() if not name.startswith("/v1/")]
    for name, parts in (("the page", page), ("with its data", list(sizes.values()))):
        print(f"{name:52s} {sum(part[0] for part in parts):7.1f} {sum(part[1] for part in parts):7.1f}")


def _fill(serve: Serve) -> tuple[str, str]:
    """Register an org, fill it with the sample and publish its dashboard; returns an admin key and the dashboard."""
    body = {"email": "bench@acme.example", "password": "correct horse battery", "org_name": "Bench"}
    made = httpx.post(f"{serve.address}/v1/auth/register", json=body, headers={"origin": serve.address}, timeout=60)
    key = str(made.raise_for_status().json()["api_key"]["key"])
    dashboard = str(_call(serve, key, "/v1/onboarding/seed", {})["dashboard_id"])
    _call(serve, key, f"/v1/dashboards/{dashboard}/publish", {})
    return key, dashboard


def _mint(serve: Serve, key: str, dashboard: str) -> str:
    body = {"tenant_id": "aurora-health", "dashboard_id": dashboard}
    return str(_call(serve, key, "/v1/embed-sessions", body)["embed_url"])


def _call(serve: Serve, key: str, path: str, body: object) -> Any:
    answer = httpx.post(serve.address + path, json=body, headers={"authorization": f"Bearer {key}"}, timeout=120)
    answer.raise_for_status()
    return answer.json() if answer.content else None


async def _visit(browser: Browser, address: str, url: str, *, encoding: str = "") -> Visit:
    headers = {"Accept-Encoding": encoding} if encoding else {}
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, extra_http_headers=headers)
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    await wire.send("Network.enable")
    visit, names = Visit(), dict[str, str]()

    def asked(event: dict[str, Any]) -> None:
        path = event["request"]["url"].removeprefix(address).partition("?")[0]
        names[event["requestId"]] = "/embed/…" if path.startswith("/embed/") else path

    def came(event: dict[str, Any]) -> None:
        name = names[event["requestId"]]
        if not name.startswith("data:"):
            visit.sent[name] = visit.sent.get(name, 0) + event["encodedDataLength"]

    wire.on("Network.requestWillBeSent", asked)
    wire.on("Network.loadingFinished", came)
    await page.goto(url)
    visit.drawn_ms = await page.evaluate(DRAWN)
    await page.wait_for_load_state("networkidle")
    visit.painted_ms = await page.evaluate(PAINTED)
    await context.close()
    return visit


if __name__ == "__main__":
    main()
