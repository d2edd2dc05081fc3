"""`emban org` and `emban audit verify`, as the operator types them."""

from __future__ import annotations

import asyncio
import json

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from typer.testing import CliRunner, Result

from emban.cli.main import build
from emban.db.urls import owner_url
from emban.settings import Settings
from tests.support.control import TestOrg, connected, service
from tests.support.engines import Engines


@pytest.fixture
def emban(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBAN_DATABASE_URL", engines.database_owner_url)
    monkeypatch.setenv("EMBAN_CLICKHOUSE_URL", engines.clickhouse_url)
    monkeypatch.setenv("EMBAN_SECRET_KEY", engines.secret_key)


async def run(*arguments: str, answer: str = "") -> Result:
    """Run a command in a thread: it brings an event loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, build(arguments), list(arguments), answer)


@pytest.mark.usefixtures("emban")
async def test_orgs_are_listed_and_moved_between_plans(app: FastAPI, fresh_org: TestOrg) -> None:
    listed = json.loads((await run("org", "list", "--json")).stdout)
    mine = next(line for line in listed if line["id"] == fresh_org.id)
    assert (mine["owner"], mine["plan"], mine["members"]) == (fresh_org.owner_email, "scale", 4)

    changed = await run("org", "set-plan", fresh_org.owner_email, "free")
    assert changed.exit_code == 0
    assert "scale → free" in changed.stdout
    assert (await run("org", "set-plan", fresh_org.id, "gold")).exit_code == 2
    assert (await run("org", "set-plan", "org_unknown", "free")).exit_code == 1


@pytest.mark.usefixtures("emban")
async def test_a_plan_changed_by_the_operator_is_audited(app: FastAPI, fresh_org: TestOrg) -> None:
    await run("org", "set-plan", fresh_org.id, "growth")
    rows = (await fresh_org["owner"].get("/v1/audit", params={"action": "billing.plan_change"})).json()["items"]

    assert rows[0]["actor"] == "operator"
    assert rows[0]["metadata"] == {"before": "scale", "after": "growth"}


@pytest.mark.usefixtures("emban")
async def test_an_org_is_deleted_after_asking(app: FastAPI, fresh_org: TestOrg) -> None:
    assert (await run("org", "delete", fresh_org.id, answer="n\n")).exit_code == 1
    assert (await fresh_org["owner"].get("/v1/org")).status_code == 200
    assert (await run("org", "delete", fresh_org.id, "--yes")).exit_code == 0
    assert (await fresh_org["owner"].get("/v1/org")).status_code == 401


@pytest.mark.usefixtures("emban")
async def test_verify_says_what_is_wrong_and_ends_with_one(app: FastAPI, fresh_org: TestOrg) -> None:
    whole = await run("audit", "verify", "--org", fresh_org.id)
    assert whole.exit_code == 0
    assert "0 found wrong" in whole.stdout

    with connected(owner_url(service(app, Settings))) as connection:
        connection.execute(text("SELECT set_config('emban.org_id', :org, false)"), {"org": fresh_org.id})
        connection.execute(
            text("UPDATE audit_log SET action = 'x' WHERE org_id = :org AND seq = 2"), {"org": fresh_org.id}
        )
        connection.commit()
        broken = await run("audit", "verify", "--org", fresh_org.id)
        connection.execute(text("DELETE FROM orgs WHERE id = :org"), {"org": fresh_org.id})
        connection.commit()

    assert broken.exit_code == 1
    assert f"{fresh_org.id} row 2: was changed" in broken.stdout
