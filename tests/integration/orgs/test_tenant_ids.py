"""Every tenant id that an event may have can be named in a path, and its events erased."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from tests.integration.ingest.conftest import rows
from tests.support.control import TestOrg, audit_rows
from tests.support.showing import embedded, mint, publish

KEPT = "kept"
IDS = [
    "line\nbreak",
    "\n",
    "end\n",
    "\r\n",
    "\u2028\u2029\x85\x0b\x0c",
    "tab\t",
    " ",
    "a/b",
    "/",
    "a//b/",
    "x/data",
    "a?b=c#d",
    "100%",
    "%2F",
    "%00",
    "+",
    "..",
    ".",
    "../../v1/org",
    "é😀",
    "\ufeff",
    "\x01\x1b\x7f",
    "'; DROP TABLE events; --",
    '"\\',
    "\ufffd",
    "x" * 256,
    "😀" * 256,
    "\n" * 256,
]


def path_of(tenant_id: str) -> str:
    """Return the address, every character encoded: a client would resolve dots by itself."""
    return f"/v1/tenants/{quote(tenant_id, safe='').replace('.', '%2E')}/data"


async def test_whatever_is_ingested_can_be_erased(app: FastAPI, fresh_org: TestOrg) -> None:
    # Those with events take seconds each, as parts are rewritten; every third is of another kind.
    left = {*IDS[::3], KEPT}
    events = [{"tenant_id": tenant, "event_name": "e"} for tenant in left]
    sent = await fresh_org["ingest_key"].post("/v1/events", json={"events": events})
    assert sent.json() == {"accepted": len(left), "status": "ok"}

    for tenant in IDS:
        answer = await fresh_org["admin_key"].delete(path_of(tenant))
        assert answer.status_code == 204, (tenant, answer.text)
        left -= {tenant}
        assert {row[0] for row in await rows(app, fresh_org.id, "tenant_id", "tenant_id")} == left, tenant
    erased = [row["entity_id"] for row in await audit_rows(app, fresh_org.id) if row["action"] == "tenant.delete_data"]
    assert erased == IDS


def refused() -> Iterator[tuple[str, str]]:
    """Yield the ids that the path refuses, by what an event is refused for as well."""
    yield "", "empty"
    yield "x" * 257, "too long"
    yield "a\x00b", "NUL"


@pytest.mark.parametrize(("tenant", "why"), list(refused()))
async def test_what_no_event_can_have_is_refused(org: TestOrg, tenant: str, why: str) -> None:
    event = await org["ingest_key"].post("/v1/events", json={"events": [{"tenant_id": tenant, "event_name": "e"}]})
    answer = await org["admin_key"].delete(path_of(tenant))
    assert (event.status_code, answer.status_code) == (400, 400), why


async def test_bytes_that_are_no_text_name_nobody(org: TestOrg) -> None:
    answer = await org["admin_key"].delete("/v1/tenants/a%FFb/data")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_a_line_break_ends_no_other_path(org: TestOrg) -> None:
    """The end of a route is the end of the address, and not a line's."""
    for path in ("/v1/org%0A", "/v1/members%0A", "/healthz%0A", "/v1/tenants/t/data%0A"):
        method = "DELETE" if path.startswith("/v1/tenants") else "GET"
        assert (await org["owner"].request(method, path)).status_code == 404, path


async def test_such_a_tenant_is_shown_and_listed_like_any_other(app: FastAPI, fresh_org: TestOrg) -> None:
    dashboard = await publish(fresh_org)
    for tenant in ("line\nbreak", "x" * 256, "a/b?c"):
        minted = await mint(fresh_org, dashboard, tenant)
        assert (await embedded(app, minted["token"]).get("/v1/embed/dashboard")).status_code == 200
        listed = await fresh_org["admin_key"].get("/v1/embed-sessions", params={"tenant_id": tenant})
        assert [item["tenant_id"] for item in listed.json()["items"]] == [tenant]
        ended = await fresh_org["admin_key"].delete("/v1/embed-sessions", params={"tenant_id": tenant})
        assert ended.status_code == 204
        assert (await embedded(app, minted["token"]).get("/v1/embed/dashboard")).status_code == 401
