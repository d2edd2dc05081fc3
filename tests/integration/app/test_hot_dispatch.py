"""The short way to hot routes answers as the long way does: errors, ids, headers, other methods and spellings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from emban.app.build import ROUTERS
from emban.authz.table import ROUTES
from emban.http.hot_route import HotRoute
from tests.support.control import TestOrg, machine
from tests.support.showing import embedded, opened, publish

EVENT = {"tenant_id": "t", "event_name": "hot"}


def test_every_hot_route_has_an_entry_in_the_table_and_a_path_without_parameters() -> None:
    hot = [route for router in ROUTERS for route in router.routes if isinstance(route, HotRoute)]
    assert hot
    for route in hot:
        assert "{" not in route.path
        assert all((method, route.path) in ROUTES for method in route.methods or ())


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/events", 405, "method_not_allowed"),
        ("DELETE", "/v1/events", 405, "method_not_allowed"),
        ("GET", "/v1/embed/data", 405, "method_not_allowed"),
        ("POST", "/v1/events/", 404, "not_found"),
        ("POST", "/v1/Events", 404, "not_found"),
    ],
)
async def test_what_is_beside_the_path(org: TestOrg, method: str, path: str, status: int, code: str) -> None:
    answer = await org["ingest_key"].request(method, path, json={"events": [EVENT]})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_what_surrounds_every_request_surrounds_these(app: FastAPI, org: TestOrg) -> None:
    taken = await org["ingest_key"].post("/v1/events", json={"events": [EVENT]}, headers={"x-request-id": "mine"})
    assert taken.status_code == 200
    refused = await machine(app, "eb_ing_" + "0" * 40).post("/v1/events", json={"events": [EVENT]})
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")
    assert refused.headers["www-authenticate"] == "Bearer"
    for answer in (taken, refused):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    assert taken.headers["x-request-id"] == "mine"
    assert refused.headers["x-request-id"].startswith("req_")
    metrics = await org["ingest_key"].get("/metrics")
    assert metrics.status_code == 200
    assert 'route="/v1/events"' in metrics.text


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        (b"", "invalid_request", "the body must be a JSON object"),
        (b"[]", "invalid_request", "the body must be a JSON object"),
        (b"null", "invalid_request", "the body must be a JSON object"),
        (b'{"period":', "malformed_json", "not valid JSON"),
        (b"\xff", "malformed_json", "not valid JSON"),
        (b"[" * 100_000, "malformed_json", "not valid JSON"),
        (b'{"period": "2d"}', "invalid_request", "period: must be"),
        (b'{"tenant_id": "other"}', "invalid_request", "tenant_id: is not a known field"),
        (b'{"widgets": ["w_calls", 5]}', "invalid_request", "widgets[1]: must be a string"),
        (b'{"reload": "yes"}', "invalid_request", "reload: must be true or false"),
    ],
)
async def test_a_bad_body_of_the_embeds_data_is_refused_in_the_usual_words(
    app: FastAPI, org: TestOrg, raw: bytes, code: str, message: str
) -> None:
    if "dashboard" not in org.made:
        org.made["dashboard"] = await publish(org)
    async with await opened(app, org) as browser:
        answer = await browser.post("/v1/embed/data", content=raw, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert message in answer.json()["error"]


async def test_a_body_too_large_for_the_embeds_data_is_a_413(app: FastAPI, org: TestOrg) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    async with embedded(app, "no token") as stranger:
        assert (await stranger.post("/v1/embed/data", json={})).status_code == 401
    if "dashboard" not in org.made:
        org.made["dashboard"] = await publish(org)
    async with await opened(app, org) as browser:
        answer = await browser.post("/v1/embed/data", content=chunks(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
