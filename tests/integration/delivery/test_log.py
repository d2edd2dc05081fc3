"""The log of deliveries over the API: who sees what, and sending a webhook once more."""

from __future__ import annotations

from fastapi import FastAPI
from sqlalchemy import text

from emban.delivery.messages import WebhookContent
from tests.support.control import TestOrg, audit_rows, machine, make_org
from tests.support.deliveries import Post, new_message
from tests.support.receivers import answering, receiving


async def confined_key(app: FastAPI, org: TestOrg) -> str:
    body = {"label": "dev", "scope": "admin", "environment": "dev", "environment_only": True}
    answer = await org["owner"].post("/v1/api-keys", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


async def test_a_row_says_what_happened_and_nothing_secret(post: Post, fresh_org: TestOrg) -> None:
    async with receiving(answering(401, b"no such token: hunter2\r\nbye")) as receiver:
        message = new_message(fresh_org, f"http://127.0.0.1:{receiver.port}/in?hunter2", source_name="Errors")
        sent = await post.services.delivery.send_now(message)
    answer = await fresh_org["viewer"].get("/v1/deliveries")

    (row,) = answer.json()["items"]
    assert "hunter2" not in answer.text
    assert row == {
        "id": sent.id,
        "message_id": receiver.requests[0].headers["webhook-id"],
        "at": row["at"],
        "channel": "webhook",
        "source": "alert",
        "source_id": message.source_id,
        "source_name": "Errors",
        "attempt": 1,
        "final": True,
        "delivered": False,
        "url": f"http://127.0.0.1:{receiver.port}/in",
        "address": None,
        "status_code": 401,
        "ms": row["ms"],
        "error": "the receiver answered 401",
        "answer": "no such token: … bye",
        "request_id": receiver.requests[0].headers["x-request-id"],
    }


async def test_pages_and_filters(post: Post, fresh_org: TestOrg) -> None:
    delivery = post.services.delivery
    async with receiving(answering()) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        post.source.content = WebhookContent(b"a", "text/csv")
        sources = ("alert", "report", "alert")
        made = [await delivery.send_now(new_message(fresh_org, url, source=source)) for source in sources]
        made.append(await delivery.send_now(new_message(fresh_org, "ada@acme.example")))
    viewer = fresh_org["viewer"]

    async def ids(path: str, **params: object) -> list[int]:
        answer = await viewer.get(path, params={name: str(value) for name, value in params.items()})
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    all_ids = [one.id for one in reversed(made)]
    assert await ids("/v1/deliveries") == all_ids
    assert await ids("/v1/webhook-deliveries") == all_ids[1:]
    assert await ids("/v1/deliveries", channel="email") == all_ids[:1]
    assert await ids("/v1/deliveries", channel="webhook", source="report") == [made[1].id]
    assert await ids("/v1/deliveries", source_id=made[2].source_id) == [made[2].id]
    assert await ids("/v1/webhook-deliveries", source="alert", source_id=made[1].source_id) == []
    first = (await viewer.get("/v1/deliveries", params={"limit": 3})).json()
    second = (await viewer.get("/v1/deliveries", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + second["items"]] == all_ids
    assert second["next_cursor"] is None
    for bad in ({"channel": "fax"}, {"source": "x"}, {"source_id": "0"}, {"source_id": str(2**63)}, {"cursor": "x"}):
        assert (await viewer.get("/v1/deliveries", params=bad)).status_code == 400, bad
    not_ours = (await viewer.get("/v1/members", params={"limit": 1})).json()["next_cursor"]
    assert (await viewer.get("/v1/deliveries", params={"cursor": not_ours})).json()["code"] == "bad_cursor"


async def test_each_org_and_environment_sees_its_own(api: FastAPI, post: Post, fresh_org: TestOrg) -> None:
    stranger = await make_org(api, roles=("owner",))
    dev = machine(api, await confined_key(api, fresh_org))
    async with receiving(answering()) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        prod = await post.services.delivery.send_now(new_message(fresh_org, url))
        test = await post.services.delivery.send_now(new_message(fresh_org, url, environment="dev"))

        seen = {
            "viewer": [item["id"] for item in (await fresh_org["viewer"].get("/v1/deliveries")).json()["items"]],
            "dev": [item["id"] for item in (await dev.get("/v1/webhook-deliveries")).json()["items"]],
            "stranger": (await stranger["owner"].get("/v1/deliveries")).json()["items"],
        }
        assert seen == {"viewer": [prod.id], "dev": [test.id], "stranger": []}
        again = {
            "stranger": await stranger["owner"].post(f"/v1/webhook-deliveries/{prod.id}/redeliver"),
            "dev": await dev.post(f"/v1/webhook-deliveries/{prod.id}/redeliver"),
            "prod": await fresh_org["admin"].post(f"/v1/webhook-deliveries/{test.id}/redeliver"),
        }
        assert {name: answer.status_code for name, answer in again.items()} == dict.fromkeys(again, 404)
        assert (await dev.post(f"/v1/webhook-deliveries/{test.id}/redeliver")).status_code == 200
        assert (await dev.post("/v1/org/webhook-secret")).json()["code"] == "key_confined"
    assert len(receiver.requests) == 3
    await stranger.close()


async def test_a_redelivery_sends_the_same_under_the_same_id(api: FastAPI, post: Post, fresh_org: TestOrg) -> None:
    async with receiving(answering(500)) as receiver:
        failed = await post.services.delivery.send_now(
            new_message(fresh_org, f"http://127.0.0.1:{receiver.port}/a?b=c")
        )
        port = receiver.port
    async with receiving(answering(200), port=port) as mended:
        answer = await fresh_org["admin"].post(
            f"/v1/webhook-deliveries/{failed.id}/redeliver", headers={"x-request-id": "from-a-person"}
        )

    assert answer.status_code == 200, answer.text
    row = answer.json()
    (before,), (after,) = receiver.requests, mended.requests
    assert (after.path, after.body) == (before.path, before.body)
    assert after.headers["webhook-id"] == before.headers["webhook-id"] == row["message_id"]
    assert (row["attempt"], row["delivered"], row["final"], row["status_code"]) == (2, True, True, 200)
    assert row["request_id"] == after.headers["x-request-id"] == "from-a-person"
    (audited,) = [one for one in await audit_rows(api, fresh_org.id) if one["action"] == "webhook.redeliver"]
    assert audited["entity_id"] == str(failed.id)
    assert post.source.settled_as[-1] == (row["message_id"], "delivered")


async def test_what_cannot_be_sent_again(api: FastAPI, post: Post, fresh_org: TestOrg) -> None:
    post.source.content = WebhookContent(b"%PDF", "application/pdf")
    async with receiving(answering()) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        report = await post.services.delivery.send_now(new_message(fresh_org, url, source="report", body=None))
        mail = await post.services.delivery.send_now(new_message(fresh_org, "ada@acme.example"))
        post.source.content = None  # The file's time is over.
        gone = await fresh_org["admin"].post(f"/v1/webhook-deliveries/{report.id}/redeliver")
        others = [
            await fresh_org["admin"].post(f"/v1/webhook-deliveries/{name}/redeliver")
            for name in (mail.id, 2**63 - 1, 2**63, 0, "x", "-1", "¹")
        ]

    assert (gone.status_code, gone.json()["code"]) == (409, "body_gone")
    assert [answer.status_code for answer in others] == [404] * 7
    assert len(receiver.requests) == 1


async def test_the_log_outlives_its_rule(post: Post, fresh_org: TestOrg) -> None:
    async with post.database.for_org(fresh_org.id) as session:
        alert = (await session.execute(_ALERT, {"org": fresh_org.id})).scalar_one()
        event = (await session.execute(_EVENT, {"org": fresh_org.id, "alert": alert})).scalar_one()
    async with receiving(answering()) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        sent = await post.services.delivery.send_now(new_message(fresh_org, url, source_id=alert, alert_event_id=event))
    async with post.database.for_org(fresh_org.id) as session:
        await session.execute(text("DELETE FROM alerts WHERE id = :id"), {"id": alert})

    rows = (await fresh_org["viewer"].get("/v1/deliveries", params={"source_id": alert})).json()["items"]
    assert [row["id"] for row in rows] == [sent.id]
    assert rows[0]["source_name"] == "Errors"


async def test_an_orgs_log_goes_with_the_org(app: FastAPI, post: Post) -> None:
    org = await make_org(app, roles=("owner",))
    async with receiving(answering()) as receiver:
        await post.services.delivery.send_now(new_message(org, f"http://127.0.0.1:{receiver.port}/"))
    assert (await org["owner"].delete("/v1/org")).status_code == 204

    left = {}
    for table in ("outbound_messages", "delivery_attempts", "webhook_secrets"):
        async with post.database.for_org(org.id) as session:
            left[table] = (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
    assert set(left.values()) == {0}
    await org.close()


_ALERT = text(
    "INSERT INTO alerts (org_id, environment, name, widget_id, condition_type, lookback_minutes, for_minutes, "
    "cooldown_minutes, notify_resolved, email_to, enabled, state, remembered, unanswered, created_by, created_at, "
    "updated_at) VALUES (:org, 'prod', 'Errors', 'w_1', 'no_data', 60, 0, 60, false, '[]', true, 'ok', 'ok', 0, 'a', "
    "now(), now()) RETURNING id"
)
_EVENT = text(
    "INSERT INTO alert_events (org_id, alert_id, at, state, window_from, window_to) "
    "VALUES (:org, :alert, now(), 'firing', now(), now()) RETURNING id"
)
