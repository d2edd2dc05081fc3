"""The API's description and its page."""

from __future__ import annotations

import re

import jsonschema_rs
from fastapi import FastAPI

from emban.app.openapi.document import SECURITY_SCHEMES, described_routes
from tests.support.control import browser

NO_EXAMPLE_NEEDED = frozenset({"/metrics", "/embed/{dashboard_id}"})


async def test_every_route_is_described_with_examples_security_and_errors(app: FastAPI) -> None:
    document = (await browser(app).get("/openapi.json")).json()

    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"].keys() == SECURITY_SCHEMES.keys()
    missing = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            name = f"{method.upper()} {path}"
            assert operation["summary"], name
            assert operation["description"], name
            assert "security" in operation, name
            assert "422" not in operation["responses"], name
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is not None and "example" not in body:
                missing.append(f"{name} body")
            for status in ("200", "201", "202"):
                media = operation["responses"].get(status, {}).get("content", {}).get("application/json")
                if media is not None and "example" not in media and path not in NO_EXAMPLE_NEEDED:
                    missing.append(f"{name} {status}")
    assert missing == []


async def test_every_example_fits_its_schema(app: FastAPI) -> None:
    document = (await browser(app).get("/openapi.json")).json()
    wrong = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            media = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (one.get("content", {}).get("application/json", {}) for one in media):
                if "example" in content and "schema" in content:
                    schema = {**content["schema"], "components": document["components"]}
                    found = [
                        f"{list(error.instance_path)}: {error.message}"
                        for error in jsonschema_rs.validator_for(schema).iter_errors(content["example"])
                    ]
                    wrong += [f"{method.upper()} {path}: {problem}" for problem in found]
    assert wrong == []


async def test_the_page_shows_every_route_and_loads_nothing(app: FastAPI) -> None:
    answer = await browser(app).get("/docs")

    assert answer.status_code == 200
    assert "script" not in answer.headers["content-security-policy"]
    assert re.findall(r'(?:src|href)="(?!#|/)', answer.text) == []
    document = (await browser(app).get("/openapi.json")).json()
    for path in document["paths"]:
        assert path in answer.text


def test_every_route_is_found(app: FastAPI) -> None:
    assert ("POST", "/v1/auth/register") in described_routes(app)
    assert ("DELETE", "/v1/tenants/{tenant_id:text}/data") in described_routes(app)
