"""An org whose statement ended the engine waits 1, 5, 30 minutes, in every process, and is forgiven in the end."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.db import Database, RowContext
from emban.db.urls import app_url
from emban.errors import EmbanError
from emban.settings import Settings
from emban.sqlbox import suspension
from emban.sqlbox.suspension import Suspensions
from tests.support.control import TestOrg, service


async def remaining(suspensions: Suspensions, org_id: str) -> int:
    """Return the seconds that an org has to wait yet."""
    try:
        await suspensions.check(org_id)
    except EmbanError as error:
        if error.retry_after is None or (error.status, error.code) != (429, "adhoc_suspended"):
            raise
        return error.retry_after
    return 0


async def move(app: FastAPI, org_id: str, change: str) -> None:
    """Let time pass: change the row of an org."""
    key = suspension._key(org_id)
    async with service(app, Database).session(RowContext(credential=key)) as session:
        await session.execute(text(f"UPDATE rate_limits SET {change} WHERE key = :key"), {"key": key})


async def test_each_time_is_longer_and_no_other_org_waits(
    app: FastAPI, settings: Settings, fresh_org: TestOrg, other_org: TestOrg
) -> None:
    here = Suspensions(service(app, Database))
    database = Database(app_url(settings), pool_size=1)
    there = Suspensions(database)
    assert await remaining(here, fresh_org.id) == 0
    for wait in (60, 300, 1800, 1800):
        error = await here.impose(fresh_org.id)
        assert (error.code, error.retry_after) == ("adhoc_suspended", wait)
        assert wait - 5 < await remaining(there, fresh_org.id) <= wait
        assert await remaining(there, other_org.id) == 0
        await move(app, fresh_org.id, "window_number = 0")
        assert await remaining(there, fresh_org.id) == 0
    await move(app, fresh_org.id, "expires_at = now()")
    assert (await there.impose(fresh_org.id)).retry_after == 60
    await database.close()


async def test_two_processes_count_as_one(app: FastAPI, settings: Settings, fresh_org: TestOrg) -> None:
    database = Database(app_url(settings), pool_size=1)
    processes = (Suspensions(service(app, Database)), Suspensions(database))
    imposed = await asyncio.gather(*(process.impose(fresh_org.id) for process in processes))
    assert {error.retry_after for error in imposed} == {60, 300}
    await database.close()


async def test_the_api_says_why_and_how_long(app: FastAPI, fresh_org: TestOrg, other_org: TestOrg) -> None:
    await Suspensions(service(app, Database)).impose(fresh_org.id)
    answer = await fresh_org["admin_key"].post("/v1/query/adhoc", json={"sql": "SELECT 1"})
    assert (answer.status_code, answer.json()["code"]) == (429, "adhoc_suspended")
    assert "had to be restarted for everybody" in answer.json()["error"]
    assert 50 < int(answer.headers["retry-after"]) <= 60
    assert (await other_org["admin_key"].post("/v1/query/adhoc", json={"sql": "SELECT 1"})).json()["rows"] == [[1]]


@pytest.mark.parametrize(("seconds", "words"), [(1, "in 1 seconds"), (119, "in 119 seconds"), (121, "in 3 minutes")])
def test_the_wait_in_words(seconds: int, words: str) -> None:
    assert words in suspension._suspended(seconds).message
