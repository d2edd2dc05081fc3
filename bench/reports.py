"""Reports of ten orgs, all due at once: until the last is delivered, and whether a large org holds up small ones.

python -m bench reports
python -m bench.reports --reports 500 --format pdf
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import text
from tests.support.mail_server import Mailbox, mail_server

from bench._showing import widgets
from bench.support import Bench, Events, batches, running, send_all
from emban.db import Database
from emban.db.urls import app_url

ORGS, SMALL = 10, 20
PATIENCE_S = 1_800


@dataclass(slots=True)
class Customer:
    """An org with so many reports; `delivered` are the seconds after which each was in its mailbox."""

    name: str
    org_id: str
    key: str
    reports: int
    delivered: list[float] = field(default_factory=list)


def main() -> None:
    """Run in the short form."""
    asyncio.run(_run([] if sys.argv[0].endswith("__main__.py") else sys.argv[1:]))


async def _run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=500, help="reports in all; nine orgs have 20 each")
    parser.add_argument("--events", type=int, default=20_000, help="events of each org")
    parser.add_argument("--format", choices=("csv", "png", "pdf"), default="csv")
    chosen = parser.parse_args(arguments)
    with mail_server() as mailbox, running(EMBAN_SMTP_URL=mailbox.url, EMBAN_REGISTRATION="open") as bench:
        large = max(SMALL, chosen.reports - (ORGS - 1) * SMALL)
        orgs = [await _customer(bench, number, large if number == 0 else SMALL) for number in range(ORGS)]
        for org in orgs:
            await send_all(bench.serve, batches(org.key, Events().many(chosen.events), 1_000), 2)
            await _make_reports(bench, org, chosen.format)
        await _measure(bench, orgs, mailbox, chosen.format)


async def _customer(bench: Bench, number: int, reports: int) -> Customer:
    name = f"org{number}"
    body = {"email": f"owner@{name}.example", "password": "correct horse battery", "org_name": name}
    async with httpx.AsyncClient(base_url=bench.serve.address, headers={"origin": bench.serve.address}) as client:
        made = (await client.post("/v1/auth/register", json=body)).raise_for_status().json()
    return Customer(name, made["org"]["id"], made["api_key"]["key"], reports)


async def _make_reports(bench: Bench, org: Customer, file_format: str) -> None:
    headers = {"authorization": f"Bearer {org.key}"}
    async with httpx.AsyncClient(base_url=bench.serve.address, headers=headers, timeout=60) as client:
        made = (
            await client.post("/v1/dashboards", json={"name": "Usage", "config": {"widgets": widgets()}})
        ).raise_for_status()
        dashboard_id = made.json()["id"]
        (await client.post(f"/v1/dashboards/{dashboard_id}/publish")).raise_for_status()
        for number in range(org.reports):
            body: dict[str, Any] = {
                "name": f"Report {number}",
                "dashboard_id": dashboard_id,
                "schedule_kind": "daily",
                "hour": 9,
                "format": file_format,
                "tenant_id": f"tenant_{number % 100}",
                "email_to": [f"r{number}@{org.name}.example"],
            }
            (await client.post("/v1/reports", json=body)).raise_for_status()


async def _measure(bench: Bench, orgs: Sequence[Customer], mailbox: Mailbox, file_format: str) -> None:
    database = Database(app_url(bench.settings))
    try:
        for org in orgs:
            async with database.for_org(org.org_id) as session:
                await session.execute(text("UPDATE reports SET next_run_at = now() - interval '1 second'"))
        await _watch(orgs, mailbox)
        states = [await _states(database, org) for org in orgs]
    finally:
        await database.close()
    ended = {
        state: sum(one.get(state, 0) for one in states) for state in sorted({key for one in states for key in one})
    }
    everything = max(seconds for org in orgs for seconds in org.delivered)
    total = sum(org.reports for org in orgs)
    small = sorted(org.delivered[-1] for org in orgs[1:])
    print(
        f"{total} reports as {file_format}, 12 widgets each, one worker: {everything:.0f} s, {total / everything:.1f}/s"
    )
    print(f"the last of each small org after {small[0]:.0f} to {small[-1]:.0f} s; runs by status: {ended}")


async def _watch(orgs: Sequence[Customer], mailbox: Mailbox) -> None:
    """Note when each report's mail arrives, until all have."""
    by_name, seen, started = {org.name: org for org in orgs}, 0, time.perf_counter()
    while any(len(org.delivered) < org.reports for org in orgs):
        if time.perf_counter() - started > PATIENCE_S:
            raise RuntimeError("not all reports were delivered")
        await asyncio.sleep(0.1)
        arrived = mailbox.messages[seen:]
        seen += len(arrived)
        for mail in arrived:
            by_name[str(mail["To"]).rpartition("@")[2].partition(".")[0]].delivered.append(
                time.perf_counter() - started
            )


async def _states(database: Database, org: Customer) -> dict[str, int]:
    async with database.for_org(org.org_id) as session:
        rows = await session.execute(text("SELECT status, count(*) FROM report_runs GROUP BY 1"))
        return {str(status): int(count) for status, count in rows}


if __name__ == "__main__":
    main()
