"""Runs: made once when due or asked for, of the snapshot that is published, in the report's scope alone."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from pypdf import PdfReader
from sqlalchemy import text

from emban.db import Database, RowContext
from emban.errors import EmbanError
from emban.query.scheduling.scheduler import QueryScheduler, SchedulerLimits
from emban.reports.runner import MOST_ATTEMPTS
from emban.scope import Scope
from emban.settings import Settings
from emban.store.client import EventStore
from emban.store.statement import Rows, Statement
from emban.trust.isolation_gate import IsolationGate
from tests.isolation.test_isolation_gate import unproved
from tests.support.control import TestOrg, audit_rows, make_org, service, settings_for
from tests.support.engines import Engines
from tests.support.reports import HOOK, ReportBench, make_report, runs_of, started
from tests.support.showing import CONFIG, now_utc, publish, store, two_tenants


@pytest.fixture(scope="module")
async def acme(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org with events of two tenants and a published dashboard."""
    org = await make_org(app)
    await store(app, org.id, two_tenants(now_utc()))
    org.made["dashboard"] = await publish(org)
    yield org
    await org.close()


@pytest.fixture
def bench(app: FastAPI, settings: Settings) -> ReportBench:
    return ReportBench.of(app, settings)


async def made_run(bench: ReportBench, org: TestOrg, **more: Any) -> dict[str, Any]:
    """Make a report, ask for a run and make it; returns the run with `report_id`."""
    report = await make_report(org, org.made["dashboard"], **more)
    run_id = await started(org, report["id"])
    await bench.make(org.id, run_id)
    run = (await org["viewer"].get(f"/v1/reports/{report['id']}/runs/{run_id}")).json()
    return {**run, "report_id": report["id"]}


async def content_of(org: TestOrg, run: dict[str, Any]) -> bytes:
    answer = await org["viewer"].get(f"/v1/reports/{run['report_id']}/runs/{run['id']}/artifact")
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_a_run_that_is_asked_for_makes_the_file_and_one_message_for_each_destination(
    app: FastAPI, bench: ReportBench, acme: TestOrg
) -> None:
    run = await made_run(bench, acme, email_to=["ada@acme.example", "bob@acme.example"], webhook_url=HOOK)
    assert (run["trigger"], run["status"], run["error"], run["artifact"]) == ("manual", "running", None, True)
    assert run["as_of"] is not None
    assert [(one["channel"], one["to"], one["status"]) for one in run["deliveries"]] == [
        ("email", "ada@acme.example", "pending"),
        ("email", "bob@acme.example", "pending"),
        ("webhook", "https://8.8.8.8:9999/hook", "pending"),
    ]
    content = await content_of(acme, run)
    assert len(content) == run["bytes"]
    assert "Calls" in content.decode()
    jobs = {job["args"]["message_id"] for job in await bench.jobs(acme.id) if job["task_name"] == "deliver"}
    assert {one["id"] for one in run["deliveries"]} <= jobs
    rows = [row for row in await audit_rows(app, acme.id) if row["action"] == "report.run"]
    metadata: Any = rows[-1]["metadata"]
    assert metadata["run_id"] == run["id"]


async def test_a_run_is_made_once_however_often_its_job_is_done(bench: ReportBench, acme: TestOrg) -> None:
    report = await make_report(acme, acme.made["dashboard"])
    run_id = await started(acme, report["id"])
    await asyncio.gather(*(bench.make(acme.id, run_id) for _ in range(4)))
    await bench.make(acme.id, run_id)
    (run,) = await runs_of(acme, report["id"])
    assert len(run["deliveries"]) == 1
    assert len([row for row in await bench.rows(acme.id, "report_artifacts") if row["run_id"] == run_id]) == 1


async def test_the_file_has_the_figures_of_the_screen_at_the_same_moment(bench: ReportBench, acme: TestOrg) -> None:
    run = await made_run(bench, acme, period="7d")
    lines = (await content_of(acme, run)).decode().split("\r\n")
    body = {"all_tenants": True, "period": "7d"}
    screen = (await acme["viewer"].post(f"/v1/dashboards/{acme.made['dashboard']}/data", json=body)).json()
    assert lines[0] == "Usage"
    assert f"as_of,{run['as_of']}" in lines
    figure = screen["widgets"]["w_calls"]["points"][0]["value"]
    at = lines.index("Calls")
    assert lines[at + 2].split(",")[0] == str(figure) == "14"


