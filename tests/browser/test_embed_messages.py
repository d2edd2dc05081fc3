"""Every message between a host and an embed, captured on both sides of a running page, is as its JSON Schema says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.sites import HELPER, WEB, site
from tests.browser.support import ROOT, Emban, until

SCHEMAS = ROOT / "docs/reference/embed-messages"
WAYS = ("to-embed", "to-host")
PAGE = """<!doctype html><meta charset="utf-8"><title>Host</title><body><div id="one"></div>
<script src="/helper.js"></script></body>"""
# In every window of the tab, before anything else: what arrives there, whoever sent it.
CAPTURE = "window.arrived = []; addEventListener('message', ({ data }) => arrived.push(structuredClone(data)));"
FILTERS = {
    "dimensions": {"model": ["atlas-mini"]},
    "numericRanges": {"tokens_in": {"min": 1}, "latency_ms": {"min": 0, "max": 5000.5}},
    "dateRanges": {"from": "2026-01-01", "to": "2026-01-31"},
}
THEME = {"primaryColor": "#6d28d9", "backgroundColor": "#fff", "cardBackground": "rgb(255, 255, 255)"}


def schemas(way: str) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text()) for path in (SCHEMAS / way).glob("*.json")}


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with site({"/": PAGE, "/helper.js": HELPER / "embed-helper.global.js"}) as address:
        yield address


async def captured(page: Page) -> dict[str, list[Any]]:
    """Return what arrived in the frame and in the host."""
    return {"to-embed": await page.frames[1].evaluate("arrived"), "to-host": await page.evaluate("arrived")}


async def played(emban: Emban, context: BrowserContext, host: str) -> Page:
    """Open a host with an embed, and let host and viewer do all that makes them talk."""
    await context.add_init_script(CAPTURE)
    await context.clock.install()
    page = await context.new_page()
    await page.goto(host)
    session = emban.mint("aurora-health")
    mount = "url => { window.embed = embanEmbed.mount(document.getElementById('one'), { embedUrl: url }) }"
    await page.evaluate(mount, session["embed_url"])
    frame = page.frame_locator("#one iframe")
    await frame.locator("[data-state=ready]").wait_for()
    await page.evaluate(
        """([filters, theme]) => {
          embed.setTheme(theme);
          embed.setFilters({ period: '30d', dimensions: { model: 'atlas-mini' } });
          embed.setFilters(filters);
          embed.setFilters({ period: '30d', dimensions: {}, numericRanges: {} });
          embed.reload();
        }""",
        [FILTERS, THEME],
    )
    await expect(frame.get_by_role("button", name="Period: Last 30 days")).to_be_visible()
    await frame.get_by_role("button", name="Model: all").click()
    await frame.get_by_role("checkbox", name="atlas-mini").check()
    await frame.get_by_role("button", name="Period:").click()
    await frame.get_by_role("button", name="Last 7 days").click()
    await frame.locator(".ew-link").first.click()
    await expect(frame.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await chosen_days(page)
    await context.clock.fast_forward("58:30")
    await until(page, "arrived.some(({ type }) => type === 'expiring')")
    fresh = emban.mint("aurora-health")
    async with page.expect_response("**/v1/embed/data"):
        await page.evaluate("token => embed.setToken(token)", fresh["token"])
    emban.call("DELETE", f"/v1/embed-sessions/{fresh['id']}")
    await page.evaluate("embed.reload()")
    await until(page, "arrived.some(({ type, code }) => type === 'error' && code === 'token_revoked')")
    return page


async def chosen_days(page: Page) -> None:
    """Choose two days in the period's menu."""
    frame = page.frame_locator("#one iframe")
    await frame.get_by_role("button", name="Period:").click()
    inputs = frame.locator("input[type=date]")
    await inputs.nth(0).fill("2026-11-02")
    await inputs.nth(1).fill("2026-11-09")
    await frame.get_by_role("button", name="Show these days").click()
    await until(page, "arrived.some(({ type, period }) => type === 'period-change' && period === null)")


async def test_real_messages_are_as_their_schemas_say(emban: Emban, context: BrowserContext, host: str) -> None:
    said = await captured(await played(emban, context, host))
    for way in WAYS:
        known = {name: jsonschema_rs.validator_for(schema) for name, schema in schemas(way).items()}
        for message in said[way]:
            assert message["_emban"] is True
            problems = [str(error) for error in known[message["type"]].iter_errors(message)]
            assert not problems, (message, problems)
        assert {message["type"] for message in said[way]} == set(known)


@pytest.mark.parametrize(
    ("way", "wrong"),
    [
        ("to-host", {"type": "resize"}),
        ("to-host", {"type": "resize", "height": "tall"}),
        ("to-host", {"type": "period-change", "period": None}),
        ("to-host", {"type": "period-change", "period": "7d", "date_from": "2026-01-01", "date_to": "2026-01-02"}),
        ("to-host", {"type": "expiring", "seconds": 0}),
        ("to-host", {"type": "ready", "dashboard_id": "dash_a", "token": "secret"}),
        ("to-embed", {"type": "setToken", "token": ""}),
        ("to-embed", {"type": "setFilters", "filters": {"tenant_id": "other"}}),
        ("to-embed", {"type": "setFilters", "filters": {"dateRanges": {"from": "yesterday", "to": "2026-01-02"}}}),
        ("to-embed", {"type": "setTheme", "theme": {"primaryColor": "url(https://a)"}}),
    ],
    ids=str,
)
def test_the_schemas_refuse_what_is_no_message(way: str, wrong: dict[str, Any]) -> None:
    schema = schemas(way)[wrong["type"]]
    assert not jsonschema_rs.is_valid(schema, {"_emban": True, **wrong})
    assert not jsonschema_rs.is_valid(schema, {**wrong, "_emban": False})


def test_every_type_has_a_schema_and_a_line_in_the_guide() -> None:
    source = (WEB / "apps/embed/src/messages.ts").read_text()
    incoming, outgoing = source.split("export interface Outgoing")
    types = {
        "to-embed": set(re.findall(r"readonly type: '([\w-]+)'", incoming)),
        "to-host": set(re.findall(r"^  readonly '?([\w-]+)'?:", outgoing.split("\n}")[0], re.MULTILINE)),
    }
    guide = (ROOT / "docs/guide/embed-runtime.md").read_text()
    for way in WAYS:
        assert set(schemas(way)) == types[way]
        for name, schema in schemas(way).items():
            jsonschema_rs.meta.validate(schema)
            assert schema["title"] == name
            assert Path(f"../reference/embed-messages/{way}/{name}.json").as_posix() in guide
