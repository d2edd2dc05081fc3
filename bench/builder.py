"""The builder in a browser: a drag among 60 widgets, and a change of looks from the key to the drawing.

python -m bench builder

A frame's work is the processor time of the page's main thread between two of its frames; the time between two frames is
at least a screen's 16.7 ms, whatever the work.
"""

from __future__ import annotations

import asyncio
import json
import math
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import CDPSession, Page, async_playwright
from tests.support.serve import serving

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
EMAIL, PASSWORD = "bench@acme.example", "correct horse battery"
STORED, PASTED, MOVES, KEYS = 50, 10, 240, 20
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("kpi", {"event_name": "*", "metric": "count", "compare": "previous_period"}),
    ("timeseries", {"event_name": "*", "metric": "count", "granularity": "auto"}),
    ("breakdown", {"event_name": "*", "metric": "count", "group_by": ["model"]}),
)
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
}"""
FRAMES = """() => {
  window.frames_ = [];
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    window.frames_.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""
DRAWN = """(n) => new Promise((done) => {
  const title = document.querySelector('.bw-item .ew-title');
  const input = document.activeElement;
  let typed = 0;
  input.addEventListener('input', () => { typed = performance.now(); }, { capture: true, once: true });
  const drawn = () => requestAnimationFrame(() => done(performance.now() - typed));
  const observer = new MutationObserver(() => { observer.disconnect(); drawn(); });
  observer.observe(title, { childList: true, characterData: true, subtree: true });
})"""


def main() -> None:
    """Run in the only form there is."""
    asyncio.run(_run())


async def _run() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("needs Chromium: apt-get install chromium")
    environment = {"EMBAN_DEFAULT_PLAN": "scale", "EMBAN_LOG_LEVEL": "warning"}
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data", environment=environment) as serve:
        dashboard = _fill(serve.address)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page = await browser.new_page(viewport={"width": 1280, "height": 900})
            await _open(page, f"{serve.address}/app/dashboards/{dashboard}")
            await _measure_drag(page)
            await _measure_looks(page)
            await browser.close()


def _fill(address: str) -> str:
    """Register an org with sample events and a draft of as many widgets as one may have; returns its id."""
    body = {"email": EMAIL, "password": PASSWORD, "org_name": "Bench"}
    made = httpx.post(f"{address}/v1/auth/register", json=body, timeout=60).raise_for_status().json()
    headers = {"authorization": f"Bearer {made['api_key']['key']}"}
    httpx.post(f"{address}/v1/onboarding/seed", json={}, headers=headers, timeout=120).raise_for_status()
    config = {"widgets": [_widget(n) for n in range(STORED)]}
    draft = {"name": "Sixty", "config": config}
    answer = httpx.post(f"{address}/v1/dashboards", json=draft, headers=headers, timeout=60)
    return str(answer.raise_for_status().json()["id"])


def _widget(n: int) -> dict[str, Any]:
    kind, query = QUESTIONS[n % len(QUESTIONS)]
    layout = {"x": n % 4 * 3, "y": n // 4 * 3, "w": 3, "h": 3}
    return {"id": f"w{n}", "title": f"Widget {n}", "kind": kind, "query": query, "layout": layout}


async def _open(page: Page, url: str) -> None:
    await page.goto(url)
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_selector(".bw-item")
    more = [
        {**_widget(n), "chart": {"kpi": "stat", "timeseries": "line"}.get(_widget(n)["kind"])} for n in range(PASTED)
    ]
    pasted = [{key: value for key, value in one.items() if value is not None} for one in more]
    await page.evaluate(PASTE, json.dumps({"emban": "emban/widgets@1", "widgets": pasted}))
    await page.wait_for_timeout(3000)
    count = await page.locator(".bw-item").count()
    assert count == STORED + PASTED, count
    await page.locator(".builder-canvas").evaluate("(canvas) => canvas.scrollTo(0, 0)")
    await page.wait_for_timeout(500)


async def _measure_drag(page: Page) -> None:
    box = await page.locator(".bw-item").first.bounding_box()
    assert box is not None
    x, y = box["x"] + 60, box["y"] + 20
    wire = await page.context.new_cdp_session(page)
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 10, y + 10, steps=4)
    await page.evaluate(FRAMES)
    events = await _traced(wire, page, x, y)
    between = await page.evaluate("window.frames_")
    await page.keyboard.press("Escape")
    await page.mouse.up()
    _tell("drag of 60: work of a frame", _work(events))
    _tell("drag of 60: between frames", between[2:])


async def _traced(wire: CDPSession, page: Page, x: float, y: float) -> list[dict[str, Any]]:
    """Drag about and return what the browser wrote down of it."""
    events: list[dict[str, Any]] = []
    complete = asyncio.get_running_loop().create_future()
    wire.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    wire.on("Tracing.tracingComplete", lambda _: complete.set_result(None))
    await wire.send("Tracing.start", {"categories": "toplevel,blink,devtools.timeline", "transferMode": "ReportEvents"})
    for n in range(MOVES):
        await page.mouse.move(x + 400 * abs(math.sin(n / 40)), y + 450 * abs(math.sin(n / 60)))
    await wire.send("Tracing.end")
    await complete
    return events


def _work(events: Sequence[dict[str, Any]]) -> list[float]:
    """Return the milliseconds that the page's main thread was busy in each of its frames."""
    named = [event for event in events if event["name"] == "thread_name"]
    mains = {(event["pid"], event["tid"]) for event in named if event["args"]["name"] == "CrRendererMain"}
    frames = [event for event in events if event["name"] == "WebFrameWidgetImpl::BeginMainFrame"]
    main = max(mains, key=lambda one: sum((event["pid"], event["tid"]) == one for event in frames))
    mine = [event for event in events if (event["pid"], event["tid"]) == main and event.get("ph") == "X"]
    begins = sorted(event["ts"] for event in mine if event["name"] == "WebFrameWidgetImpl::BeginMainFrame")
    tasks = [event for event in mine if event["name"] == "ThreadControllerImpl::RunTask"]
    busy = [0.0] * len(begins)
    for task in tasks:
        frame = sum(begin <= task["ts"] for begin in begins)
        if frame < len(busy):
            # The thread's own time, which other work on the machine does not lengthen.
            busy[frame] += task.get("tdur", task.get("dur", 0)) / 1000
    return busy


async def _measure_looks(page: Page) -> None:
    await page.locator(".bw-item").first.focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Title", exact=True).focus()
    spent = []
    for n in range(KEYS):
        drawn = asyncio.ensure_future(page.evaluate(DRAWN, n))
        await page.wait_for_timeout(50)
        await page.keyboard.press("x")
        spent.append(float(await drawn))
    _tell("a title, from the key to the drawing", spent)


def _tell(name: str, values: Sequence[float]) -> None:
    ranked = sorted(values)
    p95 = ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))]
    print(
        f"{name:38s} median {statistics.median(ranked):6.1f} ms, p95 {p95:6.1f} ms, of {len(ranked)}", file=sys.stdout
    )
