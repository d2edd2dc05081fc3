"""Webhooks of alerts and reports: signed, tried again, written down; real receivers, the real queue and worker."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from emban.delivery.messages import WebhookContent
from tests.support.control import TestOrg, audit_rows, settings_for
from tests.support.deliveries import Post, make_post, new_message
from tests.support.engines import Engines
from tests.support.receivers import Answer, Conversation, answering, receiving

BODY = '{"alert_id": 7, "name": "Fehlerfälle"}'


def in_turn(*statuses: int) -> Answer:
    """Answer with these statuses one after the other."""
    waiting = list(statuses)

    async def answer(talk: Conversation) -> None:
        await answering(waiting.pop(0), b"not now")(talk)

    return answer


async def secret_of(org: TestOrg) -> str:
    answer = await org["admin"].post("/v1/org/webhook-secret")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["secret"])


async def test_a_message_arrives_signed_so_that_the_standard_library_takes_it(post: Post, fresh_org: TestOrg) -> None:
    secret = await secret_of(fresh_org)
    async with receiving(answering(204, b"")) as receiver:
        message = await post.add(fresh_org, f"http://127.0.0.1:{receiver.port}/in?token=hunter2")
        await post.settle(fresh_org, message)

    (request,) = receiver.requests
    assert (request.method, request.path, request.body.decode()) == ("POST", "/in?token=hunter2", BODY)
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == message
    assert Webhook(secret).verify(request.body, request.headers)["alert_id"] == 7
    (attempt,) = await post.attempts(fresh_org, message)
    assert (attempt.attempt, attempt.final, attempt.status_code, attempt.error) == (1, True, 204, None)
    assert attempt.destination == f"http://127.0.0.1:{receiver.port}/in"
    assert attempt.request_id == request.headers["x-request-id"]
    assert (await post.row(fresh_org, message)).status == "delivered"
    assert post.source.settled_as == [(message, "delivered")]


async def test_a_message_leaves_with_the_transaction_that_causes_it(post: Post, fresh_org: TestOrg) -> None:
    async with receiving(answering()) as receiver:
        async with post.database.for_org(fresh_org.id) as session:
            url = f"http://127.0.0.1:{receiver.port}/"
            gone = await post.services.outbox.add(session, new_message(fresh_org, url))
            await session.rollback()
        sent = await post.add(fresh_org, url)
        await post.settle(fresh_org, sent)

    assert [request.headers["webhook-id"] for request in receiver.requests] == [sent]
    assert gone != sent


async def test_a_failure_is_tried_again_with_the_same_id_and_body(post: Post, fresh_org: TestOrg) -> None:
    secret = await secret_of(fresh_org)
    async with receiving(in_turn(500, 302, 200)) as receiver:
        message = await post.add(fresh_org, f"http://127.0.0.1:{receiver.port}/")
        await post.settle(fresh_org, message)

    assert [request.headers["webhook-id"] for request in receiver.requests] == [message] * 3
    assert {request.body.decode() for request in receiver.requests} == {BODY}
    assert all(Webhook(secret).verify(request.body, request.headers) for request in receiver.requests)
    rows = await post.attempts(fresh_org, message)
    assert [(row.attempt, row.final, row.status_code) for row in rows] == [
        (1, False, 500),
        (2, False, 302),
        (3, True, 200),
    ]
    assert rows[0].error == "the receiver answered 500"
    assert rows[0].answer == "not now"
    assert len({row.request_id for row in rows}) == 3


async def test_it_is_given_up_after_the_last_attempt(post: Post, fresh_org: TestOrg) -> None:
    async with receiving(answering(500)) as receiver:
        message = await post.add(fresh_org, f"http://127.0.0.1:{receiver.port}/")
        await post.settle(fresh_org, message)

    assert len(receiver.requests) == 3
    assert [row.final for row in await post.attempts(fresh_org, message)] == [False, False, True]
    assert (await post.row(fresh_org, message)).status == "failed"
    assert await post.waiting() == []
    assert post.source.settled_as == [(message, "failed")]


async def test_waits_are_those_of_the_setting_and_by_the_databases_clock(
    post: Post, fresh_org: TestOrg, engines: Engines
) -> None:
    slow = make_post(post.app, settings_for(engines, webhook_allow="127.0.0.1"))
    async with receiving(answering(500)) as receiver:
        message = await slow.add(fresh_org, f"http://127.0.0.1:{receiver.port}/")
        due = []
        for _ in range(3):
            (job,) = await slow.waiting()
            due.append(float(job.due_in_s))
            await slow.forget_jobs()
            await slow.services.delivery.run(fresh_org.id, job.args)
        assert await slow.waiting() == []

    assert [due[0] <= 0, 0 < due[1] <= 30, 30 < due[2] <= 120] == [True, True, True]
    assert (await slow.row(fresh_org, message)).attempts == 3


async def test_a_reports_file_is_sent_once_with_its_headers(post: Post, fresh_org: TestOrg) -> None:
    secret = await secret_of(fresh_org)
    headers = {"X-Emban-Report-Id": "9", "X-Emban-Report-Name": "W%C3%B6chentlich", "X-Emban-Report-Run": "12"}
    post.source.content = WebhookContent("a,b\n1,ü\n".encode(), "text/csv; charset=utf-8", headers)
    async with receiving(answering(500)) as receiver:
        message = await post.add(fresh_org, f"http://127.0.0.1:{receiver.port}/", source="report", body=None)
        await post.settle(fresh_org, message)

    (request,) = receiver.requests
    assert request.body == post.source.content.body
    assert {name: request.headers[name.lower()] for name in headers} == headers
    assert request.headers["content-type"] == "text/csv; charset=utf-8"
    Webhook(secret).verify(request.body, request.headers, json_parse=False)
    (row,) = await post.attempts(fresh_org, message)
    assert (row.attempt, row.final, row.status_code) == (1, True, 500)


async def test_an_address_is_checked_at_each_attempt(post: Post, fresh_org: TestOrg, engines: Engines) -> None:
    strict = make_post(post.app, settings_for(engines, webhook_waits_s="0"))
    async with receiving(answering()) as receiver:
        message = await strict.add(fresh_org, f"http://127.0.0.1:{receiver.port}/")
        await strict.settle(fresh_org, message)

    assert receiver.connections == 0
    (row,) = await strict.attempts(fresh_org, message)
    assert row.error == "refused: the address must not be a loopback address"


async def test_a_worker_killed_after_sending_sends_again_and_no_more(post: Post, fresh_org: TestOrg) -> None:
    async def never(talk: Conversation) -> None:
        await asyncio.Event().wait()

    async with receiving(never) as receiver:
        message = await post.add(fresh_org, f"http://127.0.0.1:{receiver.port}/")
        first = asyncio.create_task(post.services.delivery.run(fresh_org.id, {"message_id": message}))
        while not receiver.requests:  # noqa: ASYNC110 - the receiver sets no event for it
            await asyncio.sleep(0.01)
        first.cancel()  # As SIGKILL: nothing of what would have followed is written.
        await asyncio.wait([first])
        port = receiver.port
    assert await post.attempts(fresh_org, message) == []
    async with receiving(answering(), port=port) as again:
        await post.settle(fresh_org, message)

    assert [one.headers["webhook-id"] for one in (*receiver.requests, *again.requests)] == [message] * 2
    assert len(await post.attempts(fresh_org, message)) == 1


async def test_two_workers_at_one_message_add_one_next_attempt(post: Post, fresh_org: TestOrg) -> None:
    both = asyncio.Event()

    async def together(talk: Conversation) -> None:
        if len(talk.receiver.requests) == 2:
            both.set()
        await both.wait()
        await answering(500)(talk)

    async with receiving(together) as receiver:
        message = await post.add(fresh_org, f"http://127.0.0.1:{receiver.port}/")
        await post.forget_jobs()
        job = {"message_id": message}
        await asyncio.gather(*(post.services.delivery.run(fresh_org.id, job) for _ in range(2)))

    assert [row.attempt for row in await post.attempts(fresh_org, message)] == [1, 2]
    assert [one.args["message_id"] for one in await post.waiting()] == [message]


async def test_a_job_done_twice_sends_once(post: Post, fresh_org: TestOrg) -> None:
    async with receiving(answering()) as receiver:
        message = await post.add(fresh_org, f"http://127.0.0.1:{receiver.port}/")
        for _ in range(2):
            await post.services.delivery.run(fresh_org.id, {"message_id": message})

    assert len(receiver.requests) == 1


async def test_a_job_of_another_org_or_of_nothing_does_nothing(
    post: Post, fresh_org: TestOrg, other_org: TestOrg
) -> None:
    async with receiving(answering()) as receiver:
        message = await post.add(fresh_org, f"http://127.0.0.1:{receiver.port}/")
        await post.services.delivery.run(other_org.id, {"message_id": message})
        await post.services.delivery.run(fresh_org.id, {"message_id": "msg_nothing"})

    assert receiver.requests == []
    assert (await post.row(fresh_org, message)).status == "pending"


async def test_a_composers_mistake_is_a_failed_attempt(post: Post, fresh_org: TestOrg) -> None:
    post.source.broken = True
    message = await post.add(fresh_org, "http://127.0.0.1:9/", body=None)
    await post.settle(fresh_org, message)

    rows = await post.attempts(fresh_org, message)
    assert [row.error for row in rows] == ["the message could not be put together"] * 3


async def test_a_test_is_sent_at_once_and_once(post: Post, fresh_org: TestOrg) -> None:
    async with receiving(in_turn(500, 200)) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        failed = await post.services.delivery.send_now(new_message(fresh_org, url, test=True))
        worked = await post.services.delivery.send_now(new_message(fresh_org, url, test=True))

    assert (failed.delivered, failed.final, failed.status_code) == (False, True, 500)
    assert (worked.delivered, worked.final, worked.status_code) == (True, True, 200)
    assert await post.waiting() == []
    listed = (await fresh_org["viewer"].get("/v1/deliveries")).json()["items"]
    assert [item["id"] for item in listed] == [worked.id, failed.id]


async def test_both_secrets_sign_for_a_day_after_a_rotation(post: Post, fresh_org: TestOrg) -> None:
    first, second = await secret_of(fresh_org), await secret_of(fresh_org)
    async with receiving(answering()) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        await post.settle(fresh_org, await post.add(fresh_org, url))
        async with post.database.for_org(fresh_org.id) as session:
            await session.execute(text("UPDATE webhook_secrets SET retired_at = retired_at - interval '24 hours'"))
        await post.settle(fresh_org, await post.add(fresh_org, url))

    during, after = receiver.requests
    for secret in (first, second):
        Webhook(secret).verify(during.body, during.headers)
    Webhook(second).verify(after.body, after.headers)
    assert [len(one.headers["webhook-signature"].split(" ")) for one in (during, after)] == [2, 1]
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(first).verify(after.body, after.headers)


async def test_orgs_have_secrets_of_their_own(post: Post, fresh_org: TestOrg, other_org: TestOrg) -> None:
    theirs, own = await secret_of(other_org), await secret_of(fresh_org)
    async with receiving(answering()) as receiver:
        await post.settle(fresh_org, await post.add(fresh_org, f"http://127.0.0.1:{receiver.port}/"))

    assert theirs != own
    (request,) = receiver.requests
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(theirs).verify(request.body, request.headers)


async def test_a_rotation_is_audited_without_the_secret(post: Post, fresh_org: TestOrg) -> None:
    secret = await secret_of(fresh_org)
    rows = [row for row in await audit_rows(post.app, fresh_org.id) if row["action"] == "webhook_secret.rotate"]
    stored = await post.rows(fresh_org, "SELECT * FROM webhook_secrets", {})

    assert len(rows) == 1
    assert secret.removeprefix("whsec_") not in str(rows) + str(stored)


async def test_more_secrets_than_fit_into_a_header_are_refused(fresh_org: TestOrg) -> None:
    for _ in range(8):
        await secret_of(fresh_org)
    answer = await fresh_org["admin"].post("/v1/org/webhook-secret")

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
