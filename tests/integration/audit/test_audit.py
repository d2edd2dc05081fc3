"""The audit log: one row per change, no secrets, insert-only, chained, filtered, exported."""

from __future__ import annotations

import csv
import io
import json
import logging
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from emban.audit import reader as reading
from emban.audit.actions import ACTIONS
from emban.audit.reader import AuditReader
from emban.audit.verify import verify_all
from emban.db import Database
from emban.db.urls import owner_url
from emban.delivery.service import Delivery
from emban.onboarding.service import Onboarding
from emban.reports.links import ReportLinks
from emban.settings import Settings
from tests.support.alerts import rule
from tests.support.control import PASSWORD, TestOrg, audit_rows, browser, connected, fresh_email, put_on_plan, service
from tests.support.deliveries import new_message
from tests.support.reports import body_of
from tests.support.showing import embedded

# Where alerts and reports go; a webhook's query is where receivers have their secrets.
DESTINATIONS: dict[str, Any] = {
    "email_to": ["planted-recipient@acme.example"],
    "webhook_url": "https://8.8.8.8:9999/in?token=planted-hook",
}


async def do_everything(app: FastAPI, org: TestOrg, secrets: set[str]) -> None:
    """Make every change that the control plane knows, with known secrets in every field that takes one."""
    owner = org["owner"]
    new_password = "planted new password"
    key = (await owner.post("/v1/api-keys", json={"label": "Planted", "scope": "admin"})).json()
    await owner.delete(f"/v1/api-keys/{key['id']}")
    invite = (await owner.post("/v1/invites", json={"email": fresh_email(), "role": "viewer"})).json()
    client = browser(app)
    await client.post("/v1/invites/accept", json={"token": invite["token"], "password": "planted accept password"})
    revoked = (await owner.post("/v1/invites", json={"email": fresh_email(), "role": "viewer"})).json()
    await owner.delete(f"/v1/invites/{revoked['id']}")
    await owner.patch(f"/v1/members/{org.user_ids['viewer']}", json={"role": "editor"})
    await owner.delete(f"/v1/members/{org.user_ids['viewer']}")
    await owner.patch("/v1/org", json={"name": "Renamed"})
    await owner.post("/v1/environments", json={"name": "staging"})
    await owner.patch("/v1/environments/staging", json={"retention_days": 3})
    await owner.delete("/v1/environments/staging")
    await owner.delete("/v1/tenants/customer_1/data")
    secrets |= await do_with_library(owner)
    secrets |= await do_with_dashboards(app, org)
    secrets |= await do_with_webhooks(app, org)
    await owner.put("/v1/billing/plan", json={"plan": "growth"})
    await owner.get("/v1/audit", params={"format": "csv"})
    login = browser(app)
    await login.post("/v1/auth/login", json={"email": org.owner_email, "password": PASSWORD})
    await login.post("/v1/auth/login", json={"email": org.owner_email, "password": "planted wrong password"})
    sessions = (await owner.get("/v1/auth/sessions")).json()["items"]
    await owner.delete(f"/v1/auth/sessions/{sessions[0]['id']}")
    await owner.post("/v1/auth/switch-org", json={"org_id": org.id})
    await owner.post("/v1/auth/password", json={"current_password": PASSWORD, "new_password": new_password})
    await owner.post("/v1/org/transfer-ownership", json={"user_id": org.user_ids["admin"]})
    secrets |= {
        PASSWORD,
        new_password,
        "planted accept password",
        "planted wrong password",
        key["key"],
        invite["token"],
        revoked["token"],
        org.raw_admin_key,
        org.raw_ingest_key,
        *(cookie for one in (owner, client, login) for cookie in [one.cookies.get("emban_session")] if cookie),
    }
    await owner.post("/v1/auth/logout")