@pytest.mark.parametrize(
    ("tenant", "other", "calls"), [("customer_1", "customer_2", "10"), ("customer_2", "customer_1", "4")]
)
async def test_a_report_of_a_tenant_never_holds_another_ones_rows(
    bench: ReportBench, acme: TestOrg, tenant: str, other: str, calls: str
) -> None:
    run = await made_run(bench, acme, tenant_id=tenant)
    found = (await content_of(acme, run)).decode()
    assert f"only-{tenant}" in found
    assert f"only-{other}" not in found
    assert other not in found
    assert f"Calls\r\nCalls,previous_value,delta_pct\r\n{calls}," in found


async def test_filters_narrow_the_figures(bench: ReportBench, acme: TestOrg) -> None:
    run = await made_run(bench, acme, filters={"dimensions": {"model": "only-customer_2"}})
    found = (await content_of(acme, run)).decode()
    assert "only-customer_2" in found
    assert "only-customer_1" not in found


async def test_previous_is_the_whole_local_day_before(bench: ReportBench, acme: TestOrg) -> None:
    run = await made_run(bench, acme, period="previous", timezone="Asia/Kathmandu")
    lines = (await content_of(acme, run)).decode().split("\r\n")
    day = datetime.fromisoformat(run["scheduled_for"]).astimezone(UTC) + timedelta(hours=5, minutes=45)
    first, after = day.date() - timedelta(days=1), day.date()
    assert lines[1:4] == [f"date_from,{first}", f"date_to,{after}", "timezone,Asia/Kathmandu"]


async def test_a_zip_has_a_file_for_each_widget(bench: ReportBench, acme: TestOrg) -> None:
    run = await made_run(bench, acme, csv_zip=True)
    archive = zipfile.ZipFile(io.BytesIO(await content_of(acme, run)))
    assert archive.namelist() == ["01 Calls.csv", "02 Tokens.csv", "03 Models.csv", "04 Details.csv"]
    rows = list(csv.reader(io.StringIO(archive.read("01 Calls.csv").decode())))
    assert rows[0] == ["Calls"]
    assert rows[2][0] == "14"


async def test_formulas_do_not_get_into_the_file(app: FastAPI, bench: ReportBench, fresh_org: TestOrg) -> None:
    evil = "=HYPERLINK(1)"
    config = {**CONFIG, "widgets": [{**CONFIG["widgets"][0], "title": evil}]}
    await store(app, fresh_org.id, two_tenants(now_utc()))
    fresh_org.made["dashboard"] = await publish(fresh_org, config, name="@SUM(A1)")
    whole = await made_run(bench, fresh_org)
    rows = list(csv.reader(io.StringIO((await content_of(fresh_org, whole)).decode())))
    assert rows[0] == ["'@SUM(A1)"]
    assert [f"'{evil}"] in rows
    zipped = await made_run(bench, fresh_org, csv_zip=True)
    archive = zipfile.ZipFile(io.BytesIO(await content_of(fresh_org, zipped)))
    (name,) = archive.namelist()
    assert next(csv.reader(io.StringIO(archive.read(name).decode()))) == [f"'{evil}"]


TOO_EXPENSIVE = "The query needs more memory than one query may use"


@dataclass(frozen=True, slots=True)
class RefusingStore:
    """The event store, which finds every question about ghosts too expensive."""

    real: QueryScheduler

    async def select(self, scope: Scope, statement: Statement) -> Rows:
        if "ghost" in str(statement.parameters):
            raise EmbanError("query_too_expensive", TOO_EXPENSIVE)
        return await self.real.select(scope, statement)


