"""Rotating keys: every process knows a new one before it signs, and nothing valid is refused meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import jwt
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ProgrammingError

from emban.auth.embed_keys import ACCEPTED_FOR_S, FRESH_S, EmbedKeys, KeyView
from emban.db import Database
from emban.db.urls import app_url, owner_url
from emban.embed.key_rotation import replace_all, rotate
from emban.settings import Settings
from tests.support.control import TestOrg, connected, counted_statements, running, service
from tests.support.showing import embedded, mint, refusal
from tests.support.waiting import until_so

# As with the real lead, longer than a process may go without having read the keys.
SOON_S = FRESH_S + 1


@pytest.fixture
async def owner(app: FastAPI) -> AsyncIterator[Connection]:
    """The tables' owner, as the command line connects; leaves the first key alone behind."""
    engine = create_engine(owner_url(service(app, Settings)))
    with engine.connect() as connection:
        yield connection
        connection.rollback()
        connection.execute(text("DELETE FROM embed_keys"))
        connection.execute(text("INSERT INTO embed_keys (kid, signs_at, created_at) VALUES ('k1', 'epoch', now())"))
        connection.commit()
    engine.dispose()
    # Else the session's app goes on signing with a key that is gone, until it reads the keys within a second.
    await service(app, EmbedKeys).read()


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


async def test_no_valid_token_is_refused_while_keys_are_rotated(
    app: FastAPI, filled: TestOrg, owner: Connection
) -> None:
    async with running(app.state.settings) as second:
        tokens: list[str] = []
        refused: list[tuple[int, str]] = []
        done = asyncio.Event()

        async def load() -> None:
            while not done.is_set():
                tokens.append((await mint(filled, filled.made["dashboard"]))["token"])
                for process in (app, second):  # The first token of all, and the newest.
                    for token in (tokens[0], tokens[-1]):
                        async with embedded(process, token) as browser:
                            answer = await browser.get("/v1/embed/dashboard")
                        if answer.status_code != 200:
                            refused.append((answer.status_code, answer.text))

        loading = asyncio.create_task(load())
        kid = rotate(owner, SOON_S).kid
        # And then both processes are asked for some of the new ones.
        await until_so(lambda: loading.done() or [kid_of(token) for token in tokens].count(kid) > 3)
        done.set()
        await loading
    assert refused == []
    assert list(dict.fromkeys(map(kid_of, tokens))) == ["k1", kid]


async def test_replacing_all_keys_ends_every_token_in_every_process(
    app: FastAPI, filled: TestOrg, owner: Connection
) -> None:
    old = (await mint(filled, filled.made["dashboard"]))["token"]
    async with running(app.state.settings) as second:
        kid = replace_all(owner).kid
        for process in (app, second):
            await service(process, EmbedKeys).read()  # What each does every second.
            async with embedded(process, old) as browser:
                assert await refusal(browser) == (401, "token_invalid")
        new = (await mint(filled, filled.made["dashboard"]))["token"]
        assert kid_of(new) == kid
        async with embedded(second, new) as browser:
            assert (await browser.get("/v1/embed/dashboard")).status_code == 200


async def test_made_up_names_of_keys_ask_the_database_nothing(app: FastAPI, filled: TestOrg) -> None:
    token = (await mint(filled, filled.made["dashboard"]))["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    with counted_statements(app) as sent:
        for nth in range(200):
            forged = jwt.encode(claims, "x" * 64, "HS256", headers={"kid": f"k{nth:016}"})
            async with embedded(app, forged) as browser:
                assert await refusal(browser) == (401, "token_invalid")
            await asyncio.sleep(0)  # What runs in the background has its turn.
    assert [one for one in sent if "emban_open" in one or "embed_sessions" in one] == []
    assert sum("emban_embed_keys" in one for one in sent) < 50  # In the background, once a second; none for a token.


async def test_a_process_that_cannot_know_the_keys_does_not_refuse_what_it_does_not_know(app: FastAPI) -> None:
    keys = EmbedKeys(service(app, Database), service(app, Settings))
    with pytest.raises(Exception, match="not known") as unread:
        keys.find("k1")
    assert getattr(unread.value, "status", None) == 503
    await keys.read()
    assert keys.find("k1") is not None
    assert keys.find("k2") is None
    view = keys._view
    assert view is not None
    keys._view = KeyView(view.keys, view.ahead_s, view.read_at - FRESH_S - 1)
    assert keys.find("k1") is not None  # A key stays a key.
    with pytest.raises(Exception, match="not known") as stale:
        keys.find("k2")
    assert (getattr(stale.value, "status", None), getattr(stale.value, "retry_after", None)) == (503, 1)
    await keys.refresh()
    assert keys.find("k2") is None


def test_old_keys_are_forgotten_when_no_token_of_theirs_is_alive(owner: Connection) -> None:
    first = rotate(owner, 0)
    owner.execute(
        text("UPDATE embed_keys SET signs_at = now() - make_interval(secs => :s) WHERE kid = :kid"),
        {"s": ACCEPTED_FOR_S - 60, "kid": first.kid},
    )
    assert rotate(owner, 30).forgotten == 0
    owner.execute(
        text("UPDATE embed_keys SET signs_at = now() - make_interval(secs => :s) WHERE kid = :kid"),
        {"s": ACCEPTED_FOR_S + 60, "kid": first.kid},
    )
    assert rotate(owner, 30).forgotten == 1
    assert owner.scalar(text("SELECT count(*) FROM embed_keys WHERE kid = 'k1'")) == 0


def test_the_application_can_read_names_of_keys_and_change_none(app: FastAPI, owner: Connection) -> None:
    columns = owner.execute(text("SELECT * FROM embed_keys")).keys()
    assert set(columns) == {"kid", "signs_at", "created_at"}  # No secret is stored.
    with connected(app_url(service(app, Settings))) as application:
        for change in (
            "INSERT INTO embed_keys (kid, signs_at, created_at) VALUES ('k0', now(), now())",
            "UPDATE embed_keys SET signs_at = now()",
            "DELETE FROM embed_keys",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                application.execute(text(change))
            application.rollback()
