"""Runs by their ids: cancelled from anywhere, kept for whoever ran them, and for nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.db import Database
from emban.sqlbox.runs import KEPT, MOST_STARRED
from tests.support.control import TestOrg, make_org, service

SLOW = (
    "SELECT sum(cityHash64(a, b)) FROM (SELECT arrayJoin(range(1000000)) AS a) AS x "
    "CROSS JOIN (SELECT arrayJoin(range(1000000)) AS b) AS y"
)
QUICK = "SELECT 1 AS one"
RUN = "run-12345678"


@pytest.fixture
async def runner_org(app: FastAPI) -> AsyncIterator[TestOrg]:
    org = await make_org(app)
    yield org
    await org.close()


async def history(org: TestOrg, role: str = "admin", **headers: str) -> list[dict[str, Any]]:
    answer = await org[role].get("/v1/query/adhoc/runs", headers=headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def under_way(org: TestOrg, run_id: str = RUN) -> None:
    """Wait until a run is on record."""
    for _ in range(100):
        if any(one["run_id"] == run_id and one["status"] == "running" for one in await history(org)):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the run never began")


async def test_a_run_is_cancelled_within_a_second_by_whoever_may(runner_org: TestOrg) -> None:
    running = asyncio.create_task(runner_org["admin"].post("/v1/query/adhoc", json={"sql": SLOW, "run_id": RUN}))
    await under_way(runner_org)
    await asyncio.sleep(0.5)
    started = time.perf_counter()
    # The owner may cancel what an admin runs, and does it twice.
    for _ in range(2):
        assert (await runner_org["owner"].post(f"/v1/query/adhoc/{RUN}/cancel")).status_code == 204
    # The answer comes only once the engine has let go of the statement.
    answer = await running
    assert time.perf_counter() - started < 1
    assert (answer.status_code, answer.json()["code"]) == (409, "run_cancelled")
    (run,) = await history(runner_org)
    assert (run["status"], run["error_code"], run["rows_returned"]) == ("cancelled", "run_cancelled", None)
    assert run["sql"] == SLOW
    assert (await runner_org["admin"].post(f"/v1/query/adhoc/{RUN}/cancel")).status_code == 204
    assert (await runner_org["admin"].post("/v1/query/adhoc", json={"sql": QUICK})).json()["rows"] == [[1]]


async def test_another_process_cancels_as_well(app: FastAPI, runner_org: TestOrg) -> None:
    running = asyncio.create_task(runner_org["admin"].post("/v1/query/adhoc", json={"sql": SLOW, "run_id": RUN}))
    await under_way(runner_org)
    # What a process does that knows nothing of the run but its row.
    async with service(app, Database).for_org(runner_org.id) as session:
        await session.execute(text("UPDATE adhoc_runs SET cancel_asked = true"))
    started = time.perf_counter()
    assert (await running).json()["code"] == "run_cancelled"
    assert time.perf_counter() - started < 1


async def test_a_run_that_waits_in_its_lane_is_cancelled(app: FastAPI, runner_org: TestOrg) -> None:
    # Both of the org's places, of which one waits where the lane has one slot.
    names = ["first-run-1", "second-run-2"]
    running = [
        asyncio.create_task(runner_org["admin"].post("/v1/query/adhoc", json={"sql": SLOW, "run_id": name}))
        for name in names
    ]
    for name in names:
        await under_way(runner_org, name)
    started = time.perf_counter()
    for name in reversed(names):
        assert (await runner_org["admin"].post(f"/v1/query/adhoc/{name}/cancel")).status_code == 204
    answers = await asyncio.gather(*running)
    assert {answer.json()["code"] for answer in answers} == {"run_cancelled"}
    assert time.perf_counter() - started < 2


async def test_leaving_cancels_and_is_on_record(runner_org: TestOrg) -> None:
    running = asyncio.create_task(runner_org["admin"].post("/v1/query/adhoc", json={"sql": SLOW, "run_id": RUN}))
    await under_way(runner_org)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for _ in range(40):
        (run,) = await history(runner_org)
        if run["status"] != "running":
            break
        await asyncio.sleep(0.1)
    assert run["status"] == "cancelled"


async def test_nobody_elses_run_is_stopped(app: FastAPI, runner_org: TestOrg, other_org: TestOrg) -> None:
    running = asyncio.create_task(runner_org["admin"].post("/v1/query/adhoc", json={"sql": SLOW, "run_id": RUN}))
    await under_way(runner_org)
    path = f"/v1/query/adhoc/{RUN}/cancel"
    assert (await other_org["owner"].post(path)).status_code == 404
    assert (await runner_org["owner"].post(path, headers={"x-emban-environment": "dev"})).status_code == 404
    assert (await runner_org["admin"].post("/v1/query/adhoc/never-was-1/cancel")).status_code == 404
    for role in ("viewer", "editor"):
        assert (await runner_org[role].post(path)).status_code == 403
    # Another org may use the same id at the same time; this one may not, whoever asks.
    theirs = asyncio.create_task(other_org["owner"].post("/v1/query/adhoc", json={"sql": QUICK, "run_id": RUN}))
    for role in ("admin", "owner"):
        taken = await runner_org[role].post("/v1/query/adhoc", json={"sql": QUICK, "run_id": RUN})
        assert (taken.status_code, taken.json()["code"]) == (409, "run_id_taken")
    assert not running.done()
    assert (await runner_org["admin"].post(path)).status_code == 204
    assert (await running).status_code == 409
    assert (await theirs).status_code == 200


@pytest.mark.parametrize("run_id", ["short", "x" * 65, "a b c d e f", "döner-12345", "12345678\n", "../../../etc"])
async def test_ids_are_checked(runner_org: TestOrg, run_id: str) -> None:
    answer = await runner_org["admin"].post("/v1/query/adhoc", json={"sql": QUICK, "run_id": run_id})
    assert answer.status_code == 400
    assert answer.json()["fields"][0]["path"] == "run_id"


async def test_history_is_ones_own(runner_org: TestOrg, other_org: TestOrg) -> None:
    mine = "run-of-my-own"
    await runner_org["admin"].post("/v1/query/adhoc", json={"sql": QUICK, "run_id": mine})
    await runner_org["admin"].post("/v1/query/adhoc", json={"sql": "SELECT nope FROM emban.events"})
    failed, ran = await history(runner_org)
    assert (ran["run_id"], ran["status"], ran["rows_returned"], ran["starred"]) == (mine, "ok", 1, False)
    assert ran["ms"] > 0
    assert (failed["status"], failed["error_code"]) == ("failed", "sql_error")
    assert "nope" in failed["error"]
    assert await history(runner_org, "owner") == []
    assert await history(runner_org, "admin", **{"x-emban-environment": "dev"}) == []
    path = f"/v1/query/adhoc/runs/{mine}"
    for client in (runner_org["owner"], other_org["owner"]):
        assert (await client.patch(path, json={"starred": True})).status_code == 404
    elsewhere = await runner_org["admin"].patch(path, json={"starred": True}, headers={"x-emban-environment": "dev"})
    assert elsewhere.status_code == 404
    # Somebody else of the org cannot take its place either.
    taken = await runner_org["owner"].post("/v1/query/adhoc", json={"sql": QUICK, "run_id": mine})
    assert taken.json()["code"] == "run_id_taken"
    again = await runner_org["admin"].post("/v1/query/adhoc", json={"sql": "SELECT 2", "run_id": mine})
    assert again.json()["rows"] == [[2]]
    assert (await history(runner_org))[0]["sql"] == "SELECT 2"


async def test_old_runs_go_and_stars_stay(app: FastAPI, runner_org: TestOrg) -> None:
    admin = runner_org["admin"]
    await admin.post("/v1/query/adhoc", json={"sql": QUICK, "run_id": RUN})
    starred = await admin.patch(f"/v1/query/adhoc/runs/{RUN}", json={"starred": True})
    assert (starred.status_code, starred.json()["starred"]) == (200, True)
    await _fill(app, runner_org, KEPT + 10)
    await admin.post("/v1/query/adhoc", json={"sql": QUICK, "run_id": "the-newest-one"})
    kept = await history(runner_org)
    assert len(kept) == KEPT + 1
    assert (kept[0]["run_id"], kept[-1]["run_id"]) == ("the-newest-one", RUN)
    await admin.patch(f"/v1/query/adhoc/runs/{RUN}", json={"starred": False})
    await admin.post("/v1/query/adhoc", json={"sql": QUICK, "run_id": "the-next-one"})
    assert RUN not in [one["run_id"] for one in await history(runner_org)]
    await _fill(app, runner_org, MOST_STARRED, starred=True)
    full = await admin.patch("/v1/query/adhoc/runs/the-next-one", json={"starred": True})
    assert (full.status_code, full.json()["code"]) == (409, "conflict")


async def test_what_a_dead_process_left_is_no_hindrance(app: FastAPI, runner_org: TestOrg) -> None:
    await _fill(app, runner_org, 1, step=86_400, status="running")
    (left,) = await history(runner_org)
    assert (left["status"], left["error_code"]) == ("failed", "internal_error")
    again = await runner_org["admin"].post("/v1/query/adhoc", json={"sql": QUICK, "run_id": left["run_id"]})
    assert again.status_code == 200


async def test_runs_go_with_their_person(app: FastAPI, runner_org: TestOrg) -> None:
    await runner_org["admin"].post("/v1/query/adhoc", json={"sql": QUICK})
    assert await _count(app, runner_org) == 1
    gone = await runner_org["owner"].delete(f"/v1/members/{runner_org.user_ids['admin']}")
    assert gone.status_code == 204
    assert await _count(app, runner_org) == 0


async def _fill(
    app: FastAPI, org: TestOrg, count: int, *, starred: bool = False, step: float = 1e-5, status: str = "ok"
) -> None:
    """Add runs of the admin, `step` seconds apart, the last one so long ago."""
    inserting = text(
        "INSERT INTO adhoc_runs (org_id, run_id, environment, user_id, sql, started_at, status, starred, cancel_asked) "
        "SELECT :org, :mark || number, 'prod', :user, 'SELECT 1', now() - make_interval(secs => number * :step), "
        ":status, :starred, false FROM generate_series(1, :count) AS number"
    )
    values = {
        "org": org.id,
        "user": org.user_ids["admin"],
        "count": count,
        "step": step,
        "starred": starred,
        "status": status,
    }
    async with service(app, Database).for_org(org.id) as session:
        await session.execute(inserting, {**values, "mark": f"old-run-{starred}-"})


async def _count(app: FastAPI, org: TestOrg) -> int:
    async with service(app, Database).for_org(org.id) as session:
        return int((await session.execute(text("SELECT count(*) FROM adhoc_runs"))).scalar_one())