@pytest.mark.parametrize("file_format", ["csv", "pdf"])
async def test_a_widget_that_fails_says_so_in_its_place(
    app: FastAPI, settings: Settings, fresh_org: TestOrg, file_format: str
) -> None:
    bench = ReportBench.of(app, settings, RefusingStore(service(app, QueryScheduler)))
    ghosts = {
        "id": "w_ghosts",
        "title": "Ghosts",
        "kind": "kpi",
        "query": {"event_name": "*", "metric": "count", "filters": {"dimensions": {"kind": "ghost"}}},
    }
    await store(app, fresh_org.id, two_tenants(now_utc()))
    fresh_org.made["dashboard"] = await publish(fresh_org, {**CONFIG, "widgets": [ghosts, CONFIG["widgets"][0]]})
    run = await made_run(bench, fresh_org, period="30d", format=file_format)
    assert (run["artifact"], run["error"]) == (True, None)
    content = await content_of(fresh_org, run)
    said = content.decode() if file_format == "csv" else _words(content)
    ghostly, whole = said.index("Ghosts"), said.index(CONFIG["widgets"][0]["title"])
    assert ghostly < whole
    assert TOO_EXPENSIVE in " ".join(said[ghostly:whole].split())
    assert TOO_EXPENSIVE not in " ".join(said[whole:].split())


def _words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


async def test_a_report_without_events_is_sent_all_the_same(bench: ReportBench, fresh_org: TestOrg) -> None:
    fresh_org.made["dashboard"] = await publish(fresh_org)
    run = await made_run(bench, fresh_org)
    assert (run["artifact"], run["as_of"], len(run["deliveries"])) == (True, None, 1)


async def test_a_dashboard_that_is_gone_or_offline_fails_the_run(bench: ReportBench, fresh_org: TestOrg) -> None:
    dashboard = fresh_org.made["dashboard"] = await publish(fresh_org)
    report = await make_report(fresh_org, dashboard)
    await fresh_org["admin"].post(f"/v1/dashboards/{dashboard}/unpublish")
    await bench.make(fresh_org.id, await started(fresh_org, report["id"]))
    await fresh_org["editor"].delete(f"/v1/dashboards/{dashboard}")
    await bench.make(fresh_org.id, await started(fresh_org, report["id"]))
    gone, offline = await runs_of(fresh_org, report["id"])
    assert (offline["status"], offline["error"]) == ("failed", "the dashboard is not published")
    assert (gone["status"], gone["error"]) == ("failed", "the dashboard was deleted")
    assert gone["finished_at"] is not None
    assert gone["deliveries"] == offline["deliveries"] == []
    missing = await fresh_org["viewer"].get(f"/v1/reports/{report['id']}/runs/{gone['id']}/artifact")
    assert missing.status_code == 404


async def test_runs_do_not_count_on_the_plan(app: FastAPI, bench: ReportBench, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc()))
    fresh_org.made["dashboard"] = await publish(fresh_org)
    before = (await fresh_org["viewer"].get("/v1/billing")).json()["queries_used"]
    await made_run(bench, fresh_org)
    assert (await fresh_org["viewer"].get("/v1/billing")).json()["queries_used"] == before


async def test_a_store_that_is_away_is_waited_for_and_said(app: FastAPI, bench: ReportBench, acme: TestOrg) -> None:
    report = await make_report(acme, acme.made["dashboard"])
    run_id = await started(acme, report["id"])
    with unproved(app):
        await bench.make(acme.id, run_id)
        await bench.make(acme.id, run_id)
    (waiting,) = await runs_of(acme, report["id"])
    assert (waiting["status"], waiting["artifact"], waiting["finished_at"]) == ("running", False, None)
    assert "begun again in 10 s" in waiting["error"]
    jobs = [job for job in await bench.jobs(acme.id) if job["args"].get("run_id") == run_id]
    assert [job["status"] for job in jobs] == ["todo"]
    await service(app, IsolationGate).watch()
    await bench.make(acme.id, run_id)
    (made,) = await runs_of(acme, report["id"])
    assert (made["artifact"], made["error"], len(made["deliveries"])) == (True, None, 1)
    assert made["started_at"] == waiting["started_at"]


