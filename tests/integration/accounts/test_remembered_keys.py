"""API keys are looked up once for all who ask at a time, and never remembered beyond being forgotten."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI

from emban.auth.authenticator import Authenticator
from emban.auth.principal import KeyPrincipal
from emban.errors import EmbanError
from tests.support.control import TestOrg, service


async def key_of(org: TestOrg) -> str:
    made = await org["owner"].post("/v1/api-keys", json={"label": "a", "scope": "ingest", "environment": "prod"})
    return str(made.json()["key"])


class Slow:
    """The look-up of an authenticator, counted and slow."""

    def __init__(self, authenticator: Authenticator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self.found = asyncio.Event()
        self._find = authenticator._find_key
        monkeypatch.setattr(authenticator, "_find_key", self)

    async def __call__(self, credential: str) -> KeyPrincipal:
        self.calls += 1
        try:
            return await self._find(credential)
        finally:
            self.found.set()
            await asyncio.sleep(0.05)


async def test_a_busy_key_is_looked_up_once(app: FastAPI, org: TestOrg, monkeypatch: pytest.MonkeyPatch) -> None:
    authenticator, key = service(app, Authenticator), await key_of(org)
    slow = Slow(authenticator, monkeypatch)
    found = await asyncio.gather(*(authenticator.by_key(key) for _ in range(50)))
    assert {principal.org_id for principal in found} == {org.id}
    assert slow.calls == 1
    await authenticator.by_key(key)
    assert slow.calls == 1


async def test_one_who_leaves_takes_the_answer_from_nobody(
    app: FastAPI, org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    authenticator, key = service(app, Authenticator), await key_of(org)
    Slow(authenticator, monkeypatch)
    first, second = (asyncio.create_task(authenticator.by_key(key)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    assert (await second).org_id == org.id


async def test_a_key_deleted_during_its_look_up_is_not_remembered(
    app: FastAPI, org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    authenticator = service(app, Authenticator)
    made = (
        await org["owner"].post("/v1/api-keys", json={"label": "b", "scope": "ingest", "environment": "prod"})
    ).json()
    slow = Slow(authenticator, monkeypatch)
    early = asyncio.create_task(authenticator.by_key(made["key"]))
    await slow.found.wait()  # The database has answered; the answer is on its way.
    assert (await org["owner"].delete(f"/v1/api-keys/{made['id']}")).status_code == 204
    with pytest.raises(EmbanError, match="unknown or was deleted"):
        await authenticator.by_key(made["key"])
    await early
    with pytest.raises(EmbanError, match="unknown or was deleted"):
        await authenticator.by_key(made["key"])
    assert slow.calls == 3
