"""Every page of the console: where it is, what says that its data is there, and how a test opens it."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Route, StorageState, expect

from tests.browser.support import Emban, Watched, settled, sign_in, stranger, watched

# How long an answer is held back where a page is watched while it waits: longer than a wait without a sign of it.
HELD_S = 0.4
_ANSWERS = re.compile(r"/v1/(?!stream)")


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the console: its path, a text that is there once its data is, and who looks at it.

    `who` is the `owner` of a filled org, the owner of an `empty` one, or `nobody` who is signed in.
    """

    name: str
    path: str
    sign: str
    who: str = "owner"


PLACES = (
    Place("login", "/app/login", "Sign in", "nobody"),
    Place("register", "/app/register", "Create an account", "nobody"),
    Place("forgot", "/app/forgot", "Reset your password", "nobody"),
    Place("reset", "/app/reset#token", "Choose a new password", "nobody"),
    Place("reset-without-token", "/app/reset", "This link does not work any more", "nobody"),
    Place("accept", "/app/accept-invite?token=none", "Join your team", "nobody"),
    Place("quickstart", "/app/", "Waiting for the first event", "empty"),
    Place("overview", "/app/", "Needs attention"),
    Place("dashboards", "/app/dashboards", "Changed"),
    Place("dashboards-empty", "/app/dashboards", "No dashboards yet", "empty"),
    Place("builder", "/app/dashboards/{dashboard}", "Add widget"),
    Place("builder-filters", "/app/dashboards/{dashboard}?panel=filters", "Periods to choose from"),
    Place("builder-theme", "/app/dashboards/{dashboard}?panel=theme", "Primary colour"),
    Place("builder-history", "/app/dashboards/{dashboard}?panel=history", "Now"),
    Place("builder-version", "/app/dashboards/{dashboard}?panel=history&version=1", "Version"),
    Place("builder-widget", "/app/dashboards/{dashboard}?widget={widget}", "Title"),
    Place("builder-preview", "/app/dashboards/{dashboard}?mode=preview", "Desktop"),
    Place("widgets", "/app/widgets", "Of the library"),
    Place("widgets-empty", "/app/widgets", "No widgets yet", "empty"),
    Place("widget", "/app/widgets/{library}", "Where it is used"),
    Place("query-sql", "/app/querybuilder", "emban.events"),
    Place("query-visual", "/app/querybuilder?mode=visual", "Show SQL"),
    Place("embed", "/app/embed?dashboard={dashboard}", "In your product"),
    Place("embed-empty", "/app/embed", "Publish a dashboard first", "empty"),
    Place("keys", "/app/keys", "Last used"),
    Place("not-found", "/app/no-such-page", "There is nothing at this address", "nobody"),
)


@dataclass(frozen=True, slots=True)
class Installation:
    """An Emban with a filled org and an empty one: ids for the paths of places, and the sessions of both owners."""

    emban: Emban
    ids: dict[str, str]
    sessions: dict[str, StorageState]

    def address(self, place: Place) -> str:
        """Return where a place is."""
        return self.emban.address + place.path.format(**self.ids)


async def installed(browser: Browser, emban: Emban) -> Installation:
    """Put what places need into the org, and sign in once for all of them."""
    dashboard: dict[str, Any] = emban.call("GET", f"/v1/dashboards/{emban.dashboard}")
    widget = {"title": "Of the library", "kind": "kpi", "query": {"event_name": "*", "metric": "count"}}
    ids = {
        "dashboard": emban.dashboard,
        "widget": str(dashboard["config"]["widgets"][0]["id"]),
        "library": str(emban.call("POST", "/v1/widgets", widget)["id"]),
    }
    sessions = {"owner": await _session(browser, emban), "empty": await _session(browser, stranger(emban))}
    return Installation(emban, ids, sessions)


async def _session(browser: Browser, emban: Emban) -> StorageState:
    context = await browser.new_context()
    page = await context.new_page()
    await sign_in(page, emban)
    await expect(page.get_by_role("heading", name="Home")).to_be_visible()
    state = await context.storage_state()
    await context.close()
    return state


@dataclass(slots=True)
class Visitor:
    """Opens places of the console with the settings of a test."""

    browser: Browser
    installation: Installation
    contexts: list[BrowserContext] = field(default_factory=list)

    async def open(
        self, place: Place, width: int = 1280, locale: str = "en-GB", scheme: str = "light", *, slow: bool = False
    ) -> Watched:
        """Open a place and wait for its data; returns the watched page. Answers are held back where it is `slow`."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 800},
            locale=locale,
            timezone_id="Europe/Berlin",
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            storage_state=self.installation.sessions.get(place.who),
        )
        self.contexts.append(context)
        if slow:
            await context.route(_ANSWERS, _held)
        seen = await watched(context)
        await seen.page.goto(self.installation.address(place))
        await expect(seen.page.get_by_text(place.sign).filter(visible=True).first).to_be_visible()
        await settled(seen.page)
        return seen

    async def leave(self) -> None:
        """Close what was opened."""
        for context in self.contexts:
            await context.close()


async def _held(route: Route) -> None:
    await asyncio.sleep(HELD_S)
    with suppress(Error):  # The page is gone meanwhile, or does not want the answer any more.
        await route.continue_()
