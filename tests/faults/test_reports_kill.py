"""Reports while workers are killed: each due one is run once, and each destination gets it, under one id."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emban.jobs.kinds import DELIVERIES
from emban.kit.clock import utcnow
from emban.kit.rfc3339 import format_instant
from tests.support.outgoing import Sending, sending
from tests.support.reports import body_of
from tests.support.showing import CONFIG
from tests.support.waiting import make_reports_due

WORKERS = 4
REPORTS = 40
KILLS = 12
AT_ONCE = 8
# A killed worker's jobs are taken up within 60 s; then the rest is still to be made and sent.
TRIES = 900


@dataclass(slots=True)
class Installation:
    """A running Emban with four workers."""

    sending: Sending

    async def make_reports(self) -> list[int]:
        """Publish a dashboard with some events, and make reports of it to a mailbox and a webhook each."""
        at = format_instant(utcnow())
        events = [{"tenant_id": f"t{n}", "event_name": "api.call", "timestamp": at} for n in range(5)]
        await self.sending.ask("POST", "/v1/events", {"events": events})
        dashboard = (await self.sending.ask("POST", "/v1/dashboards", {"name": "Usage", "config": CONFIG}))["id"]
        await self.sending.ask("POST", f"/v1/dashboards/{dashboard}/publish")
        slots = asyncio.Semaphore(AT_ONCE)

        async def make(index: int) -> int:
            url = f"http://127.0.0.1:{self.sending.receiver.port}/{index}"
            body = body_of(dashboard, name=f"R{index}", email_to=[f"r{index}@acme.example"], webhook_url=url)
            async with slots:
                found: int = (await self.sending.ask("POST", "/v1/reports", body))["id"]
            return found

        return list(await asyncio.gather(*(make(index) for index in range(REPORTS))))

    async def runs(self, report_ids: list[int]) -> dict[int, list[Any]]:
        return {one: (await self.sending.ask("GET", f"/v1/reports/{one}/runs"))["items"] for one in report_ids}


@pytest.fixture
async def emban(tmp_path: Path) -> AsyncIterator[Installation]:
    async with sending(tmp_path / "data", workers=WORKERS) as running:
        yield Installation(running)


@pytest.mark.timeout(600)
async def test_killed_at_any_step_each_report_is_run_once_and_reaches_everybody(emban: Installation) -> None:
    report_ids = await emban.make_reports()
    make_reports_due(emban.sending.serve.data_dir)
    kills, chosen = 0, random.Random(7)
    while kills < KILLS:
        await asyncio.sleep(chosen.uniform(0.2, 1.5))
        kills += emban.sending.kill_a_worker(chosen)
    for _ in range(TRIES):
        runs = await emban.runs(report_ids)
        if all(items and items[0]["finished_at"] for items in runs.values()):
            break
        await asyncio.sleep(0.2)
    assert {one: [item["status"] for item in items] for one, items in runs.items()} == {
        one: ["delivered"] for one in report_ids
    }
    ids: dict[str, set[str]] = {}
    for request in emban.sending.receiver.requests:
        ids.setdefault(request.path, set()).add(request.headers["webhook-id"])
    assert {path: len(found) for path, found in ids.items()} == {f"/{index}": 1 for index in range(REPORTS)}
    mails = Counter(str(mail["To"]) for mail in emban.sending.mailbox.messages)
    assert set(mails) == {f"r{index}@acme.example" for index in range(REPORTS)}
    # A kill repeats what was under way and nothing else.
    repeated = sum(mails.values()) + len(emban.sending.receiver.requests) - 2 * REPORTS
    assert repeated <= kills * DELIVERIES.slots
    message_ids = {str(mail["To"]): str(mail["Message-ID"]) for mail in emban.sending.mailbox.messages}
    assert all(str(mail["Message-ID"]) == message_ids[str(mail["To"])] for mail in emban.sending.mailbox.messages)
