"""The number in an alert is the number on the screen and in the file, to the last digit, for every metric."""

from __future__ import annotations

import csv
import io
from typing import Any, get_args

import msgspec
import pytest
from fastapi import FastAPI

from emban.query.spec.query_spec import MetricName
from tests.support.alerts import AlertBench, evaluation_of, job, publish
from tests.support.control import TestOrg

FORMULA = {
    "formula": "failed / total * 100",
    "figures": {
        "failed": {"metric": "count", "filters": {"dimensions": {"status": "error"}}},
        "total": {"metric": "count"},
    },
}
METRICS: tuple[str, ...] = get_args(MetricName)


def widget(metric: str) -> dict[str, Any]:
    """Return a KPI of a metric, with the property that it needs."""
    more: dict[str, Any] = {} if metric.startswith("count") else {"prop": "ms"}
    more = FORMULA if metric == "formula" else more
    query = {"event_name": "job", "metric": metric, **more}
    return {"id": f"w_{metric}", "title": metric, "kind": "kpi", "query": query}


@pytest.mark.parametrize("tenant", ["a", None])
async def test_alert_screen_and_file_say_the_same(app: FastAPI, fresh_org: TestOrg, tenant: str | None) -> None:
    board = await publish(fresh_org, [widget(metric) for metric in METRICS])
    bench = AlertBench(app, fresh_org, evaluation_of(app), board)
    await bench.post(
        [
            job(
                number * 1.7 + 1,
                tenant="ab"[number % 2],
                status=("error", "ok")[number % 3 > 0],
                ms=number * 0.37 + 0.1,
            )
            for number in range(600)
        ]
    )
    ids = {
        metric: (
            await bench.create(
                name=metric,
                widget_id=f"w_{metric}",
                tenant_id=tenant,
                operator="gte",
                threshold_value=0,
                lookback_minutes=1440,
                webhook_url="https://8.8.8.8:9999/in",
            )
        )["id"]
        for metric in METRICS
    }
    await bench.tick()
    whose = {"all_tenants": True} if tenant is None else {"tenant_id": tenant}
    body = {**whose, "period": "24h", "draft": False}
    screen = (await fresh_org["viewer"].post(f"/v1/dashboards/{board}/data", json=body)).json()["widgets"]
    file = await fresh_org["viewer"].post(f"/v1/dashboards/{board}/export", json={**body, "format": "csv"})
    in_file = figures_of(file.text)
    told = {}
    for message in await bench.messages():
        if message.channel == "webhook":
            payload = msgspec.json.decode(message.body or "")
            told[payload["name"]] = payload["value"]
    for metric, alert_id in ids.items():
        shown = screen[f"w_{metric}"]["points"][0]["value"]
        seen = await bench.read(alert_id)
        assert seen["last_value"] == shown, metric
        assert in_file[metric] == shown, metric
        assert told[metric] == shown, metric
        (event,) = await bench.events(alert_id)
        assert (event["value"], event["as_of"]) == (shown, screen[f"w_{metric}"]["meta"]["as_of"]), metric


def figures_of(text: str) -> dict[str, float]:
    """Return the figure of each widget in a dashboard's file: its title, a head, its one row."""
    sections = [list(csv.reader(io.StringIO(part))) for part in text.split("\r\n\r\n")[1:]]
    return {section[0][0]: float(section[2][0]) for section in sections if len(section) > 2}
