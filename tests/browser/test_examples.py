"""Each example is started as its README says and looked at in Chromium: signing in, one's own figures, renewal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.async_api import BrowserContext, expect

from emban.engines.supervisor.child import free_port
from tests.browser.sites import WEB
from tests.browser.support import ROOT, Emban
from tests.contract.support import node_program

EXAMPLES = ROOT / "examples"
PYTHON, NODE = [sys.executable], [node_program()]
COMMANDS = {
    "fastapi": [*PYTHON, "app.py"],
    "express": [*NODE, "server.js"],
    "react": [*NODE, "serve.mjs"],
    "html": [*PYTHON, "server.py"],
}
# No product to look at: tests/integration/delivery/test_receivers.py starts what is in these.
RECEIVERS = {"webhooks"}
# So many events of each of the two tenants whose people can sign in.
EVENTS = {"customer_1": 3, "customer_2": 5}
KPI = {"id": "w_calls", "title": "Calls", "kind": "kpi", "query": {"event_name": "*", "metric": "count"}}

# Everything that the product's server gives to the page, once more.
ALL_TEXTS = """async (address) => {
  const seen = performance.getEntriesByType('resource').map((entry) => entry.name);
  const own = seen.filter((name) => name.startsWith(address) && !name.includes('/api/'));
  const texts = [location.href, ...own].map((url) => fetch(url).then((answer) => answer.text()));
  const minted = fetch('/api/embed-session', { method: 'POST' }).then((answer) => answer.text());
  return (await Promise.all([...texts, minted])).join('\\n');
}"""


@pytest.fixture(scope="module")
def dashboard(emban: Emban) -> str:
    """A dashboard of one figure, and events to count."""
    events = [{"tenant_id": tenant, "event_name": "api.call"} for tenant, count in EVENTS.items() for _ in range(count)]
    emban.call("POST", "/v1/events", {"events": events})
    return emban.publish("Usage", [KPI])


@dataclass(frozen=True)
class Product:
    """A running example."""

    name: str
    address: str


@pytest.fixture(scope="module", params=COMMANDS)
def product(
    request: pytest.FixtureRequest, emban: Emban, dashboard: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """An example, started."""
    name, port = request.param, free_port()
    folder = EXAMPLES / name
    if (folder / "package.json").exists():
        # A copy, with what `npm install` would have put beside it.
        folder = Path(shutil.copytree(folder, tmp_path_factory.mktemp("example") / name))
        (folder / "node_modules").symlink_to(WEB / "node_modules")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "clients/python/src"),
        "EMBAN_URL": emban.address,
        "EMBAN_KEY": emban.key,
        "EMBAN_DASHBOARD": dashboard,
        "PORT": str(port),
    }
    log = tmp_path_factory.mktemp("log") / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(COMMANDS[name], cwd=folder, env=environment, stdout=output, stderr=output)
    try:
        wait_until_answering(f"http://localhost:{port}/", process, log)
        yield Product(name, f"http://localhost:{port}")
    finally:
        process.terminate()
        process.wait(20)


def wait_until_answering(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(address, timeout=30).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.mark.parametrize(("user", "tenant"), [("ann", "customer_1"), ("cleo", "customer_2")])
async def test_shows_everybody_their_own(
    product: Product, emban: Emban, context: BrowserContext, user: str, tenant: str
) -> None:
    page = await context.new_page()
    await page.goto(product.address)
    await page.get_by_label("Sign in as").select_option(user)
    await page.get_by_role("button", name="Sign in").click()
    frame = page.frame_locator("iframe[title=Usage]")
    await frame.locator("[data-state=ready]").wait_for()
    await expect(frame.locator(".ew-figure").first).to_have_attribute("title", str(EVENTS[tenant]))
    # The key that mints stays where it is.
    sent = await page.evaluate(ALL_TEXTS, product.address)
    assert "embed_url" in sent
    assert emban.key not in sent


async def test_renews_before_the_end(product: Product, context: BrowserContext) -> None:
    await context.clock.install()
    page = await context.new_page()
    await page.goto(product.address)
    await page.get_by_role("button", name="Sign in").click()
    frame = page.frame_locator("iframe[title=Usage]")
    await frame.locator("[data-state=ready]").wait_for()
    await page.frames[1].evaluate("window.same = true")
    async with (
        page.expect_response("**/api/embed-session") as asked,
        page.expect_request("**/v1/embed/data") as renewed,
    ):
        await context.clock.fast_forward("58:30")
    token = (await (await asked.value).json())["embed_url"].split("token=")[1]
    assert (await renewed.value).headers["authorization"] == f"Bearer {token}"
    await context.clock.fast_forward("10:00")
    await expect(frame.locator("[data-state=ready]")).to_be_visible()
    assert await page.frames[1].evaluate("window.same") is True


def test_nobody_chooses_a_tenant(product: Product) -> None:
    body = {"tenant_id": "customer_2", "user": "cleo"}
    refused = httpx.post(f"{product.address}/api/embed-session", json=body, params=body, timeout=30)
    assert refused.status_code == 401
    assert "embed_url" not in refused.text
    forged = httpx.post(f"{product.address}/api/embed-session", cookies={"session": "cleo"}, timeout=30)
    assert forged.status_code == 401


def test_the_react_example_is_typed(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLES / "react", tmp_path / "react"))
    (folder / "node_modules").symlink_to(WEB / "node_modules")
    command = [node_program(), str(WEB / "node_modules/typescript/bin/tsc"), "-p", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_example_has_its_readme() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert folders == {*COMMANDS, *RECEIVERS}
    index = (EXAMPLES / "README.md").read_text()
    for name in folders:
        assert f"]({name})" in index
        readme = (EXAMPLES / name / "README.md").read_text()
        assert name in RECEIVERS or COMMANDS[name][1] in readme or "npm start" in readme
