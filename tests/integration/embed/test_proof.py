"""Publishing and minting prove that tenant and locks bind: were the compiler to forget one, the answer is a 400."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from emban.dashboards import scope_proof as proof
from emban.query.run.details import compile_details
from emban.query.sql.compiler import compile_read
from emban.store.statement import Statement
from tests.support.control import TestOrg
from tests.support.showing import CONFIG, mint, publish


def forgetful(statement: Statement, condition: str, of: str) -> Statement:
    """Return the statement without a condition, if it is about `of`."""
    return Statement(statement.sql.replace(condition, ""), statement.parameters) if of in statement.sql else statement


@pytest.fixture
def lock_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the compiler forget the one lock of the tests wherever a sum is asked for."""

    def forgetting(read: Any) -> Statement:
        statement = compile_read(read)
        lock = next((name for name, value in statement.parameters.items() if value == "plan"), None)
        value = next((name for name, value in statement.parameters.items() if value == "pro"), None)
        return forgetful(statement, f" AND string_props[{{{lock}:String}}] = {{{value}:String}}", "sumKahan")

    monkeypatch.setattr(proof, "compile_read", forgetting)


@pytest.fixture
def tenant_forgotten_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make detail rows forget the tenant."""

    def forgetting(wanted: Any, question: Any) -> Statement:
        statement = compile_details(wanted, question)
        tenant = next((n for n, value in statement.parameters.items() if value in {"any", "customer_1"}), None)
        return forgetful(statement, f" AND tenant_id = {{{tenant}:String}}", "timestamp")

    monkeypatch.setattr(proof, "compile_details", forgetting)


@pytest.mark.usefixtures("lock_forgotten")
async def test_a_lock_that_a_widget_does_not_carry_is_not_minted(filled: TestOrg) -> None:
    body = {"tenant_id": "customer_1", "dashboard_id": filled.made["dashboard"]}
    before = (await filled["admin_key"].get("/v1/embed-sessions")).json()["items"]
    locked = {**body, "permissions": {"locked_filters": {"plan": "pro"}}}
    answer = await filled["admin_key"].post("/v1/embed-sessions", json=locked)
    assert answer.status_code == 400
    (field,) = answer.json()["fields"]
    assert field["path"] == "permissions.locked_filters"
    assert "w_tokens" in field["message"]
    assert (await filled["admin_key"].get("/v1/embed-sessions")).json()["items"] == before
    await mint(filled, filled.made["dashboard"])  # Without the lock there is nothing to forget.


@pytest.mark.usefixtures("tenant_forgotten_behind")
async def test_rows_without_their_tenant_are_neither_published_nor_minted(app: FastAPI, filled: TestOrg) -> None:
    body = {"tenant_id": "customer_1", "dashboard_id": filled.made["dashboard"]}
    assert (await filled["admin_key"].post("/v1/embed-sessions", json=body)).status_code == 400
    made = await filled["admin_key"].post("/v1/dashboards", json={"name": "Draft", "config": CONFIG})
    answer = await filled["admin_key"].post(f"/v1/dashboards/{made.json()['id']}/publish")
    assert answer.status_code == 400
    (field,) = answer.json()["fields"]
    assert (field["path"], "w_calls" in field["message"]) == ("config.widgets", True)
    assert (await filled["admin_key"].get(f"/v1/dashboards/{made.json()['id']}")).json()["status"] == "draft"


async def test_what_the_compiler_makes_is_published(filled: TestOrg) -> None:
    assert (await publish(filled)).startswith("dash_")


@pytest.mark.parametrize(
    "value", ["", " ", "*", "**", "%", "%%", "*.*", ".*", "?", " * ", None, [], [""], ["pro", "*"], {}]
)
async def test_a_lock_that_locks_nothing_is_a_400_that_names_it(filled: TestOrg, value: Any) -> None:
    body = {"tenant_id": "customer_1", "dashboard_id": filled.made["dashboard"]}
    answer = await filled["admin_key"].post(
        "/v1/embed-sessions", json={**body, "permissions": {"locked_filters": {"team": value}}}
    )
    assert answer.status_code == 400
    (field, *_) = answer.json()["fields"]
    assert field["path"].startswith("permissions.locked_filters")
    assert "team" in field["path"] + field["message"]
