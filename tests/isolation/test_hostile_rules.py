"""Bodies of alerts and reports: what the server decides cannot be sent, and a refused body changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from tests.isolation.test_roles import made_in
from tests.support.alerts import rule
from tests.support.control import TestOrg, audit_rows
from tests.support.reports import body_of

# Whose it is, what it was seen to be and when it is due are the server's own.
OF_BOTH: dict[str, Any] = {
    "id": 1,
    "org_id": "org_1",
    "org": "org_1",
    "environment": "dev",
    "created_by": "somebody@else.example",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "all_tenants": True,
    "scope": {"tenant": "customer_2"},
    "locked_filters": {},
    "query": {"event_name": "*", "metric": "count"},
    "sql": "SELECT 1",
    "draft": True,
    "test": True,
    "__proto__": {"tenant_id": "customer_2"},
    "": 1,
}
OF_ALERTS: dict[str, Any] = {
    "state": "firing",
    "remembered": "firing",
    "since": "2026-01-01T00:00:00Z",
    "unanswered": 0,
    "problem": None,
    "last_value": 5,
    "last_fired_at": None,
    "next_evaluation_at": "2026-01-01T00:00:00Z",
    "filters": {"dimensions": {"tenant_id": "customer_2"}},
    "deliveries": [],
}
OF_REPORTS: dict[str, Any] = {
    "next_run_at": "2026-01-01T00:00:00Z",
    "widget_id": "w_1",
    "trigger": "manual",
    "runs": [],
}
# A text that is none, or that is no destination.
WRONG: dict[str, tuple[Any, ...]] = {
    "name": (None, 5, ["x"], "", "a\x00", "two\r\nBcc: all@acme.example"),
    "tenant_id": (5, ["customer_1"], {"not": "x"}, ""),
    "email_to": (
        "ada@acme.example",
        {"to": "ada@acme.example"},
        [None],
        [["ada@acme.example"]],
        ["a@b\r\nBcc: c@d.example"],
    ),
    "webhook_url": (
        5,
        "",
        "//8.8.8.8",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "http://169.254.169.254/",
        "http://[::1]/",
    ),
    "enabled": (1, "true", []),
}


@pytest.mark.parametrize("kind", ["alerts", "reports"])
async def test_what_is_the_servers_is_a_400_and_changes_nothing(app: FastAPI, org: TestOrg, kind: str) -> None:
    ids = await made_in(org)
    one = f"/v1/{kind}/{ids['alert_id' if kind == 'alerts' else 'report_id']}"
    good = rule(widget_id=ids["widget_id"]) if kind == "alerts" else body_of(ids["dashboard_id"])
    before = (await org["owner"].get(one)).json()
    rows = len(await audit_rows(app, org.id))
    extra = {**OF_BOTH, **(OF_ALERTS if kind == "alerts" else OF_REPORTS)}
    changes = [{name: value} for name, value in extra.items()]
    changes += [{name: value} for name, values in WRONG.items() for value in values]
    sent: list[tuple[Any, Any]] = [(change, {**good, **change}) for change in changes]
    sent += [(body, body) for body in ([good], "x", 5, None)]
    ways = [("POST", f"/v1/{kind}"), ("PUT", one), *([("POST", "/v1/alerts/preview")] if kind == "alerts" else [])]
    wrong = []
    for said, body in sent:
        for method, path in ways:
            answer = await org["owner"].request(method, path, json=body)
            if (answer.status_code, answer.json().get("code")) != (400, "invalid_request"):
                wrong.append(f"{method} {path} {said}: {answer.status_code}")
    assert wrong == []
    assert (await org["owner"].get(one)).json() == before
    assert len(await audit_rows(app, org.id)) == rows
    assert (await org["owner"].put(one, json=good)).status_code == 200, "the body itself is taken"