async def do_with_library(owner: httpx.AsyncClient) -> set[str]:
    """Make every change to library widgets, what watches them, and saved queries; returns what of it is secret."""
    widget = {"title": "A", "kind": "kpi", "query": {"event_name": "*", "metric": "count"}}
    made = (await owner.post("/v1/widgets", json=widget)).json()
    await owner.put(f"/v1/widgets/{made['id']}", json={**widget, "version": 1})
    await owner.post(f"/v1/widgets/{made['id']}/publish")
    body = {**rule(widget_id=made["id"]), **DESTINATIONS}
    alert = (await owner.post("/v1/alerts", json=body)).json()["id"]
    changed = {**body, "webhook_url": "https://8.8.8.8:9999/in?token=planted-other", "threshold_value": 3}
    assert (await owner.put(f"/v1/alerts/{alert}", json=changed)).status_code == 200
    assert (await owner.delete(f"/v1/alerts/{alert}")).status_code == 204
    await owner.delete(f"/v1/widgets/{made['id']}")
    saved = (await owner.post("/v1/saved-queries", json={"name": "q", "sql": "SELECT 1"})).json()
    await owner.put(f"/v1/saved-queries/{saved['id']}", json={"name": "q", "sql": "SELECT 2"})
    await owner.delete(f"/v1/saved-queries/{saved['id']}")
    return {"planted-hook", "planted-other", "planted-recipient"}


async def do_with_dashboards(app: FastAPI, org: TestOrg) -> set[str]:
    """Make every change to what is shown and sent, and ask with SQL; returns the tokens that were given out."""
    owner = org["owner"]
    made = (await owner.post("/v1/dashboards", json={"name": "A"})).json()
    path = f"/v1/dashboards/{made['id']}"
    await owner.put(path, json={"name": "B", "version": 1})
    await owner.post(f"{path}/publish")
    await owner.post(f"{path}/restore-published")
    session = {"tenant_id": "customer_1", "dashboard_id": made["id"], "permissions": {"allow_drill_down": False}}
    tokens = []
    for _ in range(2):
        minted = (await owner.post("/v1/embed-sessions", json=session)).json()
        tokens.append(minted["token"])
        async with embedded(app, minted["token"]) as there:
            assert (await there.get("/v1/embed/dashboard")).status_code == 200
            await there.get(f"/embed/{made['id']}", params={"token": minted["token"]})
        await owner.delete(f"/v1/embed-sessions/{minted['id']}")
    tokens.append(await do_with_reports(app, org, made["id"]))
    await owner.post(f"{path}/unpublish")
    await owner.delete(path)
    assert (await owner.post("/v1/query/adhoc", json={"sql": "SELECT count() FROM emban.events"})).status_code == 200
    assert (await owner.post("/v1/onboarding/seed", json={})).status_code == 201
    assert (await owner.post("/v1/discover/auto-create", json={})).status_code in {200, 201}
    return {*tokens, *(token.split(".")[2] for token in tokens)}


async def do_with_reports(app: FastAPI, org: TestOrg, dashboard_id: str) -> str:
    """Make every change to a report; returns the token by which a recipient left it."""
    owner = org["owner"]
    body = {**body_of(dashboard_id), **DESTINATIONS}
    report = (await owner.post("/v1/reports", json=body)).json()["id"]
    changed = {**body, "webhook_url": "https://8.8.8.8:9999/in?token=planted-other", "hour": 3}
    assert (await owner.put(f"/v1/reports/{report}", json=changed)).status_code == 200
    assert (await owner.post(f"/v1/reports/{report}/run")).status_code == 202
    token = service(app, ReportLinks).subscription_token(org.id, report, DESTINATIONS["email_to"][0])
    async with browser(app) as reader:
        assert (await reader.post(f"/reports/unsubscribe/{token}")).status_code == 200
    assert (await owner.delete(f"/v1/reports/{report}")).status_code == 204
    return token


async def do_with_webhooks(app: FastAPI, org: TestOrg) -> set[str]:
    """Rotate the secret that signs, and send a webhook again; returns what of both is secret."""
    url = "http://127.0.0.1:9/in?token=planted-query"
    sent = await service(app, Delivery).send_now(new_message(org, url, body='{"planted": "body"}'))
    again = await org["owner"].post(f"/v1/webhook-deliveries/{sent.id}/redeliver")
    assert again.json()["delivered"] is False, again.text
    made = await org["owner"].post("/v1/org/webhook-secret")
    return {"planted-query", '"planted"', made.json()["secret"].removeprefix("whsec_")}


