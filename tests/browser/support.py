"""What tests in a browser share: an org to look at, a watched page, axe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import BrowserContext, Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Third-party cookies are blocked, as browsers do or will: nothing here may need them.
    "--test-third-party-cookie-phaseout",
]
EMAIL, PASSWORD = "owner@acme.example", "correct horse battery"
READY = "[data-state=ready]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emban:
    """A served Emban and an org in it."""

    address: str
    key: str
    dashboard: str
    log: Path

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Send a request with the org's admin key; returns the decoded body."""
        sent = {"Authorization": f"Bearer {self.key}", **headers}
        answer = httpx.request(method, self.address + path, json=body, headers=sent, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def mint(self, tenant: str, dashboard: str = "", **permissions: object) -> dict[str, Any]:
        """Mint an embed session."""
        body = {"tenant_id": tenant, "dashboard_id": dashboard or self.dashboard, "permissions": permissions}
        minted: dict[str, Any] = self.call("POST", "/v1/embed-sessions", body)
        return minted

    def embed(self, token: str, path: str, body: object = None) -> Any:
        """Ask an embed's API as its page does."""
        return self.call("GET" if body is None else "POST", path, body, Authorization=f"Bearer {token}")

    def publish(self, name: str, widgets: list[dict[str, Any]], filters: dict[str, Any] | None = None) -> str:
        """Make and publish another dashboard; returns its id."""
        config = {"widgets": widgets, "filters": filters or {}}
        made = self.call("POST", "/v1/dashboards", {"name": name, "config": config})
        self.call("POST", f"/v1/dashboards/{made['id']}/publish")
        return str(made["id"])


def fill(address: str, log: Path) -> Emban:
    """Register an org, have it filled with sample events, publish the dashboard made from them."""
    body = {"email": EMAIL, "password": PASSWORD, "org_name": "Acme"}
    registered = httpx.post(f"{address}/v1/auth/register", json=body, timeout=30).raise_for_status().json()
    emban = Emban(address=address, key=registered["api_key"]["key"], dashboard="", log=log)
    emban.call("POST", "/v1/onboarding/seed", {})
    made = emban.call("POST", "/v1/discover/auto-create", {})
    emban.call("POST", f"/v1/dashboards/{made['dashboard_id']}/publish")
    return replace(emban, dashboard=made["dashboard_id"])


@dataclass(slots=True)
class Watched:
    """A page with all that it said and asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)


async def watched(context: BrowserContext) -> Watched:
    """Open a tab and write down its errors and requests."""
    seen = Watched(await context.new_page())
    seen.page.on(
        "console", lambda said: seen.complaints.append(said.text) if said.type in {"error", "warning"} else None
    )
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on("request", lambda request: seen.requests.append((request.url, request.headers)))
    return seen


async def sign_in(page: Page, emban: Emban, path: str = "/app/") -> None:
    """Open the console as the org's owner."""
    await page.goto(emban.address + path)
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()


async def violations(page: Page) -> list[str]:
    """Run axe over a page; returns each rule broken with the first element that breaks it."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html']}" for one in found["violations"]]


async def until(page: Page, expression: str) -> None:
    """Wait until an expression is true. Unlike `wait_for_function`, it also works under a page's strict policy."""
    for _ in range(200):
        if await page.evaluate(expression):
            return
        await page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


async def drawn(page: Page) -> None:
    """Wait until every chart of a dashboard is on its canvas."""
    await page.wait_for_selector(READY)
    await page.wait_for_function(
        "document.querySelectorAll('.ew-plot').length === document.querySelectorAll('.ew-plot[data-drawn]').length"
    )
