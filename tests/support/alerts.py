"""Alerts on the real engines: a published widget to watch, and evaluations whenever a test wants one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select, text

from emban.alerts.evaluation import Evaluation
from emban.alerts.ingest_lag import IngestLag
from emban.alerts.messages import AlertMessages
from emban.db import Database
from emban.delivery.outbox import Outbox
from emban.models import OutboundMessage
from emban.query.service import QueryService
from tests.support.control import TestOrg, service

INTERVAL_S = 60
FAILURES = {
    "title": "Failures",
    "kind": "kpi",
    "query": {"event_name": "job", "metric": "count", "filters": {"dimensions": {"status": "error"}}},
}
WIDGETS: list[dict[str, Any]] = [
    {**FAILURES, "id": "w_failures"},
    {
        "id": "w_cost",
        "title": "Cost",
        "kind": "kpi",
        "unit": "USD",
        "query": {"event_name": "job", "metric": "sum", "prop": "cost"},
    },
    {"id": "w_users", "title": "Users", "kind": "timeseries", "query": {"event_name": "job", "metric": "count_unique"}},
    {
        "id": "w_delay",
        "title": "Delay",
        "kind": "kpi",
        "unit": "ms",
        "query": {"event_name": "job", "metric": "p95", "prop": "ms"},
    },
    {
        "id": "w_rate",
        "title": "Error rate",
        "kind": "kpi",
        "unit": "%",
        "query": {
            "event_name": "job",
            "metric": "formula",
            "formula": "failed / total * 100",
            "figures": {
                "failed": {"metric": "count", "filters": {"dimensions": {"status": "error"}}},
                "total": {"metric": "count"},
            },
        },
    },
    {
        "id": "w_table",
        "title": "Jobs",
        "kind": "table",
        "query": {
            "event_name": "job",
            "columns": ["status", {"metric": "count"}, {"metric": "avg", "prop": "ms"}],
        },
    },
    {
        "id": "w_by",
        "title": "By status",
        "kind": "breakdown",
        "query": {"event_name": "job", "metric": "count", "group_by": ["status"]},
    },
]


def job(
    minutes_ago: float, *, tenant: str = "customer_1", status: str = "error", ms: float = 100.0, cost: float = 0.25
) -> dict[str, Any]:
    """Return an event of so many minutes ago."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return {
        "tenant_id": tenant,
        "event_name": "job",
        "timestamp": at.isoformat(),
        "user_id": f"u_{minutes_ago}",
        "string_props": {"status": status},
        "numeric_props": {"ms": ms, "cost": cost},
    }


def rule(**changes: Any) -> dict[str, Any]:
    """Return the body of an alert about failures; `None` takes a field out."""
    body: dict[str, Any] = {
        "name": "Too many failures",
        "widget_id": "w_failures",
        "condition_type": "threshold",
        "operator": "gt",
        "threshold_value": 2,
        "lookback_minutes": 60,
        "email_to": ["oncall@acme.example"],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


@dataclass(slots=True)
class AlertBench:
    """An org with a published dashboard, and what evaluates its alerts."""

    app: FastAPI
    org: TestOrg
    evaluation: Evaluation
    dashboard_id: str = ""
    ids: list[int] = field(default_factory=list)

    async def post(self, events: Sequence[dict[str, Any]]) -> None:
        answer = await self.org["ingest_key"].post("/v1/events", json={"events": list(events)})
        assert answer.status_code == 200, answer.text

    async def create(self, **changes: Any) -> dict[str, Any]:
        body = rule(**{"dashboard_id": self.dashboard_id, **changes})
        answer = await self.org["admin"].post("/v1/alerts", json=body)
        assert answer.status_code == 201, answer.text
        self.ids.append(answer.json()["id"])
        made: dict[str, Any] = answer.json()
        return made

    async def read(self, alert_id: int) -> dict[str, Any]:
        found: dict[str, Any] = (await self.org["viewer"].get(f"/v1/alerts/{alert_id}")).json()
        return found

    async def events(self, alert_id: int) -> list[dict[str, Any]]:
        answer = await self.org["viewer"].get(f"/v1/alerts/{alert_id}/events")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def tick(self, *, later: timedelta = timedelta()) -> None:
        """Evaluate every alert once, as if `later` had passed since the last tick."""
        async with service(self.app, Database).for_org(self.org.id) as session:
            await session.execute(
                text(
                    "UPDATE alerts SET next_evaluation_at = now(), since = since - CAST(:later AS interval), "
                    "last_fired_at = last_fired_at - CAST(:later AS interval), "
                    "last_evaluated_at = last_evaluated_at - CAST(:later AS interval) WHERE enabled"
                ),
                {"later": later},
            )
        await self.evaluation.run(self.org.id, {})

    async def messages(self) -> list[OutboundMessage]:
        async with service(self.app, Database).for_org(self.org.id) as session:
            query = select(OutboundMessage).order_by(OutboundMessage.created_at, OutboundMessage.id)
            return list((await session.execute(query)).scalars())


async def publish(org: TestOrg, widgets: Sequence[dict[str, Any]] = WIDGETS, name: str = "Jobs") -> str:
    """Make and publish a dashboard; returns its id."""
    made = await org["editor"].post("/v1/dashboards", json={"name": name, "config": {"widgets": list(widgets)}})
    assert made.status_code == 201, made.text
    dashboard_id: str = made.json()["id"]
    assert (await org["admin"].post(f"/v1/dashboards/{dashboard_id}/publish")).status_code == 204
    return dashboard_id


def evaluation_of(app: FastAPI, *, queries: QueryService | None = None) -> Evaluation:
    """Return an evaluation as a worker has it, of a running app's services."""
    database = service(app, Database)
    messages = AlertMessages(service(app, Outbox), "http://localhost:8000")
    asked = queries or service(app, QueryService)
    return Evaluation(database, asked, IngestLag(database), messages, interval_s=INTERVAL_S)
