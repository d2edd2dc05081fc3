"""Discovery and the dashboard made from it, on real commits and on made-up corner cases."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from emban.dashboards.discovery.service import Discovery
from emban.scope import ALL_TENANTS, Scope
from emban.store import discovery_queries as store_discover
from emban.store.client import EventStore
from emban.store.scope_check import UnscopedStatementError
from tests.support.control import TestOrg, audit_rows, make_org, service
from tests.support.events import commits
from tests.support.reference import Event
from tests.support.showing import now_utc, store, two_tenants


@pytest.fixture(scope="module")
async def committed(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org with the commits."""
    org = await make_org(app)
    await store(app, org.id, commits())
    yield org
    await org.close()


async def look(org: TestOrg) -> dict[str, Any]:
    answer = await org["admin_key"].get("/v1/discover")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def made_from(org: TestOrg) -> dict[str, Any]:
    answer = await org["editor"].post("/v1/discover/auto-create", json={})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = (await org["editor"].get(f"/v1/dashboards/{answer.json()['dashboard_id']}")).json()
    return made


async def test_what_is_found_is_what_is_there(committed: TestOrg) -> None:
    events = commits()
    found = await look(committed)
    assert (found["environment"], found["events"], found["tenants"]) == ("prod", len(events), 9)
    assert found["window"] == {
        "date_from": found["first_seen"],
        "date_to": found["last_seen"],
        "events": len(events),
        "complete": True,
    }
    assert found["users"] == pytest.approx(len({event.user for event in events}), rel=0.02)
    names = Counter(event.name for event in events)
    assert [(one["name"], one["count"]) for one in found["event_names"]] == names.most_common()
    for one in found["dimensions"]:
        values = Counter(event.strings[one["name"]] for event in events if one["name"] in event.strings)
        assert one["cardinality"] == len(values)
        # Values that are as frequent as one another may change places.
        assert [top["count"] for top in one["top_values"]] == sorted(values.values(), reverse=True)[:10]
        assert all(top["count"] == values[top["value"]] for top in one["top_values"])
    assert {one["name"] for one in found["dimensions"]} == {"kind", "bot", "mail", "utc_offset"}
    for one in found["measures"]:
        figures = [event.numbers[one["name"]] for event in events if one["name"] in event.numbers]
        assert (one["count"], one["min"], one["max"]) == (len(figures), min(figures), max(figures))
        assert one["avg"] == pytest.approx(sum(figures) / len(figures))
    assert {one["name"] for one in found["measures"]} == {"files", "insertions", "deletions"}


async def test_the_dashboard_made_from_commits_can_be_read(committed: TestOrg) -> None:
    made = await made_from(committed)
    config = made["config"]
    titles = {widget["title"] for widget in config["widgets"]}
    assert {"Events", "Active users", "Insertions", "Insertions by kind", "Events by mail"} <= titles
    assert {widget["kind"] for widget in config["widgets"]} == {"kpi", "timeseries", "breakdown", "table"}
    assert set(config["filters"]["dimensions"]) <= {"event_name", "kind", "bot", "mail", "utc_offset"}
    assert config["filters"]["default_period"] == "90d"  # The last commit is months ago.
    path = f"/v1/dashboards/{made['id']}/data"
    body = {"tenant_id": "pypi/warehouse", "date_from": "2024-01-01", "date_to": "2024-04-01"}
    answer = (await committed["editor"].post(path, json=body)).json()
    assert not [widget for widget in answer["widgets"].values() if "error" in widget]
    by_kind = next(widget["id"] for widget in config["widgets"] if widget["title"] == "Insertions by kind")
    assert len(answer["widgets"][by_kind]["points"]) > 3


async def test_an_env_without_events_is_told_what_to_do(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc()), environment="prod")
    dev = {"X-Emban-Environment": "dev"}
    nothing = (await fresh_org["admin"].get("/v1/discover", headers=dev)).json()
    assert (nothing["events"], nothing["dimensions"], nothing["last_seen"]) == (0, [], None)
    answer = await fresh_org["editor"].post("/v1/discover/auto-create", json={}, headers=dev)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "/v1/events" in answer.json()["error"]
    assert (await fresh_org["editor"].post("/v1/discover/auto-create", json={"name": "x"})).status_code == 400


async def test_other_orgs_are_not_found(committed: TestOrg, fresh_org: TestOrg) -> None:
    assert (await look(fresh_org))["events"] == 0


async def test_a_statement_that_names_another_org_is_refused(
    app: FastAPI, committed: TestOrg, fresh_org: TestOrg
) -> None:
    """The statements name their org, and are sent for no other."""
    theirs = Scope(committed.id, "prod", ALL_TENANTS)
    mine = Scope(fresh_org.id, "prod", ALL_TENANTS)
    start, end = datetime(2000, 1, 1, tzinfo=UTC), now_utc()
    reads = [read(theirs, start, end) for read in (store_discover.event_names, store_discover.dimensions)]
    reads += [store_discover.measures(theirs, start, end)]
    for statement in reads:
        assert (await service(app, EventStore).select(theirs, statement)).rows
    for statement in (*reads, store_discover.overview(theirs)):
        with pytest.raises(UnscopedStatementError):
            await service(app, EventStore).select(mine, statement)


async def test_one_event_is_enough(app: FastAPI, fresh_org: TestOrg) -> None:
    now = now_utc()
    await store(app, fresh_org.id, [Event("a", "api.call", now - timedelta(minutes=1), ingested=now)])
    made = await made_from(fresh_org)
    assert [widget["title"] for widget in made["config"]["widgets"]] == [
        "Events",
        "Events over time",
        "Details by event name",
    ]
    assert made["config"]["filters"]["default_period"] == "24h"
    (row,) = [row for row in await audit_rows(app, fresh_org.id) if row["action"] == "dashboard.auto_create"]
    assert row["entity_id"] == made["id"]


async def test_ids_constants_and_what_no_tenant_varies_in_stay_out(app: FastAPI, fresh_org: TestOrg) -> None:
    now = now_utc()
    events = [
        Event(
            tenant=f"t{nth % 2}",
            name="job.done",
            at=now - timedelta(minutes=nth),
            strings={
                "request": f"{nth:032x}",
                "city": f"city {nth}",
                "version": "v1",
                "plan": ("pro", "free")[nth % 2],
                "state": ("ok", "failed", "late")[nth % 3],
            },
            numbers={"duration_ms": 10.0 + nth, "schema": 3.0, "job_id": float(nth)},
            ingested=now,
        )
        for nth in range(300)
    ]
    await store(app, fresh_org.id, events)
    made = await made_from(fresh_org)
    text = str(made["config"])
    assert "'state'" in text
    for left_out in ("request", "city", "version", "plan", "schema", "job_id"):
        assert f"'{left_out}'" not in text


async def test_very_many_events_are_looked_at_in_a_window(app: FastAPI, committed: TestOrg) -> None:
    rows = len(commits()) // 10
    discovery = Discovery(service(app, EventStore), max_rows=rows)
    found = await discovery.look(Scope(committed.id, "prod", ALL_TENANTS))
    assert not found.complete
    assert found.total == len(commits())
    assert 0 < found.scanned <= rows
    assert found.window_to == found.last_seen
    assert sum(one.count for one in found.events) == found.scanned


async def test_two_at_once_are_two_dashboards(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc()))
    made = await asyncio.gather(made_from(fresh_org), made_from(fresh_org))
    assert made[0]["id"] != made[1]["id"]
    assert [one["config"] for one in made] == [made[0]["config"]] * 2
