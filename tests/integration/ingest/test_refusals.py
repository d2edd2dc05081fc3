"""Events that are refused are noted, for whoever judges by their absence; noting them costs the sender nothing."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.alerts.ingest_lag import LAGGING, IngestLag
from emban.db import Database
from emban.errors import unavailable
from emban.ingest.commit.group_commit import GroupCommit
from emban.ingest.refusals import Refusals
from emban.ingest.service import Ingest
from emban.scope import ALL_TENANTS, Scope
from tests.support.control import TestOrg, service

EVENT = {"tenant_id": "t", "event_name": "e"}


async def test_a_503_is_noted_until_events_are_taken_again(
    app: FastAPI, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    lag = IngestLag(service(app, Database))
    client = fresh_org["ingest_key"]

    async def refuse(*_: object) -> None:
        raise unavailable("the event store cannot take the events")

    with monkeypatch.context() as patch:
        patch.setattr(GroupCommit, "submit", refuse)
        assert (await client.post("/v1/events", json={"events": [EVENT]})).status_code == 503
    await service(app, Ingest)._refusals.flush()
    assert await lag.reason(fresh_org.id, "prod") == LAGGING
    assert await lag.reason(fresh_org.id, "dev") is None
    assert (await client.post("/v1/events", json={"events": [EVENT]})).status_code == 200
    assert await lag.reason(fresh_org.id, "prod") is None


async def test_events_that_are_wrong_are_no_refusals(app: FastAPI, fresh_org: TestOrg) -> None:
    assert (await fresh_org["ingest_key"].post("/v1/events", json={"events": [{}]})).status_code == 400
    await service(app, Ingest)._refusals.flush()
    async with service(app, Database).for_org(fresh_org.id) as session:
        assert (await session.execute(text("SELECT count(*) FROM ingest_refusals"))).scalar_one() == 0


async def test_a_note_about_an_org_that_is_gone_holds_up_no_other(app: FastAPI, fresh_org: TestOrg) -> None:
    database = service(app, Database)
    refusals = Refusals(database)
    refusals.note(Scope("org_gone", "prod", ALL_TENANTS))
    refusals.note(Scope(fresh_org.id, "prod", ALL_TENANTS))
    await refusals.flush()
    async with database.for_org(fresh_org.id) as session:
        assert (await session.execute(text("SELECT count(*) FROM ingest_refusals"))).scalar_one() == 1
