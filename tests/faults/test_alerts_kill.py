"""Alerts while workers are killed: each transition is told once to each destination, by one `webhook-id`."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.alerts import FAILURES, job, rule
from tests.support.outgoing import Sending, sending

WORKERS = 4
AT_ONCE = 16
# A killed worker's jobs are taken up within 60 s; then the rest has to be sent.
PATIENCE_S = 400


@dataclass(slots=True)
class Installation:
    """A running Emban with four workers, and a dashboard to watch."""

    sending: Sending
    dashboard_id: str = ""

    async def prepare(self) -> None:
        await self.sending.ask("POST", "/v1/events", {"events": [job(minutes) for minutes in (1, 2, 3)]})
        made = await self.sending.ask(
            "POST", "/v1/dashboards", {"name": "Jobs", "config": {"widgets": [{**FAILURES, "id": "w"}]}}
        )
        self.dashboard_id = made["id"]
        await self.sending.ask("POST", f"/v1/dashboards/{self.dashboard_id}/publish")

    async def make_rules(self, number: int) -> list[int]:
        """Make alerts that fire at once, a few at a time."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def make(index: int) -> int:
            body = rule(
                name=f"rule {index}",
                dashboard_id=self.dashboard_id,
                widget_id="w",
                email_to=[f"oncall-{index}@acme.example"],
                webhook_url=f"http://127.0.0.1:{self.sending.receiver.port}/{index}",
            )
            async with slots:
                found: int = (await self.sending.ask("POST", "/v1/alerts", body))["id"]
            return found

        return list(await asyncio.gather(*(make(index) for index in range(number))))

    async def all_told(self, number: int) -> bool:
        paths = {request.path for request in self.sending.receiver.requests}
        people = {envelope.rcpt_tos[0] for envelope in self.sending.mailbox.envelopes}
        return len(paths) >= number and len(people) >= number

    async def events(self, alert_ids: list[int]) -> dict[int, list[Any]]:
        slots = asyncio.Semaphore(AT_ONCE)

        async def read(alert_id: int) -> list[Any]:
            async with slots:
                items: list[Any] = (await self.sending.ask("GET", f"/v1/alerts/{alert_id}/events"))["items"]
            return items

        return dict(zip(alert_ids, await asyncio.gather(*(read(alert_id) for alert_id in alert_ids)), strict=True))


@pytest.fixture
async def emban(tmp_path: Path) -> AsyncIterator[Installation]:
    async with sending(tmp_path / "data", workers=WORKERS, EMBAN_ALERT_INTERVAL_S="5") as running:
        installation = Installation(running)
        await installation.prepare()
        yield installation


async def _wait_until_told(emban: Installation, number: int) -> None:
    for _ in range(PATIENCE_S * 5):
        if await emban.all_told(number):
            return
        await asyncio.sleep(0.2)
    told = Counter(request.path for request in emban.sending.receiver.requests)
    raise AssertionError(
        f"{len(told)} of {number} webhooks, {len(emban.sending.mailbox.messages)} mails; {emban.sending.serve.log}"
    )


@pytest.mark.timeout(600)
async def test_a_thousand_transitions_are_a_thousand_mails_and_webhooks(emban: Installation) -> None:
    number = 1000
    ids = await emban.make_rules(number)
    await _wait_until_told(emban, number)
    await asyncio.sleep(11)  # Two more ticks, at which nothing may be told again.
    requests = emban.sending.receiver.requests
    assert Counter(request.path for request in requests) == {f"/{index}": 1 for index in range(number)}
    assert len({request.headers["webhook-id"] for request in requests}) == number
    people = Counter(envelope.rcpt_tos[0] for envelope in emban.sending.mailbox.envelopes)
    assert people == {f"oncall-{index}@acme.example": 1 for index in range(number)}
    events = await emban.events(ids)
    assert all(len(lines) == 1 for lines in events.values())
    sent = {one["id"] for lines in events.values() for one in lines[0]["deliveries"] if one["channel"] == "webhook"}
    assert sent == {request.headers["webhook-id"] for request in requests}


@pytest.mark.timeout(600)
async def test_killed_at_any_step_every_destination_is_reached_under_one_id(emban: Installation) -> None:
    number, kills = 120, 0
    making = asyncio.create_task(emban.make_rules(number))
    chosen = random.Random(7)
    for _ in range(24):
        await asyncio.sleep(chosen.uniform(0.1, 0.9))
        kills += emban.sending.kill_a_worker(chosen)
    ids = await making
    assert kills >= 6
    await _wait_until_told(emban, number)
    events = await emban.events(ids)
    assert all(len(lines) == 1 for lines in events.values()), "one line for each transition"
    by_path: dict[str, set[str]] = {}
    for request in emban.sending.receiver.requests:
        by_path.setdefault(request.path, set()).add(request.headers["webhook-id"])
    assert all(len(found) == 1 for found in by_path.values()), "one webhook-id for each transition"
    # A kill repeats at most what was under way: of each destination at most once for each kill, and rarely at all.
    webhooks = Counter(request.path for request in emban.sending.receiver.requests)
    mails = Counter(envelope.rcpt_tos[0] for envelope in emban.sending.mailbox.envelopes)
    assert max(webhooks.values()) <= 1 + kills
    assert max(mails.values()) <= 1 + kills
    for address, times in mails.items():
        copies = {mail["Message-ID"] for mail in emban.sending.mailbox.messages if address in str(mail["To"])}
        assert len(copies) == 1, f"{address} got {times} mails, which a mail program can't tell to be one"
