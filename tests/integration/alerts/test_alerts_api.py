"""`/v1/alerts`: bodies that are refused and where, who may do what, what stays and what the audit log has of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from tests.support.alerts import WIDGETS, AlertBench, evaluation_of, job, publish, rule
from tests.support.control import TestOrg, machine, make_org, put_on_plan


@pytest.fixture(scope="module")
async def dashboard_id(org: TestOrg) -> str:
    return await publish(org)


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"name": ""}, 400, "name"),
    ({"name": "x" * 129}, 400, "name"),
    ({"name": "two\nlines"}, 400, "name"),
    ({"name": None}, 400, "name"),
    ({"widget_id": "w_nothing"}, 400, "widget_id"),
    ({"widget_id": ""}, 400, "widget_id"),
    ({"widget_id": None}, 400, "widget_id"),
    ({"widget_id": 7}, 400, "widget_id"),
    ({"widget_id": "w_table"}, 400, "widget_id"),
    ({"dashboard_id": ""}, 400, "dashboard_id"),
    ({"dashboard_id": "d" * 65}, 400, "dashboard_id"),
    ({"dashboard_id": "dash_nothing"}, 404, ""),
    ({"tenant_id": ""}, 400, "tenant_id"),
    ({"tenant_id": "t" * 257}, 400, "tenant_id"),
    ({"condition_type": "spike"}, 400, "condition_type"),
    ({"condition_type": None}, 400, "condition_type"),
    ({"operator": "eq"}, 400, "operator"),
    ({"operator": None}, 400, "operator"),
    ({"threshold_value": None}, 400, "threshold_value"),
    ({"threshold_value": "many"}, 400, "threshold_value"),
    ({"condition_type": "delta", "threshold_value": -1}, 400, "threshold_value"),
    ({"condition_type": "no_data", "threshold_value": None}, 400, "operator"),
    ({"condition_type": "no_data", "operator": None}, 400, "threshold_value"),
    ({"lookback_minutes": 4}, 400, "lookback_minutes"),
    ({"lookback_minutes": 43_201}, 400, "lookback_minutes"),
    ({"lookback_minutes": 7.5}, 400, "lookback_minutes"),
    ({"lookback_minutes": "60"}, 400, "lookback_minutes"),
    ({"for_minutes": -1}, 400, "for_minutes"),
    ({"for_minutes": 1441}, 400, "for_minutes"),
    ({"cooldown_minutes": -1}, 400, "cooldown_minutes"),
    ({"cooldown_minutes": 10_081}, 400, "cooldown_minutes"),
    ({"notify_resolved": "yes"}, 400, "notify_resolved"),
    ({"enabled": 1}, 400, "enabled"),
    ({"email_to": None}, 400, "email_to"),
    ({"email_to": []}, 400, "email_to"),
    ({"email_to": "a@acme.example"}, 400, "email_to"),
    ({"email_to": ["a@acme.example", "nobody"]}, 400, "email_to[1]"),
    ({"email_to": ["a@acme.example\nBcc: b@acme.example"]}, 400, "email_to[0]"),
    ({"email_to": ["a@acme.example", "A@acme.example"]}, 400, "email_to[1]"),
    ({"email_to": [f"a{index}@acme.example" for index in range(51)]}, 400, "email_to"),
    ({"webhook_url": ""}, 400, "webhook_url"),
    ({"webhook_url": "ftp://example.com/"}, 400, "webhook_url"),
    ({"webhook_url": "http://127.0.0.1/"}, 400, "webhook_url"),
    ({"webhook_url": "http://2130706433/"}, 400, "webhook_url"),
    ({"webhook_url": "http://user:password@example.com/"}, 400, "webhook_url"),
    ({"webhook_url": "http://example.com:22/"}, 400, "webhook_url"),
    ({"webhook_url": "https://" + "x" * 2048}, 400, "webhook_url"),
    ({"cooldown": 5}, 400, "cooldown"),
]


@pytest.mark.parametrize(("changes", "status", "path"), BAD)
async def test_a_bad_body_is_refused_with_its_field(
    org: TestOrg, dashboard_id: str, changes: dict[str, Any], status: int, path: str
) -> None:
    made = (await org["admin"].post("/v1/alerts", json=rule(dashboard_id=dashboard_id))).json()["id"]
    body = rule(**{"dashboard_id": dashboard_id, **changes})
    for method, url in (("POST", "/v1/alerts"), ("PUT", f"/v1/alerts/{made}"), ("POST", "/v1/alerts/preview")):
        answer = await org["admin"].request(method, url, json=body)
        assert answer.status_code == status, (url, answer.text)
        fields = answer.json().get("fields", [])
        assert (path in [field["path"] for field in fields]) == bool(path), (url, answer.text)
    await org["admin"].delete(f"/v1/alerts/{made}")


async def test_a_number_that_is_none_is_refused(org: TestOrg, dashboard_id: str) -> None:
    for text in ("NaN", "Infinity", "-Infinity", "1e999"):
        raw = f'{{"name": "x", "widget_id": "w_failures", "dashboard_id": "{dashboard_id}", "operator": "gt", '
        raw += f'"condition_type": "threshold", "email_to": ["a@acme.example"], "threshold_value": {text}}}'
        answer = await org["admin"].post("/v1/alerts", content=raw, headers={"content-type": "application/json"})
        assert answer.status_code == 400, text


async def test_defaults_and_the_whole_answer(org: TestOrg, dashboard_id: str) -> None:
    body = rule(dashboard_id=dashboard_id, lookback_minutes=None)
    answer = await org["admin"].post("/v1/alerts", json={**body, "webhook_url": None, "tenant_id": None})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert isinstance(made["id"], int)
    times = {"created_at", "updated_at", "next_evaluation_at"}
    assert {name: value for name, value in made.items() if name not in {*times, "id"}} == {
        "environment": "prod",
        "name": "Too many failures",
        "widget_id": "w_failures",
        "dashboard_id": dashboard_id,
        "tenant_id": None,
        "condition_type": "threshold",
        "operator": "gt",
        "threshold_value": 2.0,
        "lookback_minutes": 60,
        "for_minutes": 0,
        "cooldown_minutes": 60,
        "notify_resolved": False,
        "email_to": ["oncall@acme.example"],
        "webhook_url": None,
        "enabled": True,
        "state": "ok",
        "last_value": None,
        "last_evaluated_at": None,
        "last_fired_at": None,
        "problem": None,
    }
    assert (await org["viewer"].get(f"/v1/alerts/{made['id']}")).json() == made
    assert (await org["admin"].delete(f"/v1/alerts/{made['id']}")).status_code == 204
    assert (await org["viewer"].get(f"/v1/alerts/{made['id']}")).status_code == 404


async def test_domains_that_the_org_allows(app: FastAPI) -> None:
    org = await make_org(app)
    board = await publish(org)
    await org["admin"].patch("/v1/org", json={"allowed_recipient_domains": ["acme.example"]})
    refused = await org["admin"].post(
        "/v1/alerts", json=rule(dashboard_id=board, email_to=["a@acme.example", "b@evil.example"])
    )
    assert [field["path"] for field in refused.json()["fields"]] == ["email_to[1]"]
    await org.close()


async def test_an_environment_sees_its_own(org: TestOrg, dashboard_id: str) -> None:
    made = (await org["admin"].post("/v1/alerts", json=rule(dashboard_id=dashboard_id))).json()["id"]
    dev = {"X-Emban-Environment": "dev"}
    assert (await org["viewer"].get(f"/v1/alerts/{made}", headers=dev)).status_code == 404
    assert (await org["viewer"].get("/v1/alerts", headers=dev)).json()["items"] == []
    refused = await org["admin"].post("/v1/alerts", json=rule(dashboard_id=dashboard_id), headers=dev)
    assert refused.status_code == 404, "a dashboard of another environment"


async def test_another_orgs_widgets_cannot_be_watched(org: TestOrg, other_org: TestOrg, dashboard_id: str) -> None:
    body = rule(dashboard_id=dashboard_id)
    answer = await other_org["admin"].post("/v1/alerts", json=body)
    nothing = await other_org["admin"].post("/v1/alerts", json={**body, "dashboard_id": "dash_nothing"})
    assert (answer.status_code, answer.text) == (404, nothing.text)


async def test_pages_of_alerts_go_on_where_the_last_one_ended(app: FastAPI) -> None:
    org = await make_org(app)
    board = await publish(org)
    ids = [
        (await org["admin"].post("/v1/alerts", json=rule(dashboard_id=board, name=f"a{index}"))).json()["id"]
        for index in range(5)
    ]
    seen, cursor = [], None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await org["viewer"].get("/v1/alerts", params=params)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]
    await org.close()


async def test_the_audit_log_has_the_change_and_no_secret(app: FastAPI) -> None:
    org = await make_org(app)
    board = await publish(org)
    url = "https://hooks.example.com/a?token=s3cret"
    body = rule(dashboard_id=board, webhook_url=url)
    made = (await org["admin"].post("/v1/alerts", json=body)).json()["id"]
    await org["admin"].put(f"/v1/alerts/{made}", json={**body, "threshold_value": 9})
    await org["admin"].delete(f"/v1/alerts/{made}")
    rows = (await org["admin"].get("/v1/audit", params={"entity": "alert"})).json()["items"]
    found = {row["action"]: row for row in rows}
    assert found["alert.update"]["metadata"] == {
        "environment": "prod",
        "before": {"threshold_value": 2.0},
        "after": {"threshold_value": 9.0},
    }
    assert found["alert.create"]["metadata"]["webhook_url"] == "https://hooks.example.com/a"
    assert found["alert.create"]["metadata"]["email_to"] == ["o***@acme.example"]
    assert "alert.delete" in found
    assert "s3cret" not in str(rows)
    await org.close()


@pytest.mark.parametrize("plan", ["free", "starter"])
async def test_alerts_are_part_of_every_plan(app: FastAPI, plan: str) -> None:
    org = await make_org(app)
    board = await publish(org)
    await put_on_plan(app, org.id, plan)
    assert (await org["admin"].post("/v1/alerts", json=rule(dashboard_id=board))).status_code == 201
    await org.close()


async def test_a_key_confined_to_dev_sees_and_makes_alerts_of_dev_alone(app: FastAPI) -> None:
    org = await make_org(app)
    board = await publish(org)
    theirs = (await org["admin"].post("/v1/alerts", json=rule(dashboard_id=board))).json()["id"]
    body = {"label": "dev", "scope": "admin", "environment": "dev", "environment_only": True}
    key = (await org["owner"].post("/v1/api-keys", json=body)).json()["key"]
    async with machine(app, key) as client:
        assert (await client.get(f"/v1/alerts/{theirs}")).status_code == 404
        assert (await client.get("/v1/alerts")).json()["items"] == []
        assert (await client.delete(f"/v1/alerts/{theirs}")).status_code == 404
    await org.close()


async def test_the_preview_says_what_the_evaluation_would_have_said(app: FastAPI, fresh_org: TestOrg) -> None:
    board = await publish(fresh_org)
    bench = AlertBench(app, fresh_org, evaluation_of(app), board)
    # Three failures two days ago within an hour, and three just now.
    await bench.post(
        [job(2880 + minutes, cost=0.1) for minutes in (0, 10, 20)] + [job(minutes) for minutes in (1, 2, 3)]
    )
    body = rule(dashboard_id=board, lookback_minutes=60)
    answer = await fresh_org["admin"].post("/v1/alerts/preview", json=body)
    assert answer.status_code == 200, answer.text
    preview = answer.json()
    assert preview["evaluated"] == len(preview["points"]) == 7 * 24 * 60
    assert preview["step_minutes"] == 1
    assert [firing["value"] for firing in preview["firings"]] == [3, 3]
    first, second = preview["firings"]
    assert first["resolved_at"] is not None
    assert second["resolved_at"] is None
    assert max(point["value"] for point in preview["points"]) == 3
    assert (await fresh_org["viewer"].get("/v1/alerts")).json()["items"] == [], "nothing is saved"


@pytest.mark.parametrize("lookback", [45, 360, 1440])
@pytest.mark.parametrize(
    ("widget_id", "condition"),
    [
        ("w_failures", {}),
        ("w_users", {"operator": "gte", "threshold_value": 2}),
        ("w_cost", {"threshold_value": 0.5}),
        ("w_rate", {"threshold_value": 40}),
        ("w_delay", {"threshold_value": 150}),
        ("w_cost", {"condition_type": "delta", "threshold_value": 20}),
        ("w_failures", {"condition_type": "no_data", "operator": None, "threshold_value": None}),
    ],
)
async def test_each_point_of_a_preview_is_the_figure_of_that_window(
    app: FastAPI, org: TestOrg, dashboard_id: str, lookback: int, widget_id: str, condition: dict[str, Any]
) -> None:
    """Against the structured query over the same window, to the last digit."""
    if "events" not in org.made:
        events = [
            job(minutes * 7.3 + 1, status=("error", "ok")[minutes % 3 > 0], ms=minutes * 1.7, cost=0.1 * minutes)
            for minutes in range(600)
        ]
        await org["ingest_key"].post("/v1/events", json={"events": events})
        org.made["events"] = "posted"
    body = rule(dashboard_id=dashboard_id, widget_id=widget_id, lookback_minutes=lookback, **condition)
    answer = await org["admin"].post("/v1/alerts/preview", json=body)
    assert answer.status_code == 200, answer.text
    points = answer.json()["points"]
    (widget,) = (one for one in WIDGETS if one["id"] == widget_id)
    for index in (-1, -61, len(points) // 2, 30):
        at = points[index]["t"]
        values = [await _figure(org, widget["query"], at, lookback * step, lookback) for step in (1, 2)]
        expected: float | None = values[0]
        if condition.get("condition_type") == "delta":
            before = values[1]
            expected = None if not before or values[0] is None else (values[0] - before) / abs(before) * 100
        found = points[index]["value"]
        same = found == expected if None in {found, expected} else found == pytest.approx(expected, rel=1e-9)
        assert same, (at, found, expected)


async def _figure(org: TestOrg, query: dict[str, Any], end: str, back: int, length: int) -> float | None:
    start = datetime.fromisoformat(end) - timedelta(minutes=back)
    asked = {**query, "date_from": start.isoformat(), "date_to": (start + timedelta(minutes=length)).isoformat()}
    answer = await org["viewer"].post("/v1/query", json={"query": asked, "all_tenants": True})
    assert answer.status_code == 200, answer.text
    value: float | None = answer.json()["points"][0]["value"]
    return value
