"""Register, login, sessions, passwords, and the limits on attempts."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import bcrypt
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.auth import passwords
from emban.db import Database
from emban.orgs.erasure import Erasure
from tests.support.control import (
    BASE_URL,
    PASSWORD,
    TestOrg,
    browser,
    counted_statements,
    fresh_email,
    machine,
    register,
    running,
    service,
    settings_for,
)
from tests.support.engines import Engines
from tests.support.waiting import move_attempts


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"email": "nobody"}, "email", "must be an email address"),
        ({"email": "a@b"}, "email", "must be an email address"),
        ({"email": "a@b.example\u0000"}, "email", "must not contain a NUL character"),
        ({"password": "too short"}, "password", "must have at least 10 characters"),
        ({"password": "x" * 73}, "password", "must have at most 72 bytes in UTF-8; a longer one is refused, not cut"),
        ({"password": "ü" * 37}, "password", "must have at most 72 bytes in UTF-8; a longer one is refused, not cut"),
        ({"org_name": "  "}, "org_name", "must not be blank"),
        ({"org_name": None}, "org_name", "must be a string"),
        ({"org": "x"}, "org", "is not a known field"),
        ({"name": "x" * 129}, "name", "must have at most 128 characters"),
    ],
)
async def test_what_register_refuses(app: FastAPI, change: dict[str, object], path: str, message: str) -> None:
    body = {"email": fresh_email(), "password": PASSWORD, "org_name": "Acme", **change}
    answer = await browser(app).post("/v1/auth/register", json=body)

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["fields"] == [{"path": path, "message": message}]


@pytest.mark.parametrize("text_with", [r"\ud800", r"a\udfffb", r"\u0000"])
async def test_text_that_no_store_can_hold_is_refused(app: FastAPI, text_with: str) -> None:
    content = f'{{"email": "a@b.example", "password": "{PASSWORD}", "org_name": "{text_with}"}}'
    answer = await browser(app).post("/v1/auth/register", content=content, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["fields"][0]["path"] == "org_name"


async def test_the_cookie_is_for_the_browser_alone(app: FastAPI) -> None:
    body = {"email": fresh_email(), "password": PASSWORD, "org_name": "Acme"}
    local = await browser(app).post("/v1/auth/register", json=body)
    away = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://analytics.example")
    login = await away.post("/v1/auth/login", json={"email": body["email"], "password": PASSWORD})

    for answer, secure in ((local, False), (login, True)):
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("emban_session=")
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert ("secure" in cookie) is secure
        assert f"max-age={14 * 86_400}" in cookie


async def test_a_state_change_needs_an_origin_of_embans_own(app: FastAPI, fresh_org: TestOrg) -> None:
    cookie = dict(fresh_org["owner"].cookies)
    body = {"name": "Changed"}
    for headers, status in (
        ({}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": BASE_URL}, 200),
        ({"origin": BASE_URL, "sec-fetch-site": "cross-site"}, 200),
    ):
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=BASE_URL, cookies=cookie, headers=headers
        )
        answer = await client.patch("/v1/org", json=body)
        assert answer.status_code == status, headers
        assert status == 200 or answer.json()["code"] == "cross_site_request"
    foreign = browser(app, origin="https://evil.example")
    for path in ("/v1/auth/login", "/v1/auth/register"):
        answer = await foreign.post(path, json={"email": fresh_email(), "password": PASSWORD, "org_name": "x"})
        assert answer.status_code in {400, 403}
        assert "set-cookie" not in answer.headers


async def test_unknown_email_and_wrong_password_look_the_same(
    app: FastAPI, org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same body, and the same work: statements to the database and comparisons, of which one takes 200 ms."""
    compared: list[bytes] = []
    compare = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        compared.append(hashed[:7])
        return compare(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    client = browser(app)
    unknown = {"email": "unknown@acme.example", "password": PASSWORD}
    wrong = {"email": org.owner_email, "password": "not the password"}
    long = {"email": org.owner_email, "password": "x" * 100}
    bodies, work = set(), set()
    for body in (unknown, wrong, long):
        compared.clear()
        with counted_statements(app) as statements:
            answer = await client.post("/v1/auth/login", json=body)
        assert answer.status_code == 401
        assert answer.json()["code"] == "invalid_credentials"
        bodies.add((answer.text, *sorted(set(answer.headers) - {"x-request-id"})))
        work.add((tuple(statements), tuple(compared)))

    assert len(bodies) == 1
    assert len(work) == 1, work


def test_the_decoy_costs_what_a_real_hash_costs() -> None:
    assert passwords._DECOY[:7] == bcrypt.gensalt()[:7]


async def test_logging_out_ends_the_session(app: FastAPI) -> None:
    client, _ = await register(app)
    cookie = client.cookies["emban_session"]
    assert (await client.post("/v1/auth/logout")).status_code == 204
    client.cookies.set("emban_session", cookie)
    assert (await client.get("/v1/auth/me")).status_code == 401


async def test_sessions_are_listed_and_revoked_by_their_person(app: FastAPI, fresh_org: TestOrg) -> None:
    phone = browser(app, **{"user-agent": "Phone"})
    await phone.post("/v1/auth/login", json={"email": fresh_org.owner_email, "password": PASSWORD})
    listed = (await fresh_org["owner"].get("/v1/auth/sessions")).json()["items"]
    theirs = (await fresh_org["viewer"].get("/v1/auth/sessions")).json()["items"]

    assert (listed[0]["user_agent"], listed[0]["current"]) == ("Phone", False)
    assert sum(item["current"] for item in listed) == 1
    assert len(theirs) == 1
    assert (await fresh_org["owner"].delete(f"/v1/auth/sessions/{theirs[0]['id']}")).status_code == 404
    assert (await fresh_org["owner"].delete(f"/v1/auth/sessions/{listed[0]['id']}")).status_code == 204
    assert (await phone.get("/v1/auth/me")).status_code == 401
    assert (await fresh_org["viewer"].get("/v1/auth/me")).status_code == 200
    assert (await machine(app, fresh_org.raw_admin_key).get("/v1/auth/sessions")).status_code == 403


async def test_a_new_password_ends_the_other_sessions(app: FastAPI, fresh_org: TestOrg) -> None:
    other = browser(app)
    await other.post("/v1/auth/login", json={"email": fresh_org.owner_email, "password": PASSWORD})
    wrong = await fresh_org["owner"].post(
        "/v1/auth/password", json={"current_password": "not the password", "new_password": "battery staple horse"}
    )
    weak = await fresh_org["owner"].post(
        "/v1/auth/password", json={"current_password": PASSWORD, "new_password": "short"}
    )
    right = await fresh_org["owner"].post(
        "/v1/auth/password", json={"current_password": PASSWORD, "new_password": "battery staple horse"}
    )

    assert (wrong.status_code, wrong.json()["fields"][0]["path"]) == (400, "current_password")
    assert (weak.status_code, weak.json()["fields"][0]["path"]) == (400, "new_password")
    assert right.status_code == 204
    assert (await fresh_org["owner"].get("/v1/auth/me")).status_code == 200
    assert (await other.get("/v1/auth/me")).status_code == 401
    login = await other.post("/v1/auth/login", json={"email": fresh_org.owner_email, "password": PASSWORD})
    assert login.status_code == 401


async def test_a_session_slides_and_ends(app: FastAPI) -> None:
    client, answer = await register(app)
    user_id = answer["user"]["id"]

    async def move(seen: timedelta, left: timedelta) -> None:
        async with service(app, Database).for_org(answer["org"]["id"]) as session:
            await session.execute(text("SELECT set_config('emban.user_id', :user, true)"), {"user": user_id})
            await session.execute(
                text("UPDATE user_sessions SET last_seen_at = now() - :seen, expires_at = now() + :left"),
                {"seen": seen, "left": left},
            )

    assert "set-cookie" not in (await client.get("/v1/auth/me")).headers
    cookie = client.cookies["emban_session"]
    await move(timedelta(minutes=11), timedelta(hours=1))
    slid = await client.get("/v1/auth/sessions")
    expires = slid.json()["items"][0]["expires_at"]
    assert datetime.fromisoformat(expires) - datetime.now(UTC) > timedelta(days=13)
    renewed = slid.headers.get_list("set-cookie")
    assert len(renewed) == 1, "the browser forgets its cookie unless it slides, too"
    assert renewed[0].startswith(f"emban_session={cookie};")
    assert f"Max-Age={14 * 86_400}" in renewed[0]
    assert "HttpOnly" in renewed[0]
    await move(timedelta(minutes=11), timedelta(hours=1))
    ended = (await client.post("/v1/auth/logout")).headers.get_list("set-cookie")
    assert [one.split(";")[0] for one in ended] == ['emban_session=""'], "logging out is the last word"
    client, answer = await register(app)
    user_id = answer["user"]["id"]
    await move(timedelta(days=15), timedelta(seconds=-1))
    assert (await client.get("/v1/auth/me")).status_code == 401


async def test_attempts_on_an_account_are_limited_over_all_processes(engines: Engines, app: FastAPI) -> None:
    strict = settings_for(engines, auth_attempts_per_minute=5)
    email = fresh_email()
    async with running(strict) as first, running(strict) as second:
        clients = [browser(first), browser(second)]
        answers = await asyncio.gather(
            *(
                clients[n % 2].post("/v1/auth/login", json={"email": email, "password": "not the password"})
                for n in range(12)
            )
        )
        other = await browser(first).post("/v1/auth/login", json={"email": fresh_email(), "password": "x"})

    assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 7}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json()["code"] == "rate_limited"
    assert other.status_code == 401


