"""What tests of the builder share: dashboards of their own, and how to look at one that is open."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.browser.support import Emban

COUNT = {"event_name": "*", "metric": "count"}


def figure(widget_id: str, title: str, x: int, y: int, **more: Any) -> dict[str, Any]:
    """Return a widget that counts events, three cells wide and two high."""
    layout = {"x": x, "y": y, "w": 3, "h": 2}
    return {"id": widget_id, "title": title, "kind": "kpi", "query": COUNT, "layout": layout, **more}


def trend(widget_id: str, title: str, x: int, y: int, **more: Any) -> dict[str, Any]:
    """Return a line of events over time, six cells wide and four high."""
    layout = {"x": x, "y": y, "w": 6, "h": 4}
    query = {**COUNT, "granularity": "auto"}
    return {"id": widget_id, "title": title, "kind": "timeseries", "query": query, "layout": layout, **more}


PAIR = [figure("calls", "Calls", 0, 0), trend("latency", "Latency", 0, 2)]


def draft(emban: Emban, name: str, widgets: list[dict[str, Any]] | None = None) -> str:
    """Make a draft; returns its id."""
    config = {"widgets": PAIR if widgets is None else widgets}
    made: dict[str, Any] = emban.call("POST", "/v1/dashboards", {"name": name, "config": config})
    return str(made["id"])


def stored(emban: Emban, dashboard: str) -> dict[str, dict[str, Any]]:
    """Return the widgets of the draft as the server has them, by id."""
    config = emban.call("GET", f"/v1/dashboards/{dashboard}")["config"]
    return {widget["id"]: widget for widget in config["widgets"]}


def card(page: Page, widget_id: str) -> Locator:
    """Return a widget on the canvas."""
    return page.locator(f'[data-item="{widget_id}"]')


async def is_open(page: Page) -> None:
    """Wait until the canvas is there."""
    await expect(page.locator(".bw-item, .builder-sheet").first).to_be_visible()


async def is_saved(page: Page) -> None:
    """Wait until everything that was edited is with the server."""
    await expect(page.locator("[data-save=saved]")).to_contain_text(":")


async def place_of(page: Page, widget_id: str) -> str:
    """Return where a widget says that it stands: `column 1, row 3, 6 wide, 4 high`."""
    label = await card(page, widget_id).get_attribute("aria-label") or ""
    return label.split(", ", 1)[1]
