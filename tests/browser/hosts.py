"""A host page on an origin of its own, with embeds mounted by the built helper."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.async_api import BrowserContext, FrameLocator, Page

from tests.browser.support import ROOT

HELPER = ROOT / "web/packages/embed-helper/dist/embed-helper.global.js"
PAGE = b"""<!doctype html><meta charset="utf-8"><title>Host</title>
<body><div id="one"></div><div id="two"></div><script src="/helper.js"></script></body>"""
# Says whether a frame of another site has cookies.
PROBE = b"""<!doctype html><title>Probe</title><script>
document.cookie = 'probe=1; SameSite=None; Secure';
document.title = document.cookie || 'none';
</script>"""
# The policy of a careful host: no inline script, no inline style.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; frame-src *"
MOUNT = """([place, embedUrl]) => {
  const heard = [];
  const listen = (name) => (value) => heard.push([name, value]);
  let element = document.getElementById(place);
  if (!element) {
    element = document.createElement('div');
    element.id = place;
    document.body.append(element);
  }
  const embed = embanEmbed.mount(element, {
    embedUrl,
    onReady: listen('ready'),
    onResize: listen('resize'),
    onFilter: listen('filter'),
    onPeriodChange: listen('period'),
    onDrill: listen('drill'),
    onExpiring: listen('expiring'),
    onError: listen('error'),
  });
  window[place] = { embed, heard };
}"""


class Host(BaseHTTPRequestHandler):
    """Serves the page, the helper and the probe."""

    def do_GET(self) -> None:
        script, probe = self.path == "/helper.js", self.path == "/probe"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        if not probe:
            self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(HELPER.read_bytes() if script else PROBE if probe else PAGE)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def hosting() -> Iterator[str]:
    """Serve the host page; yields its address, which is another site than Emban's `127.0.0.1`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


async def mounted(context: BrowserContext, host: str, place: str, url: str, page: Page | None = None) -> Page:
    """Mount an embed and wait for its figures; without a page in a new tab."""
    page = page or await context.new_page()
    if page.url != host:
        await page.goto(host)
    await mount(page, place, url)
    await frame_of(page, place).locator("[data-state=ready]").wait_for()
    return page


async def mount(page: Page, place: str, url: str) -> None:
    """Mount an embed on a host page, and do not wait for anything."""
    await page.evaluate(MOUNT, [place, url])


def frame_of(page: Page, place: str) -> FrameLocator:
    """Return the inside of an embed."""
    return page.frame_locator(f"#{place} iframe")


async def heard(page: Page, place: str, name: str) -> list[Any]:
    """Return what the host was told by an embed's messages of one kind."""
    said: list[Any] = await page.evaluate(f"window.{place}.heard")
    return [value for kind, value in said if kind == name]
