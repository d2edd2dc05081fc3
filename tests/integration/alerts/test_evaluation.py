"""Alerts evaluated on the real stores: what is seen, what is remembered, what is written down and sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.alerts.condition import NOTHING_BEFORE
from emban.alerts.due import AlertClock
from emban.alerts.ingest_lag import LAGGING
from emban.alerts.repository import NO_WIDGET, UNPUBLISHED
from emban.db import Database, RowContext
from emban.errors import unavailable
from emban.jobs.queue import JobQueue
from emban.kit.clock import utcnow
from emban.query.service import AnswerSet, QueryService
from emban.query.spec.query_spec import QuerySpec
from emban.scope import Scope
from tests.support.alerts import WIDGETS, AlertBench, evaluation_of, job, publish
from tests.support.control import TestOrg, make_org, service


@pytest.fixture
async def bench(app: FastAPI, fresh_org: TestOrg) -> AsyncIterator[AlertBench]:
    made = AlertBench(app, fresh_org, evaluation_of(app), await publish(fresh_org))
    yield made
    async with service(app, Database).session(RowContext(task="jobs")) as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))


async def test_it_fires_once_and_says_what_it_saw(bench: AlertBench) -> None:
    alert = await bench.create(webhook_url="https://hooks.example.com/a?token=s3cret", notify_resolved=True)
    await bench.tick()
    assert (await bench.read(alert["id"]))["state"] == "ok"
    await bench.post([job(minutes) for minutes in (1, 2, 3)])
    await bench.tick()
    await bench.tick()
    seen = await bench.read(alert["id"])
    assert (seen["state"], seen["last_value"], seen["problem"]) == ("firing", 3, None)
    assert seen["last_fired_at"] is not None
    (event,) = await bench.events(alert["id"])
    assert (event["state"], event["value"], event["threshold_value"], event["note"]) == ("firing", 3, 2, None)
    window = [datetime.fromisoformat(event["window"][edge]) for edge in ("from", "to")]
    assert window[1] - window[0] == timedelta(minutes=60)
    assert datetime.fromisoformat(event["as_of"]) <= window[1]
    assert [(one["channel"], one["to"], one["status"]) for one in event["deliveries"]] == [
        ("webhook", "https://hooks.example.com/a", "pending"),
        ("email", "oncall@acme.example", "pending"),
    ]
    webhook, _ = await bench.messages()
    body = msgspec.json.decode(webhook.body or "")
    assert body == {
        "alert_id": alert["id"],
        "name": "Too many failures",
        "dashboard_id": bench.dashboard_id,
        "widget_id": "w_failures",
        "tenant_id": None,
        "condition": {"type": "threshold", "operator": "gt", "value": 2.0},
        "value": 3.0,
        "state": "firing",
        "fired_at": seen["last_fired_at"],
        "as_of": event["as_of"],
        "url": f"http://localhost:8000/app/alerts/{alert['id']}",
    }


async def test_what_is_over_is_written_down_and_told_if_asked(bench: AlertBench) -> None:
    quiet = await bench.create(name="quiet", lookback_minutes=5, threshold_value=0)
    told = await bench.create(name="told", lookback_minutes=5, threshold_value=0, notify_resolved=True)
    await bench.post([job(4.9)])
    await bench.tick()
    await asyncio.sleep(7)  # The event leaves the window.
    await bench.tick()
    for alert, sent in ((quiet, 0), (told, 1)):
        over, fired = await bench.events(alert["id"])
        assert (fired["state"], over["state"], over["value"]) == ("firing", "ok", 0)
        assert len(over["deliveries"]) == sent
        assert (await bench.read(alert["id"]))["state"] == "ok"
    body = msgspec.json.decode((await bench.messages())[-1].body or "")
    assert (body["state"], body["resolved_at"]) == ("ok", over["at"])


async def test_a_tenants_alert_sees_that_tenant_alone_and_each_org_its_own(bench: AlertBench, app: FastAPI) -> None:
    await bench.post([job(1, tenant="a"), job(1, tenant="b"), job(2, tenant="b")])
    another = await make_org(app, roles=())
    await another["ingest_key"].post("/v1/events", json={"events": [job(1, tenant="a")] * 3})
    ids = {who: (await bench.create(name=str(who), tenant_id=who))["id"] for who in ("a", "b", None)}
    await bench.tick()
    assert {who: (await bench.read(alert_id))["last_value"] for who, alert_id in ids.items()} == {
        "a": 1,
        "b": 2,
        None: 3,
    }


@pytest.mark.parametrize(
    ("widget_id", "value"),
    [("w_failures", 2), ("w_cost", 1.5), ("w_users", 3), ("w_delay", 300), ("w_rate", 200 / 3), ("w_by", 3)],
)
async def test_the_figure_is_the_widgets_without_groups_and_buckets(
    bench: AlertBench, widget_id: str, value: float
) -> None:
    await bench.post([job(1, cost=0.5, ms=300), job(2, cost=0.25, ms=300), job(3, status="ok", cost=0.75, ms=300)])
    alert = await bench.create(widget_id=widget_id, operator="gte", threshold_value=0)
    await bench.tick()
    assert (await bench.read(alert["id"]))["last_value"] == pytest.approx(value, rel=1e-12)


async def test_a_delta_compares_as_much_time_before(bench: AlertBench) -> None:
    alert = await bench.create(condition_type="delta", operator="gte", threshold_value=50, lookback_minutes=30)
    await bench.post([job(minutes) for minutes in (1, 2, 3, 31, 32)] + [job(61), job(62)])
    await bench.tick()
    (event,) = await bench.events(alert["id"])
    assert (event["value"], event["previous_value"], event["state"]) == (3, 2, "firing")


async def test_a_delta_against_nothing_does_not_fire_and_its_history_says_so_once(bench: AlertBench) -> None:
    alert = await bench.create(condition_type="delta", operator="gte", threshold_value=1)
    await bench.post([job(1)])
    await bench.tick()
    await bench.tick()
    (event,) = await bench.events(alert["id"])
    assert (event["state"], event["value"], event["previous_value"], event["note"]) == ("ok", 1, 0, NOTHING_BEFORE)
    assert event["deliveries"] == []
    assert (await bench.read(alert["id"]))["problem"] == NOTHING_BEFORE


@pytest.mark.parametrize("widget_id", ["w_failures", "w_table", "w_rate"])
async def test_no_data_looks_at_the_rows_that_the_widget_looks_at(bench: AlertBench, widget_id: str) -> None:
    alert = await bench.create(
        widget_id=widget_id, condition_type="no_data", operator=None, threshold_value=None, lookback_minutes=30
    )
    await bench.post([job(40)])
    await bench.tick()
    assert (await bench.read(alert["id"]))["state"] == "firing"
    await bench.post([job(1)])
    await bench.tick()
    assert (await bench.read(alert["id"]))["state"] == "ok"


async def test_nothing_fires_for_lack_of_events_that_were_refused(bench: AlertBench, app: FastAPI) -> None:
    silent = {"condition_type": "no_data", "operator": None, "threshold_value": None}
    no_data, too_few = await bench.create(**silent), await bench.create(operator="lt", threshold_value=1)
    many = await bench.create(threshold_value=0)
    await bench.post([job(10, tenant="x", status="fine")])
    refused = "INSERT INTO ingest_refusals (org_id, environment, refused_at) VALUES (:org, 'prod', clock_timestamp())"
    async with service(app, Database).for_org(bench.org.id) as session:
        await session.execute(text(refused), {"org": bench.org.id})
    await bench.tick()
    for alert in (no_data, too_few):
        seen = await bench.read(alert["id"])
        assert (seen["state"], seen["problem"]) == ("ok", LAGGING)
    assert (await bench.read(many["id"]))["problem"] is None
    await bench.post([job(10, tenant="x", status="fine")])  # Taken since: what is missing now is not there.
    await bench.tick()
    assert (await bench.read(too_few["id"]))["state"] == "firing"


class BrokenStore(QueryService):
    """Fails for questions about one property, or takes its time; asks the real one otherwise."""

    def __init__(self, real: QueryService, prop: str, *, slow: bool) -> None:
        self._real, self._prop, self._slow = real, prop, slow

    async def run(self, scope: Scope, specs: Sequence[QuerySpec], *, now: datetime, **more: Any) -> AnswerSet:
        if any(spec.metric.prop == self._prop for spec in specs):
            if self._slow:
                await asyncio.sleep(3600)
            raise unavailable("the event store does not answer at the moment")
        return await self._real.run(scope, specs, now=now, **more)


@pytest.mark.parametrize("slow", [False, True])
async def test_one_that_gets_no_answer_holds_up_no_other_and_becomes_unknown(
    bench: AlertBench, app: FastAPI, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    monkeypatch.setattr("emban.alerts.evaluation.LIMIT_S", 0.5)
    await bench.post([job(minutes) for minutes in (1, 2, 3)])
    broken = await bench.create(widget_id="w_cost", threshold_value=0)
    await bench.tick()
    bench.evaluation = evaluation_of(app, queries=BrokenStore(service(app, QueryService), "cost", slow=slow))
    good = await bench.create()
    states = []
    for _ in range(4):
        await bench.tick()
        states.append((await bench.read(broken["id"]))["state"])
    assert states == ["firing", "firing", "unknown", "unknown"]
    seen = await bench.read(broken["id"])
    assert seen["problem"] in {
        "the event store does not answer at the moment",
        "the query took longer than an evaluation may",
    }
    assert (await bench.read(good["id"]))["state"] == "firing"
    bench.evaluation = evaluation_of(app)
    await bench.tick()
    assert (await bench.read(broken["id"]))["state"] == "firing"
    assert len(await bench.events(broken["id"])) == 1, "nothing fired or was over because of the outage"


async def test_a_widget_that_is_gone_is_a_problem_and_no_data(bench: AlertBench) -> None:
    alert = await bench.create()
    await bench.org["admin"].post(f"/v1/dashboards/{bench.dashboard_id}/unpublish")
    await bench.tick()
    assert (await bench.read(alert["id"]))["problem"] == UNPUBLISHED
    left = [widget for widget in WIDGETS if widget["id"] != "w_failures"]
    config = {"name": "Jobs", "config": {"widgets": left}, "version": 1}
    assert (await bench.org["editor"].put(f"/v1/dashboards/{bench.dashboard_id}", json=config)).status_code == 200
    await bench.org["admin"].post(f"/v1/dashboards/{bench.dashboard_id}/publish")
    for _ in range(2):
        await bench.tick()
    seen = await bench.read(alert["id"])
    assert (seen["state"], seen["problem"]) == ("unknown", NO_WIDGET)


async def test_it_watches_what_is_published_and_never_the_draft(bench: AlertBench) -> None:
    await bench.post([job(1), job(1, status="ok")])
    alert = await bench.create(threshold_value=100)
    draft = [{**WIDGETS[0], "query": {"event_name": "job", "metric": "count"}}]
    config = {"name": "Jobs", "config": {"widgets": draft}, "version": 1}
    assert (await bench.org["editor"].put(f"/v1/dashboards/{bench.dashboard_id}", json=config)).status_code == 200
    await bench.tick()
    assert (await bench.read(alert["id"]))["last_value"] == 1
    await bench.org["admin"].post(f"/v1/dashboards/{bench.dashboard_id}/publish")
    await bench.tick()
    assert (await bench.read(alert["id"]))["last_value"] == 2


async def test_a_library_widget_is_watched_too(bench: AlertBench) -> None:
    widget = {name: value for name, value in WIDGETS[0].items() if name != "id"}
    made = (await bench.org["editor"].post("/v1/widgets", json=widget)).json()
    refused = await bench.org["admin"].post("/v1/alerts", json={"name": "x"} | _library(made["id"]))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_published")
    await bench.org["admin"].post(f"/v1/widgets/{made['id']}/publish")
    await bench.post([job(1)])
    alert = await bench.create(dashboard_id=None, widget_id=made["id"], threshold_value=0)
    await bench.tick()
    assert (await bench.read(alert["id"]))["state"] == "firing"


def _library(widget_id: str) -> dict[str, Any]:
    return {"widget_id": widget_id, "condition_type": "no_data", "email_to": ["a@acme.example"]}


async def test_patience_is_kept_over_ticks(bench: AlertBench) -> None:
    alert = await bench.create(for_minutes=2, cooldown_minutes=10)
    await bench.post([job(minutes) for minutes in (1, 2, 3)])
    states = []
    for _ in range(3):
        await bench.tick(later=timedelta(minutes=1))
        states.append((await bench.read(alert["id"]))["state"])
    assert states == ["pending", "pending", "firing"]


async def test_another_condition_begins_at_ok_without_a_word(bench: AlertBench) -> None:
    alert = await bench.create(notify_resolved=True)
    await bench.post([job(minutes) for minutes in (1, 2, 3)])
    await bench.tick()
    sent = len(await bench.messages())
    body = {
        **{
            name: alert[name]
            for name in ("name", "widget_id", "dashboard_id", "condition_type", "operator", "email_to")
        }
    }
    renamed = await bench.org["admin"].put(
        f"/v1/alerts/{alert['id']}", json={**body, "name": "New", "threshold_value": 2}
    )
    assert renamed.json()["state"] == "firing"
    changed = await bench.org["admin"].put(f"/v1/alerts/{alert['id']}", json={**body, "threshold_value": 50})
    assert (changed.json()["state"], changed.json()["last_value"]) == ("ok", None)
    await bench.tick()
    assert len(await bench.events(alert["id"])) == 1
    assert len(await bench.messages()) == sent


async def test_disabled_it_is_left_alone(bench: AlertBench) -> None:
    alert = await bench.create(enabled=False)
    assert alert["next_evaluation_at"] is None
    await bench.post([job(minutes) for minutes in (1, 2, 3)])
    await bench.tick()
    assert (await bench.read(alert["id"]))["last_evaluated_at"] is None


async def test_two_processes_evaluate_it_once_a_tick(bench: AlertBench, app: FastAPI) -> None:
    alert = await bench.create()
    await bench.post([job(minutes) for minutes in (1, 2, 3)])
    others = [evaluation_of(app) for _ in range(4)]
    await asyncio.gather(*(each.run(bench.org.id, {}) for each in others))
    assert len(await bench.events(alert["id"])) == 1
    assert len(await bench.messages()) == 1
    seen = await bench.read(alert["id"])
    wait = datetime.fromisoformat(seen["next_evaluation_at"]) - utcnow()
    assert timedelta() < wait <= timedelta(seconds=60)


async def test_the_clock_makes_one_job_for_each_org_that_has_something_due(bench: AlertBench, app: FastAPI) -> None:
    database = service(app, Database)
    clock = AlertClock(database, JobQueue())
    await bench.create()
    await bench.create(name="another")
    await asyncio.gather(clock.tick(), clock.tick(), clock.tick())
    query = text("SELECT args ->> 'org_id' FROM procrastinate_jobs WHERE task_name = 'alerts.evaluate'")
    async with database.session(RowContext(task="jobs")) as session:
        assert (await session.execute(query)).scalars().all().count(bench.org.id) == 1
    await bench.tick()
    async with database.session(RowContext(task="jobs")) as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    await clock.tick()
    async with database.session(RowContext(task="jobs")) as session:
        assert bench.org.id not in (await session.execute(query)).scalars().all()


async def test_evaluations_are_no_queries_of_the_plan(bench: AlertBench) -> None:
    await bench.create()
    before = (await bench.org["viewer"].get("/v1/billing")).json()["queries_used"]
    await bench.tick()
    assert (await bench.org["viewer"].get("/v1/billing")).json()["queries_used"] == before
