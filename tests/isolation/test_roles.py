"""Every route of the running app by every kind of caller, against the contract's table."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from emban.app.openapi.document import described_routes
from emban.app.openapi.examples import EXAMPLES
from emban.authz.table import ROUTES, Gate
from tests.isolation.contract import CALLERS, STRANGERS, contract, may
from tests.support.alerts import rule
from tests.support.control import TestOrg, make_org
from tests.support.reports import body_of
from tests.support.showing import embedded, mint, publish

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
# Ids of the right shape that nothing has.
UNKNOWN = "nothing_0000000000000000000000000"
NOTHING = dict.fromkeys(("alert_id", "report_id", "run_id"), "999999999")


@dataclass(frozen=True, slots=True)
class Walker:
    org: TestOrg
    embed: httpx.AsyncClient

    def client(self, caller: str) -> httpx.AsyncClient:
        return self.embed if caller == "embed" else self.org[caller]


@pytest.fixture(scope="module")
async def walker(app: FastAPI) -> AsyncIterator[Walker]:
    org = await make_org(app)
    yield Walker(org, await opened_embed(app, org))
    await org.close()


async def opened_embed(app: FastAPI, org: TestOrg) -> httpx.AsyncClient:
    """Return the browser of a live embed session of the org."""
    return embedded(app, (await mint(org, await publish(org)))["token"])


def address(path: str, ids: dict[str, str] | None = None) -> str:
    """Fill a template with the given ids, or with one that nothing has."""
    if ids is not None and path.startswith("/v1/embed-sessions/"):
        ids = {"session_id": ids["embed_session_id"]}
    return re.sub(
        r"\{(\w+)(?::\w+)?\}", lambda name: (ids or {}).get(name.group(1)) or NOTHING.get(name.group(1), UNKNOWN), path
    )


async def call(client: httpx.AsyncClient, method: str, path: str, ids: dict[str, str] | None = None) -> httpx.Response:
    example = EXAMPLES.get((method, re.sub(r":\w+}", "}", path)))
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
            if (letter, caller) == ("T", "embed") and "widget_not_available" in answer.text:
                continue  # The example names a widget of another dashboard: let in, and then not served.
            if not as_expected(answer.status_code, letter, caller):
                wrong.append(f"{method} {path} as {caller}: {answer.status_code} {answer.text[:120]}")
    assert wrong == []


async def made_in(org: TestOrg) -> dict[str, str]:
    """Make one of everything that has an id (once per org), and return path parameter → id."""
    if org.one_of_each:
        return org.one_of_each
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
    await owner.post(f"/v1/widgets/{ids['widget_id']}/publish")
    alert = await owner.post("/v1/alerts", json=rule(name="Theirs", widget_id=ids["widget_id"]))
    ids["alert_id"] = str(alert.json()["id"])
    dashboard = await owner.post("/v1/dashboards", json={"name": "Theirs"})
    ids["dashboard_id"] = dashboard.json()["id"]
    await owner.post(f"/v1/dashboards/{ids['dashboard_id']}/publish")
    report = await owner.post("/v1/reports", json=body_of(ids["dashboard_id"], name="Theirs"))
    ids["report_id"] = str(report.json()["id"])
    run = await owner.post(f"/v1/reports/{ids['report_id']}/run")
    ids["run_id"] = str(run.json()["run_id"])
    embed = await owner.post(
        "/v1/embed-sessions", json={"tenant_id": "customer_1", "dashboard_id": ids["dashboard_id"]}
    )
    ids["embed_session_id"] = embed.json()["id"]
    org.one_of_each.update(ids)
    return ids


# The answer of these does not depend on whether the id exists: removing a tenant's data may be repeated at will.
SAME_FOR_ANY_ID = frozenset({"/v1/tenants/{tenant_id:text}/data", "/embed/{dashboard_id}"})


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_another_orgs_things_are_not_there(app: FastAPI, org: TestOrg, other_org: TestOrg, stranger: str) -> None:
    """The same answer as for an id that nothing has, to the letter."""
    ids = await made_in(org)
    wrong, asked = [], 0
    for method, path in described_routes(app):
        letter = contract()[method, path]
        if "{" not in path or path in SAME_FOR_ANY_ID or letter in {"P", "T"} or not may(letter, stranger):
            continue
        asked += 1
        answer = await call(other_org[stranger], method, path, ids)
        nothing = await call(other_org[stranger], method, path)
        if answer.status_code != 404 or answer.text != nothing.text:
            wrong.append(f"{method} {path} as {stranger} of another org: {answer.status_code} {answer.text[:200]}")
    assert wrong == []
    assert asked >= 3
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
    ids = await made_in(org)
    unknown = "nothing_0000000000000000000000000"
    owner = other_org["owner"]
    session: dict[str, str] = {"tenant_id": "customer_1", "dashboard_id": ids["dashboard_id"]}
    for path, body, field in (
        ("/v1/org/transfer-ownership", {"user_id": org.user_ids["admin"]}, "user_id"),
        ("/v1/auth/switch-org", {"org_id": org.id}, "org_id"),
        ("/v1/embed-sessions", session, "dashboard_id"),
        ("/v1/alerts", rule(dashboard_id=ids["dashboard_id"]), "dashboard_id"),
        ("/v1/alerts", rule(widget_id=ids["widget_id"]), "widget_id"),
        ("/v1/alerts/preview", rule(widget_id=ids["widget_id"]), "widget_id"),
        ("/v1/reports", body_of(ids["dashboard_id"]), "dashboard_id"),
    ):
        theirs = await owner.post(path, json=body)
        nothing = await owner.post(path, json={**body, field: unknown})
        assert theirs.status_code == nothing.status_code == 404, path
        assert theirs.text == nothing.text, path


async def test_another_orgs_environment_is_unknown(org: TestOrg, other_org: TestOrg) -> None:
    await made_in(org)
    owner = other_org["owner"]
    for name in ("theirs", "nothing"):
        key = await owner.post("/v1/api-keys", json={"label": "x", "scope": "admin", "environment": name})
        assert (key.status_code, key.json()["fields"][0]["path"]) == (400, "environment")
        read = await owner.get("/v1/org", headers={"x-emban-environment": name})
        assert (read.status_code, read.json()["code"]) == (400, "unknown_environment")
    assert (await owner.post("/v1/environments", json={"name": "theirs"})).status_code == 201, "names are the org's own"


async def test_filters_and_cursors_of_another_org_find_nothing(org: TestOrg, other_org: TestOrg) -> None:
    ids = await made_in(org)
    for wanted in (*ids.values(), org.id, org.owner_email):
        for name in ("entity", "actor"):
            found = await other_org["owner"].get("/v1/audit", params={name: wanted})
            theirs = [item for item in found.json()["items"] if item["metadata"].get("name") != "theirs"]
            assert [item for item in theirs if item["action"] != "environment.create"] == []
    for path in ("/v1/members", "/v1/api-keys", "/v1/audit", "/v1/widgets"):
        cursor = (await org["owner"].get(path, params={"limit": 1})).json()["next_cursor"]
        if cursor is not None:
            page = await other_org["owner"].get(path, params={"cursor": cursor})
            assert page.status_code == 200
            # A number is somewhere in any page.
            named = [one for one in (org.id, org.owner_email, *ids.values()) if one != "theirs" and not one.isdigit()]
            assert not [one for one in named if one in page.text]