async def test_every_change_writes_one_row_and_no_secret(
    app: FastAPI,
    fresh_org: TestOrg,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service(app, Onboarding), "_events", 500)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "httpx")  # The test's own client tells where it goes, token and all.
    secrets: set[str] = set()
    await do_everything(app, fresh_org, secrets)
    rows = await audit_rows(app, fresh_org.id)
    actions = [str(row["action"]) for row in rows]
    # The row of the org's deletion goes with the org.
    assert set(ACTIONS) - {"org.delete"} == set(actions)
    # A sample brings a dashboard.
    twice = {"member.invite", "embed_session.create", "embed_session.revoke", "dashboard.create"}
    more = {"billing.plan_change", "api_key.create"}  # The org's fixture makes some, too.
    counted = {action: actions.count(action) for action in ACTIONS if action not in {"org.delete", *more}}
    joined = 3  # The members of the fixture.
    expected = {action: 2 if action in twice else 1 for action in counted}
    expected["member.invite"] += joined
    expected["invite.accept"] += joined
    assert counted == expected
    for row in rows:
        assert row["address"] == ("127.0.0.1" if row["actor"] != "operator" else None)
        assert row["actor"]
    captured = capfd.readouterr()
    everything = json.dumps(rows, default=str) + caplog.text + captured.out + captured.err
    assert [secret for secret in secrets if secret in everything] == []