async def test_a_run_that_never_comes_to_its_end_is_given_up(app: FastAPI, bench: ReportBench, acme: TestOrg) -> None:
    report = await make_report(acme, acme.made["dashboard"])
    run_id = await started(acme, report["id"])
    with unproved(app):
        for _ in range(MOST_ATTEMPTS):
            await bench.make(acme.id, run_id)
    await service(app, IsolationGate).watch()
    (run,) = await runs_of(acme, report["id"])
    assert run["status"] == "failed"
    assert run["error"].endswith(f"(begun {MOST_ATTEMPTS} times)")
    await bench.make(acme.id, run_id)
    assert (await runs_of(acme, report["id"]))[0]["status"] == "failed"


async def test_our_own_limits_refuse_no_report(app: FastAPI, engines: Engines, acme: TestOrg) -> None:
    tight = settings_for(engines, query_requests_per_tenant=1, query_requests_per_org=1, query_seconds_per_org=0)
    scheduler = QueryScheduler(service(app, EventStore), SchedulerLimits.of(tight))
    bench = ReportBench.of(app, tight, scheduler)
    reports = [await make_report(acme, acme.made["dashboard"], tenant_id="customer_1") for _ in range(12)]
    runs = [await started(acme, report["id"]) for report in reports]
    await asyncio.gather(*(bench.make(acme.id, run_id) for run_id in runs))
    made = [(await runs_of(acme, report["id"]))[0] for report in reports]
    assert [(run["artifact"], run["error"]) for run in made] == [(True, None)] * 12


@pytest.mark.parametrize(("file_format", "begins"), [("pdf", b"%PDF-"), ("png", b"\x89PNG")])
async def test_pictures_are_made_of_the_same_answers(
    bench: ReportBench, acme: TestOrg, file_format: str, begins: bytes
) -> None:
    run = await made_run(bench, acme, format=file_format, tenant_id="customer_1")
    content = await content_of(acme, run)
    assert content.startswith(begins)
    if file_format == "pdf":
        said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        assert "only-customer_1" in said
        assert "customer_2" not in said


async def test_a_due_report_is_run_once_by_two_clocks(bench: ReportBench, acme: TestOrg) -> None:
    report = await make_report(acme, acme.made["dashboard"])
    due = datetime.fromisoformat(report["next_run_at"]) - timedelta(days=1)
    await bench.make_due(acme.id, report["id"], due)
    await asyncio.gather(*(bench.clock.claim() for _ in range(3)))
    (run,) = await runs_of(acme, report["id"])
    assert (run["trigger"], run["status"]) == ("schedule", "queued")
    assert datetime.fromisoformat(run["scheduled_for"]) == due
    after = (await acme["viewer"].get(f"/v1/reports/{report['id']}")).json()
    assert after["next_run_at"] == report["next_run_at"]


async def test_many_missed_slots_are_one_run_of_the_newest(bench: ReportBench, acme: TestOrg) -> None:
    report = await make_report(acme, acme.made["dashboard"])
    coming = datetime.fromisoformat(report["next_run_at"])
    await bench.make_due(acme.id, report["id"], coming - timedelta(days=40))
    await bench.clock.claim()
    await bench.clock.claim()
    (run,) = await runs_of(acme, report["id"])
    assert datetime.fromisoformat(run["scheduled_for"]) == coming - timedelta(days=1)


async def test_a_report_that_is_not_enabled_is_never_due(bench: ReportBench, acme: TestOrg) -> None:
    report = await make_report(acme, acme.made["dashboard"], enabled=False)
    await bench.make_due(acme.id, report["id"], datetime(2026, 1, 1, tzinfo=UTC))
    await bench.clock.claim()
    assert await runs_of(acme, report["id"]) == []


async def test_a_claim_that_fails_holds_up_no_other(app: FastAPI, bench: ReportBench, acme: TestOrg) -> None:
    broken = await make_report(acme, acme.made["dashboard"], name="Broken")
    sound = await make_report(acme, acme.made["dashboard"], name="Sound")
    async with service(app, Database).for_org(acme.id) as session:
        await session.execute(text("UPDATE reports SET timezone = 'Gone/Zone' WHERE id = :id"), {"id": broken["id"]})
    for report in (broken, sound):
        await bench.make_due(acme.id, report["id"], datetime(2026, 1, 1, tzinfo=UTC))
    await bench.clock.claim()
    assert len(await runs_of(acme, sound["id"])) == 1
    assert await runs_of(acme, broken["id"]) == []
    await acme["admin"].delete(f"/v1/reports/{broken['id']}")


