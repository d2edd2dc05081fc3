"""What admins are told of how a query would be answered."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from tests.integration.rollup.test_keeper import event, roll_up, send
from tests.support.control import TestOrg

BODY: dict[str, Any] = {
    "query": {"event_name": "api.call", "metric": "count", "period": "30d", "granularity": "day"},
    "tenant_id": "t1",
}


async def test_the_plan_names_its_path_and_why_no_other(app: FastAPI, fresh_org: TestOrg) -> None:
    before = (await fresh_org["admin_key"].post("/v1/query/plan", json=BODY)).json()
    assert (before["path"], before["rolled_up_to"]) == ("raw", None)
    assert {one["reason"] for one in before["passed"]} == {"nothing is rolled up yet"}
    await send(fresh_org, [event(number) for number in range(50)])
    await roll_up(app, fresh_org)
    plan = (await fresh_org["admin_key"].post("/v1/query/plan", json=BODY)).json()
    assert plan["path"] == "hourly"
    assert {one["path"] for one in plan["passed"]} == {"daily", "raw"}
    assert plan["as_of"] == plan["rolled_up_to"]
    assert (plan["rolled_measures"], plan["rolled_dimensions"]) == (["tokens"], ["model"])
    (statement,) = plan["statements"]
    assert "FROM emban.hourly WHERE org_id = {" in statement["sql"]
    assert "t1" not in statement["sql"]
    assert "t1" in statement["parameters"].values()
    answered = await fresh_org["admin_key"].post("/v1/query", json=BODY)
    assert answered.json()["meta"]["path"] == "hourly"


async def test_the_plan_is_refused_as_the_query_is(fresh_org: TestOrg) -> None:
    wrong = {**BODY, "query": {**BODY["query"], "granularity": "minute", "period": "90d"}}
    answer = await fresh_org["admin_key"].post("/v1/query/plan", json=wrong)
    assert answer.status_code == 400
    assert [one["path"] for one in answer.json()["fields"]] == ["query.granularity"]
    assert (await fresh_org["viewer"].post("/v1/query/plan", json=BODY)).status_code == 403
