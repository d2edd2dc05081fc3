"""Reports made, read, changed and deleted, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from tests.support.control import TestOrg, audit_rows
from tests.support.reports import HOOK, body_of, make_report
from tests.support.showing import publish

LONG = "x" * 129


async def test_a_report_lives(app: FastAPI, fresh_org: TestOrg) -> None:
    dashboard = await publish(fresh_org)
    made = await make_report(fresh_org, dashboard, timezone="Europe/Berlin", webhook_url=HOOK, period="previous")
    path = f"/v1/reports/{made['id']}"
    assert isinstance(made["id"], int)
    assert made["next_run_at"] is not None
    assert (made["environment"], made["enabled"], made["csv_zip"], made["filters"]) == ("prod", True, False, {})
    assert (await fresh_org["viewer"].get(path)).json() == made
    assert (await fresh_org["viewer"].get("/v1/reports")).json()["items"] == [made]

    changed = await fresh_org["admin"].put(path, json=body_of(dashboard, name="Weekly", enabled=False))
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["webhook_url"], changed.json()["next_run_at"]) == (
        "Weekly",
        None,
        None,
    )
    again = await fresh_org["admin"].put(path, json=body_of(dashboard, name="Weekly"))
    assert again.json()["next_run_at"] is not None

    assert (await fresh_org["admin"].delete(path)).status_code == 204
    assert (await fresh_org["viewer"].get(path)).status_code == 404
    rows = [row for row in await audit_rows(app, fresh_org.id) if str(row["action"]).startswith("report.")]
    assert [row["action"] for row in rows] == ["report.create", "report.update", "report.update", "report.delete"]
    created: Any = rows[0]["metadata"]
    assert created["email_to"] == ["a***@acme.example"]
    assert created["webhook_url"] == "https://8.8.8.8:9999/hook"
    updated: Any = rows[1]["metadata"]
    assert (updated["before"]["name"], updated["after"]["name"]) == ("Daily usage", "Weekly")
    assert {"ada@acme", "secret"} & {
        word for row in rows for word in ("ada@acme", "secret") if word in str(row)
    } == set()


async def test_a_schedule_that_stays_keeps_the_run_that_is_due(fresh_org: TestOrg) -> None:
    dashboard = await publish(fresh_org)
    made = await make_report(fresh_org, dashboard)
    renamed = await fresh_org["admin"].put(f"/v1/reports/{made['id']}", json=body_of(dashboard, name="Other"))
    moved = await fresh_org["admin"].put(f"/v1/reports/{made['id']}", json=body_of(dashboard, hour=10))
    assert renamed.json()["next_run_at"] == made["next_run_at"]
    assert moved.json()["next_run_at"][11:13] == "10"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": LONG}, "name"),
        ({"name": "a\r\nBcc: x@y.example"}, "name"),
        ({"name": 7}, "name"),
        ({"dashboard_id": ""}, "dashboard_id"),
        ({"dashboard_id": 7}, "dashboard_id"),
        ({"schedule_kind": "hourly"}, "schedule_kind"),
        ({"hour": -1}, "hour"),
        ({"hour": 24}, "hour"),
        ({"hour": "9"}, "hour"),
        ({"hour": 9.5}, "hour"),
        ({"hour": True}, "hour"),
        ({"day_of_week": 1}, "day_of_week"),
        ({"schedule_kind": "weekly"}, "day_of_week"),
        ({"schedule_kind": "weekly", "day_of_week": 7}, "day_of_week"),
        ({"schedule_kind": "weekly", "day_of_week": -1}, "day_of_week"),
        ({"schedule_kind": "weekly", "day_of_week": 1, "day_of_month": 1}, "day_of_month"),
        ({"day_of_month": 1}, "day_of_month"),
        ({"schedule_kind": "monthly"}, "day_of_month"),
        ({"schedule_kind": "monthly", "day_of_month": 0}, "day_of_month"),
        ({"schedule_kind": "monthly", "day_of_month": 32}, "day_of_month"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"timezone": 1}, "timezone"),
        ({"format": "xlsx"}, "format"),
        ({"csv_zip": "yes"}, "csv_zip"),
        ({"csv_zip": True, "format": "pdf"}, "csv_zip"),
        ({"period": "5d"}, "period"),
        ({"period": "90d"}, "period"),  # Not one of this dashboard's.
        ({"tenant_id": ""}, "tenant_id"),
        ({"tenant_id": "x" * 257}, "tenant_id"),
        ({"tenant_id": "a\x00b"}, "tenant_id"),
        ({"filters": {"dimensions": {"model": []}}}, "filters.dimensions.model"),
        ({"filters": {"unknown": 1}}, "filters.unknown"),
        ({"filters": {"numeric_ranges": {"ms": {}}}}, "filters.numeric_ranges.ms"),
        ({"filters": {"numeric_ranges": {"ms": {"min": 2, "max": 1}}}}, "filters.numeric_ranges.ms"),
        ({"email_to": "ada@acme.example"}, "email_to"),
        ({"email_to": ["ada"]}, "email_to[0]"),
        ({"email_to": ["ada@acme.example", "a,b@acme.example"]}, "email_to[1]"),
        ({"email_to": ["ada@acme.example\nBcc: x@y.example"]}, "email_to[0]"),
        ({"email_to": ['"a b"@acme.example']}, "email_to[0]"),
        ({"email_to": ["Ada <ada@acme.example>"]}, "email_to[0]"),
        ({"email_to": ["ada@acme_.example"]}, "email_to[0]"),
        ({"email_to": ["ada@acme.example", "Ada@Acme.example"]}, "email_to[1]"),
        ({"email_to": [f"a{n}@acme.example" for n in range(51)]}, "email_to"),
        ({"email_to": []}, "email_to"),
        ({"email_to": None}, "email_to"),
        ({"webhook_url": "ftp://acme.example"}, "webhook_url"),
        ({"webhook_url": "http://user:password@acme.example"}, "webhook_url"),
        ({"webhook_url": "http://127.0.0.1:8080/"}, "webhook_url"),
        ({"webhook_url": "http://169.254.169.254/latest"}, "webhook_url"),
        ({"webhook_url": "https://acme.example:22/"}, "webhook_url"),
        ({"webhook_url": ""}, "webhook_url"),
        ({"enabled": "yes"}, "enabled"),
        ({"color": "red"}, "color"),
        ({"next_run_at": "2026-11-01T00:00:00Z"}, "next_run_at"),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_each_wrong_field_is_named(org: TestOrg, change: dict[str, Any], path: str) -> None:
    if "reported" not in org.made:
        org.made["reported"] = await publish(org)
    before = (await org["admin"].get("/v1/reports")).json()["items"]
    refused = await org["admin"].post("/v1/reports", json=body_of(org.made["reported"], **change))
    assert refused.status_code == 400, refused.text
    assert [field["path"] for field in refused.json()["fields"]] == [path], refused.text
    assert (await org["admin"].get("/v1/reports")).json()["items"] == before


@pytest.mark.parametrize("field", ["name", "dashboard_id", "schedule_kind", "hour", "format"])
async def test_a_field_that_is_left_out_is_named(org: TestOrg, field: str) -> None:
    body = body_of("dash_1")
    del body[field]
    refused = await org["admin"].post("/v1/reports", json=body)
    assert refused.status_code == 400
    assert [one["path"] for one in refused.json()["fields"]] == [field]


async def test_all_that_is_wrong_is_said_at_once(org: TestOrg) -> None:
    wrong = body_of("dash_1", day_of_week=1, day_of_month=2, csv_zip=True, format="pdf", email_to=[])
    refused = await org["admin"].post("/v1/reports", json=wrong)
    paths = [one["path"] for one in refused.json()["fields"]]
    assert paths == ["day_of_week", "day_of_month", "csv_zip", "email_to"]


async def test_a_report_is_of_a_published_dashboard_of_its_own(org: TestOrg, other_org: TestOrg) -> None:
    theirs = await publish(other_org)
    draft = (await org["editor"].post("/v1/dashboards", json={"name": "Draft"})).json()["id"]
    foreign = await org["admin"].post("/v1/reports", json=body_of(theirs))
    unpublished = await org["admin"].post("/v1/reports", json=body_of(draft))
    assert (foreign.status_code, unpublished.status_code) == (404, 409)
    assert unpublished.json()["code"] == "not_published"


async def test_a_report_of_a_dashboard_that_is_gone_can_still_be_ended(fresh_org: TestOrg) -> None:
    dashboard = await publish(fresh_org)
    made = await make_report(fresh_org, dashboard)
    await fresh_org["admin"].post(f"/v1/dashboards/{dashboard}/unpublish")
    path = f"/v1/reports/{made['id']}"
    assert (await fresh_org["admin"].put(path, json=body_of(dashboard))).status_code == 409
    assert (await fresh_org["admin"].put(path, json=body_of(dashboard, enabled=False))).status_code == 200


async def test_reports_are_of_their_org_and_environment(fresh_org: TestOrg, other_org: TestOrg) -> None:
    dashboard = await publish(fresh_org)
    made = await make_report(fresh_org, dashboard)
    path = f"/v1/reports/{made['id']}"
    theirs = body_of(await publish(other_org))
    for client, headers in ((other_org["admin"], {}), (fresh_org["admin"], {"x-emban-environment": "dev"})):
        assert (await client.get(path, headers=headers)).status_code == 404
        assert (await client.put(path, json=theirs, headers=headers)).status_code == 404
        assert (await client.delete(path, headers=headers)).status_code == 404
        assert (await client.post(f"{path}/run", headers=headers)).status_code == 404
        assert (await client.get(f"{path}/runs", headers=headers)).status_code == 404
        assert (await client.get(f"{path}/runs/1", headers=headers)).status_code == 404
        assert (await client.get(f"{path}/runs/1/artifact", headers=headers)).status_code == 404
        listed = (await client.get("/v1/reports", headers=headers)).json()["items"]
        assert made["id"] not in [item["id"] for item in listed]
    assert (await fresh_org["viewer"].get(path)).json() == made


async def test_viewers_and_editors_read_and_admins_write(fresh_org: TestOrg) -> None:
    dashboard = await publish(fresh_org)
    made = await make_report(fresh_org, dashboard)
    path = f"/v1/reports/{made['id']}"
    for role in ("viewer", "editor"):
        client = fresh_org[role]
        assert (await client.get(path)).status_code == 200
        assert (await client.get(f"{path}/runs")).status_code == 200
        assert (await client.post("/v1/reports", json=body_of(dashboard))).status_code == 403
        assert (await client.put(path, json=body_of(dashboard))).status_code == 403
        assert (await client.delete(path)).status_code == 403
        assert (await client.post(f"{path}/run")).status_code == 403


async def test_reports_come_in_pages(fresh_org: TestOrg) -> None:
    dashboard = await publish(fresh_org)
    made = [(await make_report(fresh_org, dashboard, name=f"R{number}"))["id"] for number in range(5)]
    seen: list[int] = []
    cursor: str | None = None
    while True:
        parameters = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await fresh_org["viewer"].get("/v1/reports", params=parameters)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
    assert (await fresh_org["viewer"].get("/v1/reports", params={"cursor": "bad"})).json()["code"] == "bad_cursor"


async def test_an_id_that_is_none_is_a_400(org: TestOrg) -> None:
    for path in ("/v1/reports/abc", "/v1/reports/0", f"/v1/reports/{2**63}"):
        answer = await org["viewer"].get(path)
        assert (answer.status_code, answer.json()["fields"][0]["path"]) == (400, "report_id")


async def test_an_org_limits_whom_its_reports_are_mailed_to(fresh_org: TestOrg) -> None:
    dashboard = await publish(fresh_org)
    assert (await fresh_org["viewer"].get("/v1/org")).json()["allowed_recipient_domains"] is None
    limited = await fresh_org["admin"].patch("/v1/org", json={"allowed_recipient_domains": ["Acme.example"]})
    assert limited.json()["allowed_recipient_domains"] == ["acme.example"]
    outside = body_of(dashboard, email_to=["ada@acme.example", "eve@sub.acme.example"])
    refused = await fresh_org["admin"].post("/v1/reports", json=outside)
    assert refused.status_code == 400
    assert [field["path"] for field in refused.json()["fields"]] == ["email_to[1]"]
    assert (await fresh_org["editor"].patch("/v1/org", json={"allowed_recipient_domains": []})).status_code == 403
    lifted = await fresh_org["admin"].patch("/v1/org", json={"allowed_recipient_domains": []})
    assert lifted.json()["allowed_recipient_domains"] is None
    assert (await fresh_org["admin"].post("/v1/reports", json=outside)).status_code == 201


@pytest.mark.parametrize("domain", ["", "acme", "@acme.example", "a b.example", "acme.example\n", "x@acme.example"])
async def test_a_domain_that_is_none_is_refused(org: TestOrg, domain: str) -> None:
    refused = await org["admin"].patch("/v1/org", json={"allowed_recipient_domains": ["acme.example", domain]})
    assert refused.status_code == 400
    assert refused.json()["fields"][0]["path"] == "allowed_recipient_domains[1]"
