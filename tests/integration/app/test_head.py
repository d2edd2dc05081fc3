"""HEAD on every route that answers GET: the same status and headers, and no body."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from emban.app.openapi.document import described_routes
from tests.isolation.test_roles import address, made_in, opened_embed
from tests.support.control import TestOrg, browser

# Differ from one request to the next, whatever its method.
OF_THE_REQUEST = frozenset({"x-request-id", "content-length"})


def about(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in OF_THE_REQUEST}


async def differences(client: httpx.AsyncClient, path: str) -> list[str]:
    """Return what sets HEAD apart from GET, asked before and after: of answers that stand still the length, too."""
    before, head, after = [await client.request(method, path) for method in ("GET", "HEAD", "GET")]
    found = []
    if (head.status_code, about(head)) != (before.status_code, about(before)):
        found.append(f"{path}: {head.status_code} {about(head)} where GET is {before.status_code} {about(before)}")
    lengths = [answer.headers.get("content-length") for answer in (before, head)]
    if before.content == after.content and lengths[0] != lengths[1]:
        found.append(f"{path}: content-length {lengths[1]} where GET has {lengths[0]}")
    if head.content:
        found.append(f"{path}: a body of {len(head.content)} bytes")
    return found


async def test_every_route_that_answers_get(app: FastAPI, fresh_org: TestOrg) -> None:
    ids = await made_in(fresh_org)
    embed = await opened_embed(app, fresh_org)
    paths = [path for method, path in described_routes(app) if method == "GET"]
    assert len(paths) > 20
    wrong = []
    for path in paths:
        for client in (fresh_org["owner"], fresh_org["admin_key"], fresh_org["ingest_key"], embed, browser(app)):
            wrong += await differences(client, address(path, ids))
    query = '/v1/query?query={"event_name":"*","metric":"count"}&all_tenants=true'
    for path in ("/v1/audit?format=csv", "/v1/members?limit=1", query, "/static/nothing.js", "/v1/nothing"):
        wrong += await differences(fresh_org["owner"], path)
    assert wrong == []


async def test_head_is_refused_where_get_is(app: FastAPI, org: TestOrg) -> None:
    for path in ("/v1/auth/login", "/v1/events", "/v1/embed/data", "/v1/query/adhoc"):
        answer = await org["owner"].head(path)
        assert (answer.status_code, answer.content) == (405, b"")


async def test_a_head_request_is_logged_and_counted_as_what_it_was(app: FastAPI, org: TestOrg) -> None:
    await org["owner"].head("/v1/auth/me")
    figures = (await browser(app).get("/metrics")).text
    assert 'emban_http_requests_total{method="HEAD",route="/v1/auth/me",status="200"}' in figures
