"""What an operator sees of the queue: figures on /metrics, a line of the doctor."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.cli.doctor_queue import check_queue
from emban.cli.findings import Finding, Findings, Health
from emban.db import Database, RowContext
from emban.jobs.kinds import DELIVER
from emban.jobs.queue import JobQueue
from emban.settings import Settings
from tests.support.control import TestOrg, browser, service

WORKER = RowContext(task="jobs")


@pytest.fixture
async def database(app: FastAPI) -> AsyncIterator[Database]:
    """The control plane with one job in its queue, which is due for ten minutes."""
    found = service(app, Database)
    async with found.session(WORKER) as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
        await session.execute(text("DELETE FROM procrastinate_workers"))
    yield found
    async with found.session(WORKER) as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
        await session.execute(text("DELETE FROM procrastinate_workers"))


async def _add(database: Database, org: TestOrg, state: str = "scheduled_at = now() - interval '10 minutes'") -> None:
    async with database.for_org(org.id) as session:
        await JobQueue().enqueue(session, DELIVER, org.id, {})
    async with database.session(WORKER) as session:
        await session.execute(text(f"UPDATE procrastinate_jobs SET {state} WHERE scheduled_at IS NULL"))


async def test_the_depth_and_the_age_of_the_queue_are_on_metrics(
    app: FastAPI, database: Database, org: TestOrg
) -> None:
    await _add(database, org)
    answer = (await browser(app).get("/metrics")).text
    assert 'emban_jobs{kind="deliver",state="due"} 1.0' in answer
    oldest = re.search(r"^emban_jobs_oldest_due_seconds (\S+)$", answer, re.MULTILINE)
    assert oldest is not None
    assert 590 < float(oldest[1]) < 700
    assert "emban_worker_lanes 0.0" in answer
    assert org.id not in answer


async def doctor(settings: Settings) -> list[Finding]:
    findings = Findings()
    await asyncio.to_thread(check_queue, settings, findings)
    return findings.items


async def test_the_doctor_says_that_nobody_works_and_what_to_do(
    database: Database, settings: Settings, org: TestOrg
) -> None:
    await _add(database, org)
    jobs = (await doctor(settings))[0]
    assert jobs.health is Health.WARNING
    assert "no worker is running" in jobs.text
    assert "emban worker" in (jobs.remedy or "")
    async with database.session(WORKER) as session:
        await session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    jobs = (await doctor(settings))[0]
    assert jobs.health is Health.WARNING
    assert "the oldest job is" in jobs.text


async def test_the_doctor_counts_what_failed(database: Database, settings: Settings, org: TestOrg) -> None:
    await _add(database, org, "status = 'failed'")
    failed = [finding for finding in await doctor(settings) if finding.subject == "Failed jobs"]
    assert [(finding.health, finding.text) for finding in failed] == [
        (Health.WARNING, "1 of deliver in the last 7 days")
    ]