async def test_a_run_without_a_job_is_queued_again(app: FastAPI, bench: ReportBench, acme: TestOrg) -> None:
    report = await make_report(acme, acme.made["dashboard"])
    run_id = await started(acme, report["id"])
    lost = text("DELETE FROM procrastinate_jobs WHERE (args ->> 'run_id')::bigint = :id")
    async with service(app, Database).session(RowContext(task="jobs")) as session:
        await session.execute(lost, {"id": run_id})
    await bench.clock.requeue_forgotten()
    assert run_id not in [job["args"].get("run_id") for job in await bench.jobs(acme.id)]
    async with service(app, Database).for_org(acme.id) as session:
        old = text("UPDATE report_runs SET created_at = created_at - interval '1 hour' WHERE id = :id")
        await session.execute(old, {"id": run_id})
    await bench.clock.requeue_forgotten()
    await bench.clock.requeue_forgotten()
    assert [job["args"].get("run_id") for job in await bench.jobs(acme.id)].count(run_id) == 1


async def test_a_file_whose_time_is_over_is_gone(app: FastAPI, bench: ReportBench, acme: TestOrg) -> None:
    run = await made_run(bench, acme)
    async with service(app, Database).for_org(acme.id) as session:
        over = text("UPDATE report_artifacts SET expires_at = now() - interval '1 second' WHERE run_id = :id")
        await session.execute(over, {"id": run["id"]})
    path = f"/v1/reports/{run['report_id']}/runs/{run['id']}"
    assert (await acme["viewer"].get(f"{path}/artifact")).status_code == 404
    assert (await acme["viewer"].get(path)).json()["artifact"] is False
    await bench.clock.sweep()
    assert run["id"] not in [row["run_id"] for row in await bench.rows(acme.id, "report_artifacts")]


async def test_a_tenant_whose_data_is_deleted_leaves_no_file(
    app: FastAPI, bench: ReportBench, fresh_org: TestOrg
) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc()))
    fresh_org.made["dashboard"] = await publish(fresh_org)
    gone = await made_run(bench, fresh_org, tenant_id="customer_1")
    stays = await made_run(bench, fresh_org, tenant_id="customer_2")
    assert (await fresh_org["admin"].delete("/v1/tenants/customer_1/data")).status_code == 204
    kept = {row["run_id"] for row in await bench.rows(fresh_org.id, "report_artifacts")}
    assert kept == {stays["id"]}
    path = f"/v1/reports/{gone['report_id']}/runs/{gone['id']}"
    assert (await fresh_org["viewer"].get(path)).json()["artifact"] is False
    assert (await fresh_org["viewer"].get(f"{path}/artifact")).status_code == 404


async def test_runs_come_in_pages(bench: ReportBench, acme: TestOrg) -> None:
    report = await make_report(acme, acme.made["dashboard"])
    made = [await started(acme, report["id"]) for _ in range(5)]
    path = f"/v1/reports/{report['id']}/runs"
    first = (await acme["viewer"].get(path, params={"limit": 3})).json()
    rest = (await acme["viewer"].get(path, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


async def test_deleting_a_report_takes_runs_and_files_along_and_leaves_the_messages(
    bench: ReportBench, acme: TestOrg
) -> None:
    run = await made_run(bench, acme)
    assert (await acme["admin"].delete(f"/v1/reports/{run['report_id']}")).status_code == 204
    assert run["id"] not in [row["id"] for row in await bench.rows(acme.id, "report_runs")]
    assert run["id"] not in [row["run_id"] for row in await bench.rows(acme.id, "report_artifacts")]
    kept = {row["id"]: row["report_run_id"] for row in await bench.rows(acme.id, "outbound_messages")}
    assert kept[run["deliveries"][0]["id"]] is None
