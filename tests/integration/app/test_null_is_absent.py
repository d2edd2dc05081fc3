"""Null for an optional field is the same as leaving it out: every body of the API, by its own description."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
from fastapi import FastAPI

from emban.app.openapi.document import described_routes
from tests.isolation.test_roles import ENDS_THE_CALLER, address, made_in, opened_embed
from tests.support.control import TestOrg, browser, fresh_email, make_org

Document = dict[str, Any]
Place = tuple[str | int, ...]


def resolve(document: Document, schema: Document) -> Document:
    """Return the schema behind a reference, and of a choice with null the other one."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if choices:
        objects = [one for one in (resolve(document, choice) for choice in choices) if "properties" in one]
        return (objects or [resolve(document, choices[0])])[0]
    return schema


def optional_places(document: Document, schema: Document, example: Any, at: Place = ()) -> Iterator[Place]:
    """Yield the place of every optional field, on every level that the example has."""
    found = resolve(document, schema)
    if isinstance(example, list):
        for index, item in enumerate(example):
            yield from optional_places(document, found.get("items", {}), item, (*at, index))
    if not isinstance(example, dict):
        return
    for name, field in found.get("properties", {}).items():
        if name not in found.get("required", ()):
            yield (*at, name)
        if name in example:
            yield from optional_places(document, field, example[name], (*at, name))


def with_null(body: Any, place: Place) -> Any:
    changed = copy.deepcopy(body)
    part = changed
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = None
    return changed


def without(body: Any, place: Place) -> Any:
    changed = with_null(body, place)
    part = changed
    for step in place[:-1]:
        part = part[step]
    del part[place[-1]]
    return changed


class Sender:
    """Sends bodies that may be sent again: what has to be new each time is made new."""

    def __init__(self, app: FastAPI, org: TestOrg, embed: httpx.AsyncClient, ids: dict[str, str]) -> None:
        self._app, self._org, self._embed, self._ids = app, org, embed, ids

    async def send(self, method: str, path: str, body: Any) -> httpx.Response:
        if isinstance(body, dict) and "email" in body and body["email"] is not None:
            body = {**body, "email": fresh_email()}
        if path == "/v1/environments" and isinstance(body, dict):
            body = {**body, "name": fresh_email("e").split("@")[0]}
        if path == "/v1/embed-sessions" and isinstance(body, dict):
            body = {**body, "dashboard_id": self._ids["dashboard_id"]}
        if method == "PUT" and isinstance(body, dict) and body.get("version") is not None:
            present = await self._org["owner"].get(address(path, self._ids))
            body = {**body, "version": present.json()["version"]}
        client = self._embed if path.startswith("/v1/embed/") else self._org["owner"]
        if path in {"/v1/auth/register", "/v1/auth/login", "/v1/invites/accept"}:
            client = browser(self._app)
        return await client.request(method, address(path, self._ids), json=body)


@pytest.mark.parametrize("wanted", ["POST", "PUT", "PATCH"])
async def test_every_optional_field_of_every_body(app: FastAPI, wanted: str) -> None:
    org = await make_org(app)
    document: Document = (await browser(app).get("/openapi.json")).json()
    sender = Sender(app, org, await opened_embed(app, org), await made_in(org))
    wrong, asked = [], 0
    for method, path in described_routes(app):
        if method != wanted or (method, path) in ENDS_THE_CALLER or path == "/v1/org/transfer-ownership":
            continue
        operation = document["paths"].get(path, {}).get(method.lower(), {})  # A page with a form is in none.
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if media is None:
            continue
        valid = jsonschema_rs.validator_for({**media["schema"], "components": document["components"]})
        for place in optional_places(document, media["schema"], media["example"]):
            asked += 1
            null, absent = with_null(media["example"], place), without(media["example"], place)
            if not valid.is_valid(null):
                wrong.append(f"{method} {path} {place}: the description does not say that it may be null")
            answers = [await sender.send(method, path, body) for body in (null, absent)]
            told = [(one.status_code, one.json().get("fields") if one.is_client_error else None) for one in answers]
            if told[0] != told[1]:
                wrong.append(f"{method} {path} {place}: {answers[0].text[:300]} but left out {told[1]}")
    assert wrong == []
    assert asked > {"POST": 60, "PUT": 15, "PATCH": 1}[wanted]
    await org.close()


async def test_null_changes_nothing_that_a_patch_leaves_out(fresh_org: TestOrg) -> None:
    owner = fresh_org["owner"]
    origins = ["https://app.acme.example"]
    await owner.patch("/v1/org", json={"embed_origins": origins})
    changed = await owner.patch("/v1/org", json={"name": "Renamed", "embed_origins": None})

    assert (changed.json()["name"], changed.json()["embed_origins"]) == ("Renamed", origins)
    nothing = await owner.patch("/v1/org", json={"name": None, "embed_origins": None})
    assert nothing.status_code == 400


async def test_null_that_means_something_still_does(fresh_org: TestOrg) -> None:
    """A required field that may be null is not left out by it."""
    owner = fresh_org["owner"]
    assert (await owner.patch("/v1/environments/dev", json={"retention_days": 30})).json()["retention_days"] == 30
    assert (await owner.patch("/v1/environments/dev", json={"retention_days": None})).json()["retention_days"] is None
    assert (await owner.patch("/v1/environments/dev", json={})).status_code == 400


async def test_null_for_a_required_field_is_told_by_its_path(app: FastAPI) -> None:
    body = {"email": None, "password": None, "org_name": None}
    answer = await browser(app).post("/v1/auth/register", json=body)

    assert answer.status_code == 400
    assert [field["path"] for field in answer.json()["fields"]] == ["email", "password", "org_name"]
