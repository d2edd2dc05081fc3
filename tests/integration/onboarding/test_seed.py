"""Sample events on request: believable, once, and for the own org alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from emban.onboarding.company import CUSTOMERS
from emban.onboarding.dashboard import sample_config
from emban.onboarding.service import Onboarding
from tests.support.control import TestOrg, audit_rows, put_on_plan, service
from tests.support.showing import COUNT, embedded, mint

TOKENS = ("read", "written")


@pytest.fixture
def few(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample that is made faster, where its size does not matter."""
    monkeypatch.setattr(service(app, Onboarding), "_events", 2_000)


async def seed(org: TestOrg, **headers: str) -> dict[str, Any]:
    answer = await org["admin"].post("/v1/onboarding/seed", json={}, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def stored(org: TestOrg, **headers: str) -> Any:
    body = {"all_tenants": True, "query": {**COUNT, "date_from": "2020-01-01"}}
    answer = await org["admin"].post("/v1/query", json=body, headers=headers)
    return answer.json()["points"][0]["value"]


async def test_seeding_fills_an_org_and_again_adds_nothing(app: FastAPI, fresh_org: TestOrg) -> None:
    first = await seed(fresh_org)
    assert first["tenants"] == [customer.id for customer in CUSTOMERS]
    assert first["events"] > 20_000
    assert await stored(fresh_org) == first["events"]
    assert await seed(fresh_org) == first
    assert await stored(fresh_org) == first["events"]
    assert (await fresh_org["admin"].get("/v1/billing")).json()["events_used"] == first["events"]
    rows = [row for row in await audit_rows(app, fresh_org.id) if row["action"] == "onboarding.seed"]
    assert [row["entity_id"] for row in rows] == [first["dashboard_id"]]


async def test_every_widget_of_the_sample_dashboard_has_something_to_show(app: FastAPI, fresh_org: TestOrg) -> None:
    made = await seed(fresh_org)
    path = f"/v1/dashboards/{made['dashboard_id']}"
    assert (await fresh_org["admin"].post(f"{path}/publish")).status_code == 204
    charts = {(widget["kind"], widget.get("chart", "table")) for widget in sample_config()["widgets"]}
    assert len(charts) == 10  # All there are.
    for tenant in made["tenants"]:
        token = (await mint(fresh_org, made["dashboard_id"], tenant))["token"]
        async with embedded(app, token) as browser:
            config = (await browser.get("/v1/embed/dashboard")).json()
            answer = (await browser.post("/v1/embed/data", json={"period": "90d"})).json()
        assert all(one["values"] for one in config["filters"]["dimensions"])
        for widget_id, widget in answer["widgets"].items():
            figures = [point["value"] for point in widget["points"]] if "points" in widget else widget["rows"]
            assert any(figures), (tenant, widget_id)
        other = {customer.id for customer in CUSTOMERS} - {tenant}
        assert not [name for name in other if name in str(answer)]


@pytest.mark.usefixtures("few")
async def test_the_figures_of_the_sample_dashboard_add_up(app: FastAPI, fresh_org: TestOrg) -> None:
    """The bars, the donut, the list and the table come to the figure above them, and a running total ends at it."""
    made = await seed(fresh_org)
    path = f"/v1/dashboards/{made['dashboard_id']}/data"
    for period in ("24h", "7d", "30d", "90d", "this_month", "last_month"):
        for timezone in ("UTC", "America/New_York", "Asia/Kolkata"):
            body = {"all_tenants": True, "period": period, "timezone": timezone}
            widgets = (await fresh_org["admin"].post(path, json=body)).json()["widgets"]
            values = {name: [one["value"] for one in widget.get("points", ())] for name, widget in widgets.items()}
            requests = values["w_requests"][0]
            for name in ("w_requests_by_model", "w_endpoints", "w_top_users"):
                assert sum(values[name]) == requests, (name, period, timezone)
            rows = widgets["w_details"]["rows"]
            assert sum(row[2] for row in rows) == requests
            failed = sum(values["w_failures"])
            assert values["w_error_rate"] == [share(failed, requests, 100)]
            (cost,) = values["w_budget"]
            assert values["w_spend"][-1] == pytest.approx(cost, rel=1e-14)
            points = widgets["w_tokens"]["points"]
            tokens = [sum(one["value"] for one in points if one["series"] == name) for name in TOKENS]
            assert tokens == [sum(row[place] for row in rows) for place in (3, 4)]
            assert values["w_cost_per_1k"] == [share(cost, sum(tokens), 1000)]
            windows = {str(widget["meta"]["window"]["from"]) for widget in widgets.values()}
            assert len(windows) == 1


def share(part: float, whole: float, of: float) -> Any:
    """What a formula makes of it: in the first minutes of a month there may be nothing to divide by."""
    return None if whole == 0 else pytest.approx(part / whole * of)


@pytest.mark.usefixtures("few")
async def test_a_dashboard_made_of_the_sample_has_its_error_rate(fresh_org: TestOrg) -> None:
    await seed(fresh_org)
    made = (await fresh_org["admin"].post("/v1/discover/auto-create", json={})).json()
    dashboard = f"/v1/dashboards/{made['dashboard_id']}"
    config = (await fresh_org["admin"].get(dashboard)).json()["config"]
    (rate,) = [widget for widget in config["widgets"] if widget["title"] == "Error rate"]
    failures = rate["query"]["figures"]["failed"]["filters"]["dimensions"]["status"]
    assert failures == ["error", "rate_limited", "timeout"]
    answer = await fresh_org["admin"].post(f"{dashboard}/data", json={"all_tenants": True, "widgets": [rate["id"]]})
    assert 0 < answer.json()["widgets"][rate["id"]]["points"][0]["value"] < 50


@pytest.mark.usefixtures("few")
async def test_requests_at_once_make_one_sample(fresh_org: TestOrg) -> None:
    made = await asyncio.gather(*(seed(fresh_org) for _ in range(3)))
    assert made[0] == made[1] == made[2]
    assert await stored(fresh_org) == made[0]["events"]
    assert len((await fresh_org["admin"].get("/v1/dashboards")).json()["items"]) == 1


@pytest.mark.usefixtures("few")
async def test_each_environment_has_its_own_and_a_deleted_dashboard_comes_back(fresh_org: TestOrg) -> None:
    dev = {"X-Emban-Environment": "dev"}
    in_dev = await seed(fresh_org, **dev)
    assert await stored(fresh_org) == 0
    path = f"/v1/dashboards/{in_dev['dashboard_id']}"
    assert (await fresh_org["admin"].get(path)).status_code == 404
    assert (await fresh_org["admin"].delete(path, headers=dev)).status_code == 204
    assert await seed(fresh_org, **dev) == in_dev
    assert (await fresh_org["admin"].get(path, headers=dev)).status_code == 200
    assert await stored(fresh_org, **dev) == in_dev["events"]


@pytest.mark.usefixtures("few")
async def test_only_admins_may_seed_and_bodies_hold_nothing(app: FastAPI, fresh_org: TestOrg) -> None:
    for caller, status in (("editor", 403), ("viewer", 403), ("ingest_key", 403), ("nobody", 401)):
        assert (await fresh_org[caller].post("/v1/onboarding/seed", json={})).status_code == status
    assert (await fresh_org["admin"].post("/v1/onboarding/seed", json={"events": 5})).status_code == 400
    await put_on_plan(app, fresh_org.id, "free")
    assert (await seed(fresh_org))["events"] < 250_000
