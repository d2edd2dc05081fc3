"""A report from its run to the mailbox and the receiver: real SMTP, real HTTP, a worker that does the jobs."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pypdf import PdfReader
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

from emban.app.lifespan import start_shared
from emban.app.wiring import wire, wire_worker
from emban.db import Database, RowContext
from emban.db.urls import app_url
from emban.jobs.kinds import RUN_REPORT, Handler
from emban.jobs.run_counts import RunCounts
from emban.jobs.worker import JobWorker
from emban.settings import Settings
from tests.support.control import BASE_URL, TestOrg, make_org, running, service, settings_for
from tests.support.engines import Engines
from tests.support.mail_server import Mailbox, mail_server
from tests.support.receivers import answering, receiving
from tests.support.reports import ReportBench, make_report, runs_of, started
from tests.support.showing import now_utc, publish, store, two_tenants
from tests.support.waiting import PATIENCE_S

PUBLIC = "https://emban.acme.example"


@dataclass(slots=True)
class Acme:
    """An org on an app of its own, with a mailbox and a worker's settings."""

    app: FastAPI
    org: TestOrg
    mailbox: Mailbox
    settings: Settings

    @asynccontextmanager
    async def handlers(self) -> AsyncIterator[Mapping[str, Handler]]:
        """Have the services of a worker process."""
        wiring = wire(self.settings)
        async with AsyncExitStack() as stack:
            await start_shared(wiring, stack)
            yield wire_worker(wiring).handlers

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Have a worker do its jobs until the block ends."""
        async with self.handlers() as handlers:
            worker = JobWorker(app_url(self.settings), handlers, RunCounts(service(self.app, Database)))
            await worker.start()
            try:
                yield
            finally:
                await worker.stop()

    async def run(self, report: dict[str, Any]) -> dict[str, Any]:
        """Ask for a run and return it when it is over."""
        run_id = await started(self.org, report["id"])
        async with self.working():
            return await self.over(report, run_id)

    async def over(self, report: dict[str, Any], run_id: int) -> dict[str, Any]:
        """Wait until a run is over; returns it."""
        path = f"/v1/reports/{report['id']}/runs/{run_id}"
        async with asyncio.timeout(PATIENCE_S):
            while True:
                run: dict[str, Any] = (await self.org["viewer"].get(path)).json()
                if run["finished_at"] is not None:
                    return run
                await asyncio.sleep(0.05)

    async def errors(self, report: dict[str, Any]) -> set[str]:
        """Return why deliveries of a report failed, as the log has it."""
        parameters = {"source": "report", "source_id": report["id"]}
        log = (await self.org["viewer"].get("/v1/deliveries", params=parameters)).json()["items"]
        return {attempt["error"] for attempt in log if not attempt["delivered"]}

    def mail_to(self, address: str) -> EmailMessage:
        """Return the one mail that an address got."""
        (mail,) = [one for one in self.mailbox.messages if one["To"] == address]
        return mail


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as made:
        yield made


@pytest.fixture(scope="module")
async def acme(engines: Engines, settings: Settings, mailbox: Mailbox) -> AsyncIterator[Acme]:
    del settings  # The stores are migrated.
    made = settings_for(
        engines, webhook_allow="127.0.0.1", webhook_waits_s="0,0.01,0.02", smtp_url=mailbox.url, public_url=PUBLIC
    )
    async with running(made) as app:
        org = await make_org(app)
        await store(app, org.id, two_tenants(now_utc()))
        org.made["dashboard"] = await publish(org)
        async with service(app, Database).session(RowContext(task="jobs")) as session:
            await session.execute(text("DELETE FROM procrastinate_jobs"))
        yield Acme(app, org, mailbox, made)
        await org.close()


@pytest.fixture(autouse=True)
def empty_mailbox(mailbox: Mailbox) -> None:
    mailbox.messages.clear()
    mailbox.refusals.clear()


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


async def test_a_run_reaches_every_destination_and_is_delivered(acme: Acme) -> None:
    async with receiving(answering()) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/reports?key=1"
        both = ["ada@acme.example", "bob@acme.example"]
        report = await make_report(
            acme.org, acme.org.made["dashboard"], name="Bericht für Ada", email_to=both, webhook_url=url
        )
        run = await acme.run(report)
        (request,) = receiver.requests
    assert (run["status"], run["error"]) == ("delivered", None)
    assert {one["status"] for one in run["deliveries"]} == {"delivered"}
    path = f"/v1/reports/{report['id']}/runs/{run['id']}/artifact"
    artifact = await acme.org["viewer"].get(path)
    assert request.body == artifact.content
    assert request.headers["content-type"] == artifact.headers["content-type"] == "text/csv; charset=utf-8"
    assert request.headers["x-emban-report-id"] == str(report["id"])
    assert request.headers["x-emban-report-name"] == "Bericht%20f%C3%BCr%20Ada"
    assert request.headers["x-emban-report-run"] == str(run["id"])
    for address in both:
        mail = acme.mail_to(address)
        (file,) = mail.iter_attachments()
        assert file.get_payload(decode=True) == artifact.content
        assert str(mail["Subject"]).startswith("Bericht für Ada")
        assert both[1 - both.index(address)] not in mail.as_string()


async def test_mail_and_pdf_say_the_figures_of_the_page(acme: Acme) -> None:
    report = await make_report(
        acme.org, acme.org.made["dashboard"], name="Figures", format="pdf", tenant_id="customer_1"
    )
    await acme.run(report)
    (mail,) = acme.mailbox.messages
    # Ten events of the tenant, and none in the days before.
    assert mail["Subject"] == "Figures: Calls 10 (new)"
    (file,) = mail.iter_attachments()
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    pages = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    for said in ("Usage", "Last 7 days", "customer_1"):
        assert said in pages
        assert said in part(mail, "plain")
        assert said in part(mail, "html")
    assert "Calls: 10 (new vs" in part(mail, "plain")
    assert file.get_content_type() == "application/pdf"
    assert str(file.get_filename()).startswith("Usage 2")
    assert str(file.get_filename()).endswith(".pdf")


async def test_the_webhook_is_signed_by_the_orgs_secret(acme: Acme) -> None:
    secret = (await acme.org["admin"].post("/v1/org/webhook-secret")).json()["secret"]
    async with receiving(answering()) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        run = await acme.run(await make_report(acme.org, acme.org.made["dashboard"], email_to=[], webhook_url=url))
        (request,) = receiver.requests
    assert request.headers["webhook-id"] == run["deliveries"][0]["id"]
    # A file is signed as it is: the standard library verifies it, and reads JSON, which a file is not.
    with pytest.raises(ValueError, match="Expecting value"):
        Webhook(secret).verify(request.body, request.headers)


async def test_all_that_is_due_at_once_is_delivered_and_a_small_org_is_not_last(acme: Acme, settings: Settings) -> None:
    small = await make_org(acme.app, roles=("viewer", "admin"))
    dashboards = {acme.org.id: acme.org.made["dashboard"], small.id: await publish(small)}
    bench = ReportBench.of(acme.app, settings)
    made: dict[str, list[dict[str, Any]]] = {}
    for org, number in ((acme.org, 20), (small, 3)):
        made[org.id] = [
            await make_report(org, dashboards[org.id], email_to=[f"due-{n}@{org.id[-8:]}.example"])
            for n in range(number)
        ]
        for report in made[org.id]:
            await bench.make_due(org.id, report["id"], now_utc() - timedelta(minutes=1))
    await bench.clock.claim()
    ended: dict[str, list[str]] = {}
    async with acme.working():
        for org in (acme.org, small):
            there = replace(acme, org=org)
            runs = [await there.over(one, (await runs_of(org, one["id"]))[0]["id"]) for one in made[org.id]]
            assert {run["status"] for run in runs} == {"delivered"}
            ended[org.id] = sorted(run["finished_at"] for run in runs)
    await small.close()
    due = [mail for mail in acme.mailbox.messages if str(mail["To"]).startswith("due-")]
    assert len(due) == len({str(mail["To"]) for mail in due}) == 23
    assert ended[small.id][-1] < ended[acme.org.id][-1]


async def test_a_refused_webhook_is_not_tried_again_and_the_run_is_partly_delivered(acme: Acme) -> None:
    async with receiving(answering(500)) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        run = await acme.run(await make_report(acme.org, acme.org.made["dashboard"], webhook_url=url))
        assert len(receiver.requests) == 1
    assert (run["status"], run["error"]) == ("partly_delivered", "1 of 2 destinations did not get it")
    assert {one["channel"]: one["status"] for one in run["deliveries"]} == {"email": "delivered", "webhook": "failed"}


async def test_a_run_that_nobody_gets_has_failed(acme: Acme) -> None:
    acme.mailbox.refusals["ada@acme.example"] = ["550 no such user"]
    run = await acme.run(await make_report(acme.org, acme.org.made["dashboard"]))
    assert (run["status"], run["error"]) == ("failed", "1 of 1 destinations did not get it")
    assert run["artifact"] is True


async def test_a_run_is_delivered_once_a_receiver_took_it_on_somebodys_word(acme: Acme) -> None:
    async with receiving(answering(500)) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        report = await make_report(acme.org, acme.org.made["dashboard"], email_to=[], webhook_url=url)
        run = await acme.run(report)
        port = receiver.port
    assert run["status"] == "failed"
    log = (await acme.org["viewer"].get("/v1/webhook-deliveries")).json()["items"]
    async with receiving(answering(), port=port):
        again = await acme.org["admin"].post(f"/v1/webhook-deliveries/{log[0]['id']}/redeliver")
    assert again.status_code == 200, again.text
    (after,) = await runs_of(acme.org, report["id"])
    assert (after["status"], after["error"]) == ("delivered", None)


async def test_the_link_of_a_mail_takes_its_address_off(acme: Acme) -> None:
    report = await make_report(acme.org, acme.org.made["dashboard"], email_to=["ada@acme.example", "bob@acme.example"])
    await acme.run(report)
    mail = acme.mail_to("ada@acme.example")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(mail["List-Unsubscribe"]).strip("<>")
    assert address.startswith(f"{PUBLIC}/reports/unsubscribe/")
    assert address in part(mail, "html")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(acme.app), base_url=BASE_URL) as stranger:
        done = await stranger.post(address.removeprefix(PUBLIC), data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    acme.mailbox.messages.clear()
    await acme.run(report)
    assert [one["To"] for one in acme.mailbox.messages] == ["bob@acme.example"]


async def test_who_left_between_the_run_and_its_mail_gets_none(acme: Acme) -> None:
    report = await make_report(acme.org, acme.org.made["dashboard"], email_to=["ada@acme.example", "bob@acme.example"])
    run_id = await started(acme.org, report["id"])
    async with acme.handlers() as handlers:
        await handlers[RUN_REPORT.name](acme.org.id, {"run_id": run_id})
    body = {**{name: report[name] for name in ("name", "dashboard_id", "schedule_kind", "hour", "format")}}
    await acme.org["admin"].put(f"/v1/reports/{report['id']}", json={**body, "email_to": ["bob@acme.example"]})
    async with acme.working():
        run = await acme.over(report, run_id)
    assert run["status"] == "partly_delivered"
    assert [one["To"] for one in acme.mailbox.messages] == ["bob@acme.example"]
    assert await acme.errors(report) == {"this address was taken off the report"}


async def test_a_domain_that_is_allowed_no_more_gets_no_mail(acme: Acme) -> None:
    report = await make_report(acme.org, acme.org.made["dashboard"], email_to=["ada@acme.example", "eve@evil.example"])
    await acme.org["admin"].patch("/v1/org", json={"allowed_recipient_domains": ["acme.example"]})
    run = await acme.run(report)
    await acme.org["admin"].patch("/v1/org", json={"allowed_recipient_domains": []})
    assert run["status"] == "partly_delivered"
    assert [one["To"] for one in acme.mailbox.messages] == ["ada@acme.example"]
    assert await acme.errors(report) == {"the org does not allow mail to this domain"}


async def test_a_report_without_events_says_so(acme: Acme) -> None:
    quiet = await make_org(acme.app, roles=("viewer", "admin"))
    report = await make_report(quiet, await publish(quiet), name="Quiet")
    run_id = await started(quiet, report["id"])
    async with acme.working():
        run = await Acme(acme.app, quiet, acme.mailbox, acme.settings).over(report, run_id)
    await quiet.close()
    assert run["status"] == "delivered"
    (mail,) = [one for one in acme.mailbox.messages if str(one["Subject"]).startswith("Quiet")]
    assert mail["Subject"] == "Quiet: There is nothing in this period"
    assert "There is nothing in this period." in part(mail, "plain")


async def test_a_file_too_large_for_a_mail_is_a_link_that_needs_no_login(acme: Acme, engines: Engines) -> None:
    made = settings_for(engines, smtp_url=acme.mailbox.url, public_url=PUBLIC, mail_max_mb=0)
    small = Acme(acme.app, acme.org, acme.mailbox, made)
    report = await make_report(acme.org, acme.org.made["dashboard"])
    run = await small.run(report)
    (mail,) = acme.mailbox.messages
    assert list(mail.iter_attachments()) == []
    (address,) = {word for word in part(mail, "plain").split() if word.startswith(f"{PUBLIC}/reports/files/")}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(acme.app), base_url=BASE_URL) as stranger:
        found = await stranger.get(address.removeprefix(PUBLIC))
        assert len(found.content) == run["bytes"]
        assert found.headers["content-disposition"].startswith('attachment; filename="Usage-')
        async with service(acme.app, Database).for_org(acme.org.id) as session:
            over = text("UPDATE report_artifacts SET expires_at = now() - interval '1 second' WHERE run_id = :id")
            await session.execute(over, {"id": run["id"]})
        assert (await stranger.get(address.removeprefix(PUBLIC))).status_code == 404
