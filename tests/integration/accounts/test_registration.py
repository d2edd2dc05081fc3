"""Who may register: anybody, the first account alone, nobody. Each on a database of its own, which starts empty."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from emban.db.migrate import migrate
from emban.settings import Settings, load_settings
from tests.support.control import PASSWORD, browser, fresh_email, join, register, running
from tests.support.databases import empty_database
from tests.support.engines import Engines


@pytest.fixture
def fresh(settings: Settings, engines: Engines) -> Iterator[Settings]:
    """Settings of an installation that nobody has an account of yet; the event store is the other tests'."""
    with empty_database(engines, "emban_registration", registration="first") as made:
        migrate(made)
        yield made


def body() -> dict[str, str]:
    return {"email": fresh_email(), "password": PASSWORD, "org_name": "Acme"}


async def told(client: httpx.AsyncClient) -> dict[str, bool]:
    answer = await client.get("/v1/auth/registration")
    assert answer.status_code == 200
    found: dict[str, bool] = answer.json()
    return found


def refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "registration_closed")


def test_what_serve_does_unless_told_otherwise() -> None:
    made = load_settings()
    assert (made.registration, made.default_plan) == ("first", "scale")


async def test_the_first_account_is_made_and_later_ones_are_invited(fresh: Settings) -> None:
    async with running(fresh) as app:
        stranger = browser(app)
        assert await told(stranger) == {"open": True, "first": True}
        owner, answer = await register(app)
        assert answer["org"]["plan"] == "scale"
        assert await told(stranger) == {"open": False, "first": False}
        again = await stranger.post("/v1/auth/register", json=body())
        assert refused(again)
        assert "invitation" in again.json()["error"]
        assert "set-cookie" not in again.headers
        taken = await stranger.post("/v1/auth/register", json={**body(), "email": answer["user"]["email"]})
        assert refused(taken), "says nothing of who has an account"
        viewer, _ = await join(app, owner, "viewer")
        assert (await viewer.get("/v1/auth/me")).status_code == 200
        assert (await owner.delete("/v1/org")).status_code == 204
        assert await told(stranger) == {"open": True, "first": True}, "nobody is locked out of an empty installation"


async def test_of_many_first_accounts_at_once_there_is_one(fresh: Settings) -> None:
    async with running(fresh) as one, running(fresh) as two:
        clients = [browser((one, two)[number % 2]) for number in range(12)]
        answers = await asyncio.gather(*(client.post("/v1/auth/register", json=body()) for client in clients))

        assert Counter(answer.status_code for answer in answers) == {201: 1, 403: 11}
        assert all(refused(answer) for answer in answers if answer.status_code != 201)
        winner = clients[[answer.status_code for answer in answers].index(201)]
        assert len((await winner.get("/v1/members")).json()["items"]) == 1


@pytest.mark.parametrize(("mode", "statuses"), [("open", [201, 201]), ("closed", [403, 403])])
async def test_open_and_closed(fresh: Settings, mode: str, statuses: list[int]) -> None:
    async with running(fresh.model_copy(update={"registration": mode})) as app:
        assert await told(browser(app)) == {"open": mode == "open", "first": True}
        answers = [await browser(app).post("/v1/auth/register", json=body()) for _ in range(2)]
        assert [answer.status_code for answer in answers] == statuses
        assert await told(browser(app)) == {"open": mode == "open", "first": mode == "closed"}
