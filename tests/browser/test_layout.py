"""Nothing of a card lies outside of it and no figure is cut, for every kind of widget, in every width."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page

from tests.browser.gallery import VISIBLE_S
from tests.browser.support import Emban, drawn

TENANT = "wide"
WIDTHS = (320, 360, 414, 500, 519, 520, 551, 552, 640, 768, 819, 820, 851, 852, 900, 960, 1024, 1100, 1180, 1280, 1400)
# Columns and rows: less than anything needs, what a row of six figures has, and what most have.
SIZES = ((2, 1), (2, 2), (3, 2), (4, 3), (6, 4))
_COUNT = {"event_name": "*", "metric": "count"}
_SUM = {"event_name": "*", "metric": "sum", "prop": "huge"}
_BY = {"group_by": ["label"]}
_SERIES = {"granularity": "day"}
WIDGETS: list[dict[str, Any]] = [
    {"kind": "kpi", "chart": "stat", "query": {**_SUM, "compare": "previous_period"}, "unit": "tokens", "good": "up"},
    {"kind": "kpi", "chart": "stat", "query": {**_COUNT, "compare": "previous_period"}},
    {"kind": "kpi", "chart": "progress", "query": _SUM, "unit": "USD", "target": 98_765_432_100},
    {"kind": "kpi", "chart": "stat", "query": {**_SUM, "metric": "max"}, "unit": "CHF"},
    {"kind": "timeseries", "chart": "line", "query": {**_COUNT, **_SERIES, **_BY}},
    {"kind": "timeseries", "chart": "area", "query": {**_SUM, **_SERIES}, "unit": "customer-tokens"},
    {"kind": "timeseries", "chart": "bar", "query": {**_SUM, **_SERIES}, "unit": "USD"},
    {"kind": "timeseries", "chart": "stacked_bar", "query": {**_COUNT, **_SERIES, **_BY}},
    {"kind": "breakdown", "chart": "list", "query": {**_SUM, **_BY}, "unit": "tokens"},
    {"kind": "breakdown", "chart": "horizontal_bar", "query": {**_COUNT, **_BY}},
    {"kind": "breakdown", "chart": "donut", "query": {**_SUM, **_BY}, "unit": "tokens"},
    {"kind": "table", "chart": "table", "query": {"event_name": "*", "columns": ["label", {"metric": "count"}]}},
]
MEASURE = """() => {
  const SCROLLS = '.ew-list, .ew-table-scroll, .ew-donut-legend, .ew-legend, .ew-state';
  const FIGURES = '.ew-figure-value, .ew-figure-word, .ew-delta-figure, .ew-strong, .ew-donut-total, ' +
    '.ew-row-value, .ew-row-share';
  const found = [];
  const say = (card, element, what) => found.push(
    `${innerWidth}px ${card.dataset.widget} ${Math.round(card.getBoundingClientRect().width)}px wide: ` +
    `${element.className.baseVal ?? element.className} ${what}: ${element.textContent.slice(0, 30)}`);
  const outside = (inner, outer) => inner.left < outer.left - 1 || inner.right > outer.right + 1
    || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
  const text = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  };
  const cards = [...document.querySelectorAll('.ew-card')];
  for (const card of cards) {
    const box = card.getBoundingClientRect();
    for (const element of card.querySelectorAll('*')) {
      if (element.closest('.ew-sr') || !element.getClientRects().length) continue;
      if (!element.parentElement.closest(SCROLLS) && outside(element.getBoundingClientRect(), box))
        say(card, element, 'lies outside of its card');
    }
    for (const element of card.querySelectorAll(FIGURES)) {
      const figure = text(element);
      if (!figure.width) continue;
      for (let around = element; around !== card.parentElement; around = around.parentElement) {
        const { overflowX } = getComputedStyle(around);
        const { left, right } = around.getBoundingClientRect();
        if ((overflowX !== 'visible' || around === card) && (figure.left < left - 1 || figure.right > right + 1))
          say(card, element, 'is cut');
      }
    }
    for (const other of cards) {
      const one = other.getBoundingClientRect();
      const beside = one.left >= box.right - 1 || one.right <= box.left + 1;
      const apart = beside || one.top >= box.bottom - 1 || one.bottom <= box.top + 1;
      if (other !== card && !apart) say(card, other, 'lies over it');
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push(`${innerWidth}px: the page scrolls sideways`);
  return found;
}"""


def events() -> list[dict[str, Any]]:
    """Return events with long names and large figures, most of them of this week."""
    now = datetime.now(UTC)
    return [
        {
            "tenant_id": TENANT,
            "event_name": "call",
            "event_id": f"{TENANT}-{nth}",
            "timestamp": (now - timedelta(hours=3 * nth + 1 if nth < 50 else 200)).isoformat(),
            "string_props": {"label": f"a label that is too long for most cards, the {nth % 9}th of nine"},
            "numeric_props": {"huge": 1_234_567_890.12 if nth < 50 else 1.5},
        }
        for nth in range(52)
    ]


def layout(size: tuple[int, int]) -> list[dict[str, Any]]:
    """Return all widgets in one size, row by row."""
    width, height = size
    each = 12 // width
    return [
        {
            **widget,
            "id": f"w{nth}_{widget['chart']}",
            "title": f"The {widget['chart']} of it all",
            "layout": {"x": nth % each * width, "y": nth // each * height, "w": width, "h": height},
        }
        for nth, widget in enumerate(WIDGETS)
    ]


@pytest.fixture(scope="module")
def wide(emban: Emban) -> Emban:
    """Return the server with the events of the tenant in it, visible."""
    emban.call("POST", "/v1/events", {"events": events()})
    query = {"tenant_id": TENANT, "query": {**_COUNT, "period": "30d"}, "reload": True}
    deadline = time.monotonic() + VISIBLE_S
    while emban.call("POST", "/v1/query", query)["points"][0]["value"] != len(events()):
        assert time.monotonic() < deadline, "the events did not become visible"
        time.sleep(0.2)
    return emban


async def settled(page: Page) -> None:
    """Wait until what a new width brought about is drawn."""
    frame = "new Promise(done => requestAnimationFrame(done))"
    await page.evaluate(f"{frame}.then(() => {frame}).then(() => null)")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
async def test_cards_hold_what_is_in_them(wide: Emban, context: BrowserContext, size: tuple[int, int]) -> None:
    filters = {"periods": ["7d"], "default_period": "7d"}
    dashboard = wide.publish("Tight", layout(size), filters)
    page = await context.new_page()
    await page.goto(wide.mint(TENANT, dashboard)["embed_url"])
    await drawn(page)
    found: list[str] = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        await settled(page)
        found += await page.evaluate(MEASURE)
    assert found == []
