"""Keys that are held to a time and to addresses: made, listed, refused, and on record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.auth.authenticator import Authenticator
from emban.db import Database
from tests.support.control import BASE_URL, TestOrg, audit_rows, machine, service

EVENT = {"events": [{"tenant_id": "t", "event_name": "e"}]}


async def make(org: TestOrg, **fields: Any) -> dict[str, Any]:
    answer = await org["owner"].post("/v1/api-keys", json={"label": "held", "scope": "admin", **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def calling_from(app: FastAPI, key: str, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers={"authorization": f"Bearer {key}"})


async def test_what_a_key_is_held_to_is_told_and_on_record(app: FastAPI, fresh_org: TestOrg) -> None:
    plain = await make(fresh_org)
    assert (plain["environment_only"], plain["expires_at"], plain["allowed_cidrs"]) == (False, None, None)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    held = await make(
        fresh_org,
        environment="dev",
        environment_only=True,
        expires_at=until.isoformat(),
        allowed_cidrs=["192.0.2.7", " 10.0.0.0/8 "],
    )

    listed = (await fresh_org["owner"].get("/v1/api-keys")).json()["items"]
    shown = next(item for item in listed if item["id"] == held["id"])
    for one in (held, shown):
        assert one["environment_only"] is True
        assert datetime.fromisoformat(one["expires_at"]) == until
        assert one["allowed_cidrs"] == ["192.0.2.7/32", "10.0.0.0/8"]
    rows = await audit_rows(app, fresh_org.id)
    written: Any = next(row for row in rows if row["entity_id"] == held["id"])["metadata"]
    assert (written["environment_only"], written["allowed_cidrs"]) == (True, ["192.0.2.7/32", "10.0.0.0/8"])
    assert datetime.fromisoformat(written["expires_at"]) == until


@pytest.mark.parametrize(
    ("fields", "path", "message"),
    [
        ({"environment_only": "yes"}, "environment_only", "must be true or false"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at", "must be in the future"),
        ({"expires_at": "2099-01-01T00:00:00"}, "expires_at", "must have a timezone, such as 2026-11-23T12:00:01Z"),
        ({"allowed_cidrs": []}, "allowed_cidrs", "must have at least 1 items"),
        ({"allowed_cidrs": ["10.0.0.0/8"] * 51}, "allowed_cidrs", "must have at most 50 items"),
        (
            {"allowed_cidrs": ["10.0.0.0/8", "10.0.0.1/8"]},
            "allowed_cidrs[1]",
            "must be an address or a network such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32",
        ),
    ],
)
async def test_what_is_refused(org: TestOrg, fields: dict[str, Any], path: str, message: str) -> None:
    answer = await org["owner"].post("/v1/api-keys", json={"label": "held", "scope": "admin", **fields})

    assert answer.status_code == 400
    assert answer.json()["fields"] == [{"path": path, "message": message}]


async def test_an_expired_key_is_refused_in_words(app: FastAPI, fresh_org: TestOrg) -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    made = await make(fresh_org, scope="ingest", expires_at=until.isoformat())
    client = machine(app, made["key"])
    assert (await client.post("/v1/events", json=EVENT)).status_code == 200
    async with service(app, Database).for_org(fresh_org.id) as session:
        gone = text("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = :id")
        await session.execute(gone, {"id": made["id"]})
    service(app, Authenticator).forget_keys()
    answer = await client.post("/v1/events", json=EVENT)

    assert (answer.status_code, answer.json()["code"]) == (401, "key_expired")
    assert "expired at" in answer.json()["error"]


async def test_a_key_is_refused_from_elsewhere_whatever_the_request_says_of_its_address(
    app: FastAPI, fresh_org: TestOrg
) -> None:
    made = await make(fresh_org, allowed_cidrs=["10.0.0.0/8", "2001:db8::/32"])
    forged = {"x-forwarded-for": "10.0.0.1", "x-real-ip": "10.0.0.1", "forwarded": "for=10.0.0.1"}
    for address, status in (("10.1.2.3", 200), ("2001:db8::1", 200), ("203.0.113.9", 403), ("127.0.0.1", 403)):
        async with calling_from(app, made["key"], address) as client:
            answer = await client.get("/v1/auth/me", headers=forged)
            events = await client.post("/v1/events", json=EVENT, headers=forged)
        assert (answer.status_code, events.status_code) == (status, status), address
        if status == 403:
            assert answer.json()["code"] == "address_not_allowed"
            assert address in answer.json()["error"]