async def test_every_way_to_try_a_password_counts_on_the_same_limit(engines: Engines, app: FastAPI) -> None:
    """Inviting somebody, guessing, revoking and inviting anew gives no more guesses than the login does."""
    strict = settings_for(engines, auth_attempts_per_minute=10)
    async with running(strict) as limited:
        victim, answer = await register(limited)
        attacker, _ = await register(limited)
        email = answer["user"]["email"]
        statuses: list[int] = []
        for _ in range(4):
            invited = (await attacker.post("/v1/invites", json={"email": email, "role": "viewer"})).json()
            for number in range(10):
                guess = {"token": invited["token"], "password": f"wrong guess {number}"}
                statuses.append((await browser(limited).post("/v1/invites/accept", json=guess)).status_code)
            assert (await attacker.delete(f"/v1/invites/{invited['id']}")).status_code == 204
        login = await browser(limited).post("/v1/auth/login", json={"email": email.upper(), "password": PASSWORD})
        change = {"current_password": "wrong guess", "new_password": "battery staple horse"}
        changed = await victim.post("/v1/auth/password", json=change)

    assert Counter(statuses) == {401: 10, 429: 30}
    assert statuses[:10] == [401] * 10
    assert (login.status_code, login.json()["code"]) == (429, "rate_limited")
    assert (changed.status_code, changed.json()["code"]) == (429, "rate_limited")


