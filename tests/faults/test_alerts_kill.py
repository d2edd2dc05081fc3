"""Alerts while workers are killed: each transition is told once to each destination, by one `webhook-id`."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.support.alerts import FAILURES, job, rule
from tests.support.mail_server import Mailbox, mail_server
from tests.support.receivers import Conversation, Receiver, answering, receiving
from tests.support.serve import Serve, serving

# A connection for each request: on a busy machine one that was kept may be closed by the server as it is used again.
ALONE = httpx.Limits(max_keepalive_connections=0)
WORKERS = 4
AT_ONCE = 16
# A killed worker's jobs are taken up within 60 s; then the rest has to be sent.
PATIENCE_S = 400


@dataclass(slots=True)
class Installation:
    """A running Emban with four workers, and what it sends to."""

    serve: Serve
    receiver: Receiver
    mailbox: Mailbox
    client: httpx.AsyncClient
    dashboard_id: str = ""

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def prepare(self) -> None:
        await self.ask("POST", "/v1/events", {"events": [job(minutes) for minutes in (1, 2, 3)]})
        made = await self.ask(
            "POST", "/v1/dashboards", {"name": "Jobs", "config": {"widgets": [{**FAILURES, "id": "w"}]}}
        )
        self.dashboard_id = made["id"]
        await self.ask("POST", f"/v1/dashboards/{self.dashboard_id}/publish")

    async def make_rules(self, number: int) -> list[int]:
        """Make alerts that fire at once, a few at a time."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def make(index: int) -> int:
            body = rule(
                name=f"rule {index}",
                dashboard_id=self.dashboard_id,
                widget_id="w",
                email_to=[f"oncall-{index}@acme.example"],
                webhook_url=f"http://127.0.0.1:{self.receiver.port}/{index}",
            )
            async with slots:
                found: int = (await self.ask("POST", "/v1/alerts", body))["id"]
            return found

        return list(await asyncio.gather(*(make(index) for index in range(number))))

    async def all_told(self, number: int) -> bool:
        paths = {request.path for request in self.receiver.requests}
        people = {envelope.rcpt_tos[0] for envelope in self.mailbox.envelopes}
        return len(paths) >= number and len(people) >= number

    async def events(self, alert_ids: list[int]) -> dict[int, list[Any]]:
        slots = asyncio.Semaphore(AT_ONCE)

        async def read(alert_id: int) -> list[Any]:
            async with slots:
                items: list[Any] = (await self.ask("GET", f"/v1/alerts/{alert_id}/events"))["items"]
            return items

        return dict(zip(alert_ids, await asyncio.gather(*(read(alert_id) for alert_id in alert_ids)), strict=True))


async def _slowly(talk: Conversation) -> None:
    await asyncio.sleep(random.uniform(0, 0.3))
    await answering(204, b"")(talk)


@pytest.fixture
async def emban(tmp_path: Path) -> AsyncIterator[Installation]:
    with mail_server() as mailbox:
        async with receiving(_slowly) as receiver:
            environment = {
                "EMBAN_ALERT_INTERVAL_S": "5",
                "EMBAN_WEBHOOK_ALLOW": "127.0.0.1",
                "EMBAN_WEBHOOK_WAITS_S": "0,1,1",
                "EMBAN_SMTP_URL": mailbox.url,
                "EMBAN_LOG_FORMAT": "json",
            }
            arguments = ["--worker-count", str(WORKERS)]
            with serving(tmp_path / "data", arguments=arguments, environment=environment) as serve:
                body = {"email": "owner@acme.example", "password": "correct horse battery", "org_name": "Acme"}
                async with httpx.AsyncClient(base_url=serve.address, timeout=60, limits=ALONE) as client:
                    made = (await client.post("/v1/auth/register", json=body)).json()
                    client.headers["authorization"] = f"Bearer {made['api_key']['key']}"
                    client.cookies.clear()
                    installation = Installation(serve, receiver, mailbox, client)
                    await installation.prepare()
                    yield installation
                assert await asyncio.to_thread(serve.stop) == 0


async def _wait_until_told(emban: Installation, number: int) -> None:
    for _ in range(PATIENCE_S * 5):
        if await emban.all_told(number):
            return
        await asyncio.sleep(0.2)
    told = Counter(request.path for request in emban.receiver.requests)
    raise AssertionError(f"{len(told)} of {number} webhooks, {len(emban.mailbox.messages)} mails; {emban.serve.log}")


@pytest.mark.timeout(600)
async def test_a_thousand_transitions_are_a_thousand_mails_and_webhooks(emban: Installation) -> None:
    number = 1000
    ids = await emban.make_rules(number)
    await _wait_until_told(emban, number)
    await asyncio.sleep(11)  # Two more ticks, at which nothing may be told again.
    assert Counter(request.path for request in emban.receiver.requests) == {f"/{index}": 1 for index in range(number)}
    assert len({request.headers["webhook-id"] for request in emban.receiver.requests}) == number
    people = Counter(envelope.rcpt_tos[0] for envelope in emban.mailbox.envelopes)
    assert people == {f"oncall-{index}@acme.example": 1 for index in range(number)}
    events = await emban.events(ids)
    assert all(len(lines) == 1 for lines in events.values())
    sent = {one["id"] for lines in events.values() for one in lines[0]["deliveries"] if one["channel"] == "webhook"}
    assert sent == {request.headers["webhook-id"] for request in emban.receiver.requests}


@pytest.mark.timeout(600)
async def test_killed_at_any_step_every_destination_is_reached_under_one_id(emban: Installation) -> None:
    number, kills = 120, 0
    making = asyncio.create_task(emban.make_rules(number))
    chosen = random.Random(7)
    for _ in range(24):
        await asyncio.sleep(chosen.uniform(0.1, 0.9))
        workers = emban.serve.forks("worker")
        if workers:
            with suppress(psutil.NoSuchProcess):
                chosen.choice(workers).kill()
                kills += 1
    ids = await making
    assert kills >= 6
    await _wait_until_told(emban, number)
    events = await emban.events(ids)
    assert all(len(lines) == 1 for lines in events.values()), "one line for each transition"
    by_path: dict[str, set[str]] = {}
    for request in emban.receiver.requests:
        by_path.setdefault(request.path, set()).add(request.headers["webhook-id"])
    assert all(len(found) == 1 for found in by_path.values()), "one webhook-id for each transition"
    # A kill repeats at most what was under way: of each destination at most once for each kill, and rarely at all.
    webhooks = Counter(request.path for request in emban.receiver.requests)
    mails = Counter(envelope.rcpt_tos[0] for envelope in emban.mailbox.envelopes)
    assert max(webhooks.values()) <= 1 + kills
    assert max(mails.values()) <= 1 + kills
    for address, times in mails.items():
        copies = {mail["Message-ID"] for mail in emban.mailbox.messages if address in str(mail["To"])}
        assert len(copies) == 1, f"{address} got {times} mails, which a mail program can't tell to be one"
