"""Every route of the running app by every kind of caller, against the contract's table."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from emban.auth.embed_tokens import EmbedClaims, EmbedTokens, keyring
from emban.authz.table import ROUTES, Gate
from emban.http.examples import EXAMPLES
from emban.http.openapi import described_routes
from emban.kit.ids import new_id
from tests.isolation.contract import CALLERS, contract, may
from tests.support.control import TestOrg, machine, make_org, services

# These would end the caller that the next route needs: each call of them gets an org of its own.
ENDS_THE_CALLER = frozenset({("POST", "/v1/auth/logout"), ("DELETE", "/v1/org"), ("POST", "/v1/auth/password")})
LETTERS = {
    Gate.PUBLIC: "P",
    Gate.SESSION: "S",
    Gate.EMBED: "T",
    0: "I",
    1: "V",
    2: "E",
    3: "A",
    4: "O",
}
REFUSED = {401, 403}


@dataclass(frozen=True, slots=True)
class Walker:
    org: TestOrg
    embed: httpx.AsyncClient

    def client(self, caller: str) -> httpx.AsyncClient:
        return self.embed if caller == "embed" else self.org[caller]


def embed_client(app: FastAPI, org: TestOrg) -> httpx.AsyncClient:
    """Return a client with a token that this server signed, for a dashboard that is not there."""
    now = datetime.now(UTC)
    claims = EmbedClaims(
        session_id=new_id("es"),
        org_id=org.id,
        environment="prod",
        tenant_id="customer_1",
        dashboard_id=new_id("dash"),
        issued_at=now,
        expires_at=now + timedelta(hours=1),
        permissions={},
    )
    return machine(app, EmbedTokens(keyring(services(app).settings)).mint(claims))


@pytest.fixture(scope="module")
async def walker(app: FastAPI) -> AsyncIterator[Walker]:
    org = await make_org(app)
    yield Walker(org, embed_client(app, org))
    await org.close()


def address(path: str, ids: dict[str, str] | None = None) -> str:
    """Fill a template with the given ids, or with one that nothing has."""
    if ids is not None and path.startswith("/v1/embed-sessions/"):
        ids = {"session_id": ids["embed_session_id"]}
    return re.sub(
        r"\{(\w+)(?::path)?\}", lambda name: (ids or {}).get(name.group(1), "nothing_0000000000000000000000000"), path
    )


async def call(client: httpx.AsyncClient, method: str, path: str, ids: dict[str, str] | None = None) -> httpx.Response:
    example = EXAMPLES.get((method, path.replace(":path}", "}")))
    body = example.request if example is not None else None
    if body is None and method in {"POST", "PUT", "PATCH"}:
        body = {}
    before = dict(client.cookies)
    answer = await client.request(method, address(path, ids), json=body)
    client.cookies = httpx.Cookies(before)  # Signing in or out must not turn this caller into another.
    return answer


def as_expected(status: int, letter: str, caller: str) -> bool:
    """Tell whether a status is one that the contract lets this caller see."""
    if status >= 500:
        return False
    if letter == "P":
        return status != 403
    if caller == "nobody":
        return status == 401
    return (status not in REFUSED) == may(letter, caller)


def test_the_table_is_the_contracts(app: FastAPI) -> None:
    expected, running = contract(), described_routes(app)
    actual = {key: LETTERS[access.needs] for key, access in ROUTES.items()}

    assert [key for key in running if key not in ROUTES] == [], "routes without an entry in authz/table.py"
    assert [key for key in running if key not in expected] == [], "routes that the contract does not know"
    assert {key: actual[key] for key in running} == {key: expected[key] for key in running}


async def test_every_route_times_every_caller(app: FastAPI, walker: Walker) -> None:
    wrong = []
    for method, path in described_routes(app):
        letter = contract()[method, path]
        for caller in CALLERS:
            at = walker
            if (method, path) in ENDS_THE_CALLER and caller not in {"nobody", "embed"}:
                org = await make_org(app)
                at = Walker(org, walker.embed)
            answer = await call(at.client(caller), method, path)
            if letter == "T" and caller == "embed":
                continue  # This token's session is not stored; the embed's own tests hold what a live one may do.
            if not as_expected(answer.status_code, letter, caller):
                wrong.append(f"{method} {path} as {caller}: {answer.status_code} {answer.text[:120]}")
    assert wrong == []


async def made_in(org: TestOrg) -> dict[str, str]:
    """Make one of everything that has an id (once per org), and return path parameter → id."""
    if org.made:
        return org.made
    owner = org["owner"]
    key = await owner.post("/v1/api-keys", json={"label": "other", "scope": "ingest"})
    invite = await owner.post("/v1/invites", json={"email": "somebody@else.example", "role": "viewer"})
    await owner.post("/v1/environments", json={"name": "theirs"})
    session = (await org["viewer"].get("/v1/auth/sessions")).json()["items"][0]["id"]
    widget = await owner.post("/v1/widgets", json=EXAMPLES["POST", "/v1/widgets"].request)
    saved = await owner.post("/v1/saved-queries", json=EXAMPLES["POST", "/v1/saved-queries"].request)
    ids = {
        "key_id": key.json()["id"],
        "invite_id": invite.json()["id"],
        "name": "theirs",
        "session_id": session,
        "user_id": org.user_ids["viewer"],
        "widget_id": widget.json()["id"],
        "saved_query_id": saved.json()["id"],
    }
    dashboard = await owner.post("/v1/dashboards", json={"name": "Theirs"})
    ids["dashboard_id"] = dashboard.json()["id"]
    await owner.post(f"/v1/dashboards/{ids['dashboard_id']}/publish")
    embed = await owner.post(
        "/v1/embed-sessions", json={"tenant_id": "customer_1", "dashboard_id": ids["dashboard_id"]}
    )
    ids["embed_session_id"] = embed.json()["id"]
    org.made.update(ids)
    return ids


# The answer of these does not depend on whether the id exists: removing a tenant's data may be repeated at will.
SAME_FOR_ANY_ID = frozenset({"/v1/tenants/{tenant_id:path}/data", "/embed/{dashboard_id}"})


async def test_another_orgs_things_are_not_there(app: FastAPI, org: TestOrg, other_org: TestOrg) -> None:
    ids = await made_in(org)
    wrong = []
    for method, path in described_routes(app):
        if "{" not in path or path in SAME_FOR_ANY_ID or contract()[method, path] in {"P", "T"}:
            continue
        for caller in ("owner", "admin_key"):
            if not may(contract()[method, path], caller):
                continue
            answer = await call(other_org[caller], method, path, ids)
            if answer.status_code != 404 or any(value in answer.text for value in ids.values() if value != "theirs"):
                wrong.append(f"{method} {path} as {caller} of another org: {answer.status_code} {answer.text[:200]}")
    assert wrong == []
    assert (await org["viewer"].get("/v1/auth/me")).status_code == 200


async def test_lists_hold_nothing_of_another_org(org: TestOrg, other_org: TestOrg, app: FastAPI) -> None:
    await made_in(org)
    for method, path in described_routes(app):
        if method != "GET" or "{" in path or contract()[method, path] in {"P", "T"}:
            continue
        answer = await other_org["owner"].get(path)
        for theirs in (org.id, org.owner_email, *org.user_ids.values(), "theirs"):
            assert theirs not in answer.text, path


async def test_naming_another_orgs_id_in_a_body_finds_nothing(org: TestOrg, other_org: TestOrg) -> None:
    transfer = await other_org["owner"].post("/v1/org/transfer-ownership", json={"user_id": org.user_ids["admin"]})
    switch = await other_org["owner"].post("/v1/auth/switch-org", json={"org_id": org.id})

    assert (transfer.status_code, switch.status_code) == (404, 404)
    assert org.id not in switch.text
