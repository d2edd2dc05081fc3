"""Every page of the console: by keyboard, for screen readers, zoomed, dark, on a phone, in other locales."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.browser.places import PLACES, Installation, Place, Visitor, installed
from tests.browser.support import Emban, Watched, settled, violations

WIDTHS = (320, 768, 1280)
# A page has fewer places to stop at than this; more means that Tab goes round in a part of it.
MOST_STOPS = 250
every_place = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)

# What Tab must stop at. A group with a roving tabindex has one stop, and what is hidden or off has none.
STOPS = """() => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !e.closest('[inert]');
  const wanted = 'a[href], button, input, select, textarea, iframe, [tabindex]';
  const all = [...document.querySelectorAll(wanted)].filter((e) => e.tabIndex >= 0 && !e.disabled && seen(e));
  const radios = new Set();
  return all.filter((e) => {
    if (e.type !== 'radio') return true;
    if (e.checked) radios.add(e.name);
    return e.checked;
  }).map((e, i) => { e.dataset.stop = String(i); return e.outerHTML.slice(0, 120); });
}"""
# Puts the focus before everything there is, wherever the page has put it.
BEGIN = """() => {
  const start = document.createElement('span');
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
}"""
# How a control and what is drawn around it look without the focus.
LOOKS = """
  const around = (e) => [e, e.parentElement, e.parentElement?.parentElement, e.nextElementSibling].filter(Boolean);
  const look = (e) => { const s = getComputedStyle(e);
    return [s.outlineStyle, s.outlineWidth, s.borderColor, s.boxShadow, s.backgroundColor].join(); };"""
REST = f"""() => {{{LOOKS}
  window.rest = new Map();
  for (const e of document.querySelectorAll('[data-stop]')) for (const one of around(e)) rest.set(one, look(one));
}}"""
FOCUSED = f"""() => {{{LOOKS}
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  const style = getComputedStyle(e);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const marked = ring || around(e).some((one) => rest.has(one) && rest.get(one) !== look(one));
  return {{ stop: e.dataset.stop ?? null, marked, html: e.outerHTML.slice(0, 120) }};
}}"""
SHIFTS = """() => new Promise((resolve) => {
  const found = [];
  const name = ({ node, previousRect: from, currentRect: to }) =>
    `${(node?.outerHTML ?? node?.nodeName ?? '').slice(0, 90)} ${from.y}+${from.height} -> ${to.y}+${to.height}`;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput && entry.value > 0.0005)
        found.push([entry.value, ...entry.sources.map(name)].join('; '));
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(found), 100);
})"""


@pytest.fixture(scope="module")
async def installation(browser: Browser, emban: Emban) -> Installation:
    """Return the installation with everything in it that the places show."""
    return await installed(browser, emban)


@pytest.fixture
async def visitor(browser: Browser, installation: Installation) -> AsyncIterator[Visitor]:
    """Yield a visitor; its tabs are closed afterwards."""
    made = Visitor(browser, installation)
    yield made
    await made.leave()


async def _overflow(page: Page) -> int:
    wide: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


def _complaints(seen: Watched, place: Place) -> list[str]:
    # A browser writes down every answer that is no success; whoever is signed out is told so with a 401.
    return [said for said in seen.complaints if place.who != "nobody" or "401" not in said]


@every_place
async def test_still_while_it_waits_then_by_keys_and_at_every_width(visitor: Visitor, place: Place) -> None:
    seen = await visitor.open(place, slow=True)
    assert await seen.page.evaluate(SHIFTS) == []
    assert _complaints(seen, place) == []
    assert await _missed_by_keys(seen.page) == []
    # 1280 px at 200 % are 640 px of the page's own.
    for width in (*WIDTHS, 640):
        await seen.page.set_viewport_size({"width": width, "height": 800})
        await settled(seen.page)
        assert await _overflow(seen.page) <= 0, width


@every_place
@pytest.mark.parametrize(("scheme", "locale"), [("light", "de-DE"), ("dark", "ar")])
async def test_axe_finds_nothing_in_any_scheme_and_locale(
    visitor: Visitor, place: Place, scheme: str, locale: str
) -> None:
    seen = await visitor.open(place, locale=locale, scheme=scheme)
    for width in (1280, 320):
        await seen.page.set_viewport_size({"width": width, "height": 800})
        await settled(seen.page)
        assert await violations(seen.page) == [], width
        assert await _overflow(seen.page) <= 0, width
    assert _complaints(seen, place) == []
    address = visitor.installation.emban.address
    assert all(url.startswith((address, "data:", "blob:")) for url, _ in seen.requests)


async def _missed_by_keys(page: Page) -> list[str]:
    """Press Tab until the page ends; returns the controls that it never stops at, or does so without being seen."""
    await page.evaluate(BEGIN)
    stops: list[str] = await page.evaluate(STOPS)
    assert stops, "a page without a control"
    await page.evaluate(REST)
    reached: set[str] = set()
    unseen: list[str] = []
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED)
        if focused is None or focused["stop"] in reached:
            break
        if not focused["marked"]:
            unseen.append(f"nobody sees that this has the focus: {focused['html']}")
        if focused["stop"] is not None:
            reached.add(focused["stop"])
    return [*unseen, *(html for index, html in enumerate(stops) if str(index) not in reached)]
