"""Members, roles by rank, invitations, several orgs."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from fastapi import FastAPI
from sqlalchemy import text

from emban.db import Database
from emban.db.urls import owner_url
from emban.settings import Settings
from tests.support.control import (
    PASSWORD,
    TestOrg,
    browser,
    connected,
    fresh_email,
    join,
    make_org,
    register,
    running,
    service,
    settings_for,
)
from tests.support.engines import Engines


@pytest.mark.parametrize(
    ("caller", "target", "role", "status"),
    [
        ("admin", "viewer", "editor", 200),
        ("admin", "editor", "admin", 200),
        ("admin", "viewer", "owner", 403),
        ("owner", "viewer", "owner", 403),
        ("admin", "owner", "viewer", 403),
        ("owner", "owner", "admin", 403),
        ("admin_key", "viewer", "editor", 200),
        ("editor", "viewer", "editor", 403),
        ("admin", "viewer", "king", 400),
    ],
)
async def test_roles_change_by_rank(app: FastAPI, caller: str, target: str, role: str, status: int) -> None:
    org = await make_org(app)
    answer = await org[caller].patch(f"/v1/members/{org.user_ids[target]}", json={"role": role})

    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["role"] == role


@pytest.mark.parametrize(("caller", "target", "status"), [("admin", "owner", 403), ("admin", "viewer", 204)])
async def test_members_are_removed_by_rank(fresh_org: TestOrg, caller: str, target: str, status: int) -> None:
    answer = await fresh_org[caller].delete(f"/v1/members/{fresh_org.user_ids[target]}")

    assert answer.status_code == status


async def test_a_role_change_holds_at_the_next_request(fresh_org: TestOrg) -> None:
    assert (await fresh_org["editor"].get("/v1/saved-queries")).status_code == 200
    await fresh_org["owner"].patch(f"/v1/members/{fresh_org.user_ids['editor']}", json={"role": "viewer"})
    assert (await fresh_org["editor"].get("/v1/saved-queries")).status_code == 403


async def test_an_invitation_without_mail_is_a_link_and_says_so(fresh_org: TestOrg) -> None:
    answer = await fresh_org["admin"].post("/v1/invites", json={"email": fresh_email(), "role": "viewer"})
    body = answer.json()

    assert answer.status_code == 201
    assert body["token"] in body["accept_url"]
    assert body["emailed"] is False
    assert "EMBAN_SMTP_URL" in body["notice"]
    listed = (await fresh_org["admin"].get("/v1/invites")).json()["items"]
    assert [item["id"] for item in listed] == [body["id"]]
    assert body["token"] not in str(listed)


async def test_who_is_a_member_or_invited_is_not_invited_again(fresh_org: TestOrg) -> None:
    email = fresh_email()
    first = await fresh_org["owner"].post("/v1/invites", json={"email": email, "role": "viewer"})
    again = await fresh_org["owner"].post("/v1/invites", json={"email": email.upper(), "role": "viewer"})
    member = await fresh_org["owner"].post("/v1/invites", json={"email": fresh_org.owner_email, "role": "viewer"})

    assert (first.status_code, again.status_code, member.status_code) == (201, 409, 409)
    assert (again.json()["code"], member.json()["code"]) == ("invite_pending", "already_member")


async def test_a_revoked_or_expired_invitation_is_no_use(app: FastAPI, fresh_org: TestOrg) -> None:
    revoked = (await fresh_org["owner"].post("/v1/invites", json={"email": fresh_email(), "role": "viewer"})).json()
    email = fresh_email()
    expired = (await fresh_org["owner"].post("/v1/invites", json={"email": email, "role": "viewer"})).json()
    assert (await fresh_org["owner"].delete(f"/v1/invites/{revoked['id']}")).status_code == 204
    async with service(app, Database).for_org(fresh_org.id) as session:
        await session.execute(text("UPDATE invites SET expires_at = now() - interval '1 second'"))

    for token in (revoked["token"], expired["token"], "made-up"):
        answer = await browser(app).post("/v1/invites/accept", json={"token": token, "password": PASSWORD})
        assert answer.status_code == 404
    again = await fresh_org["owner"].post("/v1/invites", json={"email": email, "role": "viewer"})
    assert again.status_code == 201


async def test_a_person_with_an_account_joins_with_its_password_alone(app: FastAPI, fresh_org: TestOrg) -> None:
    client, registered = await register(app, "Own")
    email = registered["user"]["email"]
    invited = (await fresh_org["owner"].post("/v1/invites", json={"email": email, "role": "editor"})).json()

    wrong = await browser(app).post(
        "/v1/invites/accept", json={"token": invited["token"], "password": "not the password"}
    )
    right = await client.post("/v1/invites/accept", json={"token": invited["token"], "password": PASSWORD})

    assert (wrong.status_code, right.status_code) == (401, 201)
    assert right.json()["org"]["id"] == fresh_org.id
    assert (await client.get("/v1/auth/me")).json()["role"] == "editor"
    orgs = (await client.get("/v1/auth/orgs")).json()["items"]
    assert {(org["name"], org["role"], org["current"]) for org in orgs} == {
        ("Own", "owner", False),
        ("Acme", "editor", True),
    }
    back = await client.post("/v1/auth/switch-org", json={"org_id": registered["org"]["id"]})
    assert back.status_code == 200
    assert (await client.get("/v1/auth/me")).json()["org"]["name"] == "Own"


async def test_tokens_are_stored_hashed(app: FastAPI, fresh_org: TestOrg, engines: Engines) -> None:
    invited = (await fresh_org["owner"].post("/v1/invites", json={"email": fresh_email(), "role": "viewer"})).json()
    secrets = (invited["token"], fresh_org.raw_admin_key, fresh_org["owner"].cookies["emban_session"], PASSWORD)
    with connected(owner_url(service(app, Settings))) as connection:
        tables = connection.execute(text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
        for (table,) in tables.all():
            kind = connection.scalar(text("SELECT relkind FROM pg_class WHERE relname = :name"), {"name": table})
            if kind == "r":
                rows = str(connection.execute(text(f"SELECT * FROM {table}")).all())
                assert not any(secret in rows for secret in secrets), table


class Mailbox(MessageHandler):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.messages.append(message)


@pytest.fixture
def mail_server() -> Iterator[tuple[Mailbox, str]]:
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


async def test_an_invitation_is_mailed(engines: Engines, app: FastAPI, mail_server: tuple[Mailbox, str]) -> None:
    mailbox, url = mail_server
    made = settings_for(engines, smtp_url=url, smtp_from="Emban <hello@acme.example>", public_url="https://a.example")
    async with running(made) as mailing:
        owner, _ = await register(mailing, "Acmé")
        answer = await owner.post("/v1/invites", json={"email": fresh_email(), "role": "viewer"})
        body = answer.json()

    assert body["emailed"] is True
    (message,) = mailbox.messages
    assert message["To"] == body["email"]
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in message.walk()}
    for kind in ("text/plain", "text/html"):
        text = parts[kind]
        assert isinstance(text, bytes)
        assert body["accept_url"] in text.decode()
    assert body["accept_url"].startswith("https://a.example/app/accept-invite?token=")


async def test_mail_that_cannot_be_sent_loses_no_invitation(engines: Engines, app: FastAPI) -> None:
    async with running(settings_for(engines, smtp_url="smtp://127.0.0.1:1")) as mailing:
        owner, _ = await register(mailing)
        answer = await owner.post("/v1/invites", json={"email": fresh_email(), "role": "viewer"})

    assert answer.status_code == 201
    assert answer.json()["emailed"] is False
    assert "pass the link on" in answer.json()["notice"]


async def test_lists_page(app: FastAPI, fresh_org: TestOrg) -> None:
    for _ in range(3):
        await join(app, fresh_org["owner"], "viewer")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        body = (await fresh_org["viewer"].get("/v1/members", params=query)).json()
        seen += [item["user_id"] for item in body["items"]]
        cursor = body["next_cursor"]
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 7
    for bad in ("x", "AAAA", "WyIyMDI2IiwgInUiXQ"):
        answer = await fresh_org["viewer"].get("/v1/members", params={"cursor": bad})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
    assert (await fresh_org["viewer"].get("/v1/members", params={"limit": "201"})).status_code == 400
