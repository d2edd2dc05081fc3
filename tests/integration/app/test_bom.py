"""A byte order mark before a body is skipped, on every route that takes one and however it comes."""

from __future__ import annotations

import gzip
import json
from codecs import BOM_UTF8
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from fastapi import FastAPI

from emban.app.openapi.document import described_routes
from tests.isolation.contract import contract
from tests.isolation.test_roles import ENDS_THE_CALLER, address, opened_embed
from tests.support.control import TestOrg, browser

JSON = {"content-type": "application/json"}
EVENTS = json.dumps({"events": [{"tenant_id": "t", "event_name": "bom"}]}).encode()


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_every_route_reads_past_it(app: FastAPI, org: TestOrg) -> None:
    """An unknown field is what is wrong with the body, and no longer its first three bytes."""
    embed = await opened_embed(app, org)
    body = b'{"no_such_field": 1}'
    wrong, asked = [], 0
    for method, path in described_routes(app):
        letter = contract()[method, path]
        if method not in {"POST", "PUT", "PATCH"} or (method, path) in ENDS_THE_CALLER:
            continue
        asked += 1
        client = embed if letter == "T" else browser(app) if letter == "P" else org["owner"]
        plain, marked = [
            await client.request(method, address(path), content=content, headers=JSON)
            for content in (body, BOM_UTF8 + body)
        ]
        if (marked.status_code, marked.text) != (plain.status_code, plain.text) or "malformed" in marked.text:
            wrong.append(f"{method} {path}: {marked.status_code} {marked.text[:200]}")
    assert wrong == []
    assert asked > 20


@pytest.mark.parametrize("packed", [False, True])
async def test_events_are_stored_with_it(org: TestOrg, packed: bool) -> None:
    body = BOM_UTF8 + EVENTS
    headers = {**JSON, "content-encoding": "gzip"} if packed else JSON
    answer = await org["ingest_key"].post(
        "/v1/events", content=gzip.compress(body) if packed else body, headers=headers
    )

    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


@pytest.mark.parametrize("cuts", [(1,), (2,), (3,), (1, 2), (1, 2, 3)])
async def test_it_may_come_in_pieces(app: FastAPI, org: TestOrg, cuts: tuple[int, ...]) -> None:
    for path, body, status in (
        ("/v1/auth/login", b'{"email": "a@b.example", "password": "x"}', 401),
        ("/v1/events", EVENTS, 200),
    ):
        whole = BOM_UTF8 + body
        edges = (0, *cuts, len(whole))
        parts = [whole[start:end] for start, end in pairwise(edges)]
        client = browser(app) if status == 401 else org["ingest_key"]
        answer = await client.post(path, content=pieces(*parts), headers=JSON)
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize("content", [BOM_UTF8, BOM_UTF8[:2], BOM_UTF8 * 2 + b"{}", b'{"email": "' + BOM_UTF8[:1]])
async def test_what_is_no_body_with_one_is_still_a_400(app: FastAPI, content: bytes) -> None:
    answer = await browser(app).post("/v1/auth/login", content=content, headers=JSON)

    assert answer.status_code == 400


async def test_it_is_text_anywhere_else(org: TestOrg) -> None:
    made = await org["owner"].post("/v1/saved-queries", json={"name": "\ufeffmarked", "sql": "SELECT 1"})

    assert made.json()["name"] == "\ufeffmarked"