async def test_an_export_is_a_stream_of_batches(
    app: FastAPI, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is held in memory is one batch, and no transaction is open while the receiver reads."""
    monkeypatch.setattr(reading, "EXPORT_BATCH", 2)
    for number in range(5):
        await fresh_org["admin"].patch("/v1/org", json={"name": f"Name {number}"})
    rows = await audit_rows(app, fresh_org.id)
    for write, first in ((reading.csv_line, reading.csv_header()), (reading.ndjson_line, b"")):
        export = service(app, AuditReader).export(fresh_org.id, reading.AuditFilter(), write, first)
        parts = []
        async for part in export:
            parts.append(part)
            await fresh_org["admin"].get("/v1/org")  # One connection more would wait for a pool that is held.
        assert parts[0] == first
        assert all(part.count(b"\n") <= 2 for part in parts[1:])
        assert sum(part.count(b"\n") for part in parts[1:]) == len(rows)


async def test_metadata_tells_the_change(app: FastAPI, fresh_org: TestOrg) -> None:
    key = (await fresh_org["admin_key"].post("/v1/api-keys", json={"label": "Tell", "scope": "ingest"})).json()
    await fresh_org["owner"].patch(f"/v1/members/{fresh_org.user_ids['viewer']}", json={"role": "editor"})
    rows = (await audit_rows(app, fresh_org.id))[-2:]

    assert rows[0]["actor"] == fresh_org.raw_admin_key[:15]
    assert rows[0]["entity_id"] == key["id"]
    assert rows[0]["metadata"] == {"label": "Tell", "prefix": key["prefix"], "scope": "ingest", "environment": "prod"}
    assert rows[1]["actor"] == fresh_org.owner_email
    assert rows[1]["metadata"]["before"] == "viewer"  # type: ignore[index]
    assert rows[1]["metadata"]["after"] == "editor"  # type: ignore[index]


async def test_a_refused_change_writes_nothing(app: FastAPI, fresh_org: TestOrg) -> None:
    before = len(await audit_rows(app, fresh_org.id))
    await fresh_org["editor"].post("/v1/api-keys", json={"label": "x", "scope": "admin"})
    await fresh_org["owner"].post("/v1/api-keys", json={"label": "x", "scope": "none"})
    await fresh_org["owner"].delete("/v1/api-keys/key_none")
    await fresh_org["owner"].post("/v1/invites", json={"email": fresh_org.owner_email, "role": "viewer"})
    assert len(await audit_rows(app, fresh_org.id)) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'x'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "ALTER TABLE audit_log DISABLE ROW LEVEL SECURITY",
        "DELETE FROM audit_heads",
    ],
)
async def test_the_application_can_only_add(app: FastAPI, org: TestOrg, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        async with service(app, Database).for_org(org.id) as session:
            await session.execute(text(statement))


async def test_rows_are_kept_on_every_plan_and_read_on_growth(app: FastAPI, fresh_org: TestOrg) -> None:
    await put_on_plan(app, fresh_org.id, "starter")
    before = len(await audit_rows(app, fresh_org.id))
    await fresh_org["owner"].patch("/v1/org", json={"name": "Still written"})
    refused = [
        await fresh_org["owner"].get("/v1/audit", params=params)
        for params in ({}, {"format": "csv"}, {"format": "ndjson"})
    ]

    assert {answer.status_code for answer in refused} == {402}
    expected = {"code": "audit_log_not_in_plan", "plan": "starter", "upgrade_to": "growth"}
    assert {key: refused[0].json()[key] for key in expected} == expected
    assert len(await audit_rows(app, fresh_org.id)) == before + 1
    await put_on_plan(app, fresh_org.id, "growth")
    assert (await fresh_org["owner"].get("/v1/audit")).status_code == 200


async def test_filters_and_pages(app: FastAPI, fresh_org: TestOrg) -> None:
    for number in range(7):
        await fresh_org["admin"].patch("/v1/org", json={"name": f"Name {number}"})

    async def read(**params: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            answer = await fresh_org["owner"].get(
                "/v1/audit", params={"limit": "3", **params, **({"cursor": cursor} if cursor else {})}
            )
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return found

    everything = await read()
    assert [row["seq"] for row in everything] == list(range(len(everything), 0, -1))
    assert len(await read(action="org.update")) == 7
    assert len(await read(entity=fresh_org.id, action="org.update")) == 7
    assert len(await read(entity="org", action="org.update")) == 7
    assert {row["actor"] for row in await read(actor=fresh_org.owner_email)} == {fresh_org.owner_email}
    third = everything[3]["at"]
    assert {*(row["id"] for row in await read(**{"from": third})), *(row["id"] for row in await read(to=third))} == {
        row["id"] for row in everything
    }
    assert await read(to="2020-01-01T00:00:00Z") == []
    for params in ({"from": "yesterday"}, {"from": "2026-01-01T00:00:00"}, {"cursor": "x"}, {"format": "xml"}):
        assert (await fresh_org["owner"].get("/v1/audit", params=params)).status_code == 400


async def test_exports_hold_every_row_and_no_formula(app: FastAPI, fresh_org: TestOrg) -> None:
    await fresh_org["owner"].post("/v1/api-keys", json={"label": '=HYPERLINK("x")', "scope": "ingest"})
    exported = await fresh_org["owner"].get("/v1/audit", params={"format": "csv"})
    lines = await fresh_org["owner"].get("/v1/audit", params={"format": "ndjson", "action": "api_key.create"})
    rows = list(csv.DictReader(io.StringIO(exported.text)))

    assert exported.headers["content-type"].startswith("text/csv")
    assert "attachment" in exported.headers["content-disposition"]
    assert len(rows) == len(await audit_rows(app, fresh_org.id)) - 1  # The second export's own row came later.
    assert rows[0]["action"] == "audit.export"
    assert all(not value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    assert [json.loads(line)["action"] for line in lines.text.splitlines()] == ["api_key.create"] * 2


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE audit_log SET actor = 'somebody else' WHERE org_id = :org AND seq = 3", "was changed"),
        ("UPDATE audit_log SET metadata = '{}' WHERE org_id = :org AND seq = 1", "was changed"),
        ("UPDATE audit_log SET at = at + interval '1 second' WHERE org_id = :org AND seq = 2", "was changed"),
        ("DELETE FROM audit_log WHERE org_id = :org AND seq = 3", "missing"),
        ("DELETE FROM audit_log WHERE org_id = :org AND seq = 1", "missing"),
        (
            "DELETE FROM audit_log WHERE org_id = :org AND seq = (SELECT seq FROM audit_heads WHERE org_id = :org)",
            "missing",
        ),
        ("DELETE FROM audit_log WHERE org_id = :org", "missing"),
        ("UPDATE audit_heads SET seq = seq + 1 WHERE org_id = :org", "missing"),
    ],
)
async def test_a_changed_or_missing_row_is_found(app: FastAPI, fresh_org: TestOrg, tampering: str, found: str) -> None:
    with connected(owner_url(service(app, Settings))) as connection:
        connection.execute(text("SELECT set_config('emban.org_id', :org, false)"), {"org": fresh_org.id})
        assert verify_all(connection, fresh_org.id).findings == ()
        connection.execute(text(tampering), {"org": fresh_org.id})
        verdict = verify_all(connection, fresh_org.id)
        connection.rollback()

    assert any(found in finding.what for finding in verdict.findings)
    assert {finding.org_id for finding in verdict.findings} == {fresh_org.id}


async def test_chains_of_all_orgs_are_whole(app: FastAPI, org: TestOrg, other_org: TestOrg) -> None:
    with connected(owner_url(service(app, Settings))) as connection:
        verdict = verify_all(connection)

    assert verdict.orgs >= 2
    assert verdict.rows > verdict.orgs
    assert verdict.findings == ()
