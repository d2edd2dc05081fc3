"""What alerts send, through a real mail server and to a real receiver; how many statements they ask together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import msgspec
import pytest
from fastapi import FastAPI

from emban.db import Database
from emban.delivery.service import Delivery
from emban.query.run.watermarks import Watermarks
from emban.query.scheduling.scheduler import QueryScheduler
from emban.query.service import QueryService
from emban.scope import Scope
from emban.store.statement import Rows, Statement
from tests.support.alerts import AlertBench, evaluation_of, job, publish
from tests.support.control import TestOrg, make_org, running, service, settings_for
from tests.support.engines import Engines
from tests.support.mail_server import Mailbox, mail_server
from tests.support.receivers import Receiver, answering, receiving


@dataclass(slots=True)
class Outside:
    """An org's alerts, and where they are sent."""

    bench: AlertBench
    mailbox: Mailbox
    receiver: Receiver

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.receiver.port}/in?key=s3cret"

    async def deliver(self) -> None:
        """Send what waits in the outbox, as the jobs do."""
        for message in await self.bench.messages():
            await service(self.bench.app, Delivery).run(self.bench.org.id, {"message_id": message.id})


@pytest.fixture
async def outside(engines: Engines, app: FastAPI) -> AsyncIterator[Outside]:
    del app  # The stores are migrated.
    with mail_server() as mailbox:
        async with receiving(answering(204, b"")) as receiver:
            given = settings_for(engines, smtp_url=mailbox.url, webhook_allow="127.0.0.1")
            async with running(given) as sending:
                org = await make_org(sending)
                bench = AlertBench(sending, org, evaluation_of(sending), await publish(org))
                mailbox.messages.clear()  # The members' invitations.
                yield Outside(bench, mailbox, receiver)
                await org.close()


async def test_a_mail_has_words_numbers_and_a_chart_of_its_own(outside: Outside) -> None:
    bench = outside.bench
    await bench.post([job(minutes, tenant="a") for minutes in (1, 2, 3)])
    await bench.create(tenant_id="a", email_to=["ada@acme.example", "bo@acme.example"])
    await bench.tick()
    await outside.deliver()
    assert [str(mail["To"]) for mail in outside.mailbox.messages] == ["ada@acme.example", "bo@acme.example"]
    mail = outside.mailbox.messages[0]
    assert mail["Subject"] == "Failures is 3, above 2 for a"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Failures is 3, above 2 for a." in plain.get_content()
    (picture,) = (part for part in mail.walk() if part.get_content_type() == "image/png")
    assert picture.get_payload(decode=True)[:4] == b"\x89PNG"  # type: ignore[index]
    assert f"cid:{picture['Content-ID'].strip('<>')}" in html.get_content()
    assert 'src="http' not in html.get_content()


async def test_a_test_is_sent_to_each_destination_and_says_so(outside: Outside) -> None:
    bench = outside.bench
    await bench.post([job(1)])
    alert = await bench.create(webhook_url=outside.url)
    answer = await bench.org["admin"].post(f"/v1/alerts/{alert['id']}/test")
    assert answer.status_code == 200, answer.text
    told = answer.json()["deliveries"]
    assert [(one["channel"], one["delivered"], one["status_code"]) for one in told] == [
        ("webhook", True, 204),
        ("email", True, 250),
    ]
    (request,) = outside.receiver.requests
    body = msgspec.json.decode(request.body)
    assert (body["test"], body["value"], body["state"], body["alert_id"]) == (True, 1.0, "firing", alert["id"])
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= request.headers.keys()
    (mail,) = outside.mailbox.messages
    assert str(mail["Subject"]).startswith("Test: ")
    seen = await bench.read(alert["id"])
    assert (seen["state"], seen["last_fired_at"], await bench.events(alert["id"])) == ("ok", None, [])
    refused = await bench.org["editor"].post(f"/v1/alerts/{alert['id']}/test")
    assert refused.status_code == 403


async def test_a_test_that_nobody_takes_says_why(outside: Outside) -> None:
    bench = outside.bench
    outside.mailbox.refusals["oncall@acme.example"] = ["550 no such user"]
    alert = await bench.create()
    (told,) = (await bench.org["admin"].post(f"/v1/alerts/{alert['id']}/test")).json()["deliveries"]
    assert (told["delivered"], told["final"]) == (False, True)
    assert told["error"]


async def test_a_domain_that_is_allowed_no_more_gets_no_mail(outside: Outside) -> None:
    bench = outside.bench
    await bench.post([job(minutes) for minutes in (1, 2, 3)])
    await bench.create()
    await bench.tick()
    await bench.org["admin"].patch("/v1/org", json={"allowed_recipient_domains": ["elsewhere.example"]})
    await outside.deliver()
    assert outside.mailbox.messages == []
    (message,) = await bench.messages()
    assert message.status == "failed"


@dataclass(slots=True)
class CountingStore:
    """The event store, and how many statements it was asked."""

    real: QueryScheduler
    asked: list[str] = field(default_factory=list)

    async def select(self, scope: Scope, statement: Statement) -> Rows:
        self.asked.append(statement.sql)
        return await self.real.select(scope, statement)


async def test_alerts_of_the_same_rows_and_window_share_statements(app: FastAPI, fresh_org: TestOrg) -> None:
    counting = CountingStore(service(app, QueryScheduler))
    queries = QueryService(counting, Watermarks(service(app, Database)))
    bench = AlertBench(app, fresh_org, evaluation_of(app, queries=queries), await publish(fresh_org))
    await bench.post([job(minutes, cost=0.5) for minutes in (1, 2, 3)])
    for widget_id, value in (("w_failures", 3), ("w_cost", 1.5), ("w_users", 3), ("w_by", 3)):
        for threshold in range(5):
            made = await bench.create(widget_id=widget_id, operator="gte", threshold_value=threshold)
            bench.ids = [*bench.ids[:-1], made["id"]]
        await bench.tick()
        assert (await bench.read(bench.ids[-1]))["last_value"] == value
    counting.asked.clear()
    await bench.tick()
    assert len(bench.ids) == 20
    assert 1 <= len(counting.asked) <= 3, f"{len(counting.asked)} statements for 20 alerts"
