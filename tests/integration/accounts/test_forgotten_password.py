"""A forgotten password: who is told what, and what a link is good for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.accounts.password_reset import PasswordResets
from emban.db import Database, RowContext
from emban.db.urls import owner_url
from emban.settings import Settings
from tests.support.control import (
    PASSWORD,
    browser,
    connected,
    fresh_email,
    join,
    register,
    running,
    service,
    settings_for,
)
from tests.support.engines import Engines
from tests.support.mail_server import Mailbox, mail_server

NEW = "another horse battery"
LINK = re.compile(r"http://\S+/app/reset#([\w-]+)")


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running_server:
        yield running_server


@pytest.fixture(scope="module")
async def mailing(engines: Engines, mailbox: Mailbox) -> AsyncIterator[FastAPI]:
    async with running(settings_for(engines, smtp_url=mailbox.url, smtp_from="emban@example.com")) as app:
        yield app


async def asked(app: FastAPI, mailbox: Mailbox, email: str) -> list[str]:
    """Ask for a link; returns the tokens that were mailed to the address."""
    answer = await browser(app).post("/v1/auth/forgot", json={"email": email})
    assert answer.status_code == 202, answer.text
    await service(app, PasswordResets).close()
    parts = [mail.get_body(("plain",)) for mail in mailbox.messages if mail["To"] == email.lower()]
    return [found[1] for part in parts if part is not None and (found := LINK.search(part.get_content()))]


async def test_a_link_sets_the_password_once_and_ends_every_session(mailing: FastAPI, mailbox: Mailbox) -> None:
    phone, made = await register(mailing)
    email = made["user"]["email"]
    (token,) = await asked(mailing, mailbox, email.upper())
    stranger = browser(mailing)
    answer = await stranger.post("/v1/auth/reset", json={"token": token, "password": NEW})

    assert answer.status_code == 204, answer.text
    assert (await phone.get("/v1/auth/me")).status_code == 401
    old = await stranger.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    assert old.status_code == 401
    assert (await stranger.post("/v1/auth/login", json={"email": email, "password": NEW})).status_code == 200
    again = await stranger.post("/v1/auth/reset", json={"token": token, "password": NEW})
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    log = (await stranger.get("/v1/audit")).json()["items"]
    assert "auth.password_reset" in [row["action"] for row in log]


async def test_the_answer_tells_nobody_who_has_an_account(mailing: FastAPI, mailbox: Mailbox) -> None:
    _, made = await register(mailing)
    known = await browser(mailing).post("/v1/auth/forgot", json={"email": made["user"]["email"]})
    unknown = await browser(mailing).post("/v1/auth/forgot", json={"email": fresh_email("nobody")})

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert known.json()["mail_configured"] is True
    assert await asked(mailing, mailbox, fresh_email("nobody")) == []


async def test_only_the_last_link_works_and_one_is_sent_a_minute(mailing: FastAPI, mailbox: Mailbox) -> None:
    _, made = await register(mailing)
    email, user_id = made["user"]["email"], made["user"]["id"]
    (first,) = await asked(mailing, mailbox, email)
    assert await asked(mailing, mailbox, email) == [first], "a second mail within the minute"
    await move(mailing, user_id, "created_at = created_at - interval '2 minutes'")
    tokens = await asked(mailing, mailbox, email)

    assert len(tokens) == 2
    old = await browser(mailing).post("/v1/auth/reset", json={"token": first, "password": NEW})
    assert old.status_code == 404
    assert (
        await browser(mailing).post("/v1/auth/reset", json={"token": tokens[1], "password": NEW})
    ).status_code == 204


async def test_a_link_ends_after_an_hour(mailing: FastAPI, mailbox: Mailbox) -> None:
    _, made = await register(mailing)
    (token,) = await asked(mailing, mailbox, made["user"]["email"])
    await move(mailing, made["user"]["id"], "expires_at = expires_at - interval '1 hour'")

    answer = await browser(mailing).post("/v1/auth/reset", json={"token": token, "password": NEW})

    assert answer.status_code == 404


async def test_two_at_once_use_a_link_once(mailing: FastAPI, mailbox: Mailbox) -> None:
    _, made = await register(mailing)
    (token,) = await asked(mailing, mailbox, made["user"]["email"])
    bodies = [{"token": token, "password": f"{NEW} {number}"} for number in range(2)]

    answers = await asyncio.gather(*(browser(mailing).post("/v1/auth/reset", json=body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [204, 404]


async def test_a_weak_password_leaves_the_link_as_it_is(mailing: FastAPI, mailbox: Mailbox) -> None:
    _, made = await register(mailing)
    (token,) = await asked(mailing, mailbox, made["user"]["email"])
    weak = await browser(mailing).post("/v1/auth/reset", json={"token": token, "password": "short"})

    assert weak.status_code == 400
    assert weak.json()["fields"][0]["path"] == "password"
    assert (await browser(mailing).post("/v1/auth/reset", json={"token": token, "password": NEW})).status_code == 204


async def test_every_org_of_the_person_hears_of_it(mailing: FastAPI, mailbox: Mailbox) -> None:
    owner, _ = await register(mailing)
    member, user_id = await join(mailing, owner, "viewer")
    email = (await member.get("/v1/auth/me")).json()["user"]["email"]
    (token,) = await asked(mailing, mailbox, email)
    assert (await browser(mailing).post("/v1/auth/reset", json={"token": token, "password": NEW})).status_code == 204

    (row,) = [one for one in (await owner.get("/v1/audit")).json()["items"] if one["action"] == "auth.password_reset"]

    assert (row["actor"], row["entity_id"]) == (email, user_id)
    assert token not in str(row)


async def test_the_token_is_stored_as_its_hash_and_seen_by_its_holder_alone(
    mailing: FastAPI, mailbox: Mailbox, settings: Settings
) -> None:
    _, made = await register(mailing)
    _, other = await register(mailing)
    (token,) = await asked(mailing, mailbox, made["user"]["email"])
    with connected(owner_url(settings)) as connection:
        connection.execute(text("SELECT set_config('emban.user_id', :id, false)"), {"id": made["user"]["id"]})
        stored = connection.execute(text("SELECT token_hash FROM password_resets")).scalars().all()
    assert len(stored) == 1
    assert token not in stored
    for context in (
        RowContext(user_id=other["user"]["id"]),
        RowContext(org_id=made["org"]["id"]),
        RowContext(credential="0" * 64),
    ):
        async with service(mailing, Database).session(context) as session:
            assert (await session.execute(text("SELECT count(*) FROM password_resets"))).scalar_one() == 0


async def test_without_a_mail_server_it_says_what_the_operator_does(app: FastAPI) -> None:
    answer = await browser(app).post("/v1/auth/forgot", json={"email": fresh_email("nobody")})

    assert answer.status_code == 202
    assert answer.json()["mail_configured"] is False
    assert "emban user reset-password" in answer.json()["notice"]


async def test_links_and_tries_are_limited(engines: Engines, mailbox: Mailbox) -> None:
    limited = settings_for(engines, smtp_url=mailbox.url, smtp_from="emban@example.com", auth_attempts_per_minute=2)
    async with running(limited) as app:
        email = fresh_email("nobody")
        asks = [await browser(app).post("/v1/auth/forgot", json={"email": email}) for _ in range(3)]
        body = {"token": "x" * 43, "password": NEW}
        tries = [await browser(app).post("/v1/auth/reset", json=body) for _ in range(3)]

    assert [answer.status_code for answer in asks] == [202, 202, 429]
    assert [answer.status_code for answer in tries] == [404, 404, 429]


async def test_another_site_may_neither_ask_nor_set(mailing: FastAPI) -> None:
    evil = browser(mailing, origin="https://evil.example")
    for path, body in (
        ("/v1/auth/forgot", {"email": "a@b.example"}),
        ("/v1/auth/reset", {"token": "x", "password": NEW}),
    ):
        answer = await evil.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


async def move(app: FastAPI, user_id: str, change: str) -> None:
    async with service(app, Database).session(RowContext(user_id=user_id)) as session:
        await session.execute(text(f"UPDATE password_resets SET {change}"))
