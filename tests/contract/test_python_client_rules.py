"""Alerts and reports through `emban_client`, against a running Emban with a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emban_client import AsyncEmban, Emban, EmbanAPIError, rules
from emban_client.rules import NewAlert, NewReport
from tests.contract.support import Backend
from tests.support.waiting import until


@pytest.fixture
def client(backend: Backend) -> Iterator[Emban]:
    with Emban(backend.address, api_key=backend.key) as opened:
        yield opened


def watching(backend: Backend) -> NewAlert:
    return {
        "name": "Too many calls",
        "dashboard_id": backend.dashboard,
        "widget_id": "w_calls",
        "tenant_id": "watched",
        "condition_type": "threshold",
        "operator": "gt",
        "threshold_value": 2,
        "lookback_minutes": 60,
        "email_to": ["ada@acme.example"],
    }


def test_an_alert_lives(client: Emban, backend: Backend) -> None:
    client.send_events([{"tenant_id": "watched", "event_name": "api.call"} for _ in range(3)])
    body = watching(backend)
    preview = client.preview_alert(body)
    assert (preview["evaluated"], len(preview["points"])) == (7 * 24 * 60, 7 * 24 * 60)
    alert = client.create_alert(body)
    assert (alert["state"], alert["cooldown_minutes"]) == ("ok", 60)
    assert alert["id"] in [one["id"] for one in client.list_alerts()["items"]]
    until(lambda: client.get_alert(alert["id"])["state"] == "firing")
    (event,) = client.list_alert_events(alert["id"])["items"]
    assert (event["state"], event["value"], event["threshold_value"]) == ("firing", 3, 2)
    assert event["window"]["to"] == event["at"]
    assert [(one["channel"], one["to"]) for one in event["deliveries"]] == [("email", "ada@acme.example")]
    tested = client.test_alert(alert["id"])["deliveries"]
    assert [(one["source_id"], one["final"]) for one in tested] == [(alert["id"], True)]
    silenced = client.replace_alert(alert["id"], {**body, "enabled": False})
    assert silenced["next_evaluation_at"] is None
    client.delete_alert(alert["id"])
    with pytest.raises(EmbanAPIError) as gone:
        client.get_alert(alert["id"])
    assert gone.value.status == 404


async def test_the_asynchronous_client_watches_too(backend: Backend) -> None:
    async with AsyncEmban(backend.address, api_key=backend.key) as client:
        body: NewAlert = {**watching(backend), "tenant_id": "nobody", "enabled": False}
        made = await client.create_alert(body)
        assert await client.get_alert(made["id"]) == made
        assert (await client.list_alert_events(made["id"]))["items"] == []
        assert (await client.preview_alert(body))["firings"] == []
        await client.delete_alert(made["id"])
        assert made["id"] not in [one["id"] for one in (await client.list_alerts())["items"]]


def test_a_report_lives(client: Emban, backend: Backend) -> None:
    body: NewReport = {
        "name": "Usage",
        "dashboard_id": backend.dashboard,
        "schedule_kind": "monthly",
        "day_of_month": 31,
        "hour": 9,
        "format": "csv",
        "email_to": ["ada@acme.example"],
    }
    report = client.create_report(body)
    assert report["next_run_at"] is not None
    assert client.get_report(report["id"]) == report
    assert report["id"] in [one["id"] for one in client.list_reports()["items"]]
    run_id = client.run_report(report["id"])["run_id"]
    until(lambda: client.get_report_run(report["id"], run_id)["artifact"])
    assert client.download_report_run(report["id"], run_id).startswith(b"Usage\r\n")
    assert [one["id"] for one in client.list_report_runs(report["id"])["items"]] == [run_id]
    with pytest.raises(EmbanAPIError) as missing:
        client.download_report_run(report["id"], run_id + 1)
    assert missing.value.status == 404
    assert client.replace_report(report["id"], {**body, "enabled": False})["next_run_at"] is None
    client.delete_report(report["id"])
    with pytest.raises(EmbanAPIError):
        client.get_report(report["id"])


@pytest.mark.parametrize(
    ("shape", "schema"),
    [
        (rules.SentMessage, "SentMessageOut"),
        (rules.NewAlert, "AlertBody"),
        (rules.Alert, "AlertOut"),
        (rules.AlertPage, "AlertPage"),
        (rules.AlertEvent, "AlertEventOut"),
        (rules.AlertEventPage, "AlertEventPage"),
        (rules.EventWindow, "EventWindow"),
        (rules.AlertPreview, "AlertPreviewOut"),
        (rules.PreviewPoint, "PreviewPoint"),
        (rules.PreviewFiring, "PreviewFiring"),
        (rules.AlertTest, "AlertTestOut"),
        (rules.NewReport, "ReportBody"),
        (rules.Report, "ReportOut"),
        (rules.ReportPage, "ReportPage"),
        (rules.ReportRun, "ReportRunOut"),
        (rules.ReportRunPage, "ReportRunPage"),
        (rules.StartedRun, "StartedRunOut"),
    ],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_the_shapes_have_the_keys_of_the_api(backend: Backend, shape: type, schema: str) -> None:
    document = backend.call("GET", "/openapi.json")
    assert set(shape.__annotations__) == set(document["components"]["schemas"][schema]["properties"])
