"""Mails of alerts and reports through the outbox: tried again where that may help, and never doubled by a name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from tests.support.control import TestOrg, settings_for
from tests.support.deliveries import Post, make_post
from tests.support.engines import Engines
from tests.support.mail_server import Mailbox, mail_server

ADA = "ada@acme.example"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def mailing(post: Post, app: FastAPI, engines: Engines, mailbox: Mailbox) -> Post:
    """Deliveries with a mail server; `post` empties the queue around it."""
    made = settings_for(
        engines, smtp_url=mailbox.url, smtp_from="Emban <emban@acme.example>", webhook_waits_s="0,0.01,0.02"
    )
    return make_post(post.app, made)


async def test_a_mail_is_delivered_under_the_messages_id(mailing: Post, mailbox: Mailbox, fresh_org: TestOrg) -> None:
    message = await mailing.add(fresh_org, ADA)
    await mailing.settle(fresh_org, message)

    (mail,) = mailbox.messages
    assert (mail["Message-ID"], mail["Subject"]) == (f"<{message}@acme.example>", "Errors: 7")
    (row,) = await mailing.attempts(fresh_org, message)
    assert (row.channel, row.destination, row.status_code, row.error, row.final) == ("email", ADA, 250, None, True)
    assert row.answer == "OK queued as mail-1"
    (item,) = (await fresh_org["viewer"].get("/v1/deliveries")).json()["items"]
    assert (item["address"], item["url"], item["delivered"]) == (ADA, None, True)


@pytest.mark.parametrize("source", ["alert", "report"])
async def test_a_temporary_failure_is_tried_again(
    mailing: Post, mailbox: Mailbox, fresh_org: TestOrg, source: str
) -> None:
    mailbox.refusals = {ADA: ["450 4.2.0 greylisted"], "DATA": ["451 4.3.0 disk is full"]}
    message = await mailing.add(fresh_org, ADA, source=source)
    await mailing.settle(fresh_org, message)

    said = [(row.attempt, row.status_code, row.final) for row in await mailing.attempts(fresh_org, message)]
    assert said == [(1, 450, False), (2, 451, False), (3, 250, True)]
    assert len(mailbox.messages) == 1


async def test_a_refused_recipient_is_final(mailing: Post, mailbox: Mailbox, fresh_org: TestOrg) -> None:
    mailbox.refusals = {ADA: ["550 5.1.1 no such user"]}
    message = await mailing.add(fresh_org, ADA)
    await mailing.settle(fresh_org, message)

    (row,) = await mailing.attempts(fresh_org, message)
    assert (row.status_code, row.final, row.error) == (550, True, "the mail server refused the recipient (550)")
    assert (await mailing.row(fresh_org, message)).status == "failed"


async def test_without_a_server_the_log_says_so(post: Post, fresh_org: TestOrg) -> None:
    message = await post.add(fresh_org, ADA)
    await post.settle(fresh_org, message)

    rows = await post.attempts(fresh_org, message)
    assert [row.error for row in rows] == ["no mail server is configured (EMBAN_SMTP_URL)"] * 3


async def test_an_address_that_is_none_is_given_up(mailing: Post, mailbox: Mailbox, fresh_org: TestOrg) -> None:
    message = await mailing.add(fresh_org, "ada@acme.example\r\nBcc: eve@evil.example", channel="email")
    await mailing.settle(fresh_org, message)

    assert mailbox.envelopes == []
    assert (await mailing.row(fresh_org, message)).status == "failed"
