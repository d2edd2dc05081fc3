"""The packages for a host's page, as they are built: the helper, its React entry, its types."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, Request, expect

from tests.browser.sites import HELPER, WEB, bundle, site
from tests.browser.support import ROOT, Emban, until
from tests.contract.support import node_program

MODULE = """
  import { mount } from '/embed-helper.js';
  window.mount = (place, options) => {
    const heard = [];
    const listen = (name) => (value) => heard.push([name, value ?? null]);
    const embed = mount(document.getElementById(place), {
      onReady: listen('ready'), onResize: listen('resize'), onFilter: listen('filter'),
      onPeriodChange: listen('period'), onExpiring: listen('expiring'), onError: listen('error'), ...options,
    });
    window[place] = { embed, heard };
  };
"""
# Counts the listeners of the window, so that a test sees what is left.
COUNTING = """
  const held = new Set();
  Object.defineProperty(window, 'listeners', { get: () => held.size });
  const { addEventListener: add, removeEventListener: remove } = window;
  window.addEventListener = (type, one, ...rest) => {
    if (type === 'message') held.add(one);
    add.call(window, type, one, ...rest);
  };
  window.removeEventListener = (type, one, ...rest) => {
    held.delete(one);
    remove.call(window, type, one, ...rest);
  };
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>Host</title>
<body><div id="one"></div><div id="two"></div><script src="/counting.js"></script>
<script type="module" src="/main.js"></script></body>"""
KPI = {"id": "w_one", "title": "Calls", "kind": "kpi", "query": {"event_name": "*", "metric": "count"}}


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    files: dict[str, str | Path] = {
        "/": PAGE,
        "/counting.js": COUNTING,
        "/main.js": MODULE,
        "/embed-helper.js": HELPER / "embed-helper.js",
    }
    with site(files) as address:
        yield address


@pytest.fixture(scope="module")
def react_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with site(bundle(Path(__file__).parent / "react_host", tmp_path_factory.mktemp("react"))) as address:
        yield address


@pytest.fixture(scope="module")
def small(emban: Emban) -> str:
    """A dashboard of one figure."""
    return emban.publish("Small", [KPI])


async def mounted(context: BrowserContext, host: str, url: str, place: str = "one", **options: object) -> Page:
    page = await context.new_page()
    await page.goto(host)
    await until(page, "typeof window.mount === 'function'")
    await page.evaluate("([place, options]) => mount(place, options)", [place, {"embedUrl": url, **options}])
    await ready(page, place)
    return page


async def ready(page: Page, place: str = "one") -> None:
    await page.frame_locator(f"#{place} iframe").locator("[data-state=ready]").wait_for()


def asked_with(token: str) -> Callable[[Request], bool]:
    """Find a request for figures with a token."""
    return lambda request: (
        request.url.endswith("/v1/embed/data") and request.headers.get("authorization") == f"Bearer {token}"
    )


async def heard(page: Page, name: str, place: str = "one") -> list[Any]:
    said: list[Any] = await page.evaluate(f"window.{place}.heard")
    return [value for kind, value in said if kind == name]


def test_the_helper_is_small_and_alone() -> None:
    for name in ("embed-helper.js", "embed-helper.global.js"):
        built = (HELPER / name).read_bytes()
        assert len(gzip.compress(built, 9)) < 4096, name
        assert not re.search(rb"\bimport\b|\brequire\(", built), name
    assert b"export{" in (HELPER / "embed-helper.js").read_bytes()
    react = (HELPER / "react.js").read_text()
    assert react.startswith(('"use client";', "'use client';"))
    assert set(re.findall(r'from "([^"]+)"', react)) == {"react", "react/jsx-runtime", "@emban/embed-helper"}


def test_nothing_else_is_published() -> None:
    for name in ("embed-helper", "sdk"):
        manifest = json.loads((WEB / "packages" / name / "package.json").read_text())
        assert manifest["files"] == ["dist", "README.md"]
        assert "dependencies" not in manifest
        for entry in manifest["exports"].values():
            for condition, path in (entry if isinstance(entry, dict) else {"default": entry}).items():
                # A condition of this repository's own, so that nobody else's bundler looks for the sources.
                assert path.startswith("./src/" if condition == "emban-source" else "./dist/")
                assert (WEB / "packages" / name / path).is_file()


CONSUMER = """
    import { mount, type EmbedFilters, type MountedEmbed } from '@emban/embed-helper';
    import { EmbanEmbedFrame, type EmbanEmbedControls, useEmbanEmbed } from '@emban/embed-helper/react';
    import { Emban, EmbanApiError, type PointsAnswer, Tracker } from '@emban/sdk';
    import { createRef } from 'react';

    const filters: EmbedFilters = { period: '7d', dimensions: { model: ['a'] }, numericRanges: { tokens: { min: 1 } } };
    const embed: MountedEmbed = mount(document.body, { embedUrl: 'https://a/', onDrill: ({ value }) => value.length });
    embed.setFilters(filters);
    embed.setToken('t');
    const ref = createRef<EmbanEmbedControls>();
    const more = (seconds: number) => seconds + 1;
    export const frame = <EmbanEmbedFrame embedUrl={null} filters={filters} ref={ref} onExpiring={more} />;
    export function Own() {
      const { ref: place, ready } = useEmbanEmbed({ embedUrl: undefined });
      return <p ref={place}>{ready ? 1 : 0}</p>;
    }
    const emban = new Emban('http://a', { apiKey: 'k' });
    export const answer: Promise<PointsAnswer> = emban.query({ event_name: '*', metric: 'count' }, { tenant_id: 'a' });
    export const tracker = new Tracker(emban, { onError: (error) => error instanceof EmbanApiError && error.fields });
    // @ts-expect-error There is no query without a tenant, or all of them on purpose.
    void emban.query({ event_name: '*' }, {});
    // @ts-expect-error A typo is found.
    embed.setFilters({ dimension: {} });
    // @ts-expect-error A session needs its tenant.
    void emban.createEmbedSession({ dashboard_id: 'dash_a' });
