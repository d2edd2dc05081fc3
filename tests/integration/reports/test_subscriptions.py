"""Leaving a report by its mail's link: one address, one report, no login, and nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emban.reports.links import ReportLinks
from tests.support.control import BASE_URL, TestOrg, audit_rows, service
from tests.support.reports import HOOK, make_report
from tests.support.showing import publish


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who only has the mail: no cookie, no origin."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL) as client:
        yield client


def link(app: FastAPI, org_id: str, report_id: int, address: str) -> str:
    return f"/reports/unsubscribe/{service(app, ReportLinks).subscription_token(org_id, report_id, address)}"


async def recipients(org: TestOrg, report_id: int) -> Any:
    return (await org["viewer"].get(f"/v1/reports/{report_id}")).json()["email_to"]


async def test_opening_the_link_changes_nothing(app: FastAPI, fresh_org: TestOrg, stranger: httpx.AsyncClient) -> None:
    report = await make_report(fresh_org, await publish(fresh_org), name='Usage <b>"')
    address = link(app, fresh_org.id, report["id"], "ada@acme.example")
    shown = await stranger.get(address)
    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith("text/html")
    assert "a***@acme.example" in shown.text
    assert "ada@" not in shown.text
    assert "Usage &lt;b&gt;&quot;" in shown.text
    assert '<form method="post"><button>' in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "form-action 'self'" in shown.headers["content-security-policy"]
    assert (await stranger.head(address)).status_code == 200
    assert await recipients(fresh_org, report["id"]) == ["ada@acme.example"]


async def test_one_click_takes_one_address_off_and_is_audited(
    app: FastAPI, fresh_org: TestOrg, stranger: httpx.AsyncClient
) -> None:
    both = ["ada@acme.example", "bob@acme.example"]
    report = await make_report(fresh_org, await publish(fresh_org), email_to=both)
    address = link(app, fresh_org.id, report["id"], "ada@acme.example")
    # As RFC 8058 has mail providers do it.
    body = {"List-Unsubscribe": "One-Click"}
    first = await stranger.post(address, data=body)
    again = await stranger.post(address, files={name: (None, value) for name, value in body.items()})
    assert (first.status_code, again.status_code) == (200, 200)
    assert (await stranger.post(address, content=b"x" * (1 << 21))).status_code == 413
    assert await recipients(fresh_org, report["id"]) == ["bob@acme.example"]
    assert "not sent to you any more" in (await stranger.get(address)).text
    rows = [row for row in await audit_rows(app, fresh_org.id) if row["action"] == "report.unsubscribe"]
    assert [(row["actor"], row["entity_id"]) for row in rows] == [("unsubscribe link", str(report["id"]))]
    assert rows[0]["metadata"] == {"environment": "prod", "name": "Daily usage", "email": "a***@acme.example"}


async def test_whoever_leaves_last_ends_the_report(
    app: FastAPI, fresh_org: TestOrg, stranger: httpx.AsyncClient
) -> None:
    dashboard = await publish(fresh_org)
    mailed = await make_report(fresh_org, dashboard)
    posted = await make_report(fresh_org, dashboard, webhook_url=HOOK)
    for report in (mailed, posted):
        await stranger.post(link(app, fresh_org.id, report["id"], "ada@acme.example"))
    ended = (await fresh_org["viewer"].get(f"/v1/reports/{mailed['id']}")).json()
    going_on = (await fresh_org["viewer"].get(f"/v1/reports/{posted['id']}")).json()
    assert (ended["enabled"], ended["next_run_at"], ended["email_to"]) == (False, None, [])
    assert (going_on["enabled"], going_on["email_to"]) == (True, [])


async def test_a_link_reaches_no_other_report_and_no_other_org(
    app: FastAPI, fresh_org: TestOrg, other_org: TestOrg, stranger: httpx.AsyncClient
) -> None:
    dashboard = await publish(fresh_org)
    mine, second = await make_report(fresh_org, dashboard), await make_report(fresh_org, dashboard)
    theirs = await make_report(other_org, await publish(other_org))
    await stranger.post(link(app, fresh_org.id, mine["id"], "ada@acme.example"))
    # A token for ids that do not belong together, which this server would never sign on its own.
    assert (await stranger.post(link(app, fresh_org.id, theirs["id"], "ada@acme.example"))).status_code == 404
    assert await recipients(fresh_org, second["id"]) == ["ada@acme.example"]
    assert await recipients(other_org, theirs["id"]) == ["ada@acme.example"]


async def test_a_forged_link_and_one_of_a_deleted_report_are_404(
    app: FastAPI, fresh_org: TestOrg, stranger: httpx.AsyncClient
) -> None:
    report = await make_report(fresh_org, await publish(fresh_org))
    address = link(app, fresh_org.id, report["id"], "ada@acme.example")
    for forged in (f"{address[:-4]}AAAA", "/reports/unsubscribe/x", "/reports/unsubscribe/a.b.c"):
        assert (await stranger.post(forged)).status_code == 404
        assert (await stranger.get(forged)).status_code == 404
    assert (await stranger.get("/reports/files/x")).status_code == 404
    await fresh_org["admin"].delete(f"/v1/reports/{report['id']}")
    assert (await stranger.post(address)).status_code == 404
