"""Filling the demo over the API, as any backend would: an org, events, a dashboard, an alert, a report.

What is there already is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from emban.demo.state import RECEIVER, DemoState, read_state, write_state
from emban.kit.clock import utcnow
from emban.kit.crypto import random_base62
from emban.kit.rfc3339 import format_instant, parse_instant
from emban.onboarding.company import CUSTOMERS
from emban.onboarding.dashboard import NAME, sample_config
from emban.onboarding.sample import Story, sample_events
from emban.onboarding.service import bodies

EVENTS = 60_000
EMAIL = "demo@lumen.example"
ORG_NAME = "Lumen AI"
_SEED = "demo"
_AT_ONCE = 4
_TIMEOUT_S = 60.0

_ALERT = {
    "name": "Errors at the largest customer",
    "widget_id": "w_error_rate",
    "condition_type": "threshold",
    "operator": "gt",
    "threshold_value": 1,
    "lookback_minutes": 1440,
    "notify_resolved": True,
}
_REPORT = {
    "name": "Weekly usage",
    "schedule_kind": "weekly",
    "day_of_week": 1,
    "hour": 8,
    "timezone": "Europe/Berlin",
    "format": "pdf",
    "period": "30d",
}

# Called with the number of events sent so far and the number there will be, roughly.
Progress = Callable[[int, int], None]


class DemoError(Exception):
    """The demo could not be filled; the text says why."""


def fill(address: str, data_dir: Path, progress: Progress, now: datetime | None = None) -> DemoState:
    """Make what is missing of the demo at `address` and return its state. Raises `DemoError`."""
    until = (now or utcnow()).astimezone(UTC).replace(microsecond=0)
    try:
        with httpx.Client(base_url=address, timeout=_TIMEOUT_S) as client:
            state = _org(client, data_dir, until)
            client.headers["authorization"] = f"Bearer {state.api_key}"
            state = _events(client, state, until, progress)
            write_state(data_dir, state)
            state = _dashboard(client, state)
            write_state(data_dir, state)
            state = _rules(client, state, f"{address}{RECEIVER}")
            write_state(data_dir, state)
            return state
    except httpx.HTTPError as error:
        raise DemoError(f"the demo's own server did not answer: {error}") from error


def _org(client: httpx.Client, data_dir: Path, now: datetime) -> DemoState:
    """Return the state of the demo's org, made now unless a key of it still works."""
    state = read_state(data_dir)
    if state is not None:
        known = client.get("/v1/auth/me", headers={"authorization": f"Bearer {state.api_key}"})
        if known.status_code == 200:
            return state
    email, body = EMAIL, {"password": random_base62(16), "org_name": ORG_NAME}
    answer = client.post("/v1/auth/register", json={**body, "email": email})
    if answer.status_code == 409:  # An org whose state was lost has the address.
        email = EMAIL.replace("@", f"-{random_base62(6).lower()}@")
        answer = client.post("/v1/auth/register", json={**body, "email": email})
    made = _done(answer)
    client.cookies.clear()
    state = DemoState(
        email=email, password=body["password"], api_key=made["api_key"]["key"], anchor=format_instant(now)
    )
    write_state(data_dir, state)
    return state


def _events(client: httpx.Client, state: DemoState, until: datetime, progress: Progress) -> DemoState:
    """Send the events up to `until` that were not sent before."""
    since = None if state.filled_until is None else parse_instant(state.filled_until)
    if since is not None and since >= until:
        return state
    story = Story(_SEED, state.anchored_at, EVENTS)
    sent = 0
    total = EVENTS if since is None else 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = pool.map(
            lambda body: _done(client.post("/v1/events", content=body, headers=_JSON)),
            bodies(sample_events(story, since, until)),
        )
        for answer in answers:
            sent += answer["accepted"] + answer.get("duplicates", 0)
            progress(sent, max(total, sent))
    return replace(state, filled_until=format_instant(until))


def _dashboard(client: httpx.Client, state: DemoState) -> DemoState:
    """Make and publish the dashboard, unless it is there."""
    dashboard_id = state.dashboard_id
    if dashboard_id is None or client.get(f"/v1/dashboards/{dashboard_id}").status_code != 200:
        made = _done(client.post("/v1/dashboards", json={"name": NAME, "config": sample_config()}))
        dashboard_id = str(made["id"])
        _done(client.post(f"/v1/dashboards/{dashboard_id}/publish"))
    return replace(state, dashboard_id=dashboard_id)


def _rules(client: httpx.Client, state: DemoState, receiver: str) -> DemoState:
    """Make an alert that fires at once, and a report that is run once; those that are there are kept."""
    about = {"dashboard_id": state.dashboard_id, "tenant_id": CUSTOMERS[0].id, "webhook_url": receiver}
    alert_id, _ = _kept(client, "/v1/alerts", state.alert_id, {**_ALERT, **about})
    report_id, is_new = _kept(client, "/v1/reports", state.report_id, {**_REPORT, **about})
    if is_new:
        _done(client.post(f"/v1/reports/{report_id}/run"))
    return replace(state, alert_id=alert_id, report_id=report_id)


def _kept(client: httpx.Client, path: str, known: int | None, body: dict[str, Any]) -> tuple[int, bool]:
    """Return the id of a rule and whether it was made now; one that is there follows the demo to another port."""
    found = None if known is None else client.get(f"{path}/{known}")
    if known is None or found is None or found.status_code != 200:
        return int(_done(client.post(path, json=body))["id"]), True
    if _done(found)["webhook_url"] != body["webhook_url"]:
        _done(client.put(f"{path}/{known}", json=body))
    return known, False


_JSON = {"content-type": "application/json"}


def _done(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise DemoError(f"{answer.request.url.path} answered {answer.status_code}: {answer.text[:300]}")
    decoded: dict[str, Any] = answer.json() if answer.content else {}
    return decoded
