"""While the event store is not proved, no route serves a read, whatever it remembers; events are taken all the same."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emban.authz.table import ROUTES
from emban.reports.links import FileLink, ReportLinks
from emban.settings import Settings
from emban.store.client import EventStore
from emban.trust.engine_builds import IsolationProbeError
from emban.trust.isolation_gate import IsolationGate
from emban.trust.isolation_probe import probe_isolation
from tests.isolation.browser import DATA, DRILL, EXPORT, World
from tests.support.alerts import rule
from tests.support.control import browser as anybody
from tests.support.control import service
from tests.support.reports import ReportBench, make_report, started

REASON = "a reader sees rows beyond its scope"
QUERY = {"event_name": "*", "metric": "count", "period": "7d"}
VIEW = {"period": "7d", "all_tenants": True}
PREVIEW = "/v1/alerts/preview"
# By hand, from the API contract: every route whose answer has rows or figures of events in it.
READS: dict[tuple[str, str], Any] = {
    ("GET", "/v1/discover"): None,
    ("POST", "/v1/discover/auto-create"): {},
    ("POST", "/v1/dashboards/{dashboard_id}/data"): VIEW,
    ("POST", "/v1/dashboards/{dashboard_id}/export"): {**VIEW, "format": "csv"},
    ("POST", PREVIEW): rule(widget_id="w_calls"),
    ("GET", "/v1/reports/{report_id}/runs/{run_id}/artifact"): None,
    ("GET", "/reports/files/{token}"): None,
    ("GET", "/v1/query"): {"q": json.dumps(QUERY), "all_tenants": True},
    ("POST", "/v1/query"): {"query": QUERY, "all_tenants": True},
    ("POST", "/v1/query/adhoc"): {"sql": "SELECT count() FROM emban.events"},
    ("POST", "/v1/embed/data"): DATA,
    ("POST", "/v1/embed/drill"): DRILL,
    ("POST", "/v1/embed/export"): EXPORT,
}


@contextmanager
def unproved(app: FastAPI) -> Iterator[None]:
    """The engine comes back without its policies, as far as the probe can tell."""
    gate = service(app, IsolationGate)

    async def fails(_: EventStore, __: str) -> None:
        raise IsolationProbeError(REASON)

    gate._probe = fails
    gate._close(None)
    try:
        yield
    finally:
        gate._probe = probe_isolation


@pytest.fixture
async def repaired(app: FastAPI) -> AsyncIterator[None]:
    """However the test ends, the app is open again after it."""
    yield
    await service(app, IsolationGate).watch()
    assert service(app, IsolationGate).reason is None


async def ask(world: World, embed: httpx.AsyncClient, method: str, path: str, body: Any) -> httpx.Response:
    client = embed if path.startswith("/v1/embed/") else world.org["admin_key"]
    ids = {"dashboard_id": world.dashboard_id, **world.org.made}
    address = re.sub(r"\{(\w+)\}", lambda name: ids[name[1]], path)
    if method == "GET":
        return await client.get(address, params={name: str(value).lower() for name, value in (body or {}).items()})
    return await client.post(
        address, json={**body, **({"dashboard_id": world.dashboard_id} if path == PREVIEW else {})}
    )


async def make_file(app: FastAPI, settings: Settings, world: World) -> None:
    """Have a report's file, and the link to it, among what the org has made."""
    report = await make_report(world.org, world.dashboard_id)
    run_id = await started(world.org, report["id"])
    await ReportBench.of(app, settings).make(world.org.id, run_id)
    link, later = FileLink(world.org.id, report["id"], run_id), datetime.now(UTC) + timedelta(days=1)
    token = service(app, ReportLinks).file_token(link, later)
    world.org.made.update(report_id=str(report["id"]), run_id=str(run_id), token=token)


def test_the_table_knows_every_route_that_reads() -> None:
    assert {route for route, access in ROUTES.items() if access.reads_events} == set(READS)


@pytest.mark.usefixtures("repaired")
async def test_no_route_serves_a_read_and_ingestion_goes_on(
    app: FastAPI, settings: Settings, world: World, browser: httpx.AsyncClient
) -> None:
    await make_file(app, settings, world)
    open_answers = {route: await ask(world, browser, *route, body) for route, body in READS.items()}
    assert {route for route, answer in open_answers.items() if answer.status_code >= 400} == set()
    with unproved(app):
        for route, body in READS.items():
            answer = await ask(world, browser, *route, body)  # What was asked before, and is remembered.
            assert (answer.status_code, answer.json()["code"]) == (503, "isolation_unproved"), route
            assert int(answer.headers["Retry-After"]) >= 1
            assert REASON not in answer.text
        ready = await anybody(app).get("/readyz")
        assert (ready.status_code, ready.json()["isolation"]) == (503, REASON)
        assert ready.json()["stores"] == {"postgresql": "ok", "clickhouse": "ok"}
        assert (await anybody(app).get("/healthz")).status_code == 200
        event = {"tenant_id": "customer_3", "event_name": "gate", "timestamp": "2026-11-05T12:00:00Z"}
        sent = await world.other["ingest_key"].post("/v1/events", json={"events": [event]})
        assert (sent.status_code, sent.json()["accepted"]) == (200, 1)
        for path in ("/v1/org", "/v1/dashboards", f"/v1/dashboards/{world.dashboard_id}", "/v1/members"):
            assert (await world.org["admin_key"].get(path)).status_code == 200
    await service(app, IsolationGate).watch()
    for route, body in READS.items():
        assert (await ask(world, browser, *route, body)).status_code < 400, route
    assert (await anybody(app).get("/readyz")).json()["isolation"] == "ok"


@pytest.mark.usefixtures("repaired")
async def test_who_may_not_read_is_told_that_first(app: FastAPI, world: World) -> None:
    with unproved(app):
        assert (await anybody(app).get("/v1/query")).status_code == 401
        assert (await world.org["ingest_key"].get("/v1/query", params={"event_name": "*"})).status_code == 403
        assert (await anybody(app).post("/v1/embed/data", json=DATA)).status_code == 401


async def test_planted_rows_are_in_no_list_and_no_meter(app: FastAPI, world: World) -> None:
    await service(app, IsolationGate).require()
    found = await world.org["admin_key"].get("/v1/discover")
    assert "emban.probe" not in found.text
    counted = await world.org["admin_key"].post(
        "/v1/query/adhoc", json={"sql": "SELECT min(timestamp) FROM emban.events"}
    )
    assert "2000-01-01" not in counted.text
