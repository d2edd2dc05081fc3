"""What every request meets: sizes, kinds, ids, headers, one shape of error, figures without names."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from emban.app.asgi.limits import MAX_BODY
from emban.auth.authenticator import Authenticator
from emban.billing.service import Billing
from emban.db import Database
from emban.db.urls import app_url
from emban.errors import CODES
from emban.settings import Settings
from tests.support.control import BASE_URL, TestOrg, browser, counted_statements, running, service, settings_for
from tests.support.engines import Engines

JSON = {"content-type": "application/json"}


def assert_shape(answer: httpx.Response) -> None:
    body = answer.json()
    assert isinstance(body["error"], str)
    assert body["code"] in CODES
    for place in body.get("fields", []):
        assert set(place) == {"path", "message"}


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", JSON, 400, "malformed_json"),
        (b"", JSON, 400, "invalid_request"),
        (b"[]", JSON, 400, "invalid_request"),
        (b"null", JSON, 400, "invalid_request"),
        (b'"x"', JSON, 400, "invalid_request"),
        (b"\xff\xfe", JSON, 400, "malformed_json"),
        (b"[" * 100_000, JSON, 400, None),
        (b'{"a":' * 5_000, JSON, 400, None),
        (b"email=a", {"content-type": "application/x-www-form-urlencoded"}, 400, "unsupported_content_type"),
        (b"{}", {"content-type": "text/plain"}, 400, "unsupported_content_type"),
        (b"{}", {"content-type": "application/json; charset=utf-8"}, 400, "invalid_request"),
        (b"{}", {"content-type": "application/problem+json"}, 400, "invalid_request"),
        (b" " * (MAX_BODY + 1), JSON, 413, "payload_too_large"),
    ],
)
async def test_bodies_that_are_refused(
    app: FastAPI, content: bytes, headers: dict[str, str], status: int, code: str | None
) -> None:
    answer = await browser(app).post("/v1/auth/login", content=content, headers=headers)

    assert answer.status_code == status, answer.text
    assert_shape(answer)
    assert code is None or answer.json()["code"] == code


async def test_a_body_without_a_length_ends_at_the_limit(app: FastAPI) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * (MAX_BODY // 2)

    answer = await browser(app).post("/v1/auth/login", content=endless(), headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/api-keys/key_%00",
        "/v1/members?cursor=%00",
        "/v1/environments/%00",
        "/v1/tenants/a%00b/data",
        "/v1/audit?actor=%00",
        "/v1/audit?from=0001-01-01T00:00:00%2B23:59",
        "/v1/members?limit=0",
        "/v1/members?limit=99999999999999999999",
        "/v1/members?limit=abc",
    ],
)
async def test_addresses_that_no_store_can_hold(org: TestOrg, path: str) -> None:
    method = "DELETE" if "?" not in path else "GET"
    answer = await org["owner"].request(method, path)

    assert answer.status_code == 400, answer.text
    assert_shape(answer)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/org/", 404, "not_found"),
        ("PUT", "/v1/org", 405, "method_not_allowed"),
        ("GET", "/v1/org", 401, "unauthorized"),
    ],
)
async def test_errors_have_one_shape(app: FastAPI, method: str, path: str, status: int, code: str) -> None:
    answer = await browser(app).request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert_shape(answer)
    assert answer.headers["x-request-id"]


async def test_what_nobody_foresaw_is_an_answer_without_the_inside(
    app: FastAPI, org: TestOrg, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the inside: /srv/emban, org_of_somebody")

    monkeypatch.setattr(service(app, Billing), "read", broken)
    answer = await org["owner"].get("/v1/billing", headers={"x-request-id": "unforeseen-1"})

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert_shape(answer)
    assert "inside" not in answer.text
    assert "unforeseen-1" in capfd.readouterr().out, "the log tells what the answer does not"


async def test_a_database_that_is_away_is_a_503_that_says_when_to_come_again(app: FastAPI, settings: Settings) -> None:
    away = settings.model_copy(
        update={"database_url": SecretStr("postgresql://nobody:x@127.0.0.1:1/none"), "database_app_url": None}
    )
    database = Database(app_url(away), pool_size=1)
    monkey = service(app, Authenticator)
    kept, monkey._database = monkey._database, database
    try:
        answer = await browser(app, authorization="Bearer eb_adm_" + "9" * 40).get("/v1/org")
    finally:
        monkey._database = kept
        await database.close()

    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert_shape(answer)
    assert "127.0.0.1" not in answer.text


@pytest.mark.parametrize(
    "value",
    ["Basic YTpi", "Bearer", "Bearer ", "Bearer x", "Bearer eb_adm_short", "Bearer eb_adm_" + "0" * 40, "x", ""],
)
async def test_bad_credentials_are_401_even_beside_a_good_cookie(org: TestOrg, value: str) -> None:
    answer = await org["owner"].get("/v1/org", headers={"authorization": value})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_request_keeps_its_id_and_every_answer_has_its_headers(app: FastAPI) -> None:
    given = await browser(app).get("/healthz", headers={"x-request-id": "mine-1"})
    odd = await browser(app).get("/healthz", headers={"x-request-id": "a b\tc"})
    secure = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://localhost")

    assert given.headers["x-request-id"] == "mine-1"
    assert odd.headers["x-request-id"].startswith("req_")
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["content-security-policy"].startswith("default-src 'none'")
    assert "strict-transport-security" not in given.headers
    assert "strict-transport-security" in (await secure.get("/healthz")).headers
    assert (
        "access-control-allow-origin"
        not in (await browser(app).options("/v1/org", headers={"access-control-request-method": "GET"})).headers
    )


async def test_figures_name_no_org_and_no_tenant(app: FastAPI, org: TestOrg) -> None:
    await org["owner"].get(f"/v1/widgets/{org.id}")
    await org["owner"].delete("/v1/tenants/customer_of_theirs/data")
    text = (await browser(app).get("/metrics")).text

    assert 'route="/v1/widgets/{widget_id}"' in text
    for name in (org.id, org.owner_email, "customer_of_theirs", org.name):
        assert name not in text
    labels = set(re.findall(r'(\w+)="', text))
    plain = {"method", "route", "status", "code", "le", "kind", "outcome", "path", "reason", "result"}
    assert labels <= {*plain, "channel", "state"}


def from_address(app: FastAPI, address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 40_000)), base_url=BASE_URL)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "10.0.0.9"])
async def test_figures_may_ask_for_a_token(engines: Engines, address: str) -> None:
    async with running(settings_for(engines, metrics_token="operator-token-1")) as closed:
        client = from_address(closed, address)
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/metrics", headers={"authorization": "Bearer operator-token-2"})).status_code == 401
        right = await client.get("/metrics", headers={"authorization": "Bearer operator-token-1"})
    assert right.status_code == 200


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.8.8.8", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("10.0.0.9", {}, 403),
        ("192.168.1.4", {}, 403),
        ("::ffff:10.0.0.9", {}, 403),
        ("testclient", {}, 403),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, 403),
        ("127.0.0.1", {"x-forwarded-for": ""}, 403),
        ("127.0.0.1", {"x-forwarded-proto": "https"}, 403),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, 403),
        ("127.0.0.1", {"x-real-ip": "127.0.0.1"}, 403),
        ("127.0.0.1", {"via": "1.1 proxy"}, 403),
    ],
)
async def test_figures_without_a_token_are_for_this_machine(
    app: FastAPI, address: str, headers: dict[str, str], status: int
) -> None:
    client = from_address(app, address)
    answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert "EMBAN_METRICS_TOKEN" in answer.json()["error"]
        assert answer.json()["code"] == "forbidden"
    for open_to_all in ("/healthz", "/readyz"):
        assert (await client.get(open_to_all, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/auth/me",
        "/v1/org",
        "/v1/members",
        "/v1/api-keys",
        "/v1/billing",
        "/v1/audit",
        "/v1/widgets",
        "/v1/dashboards",
    ],
)
async def test_a_read_over_a_cookie_takes_three_statements_at_most(app: FastAPI, org: TestOrg, path: str) -> None:
    with counted_statements(app) as statements:
        answer = await org["owner"].get(path)

    assert answer.status_code == 200
    assert len(statements) <= 3, statements


async def test_a_remembered_key_asks_for_nothing(app: FastAPI, org: TestOrg) -> None:
    await org["admin_key"].get("/v1/auth/me")
    with counted_statements(app) as statements:
        await org["admin_key"].get("/v1/auth/me")
    assert statements == []
