"""Addresses that Emban hands out: whoever writes the Host header does not write where invitations and iframes lead."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emban.app.openapi.document import described_routes
from tests.isolation.test_roles import call
from tests.support.control import TestOrg, fresh_email, make_org, running, settings_for
from tests.support.engines import Engines
from tests.support.showing import publish

EVIL = "evil.example"
HOSTILE: list[dict[str, str]] = [
    {"host": EVIL},
    {"host": f"{EVIL}:8000"},
    {"host": f"localhost.{EVIL}"},
    {"host": f"127.0.0.1.{EVIL}"},
    {"host": f"localhost@{EVIL}"},
    {"host": f"localhost:8000@{EVIL}"},
    {"host": f"127.0.0.1:8000/{EVIL}"},
    {"host": f"{EVIL}\\localhost"},
    {"host": f"[::1].{EVIL}"},
    {"x-forwarded-host": EVIL},
    {"forwarded": f"host={EVIL}"},
    {"x-forwarded-server": EVIL, "x-original-host": EVIL, "x-host": EVIL},
    {"host": EVIL, "x-forwarded-host": "localhost", "x-forwarded-port": "1"},
]


async def handed_out(app: FastAPI, org: TestOrg, dashboard: str, **headers: str) -> set[str]:
    """Return the beginnings of the addresses that an embed session and an invitation are answered with."""
    key = org["admin_key"]
    mint: dict[str, Any] = {"tenant_id": "t", "dashboard_id": dashboard}
    minted = await key.post("/v1/embed-sessions", json=mint, headers=headers)
    invited = await key.post("/v1/invites", json={"email": fresh_email(), "role": "viewer"}, headers=headers)
    assert (minted.status_code, invited.status_code) == (201, 201), (headers, minted.text, invited.text)
    for answer in (minted, invited):
        assert EVIL not in answer.text
    return {minted.json()["embed_url"].split("/embed/")[0], invited.json()["accept_url"].split("/app/")[0]}


@pytest.fixture
async def dashboard(org: TestOrg) -> str:
    if "handed_out" not in org.made:
        org.made["handed_out"] = await publish(org)
    return org.made["handed_out"]


@pytest.mark.parametrize("headers", HOSTILE, ids=str)
async def test_a_hostile_host_is_in_no_address(
    app: FastAPI, org: TestOrg, dashboard: str, headers: dict[str, str]
) -> None:
    assert await handed_out(app, org, dashboard, **headers) <= {"http://127.0.0.1:8000", "http://localhost:8000"}


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "localhost:9000", "LOCALHOST:8000"])
async def test_names_of_this_machine_are_echoed(app: FastAPI, org: TestOrg, dashboard: str, host: str) -> None:
    assert await handed_out(app, org, dashboard, host=host) == {f"http://{host}"}


async def test_the_public_address_is_used_whatever_the_request_says(engines: Engines, app: FastAPI) -> None:
    public = settings_for(engines, public_url="https://analytics.acme.example/")
    async with running(public) as configured:
        org = await make_org(configured, roles=("owner",))
        dashboard = await publish(org)
        for headers in ({}, {"host": "127.0.0.1:8000"}, *HOSTILE):
            assert await handed_out(configured, org, dashboard, **headers) == {"https://analytics.acme.example"}
        await org.close()


async def test_a_server_that_listens_elsewhere_names_the_address_it_listens_on(engines: Engines, app: FastAPI) -> None:
    """A given host by its name; with all of a machine's addresses, the one that the request came to."""
    for host, expected in (("emban.internal", "http://emban.internal:8000"), ("0.0.0.0", "http://10.1.2.3:8000")):
        async with running(settings_for(engines, host=host)) as bound:
            org = await make_org(bound, roles=("owner",))
            dashboard = await publish(org)
            org.clients["admin_key"] = httpx.AsyncClient(
                transport=httpx.ASGITransport(bound),
                base_url="http://10.1.2.3:8000",
                headers={"authorization": f"Bearer {org.raw_admin_key}"},
            )
            assert await handed_out(bound, org, dashboard, host=EVIL) == {expected}
            assert await handed_out(bound, org, dashboard, host="emban.internal:8000") == {expected}
            await org.close()


async def test_no_answer_repeats_the_host(app: FastAPI, org: TestOrg) -> None:
    """Every route, its headers included: redirects, cookies and policies are addresses, too."""
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://localhost:8000",
        headers={"authorization": f"Bearer {org.raw_admin_key}", "host": EVIL, "x-forwarded-host": EVIL},
    )
    wrong = []
    for method, path in described_routes(app):
        if (method, path) == ("POST", "/v1/onboarding/seed"):
            continue  # Minutes of work, and its answer holds ids and numbers alone.
        answer = await call(client, method, path)
        if EVIL in answer.text or EVIL in str(answer.headers):
            wrong.append(f"{method} {path}")
    assert wrong == []