"""


@pytest.mark.parametrize("resolution", ["Bundler", "NodeNext"])
def test_the_types_work_for_a_strict_consumer(tmp_path: Path, resolution: str) -> None:
    (tmp_path / "node_modules").symlink_to(WEB / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "app.tsx").write_text(textwrap.dedent(CONSUMER))
    options = {
        "strict": True,
        "exactOptionalPropertyTypes": True,
        "skipLibCheck": False,
        "noEmit": True,
        "jsx": "react-jsx",
        "module": "ESNext" if resolution == "Bundler" else resolution,
        "moduleResolution": resolution,
        "target": "ES2022",
        "lib": ["ES2023", "DOM", "DOM.Iterable"],
        "types": ["node"],
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["app.tsx"]}))
    tsc = [node_program(), str(WEB / "node_modules/typescript/bin/tsc"), "-p", str(tmp_path)]
    done = subprocess.run(tsc, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


async def test_grows_and_shrinks_below_what_was_reserved(
    emban: Emban, context: BrowserContext, host: str, small: str
) -> None:
    page = await mounted(context, host, emban.mint("aurora-health")["embed_url"])
    tall = await page.evaluate("document.querySelector('#one iframe').offsetHeight")
    await page.evaluate("url => one.embed.setEmbedUrl(url)", emban.mint("aurora-health", small)["embed_url"])
    await until(page, f"document.querySelector('#one iframe').offsetHeight < {tall}")
    await ready(page)
    content = await page.frame_locator("#one iframe").locator("#emban").evaluate("root => root.offsetHeight")
    await until(page, f"Math.abs(document.querySelector('#one iframe').offsetHeight - {content}) <= 1")
    assert content < 320
    assert (await heard(page, "resize"))[-1] == pytest.approx(content, abs=1)


async def test_leaves_the_height_alone_when_asked_to(emban: Emban, context: BrowserContext, host: str) -> None:
    url = emban.mint("aurora-health")["embed_url"]
    page = await mounted(context, host, url, autoResize=False)
    assert await heard(page, "resize")
    assert await page.evaluate("document.querySelector('#one iframe').offsetHeight") == 320


async def test_what_is_said_before_the_frame_listens_arrives(emban: Emban, context: BrowserContext, host: str) -> None:
    page = await context.new_page()
    await page.goto(host)
    await until(page, "typeof window.mount === 'function'")
    first, second = (emban.mint("aurora-health") for _ in range(2))
    async with page.expect_request(lambda request: request.headers.get("authorization") == f"Bearer {second['token']}"):
        await page.evaluate(
            """([url, token]) => {
              mount('one', { embedUrl: url });
              one.embed.setFilters({ period: '90d' });
              one.embed.setFilters({ dimensions: { model: ['atlas-mini'] } });
              one.embed.setTheme({ cardBackground: '#101820' });
              one.embed.setToken(token);
            }""",
            [first["embed_url"], second["token"]],
        )
    frame = page.frame_locator("#one iframe")
    await expect(frame.get_by_role("button", name="Period: Last 90 days")).to_be_visible()
    await expect(frame.get_by_role("button", name="Model: atlas-mini")).to_be_visible()
    await expect(frame.locator(".ew-card").first).to_have_css("background-color", "rgb(16, 24, 32)")
    # What is set is set again in a frame that the browser loads again.
    await page.frames[1].evaluate("location.reload()")
    await expect(frame.get_by_role("button", name="Period: Last 90 days")).to_be_visible()
    await expect(frame.get_by_role("button", name="Model: atlas-mini")).to_be_visible()
    assert await heard(page, "error") == []


async def test_a_token_renews_the_session_in_place(emban: Emban, context: BrowserContext, host: str) -> None:
    page = await mounted(context, host, emban.mint("aurora-health")["embed_url"])
    await page.frames[1].evaluate("window.same = true")
    await page.evaluate("one.embed.setFilters({ period: '7d' })")
    frame = page.frame_locator("#one iframe")
    await expect(frame.get_by_role("button", name="Period: Last 7 days")).to_be_visible()
    fresh = emban.mint("aurora-health")
    async with page.expect_request(asked_with(fresh["token"])):
        await page.evaluate("token => one.embed.setToken(token)", fresh["token"])
    await expect(frame.get_by_role("button", name="Period: Last 7 days")).to_be_visible()
    assert await page.frames[1].evaluate("window.same") is True


async def test_destroy_leaves_nothing(emban: Emban, context: BrowserContext, host: str) -> None:
    page = await mounted(context, host, emban.mint("aurora-health")["embed_url"])
    url = emban.mint("ember-studio")["embed_url"]
    await page.evaluate("url => mount('two', { embedUrl: url })", url)
    await ready(page, "two")
    assert await page.evaluate("listeners") == 2
    await page.evaluate("one.embed.destroy()")
    assert await page.evaluate("[listeners, document.querySelectorAll('iframe').length]") == [1, 1]
    before = await page.evaluate("one.heard.length")
    # Neither what the other embed says nor what is still asked of this one brings anything back.
    await page.evaluate(
        """url => {
          two.embed.setFilters({ period: '7d' });
          one.embed.setFilters({ period: '7d' });
          one.embed.setToken('x');
          one.embed.setEmbedUrl(url);
          one.embed.reload();
          one.embed.destroy();
        }""",
        url,
    )
    other = page.frame_locator("#two iframe").get_by_role("button", name="Period: Last 7 days")
    await expect(other).to_be_visible()
    assert await page.evaluate("[listeners, document.querySelectorAll('iframe').length]") == [1, 1]
    assert await page.evaluate("one.heard.length") == before


async def test_a_frame_that_went_elsewhere_is_neither_heard_nor_told(
    emban: Emban, context: BrowserContext, host: str
) -> None:
    stranger = """<script>
      window.got = [];
      addEventListener('message', (event) => got.push(event.data));
      for (const type of ['ready', 'error', 'filter', 'expiring'])
        parent.postMessage({ _emban: true, type, code: 'forged', message: 'x', filters: {}, seconds: 1 }, '*');
    </script>"""
    with site({"/": stranger}) as elsewhere:
        page = await mounted(context, host, emban.mint("aurora-health")["embed_url"])
        said = await page.evaluate("one.heard.length")
        await page.evaluate("url => { document.querySelector('#one iframe').src = url }", elsewhere)
        await until(page, f"[...document.querySelectorAll('iframe')].some(one => one.src.startsWith('{elsewhere}'))")
        inner = page.frames[1]
        await inner.wait_for_url(f"{elsewhere}/")
        await page.evaluate("url => one.embed.setEmbedUrl(url)", emban.mint("aurora-health")["embed_url"])
        await page.evaluate("one.embed.setFilters({ dimensions: { model: ['secret'] } })")
        await page.wait_for_timeout(200)
        assert await inner.evaluate("window.got") == []
        assert await page.evaluate("one.heard.length") == said


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "about:blank", "http://"])
async def test_an_address_that_is_none_is_refused(context: BrowserContext, host: str, url: str) -> None:
    page = await context.new_page()
    await page.goto(host)
    await until(page, "typeof window.mount === 'function'")
    attempt = "url => { try { mount('one', { embedUrl: url }) } catch (error) { return error.name } }"
    assert await page.evaluate(attempt, url) == "TypeError"
    assert await page.evaluate("[listeners, document.querySelectorAll('iframe').length]") == [0, 0]


async def react(context: BrowserContext, react_host: str, **props: object) -> Page:
    page = await context.new_page()
    await page.goto(react_host)
    await until(page, "Boolean(window.host)")
    await page.evaluate("props => host.set(props)", {"kind": "frame", **props})
    return page


async def react_heard(page: Page, name: str) -> list[Any]:
    said: list[Any] = await page.evaluate("host.heard")
    return [[value, mark] for kind, value, mark in said if kind == name]


async def test_react_mounts_once_under_strict_mode(emban: Emban, context: BrowserContext, react_host: str) -> None:
    page = await react(context, react_host, embedUrl=None, mark="a", className="usage", title="Usage")
    assert await page.locator("iframe").count() == 0
    await page.evaluate("url => host.set({ embedUrl: url })", emban.mint("aurora-health")["embed_url"])
    await page.frame_locator(".usage iframe").locator("[data-state=ready]").wait_for()
    assert await page.locator("iframe").count() == 1
    assert await page.locator("iframe").get_attribute("title") == "Usage"
    assert len(await react_heard(page, "ready")) == 1


async def test_react_keeps_the_frame_whatever_is_rendered(
    emban: Emban, context: BrowserContext, react_host: str
) -> None:
    url = emban.mint("aurora-health")["embed_url"]
    page = await react(context, react_host, embedUrl=url, mark="old", filters={"period": "7d"})
    frame = page.frame_locator("iframe")
    await expect(frame.get_by_role("button", name="Period: Last 7 days")).to_be_visible()
    await page.frames[1].evaluate("window.same = true")
    await page.evaluate("host.set({ mark: 'new', filters: { period: '90d' }, theme: { cardBackground: '#101820' } })")
    await expect(frame.get_by_role("button", name="Period: Last 90 days")).to_be_visible()
    await expect(frame.locator(".ew-card").first).to_have_css("background-color", "rgb(16, 24, 32)")
    await frame.get_by_role("button", name="Period:").click()
    await frame.get_by_role("button", name="Last 30 days").click()
    await until(page, "host.heard.some(([name]) => name === 'period')")
    # The newest render's callback is the one that is called.
    assert [mark for _, mark in await react_heard(page, "period")] == ["new"]
    fresh = emban.mint("aurora-health")
    async with page.expect_request(asked_with(fresh["token"])):
        await page.evaluate("url => host.set({ embedUrl: url, title: 'Other' })", fresh["embed_url"])
    # The session is new; the frame, and what the viewer chose in it, are not.
    await expect(frame.get_by_role("button", name="Period: Last 30 days")).to_be_visible()
    assert await page.frames[1].evaluate("window.same") is True
    assert await page.locator("iframe").get_attribute("title") == "Other"
    await page.evaluate("host.set({ kind: null })")
    await expect(page.locator("iframe")).to_have_count(0)


async def test_react_renews_before_the_end(emban: Emban, context: BrowserContext, react_host: str) -> None:
    await context.clock.install()
    page = await react(context, react_host, embedUrl=emban.mint("aurora-health")["embed_url"])
    await page.frame_locator("iframe").locator("[data-state=ready]").wait_for()
    await context.clock.fast_forward("58:30")
    await until(page, "host.heard.some(([name]) => name === 'expiring')")
    [[seconds, _]] = await react_heard(page, "expiring")
    assert 0 < seconds <= 120
    fresh = emban.mint("aurora-health")
    async with page.expect_request(asked_with(fresh["token"])):
        await page.evaluate("token => host.controls.current.setToken(token)", fresh["token"])
    await context.clock.fast_forward("30:00")
    assert await react_heard(page, "error") == []


async def test_the_hook_knows_what_the_frame_is_at(emban: Emban, context: BrowserContext, react_host: str) -> None:
    session = emban.mint("aurora-health")
    page = await react(context, react_host, kind="own", embedUrl=session["embed_url"])
    await expect(page.locator("#own")).to_have_attribute("data-is", "ready")
    await page.frame_locator("#own iframe").locator("[data-state=ready]").wait_for()
    emban.call("DELETE", f"/v1/embed-sessions/{session['id']}")
    await page.frame_locator("#own iframe").get_by_role("button", name="Refresh the figures").click()
    await expect(page.locator("#own")).to_have_attribute("data-error", "token_revoked")
    await page.evaluate("url => host.set({ embedUrl: url })", emban.mint("aurora-health")["embed_url"])
    await expect(page.locator("#own")).to_have_attribute("data-error", "")
    await page.frame_locator("#own iframe").locator("[data-state=ready]").wait_for()


def test_the_guide_does_not_outgrow_the_packages() -> None:
    """What the READMEs call by name is there."""
    helper = (WEB / "packages/embed-helper/README.md").read_text()
    types = (WEB / "packages/embed-helper/dist/types.d.ts").read_text()
    for name in re.findall(r"    (set\w+|reload|destroy)\(", types) + re.findall(r"readonly (on\w+)\?", types):
        assert f"`{name}(" in helper or f"{name}(" in helper, name
    sdk = (WEB / "packages/sdk/README.md").read_text()
    client = (WEB / "packages/sdk/dist/client.d.ts").read_text()
    for name in re.findall(r"^    (\w+)\(", client, re.MULTILINE):
        if name != "constructor":
            assert name in sdk, name
    assert (ROOT / "clients/python/README.md").is_file()