async def test_an_invitation_of_a_new_person_tries_no_password(engines: Engines, app: FastAPI) -> None:
    strict = settings_for(engines, auth_attempts_per_minute=2)
    async with running(strict) as limited:
        owner, _ = await register(limited)
        for _ in range(3):
            invited = (await owner.post("/v1/invites", json={"email": fresh_email(), "role": "viewer"})).json()
            accept = {"token": invited["token"], "password": PASSWORD}
            assert (await browser(limited).post("/v1/invites/accept", json=accept)).status_code == 201


async def test_attempts_from_an_address_are_limited(engines: Engines, app: FastAPI) -> None:
    strict = settings_for(engines, address_attempts_per_minute=5)
    async with running(strict) as limited:
        transport = httpx.ASGITransport(limited, client=("203.0.113.99", 1))
        client = httpx.AsyncClient(transport=transport, base_url=BASE_URL)
        logins = []
        for _ in range(6):
            answer = await client.post("/v1/auth/login", json={"email": fresh_email(), "password": "x"})
            logins.append(answer.status_code)
            move_attempts(engines.postgres._data.parent, 60)
        elsewhere = await browser(limited).post("/v1/auth/login", json={"email": fresh_email(), "password": "x"})

    assert logins == [401] * 5 + [429]
    assert elsewhere.status_code == 401


async def test_attempts_are_forgotten_with_time(engines: Engines, app: FastAPI) -> None:
    database = service(app, Database)
    call = text("SELECT emban_hit(:key, 2, 60, 1) AS taken")
    key = {"key": fresh_email()}

    async def hit() -> bool:
        row = await database.call(call, key)
        return bool(row and row["taken"])

    assert await hit()
    move_attempts(engines.postgres._data.parent, 60)
    assert [await hit() for _ in range(2)] == [True, False]
    move_attempts(engines.postgres._data.parent, -62)
    assert await hit()
    await service(app, Erasure).sweep()
