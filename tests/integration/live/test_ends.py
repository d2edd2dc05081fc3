"""When a live stream ends, and how many there may be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.app.lifespan import prepare_to_stop
from emban.db import Database
from emban.errors import unavailable
from emban.live import event_stream, hub
from emban.live.hub import LiveStreams
from emban.live.source import LiveSource
from emban.settings import Settings
from tests.support.control import PASSWORD, TestOrg, browser, machine, running, service
from tests.support.live import listening

End = Callable[[TestOrg], Awaitable[object]]


async def sign_out(org: TestOrg) -> None:
    cookies = dict(org["editor"].cookies)
    assert (await org["editor"].post("/v1/auth/logout")).status_code == 204
    org["editor"].cookies.update(cookies)


async def remove(org: TestOrg) -> None:
    assert (await org["admin"].delete(f"/v1/members/{org.user_ids['editor']}")).status_code == 204


async def change_role(org: TestOrg) -> None:
    answer = await org["admin"].patch(f"/v1/members/{org.user_ids['editor']}", json={"role": "viewer"})
    assert answer.status_code < 300


async def change_password(org: TestOrg) -> None:
    email = (await org["editor"].get("/v1/auth/me")).json()["user"]["email"]
    elsewhere = browser(org["editor"]._transport.app)  # type: ignore[attr-defined]
    await elsewhere.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    body = {"current_password": PASSWORD, "new_password": f"{PASSWORD} 2"}
    answer = await elsewhere.post("/v1/auth/password", json=body)
    assert answer.status_code == 204, answer.text
    await elsewhere.aclose()


@pytest.mark.parametrize("end", [sign_out, remove, change_role, change_password])
async def test_it_ends_with_the_session(app: FastAPI, settings: Settings, fresh_org: TestOrg, end: End) -> None:
    async with running(settings) as another:  # Not the process that ends the session.
        async with (
            listening(another, fresh_org["editor"]) as reader,
            listening(another, fresh_org["viewer"]) as bystander,
        ):
            await end(fresh_org)
            await reader.end()
            assert not bystander.over.is_set()
            names = [reader.events.get_nowait().name for _ in range(reader.events.qsize())]
            assert ("reset" in names) == (end is change_role)
        async with listening(another, fresh_org["editor"]) as reader:
            assert reader.status == (200 if end is change_role else 401)


async def test_it_ends_with_the_key(app: FastAPI, fresh_org: TestOrg) -> None:
    made = (await fresh_org["admin"].post("/v1/api-keys", json={"label": "x", "scope": "admin"})).json()
    key = machine(app, made["key"])
    async with listening(app, key) as reader, listening(app, fresh_org["admin_key"]) as bystander:
        await fresh_org["admin"].delete(f"/v1/api-keys/{made['id']}")
        await reader.end()
        assert not bystander.over.is_set()
    await key.aclose()


@pytest.mark.parametrize("table", ["user_sessions", "api_keys"])
async def test_it_ends_when_the_credential_expires(app: FastAPI, fresh_org: TestOrg, table: str) -> None:
    client = fresh_org["admin_key"] if table == "api_keys" else fresh_org["owner"]
    async with listening(app, client) as reader:
        async with service(app, Database).for_org(fresh_org.id) as session:
            await session.execute(
                text("SELECT set_config('emban.user_id', :id, true)"), {"id": fresh_org.user_ids["owner"]}
            )
            await session.execute(
                text(f"UPDATE {table} SET expires_at = now() - interval '1 s' WHERE org_id = :org"),
                {"org": fresh_org.id},
            )
        await reader.end()


async def test_it_ends_with_the_environment_and_the_org(app: FastAPI, fresh_org: TestOrg) -> None:
    await fresh_org["admin"].post("/v1/environments", json={"name": "staging"})
    async with (
        listening(app, fresh_org["viewer"], {"x-emban-environment": "staging"}) as staging,
        listening(app, fresh_org["viewer"]) as prod,
    ):
        await fresh_org["admin"].delete("/v1/environments/staging")
        await staging.end()
        assert not prod.over.is_set()
        assert (await fresh_org["owner"].delete("/v1/org")).status_code == 204
        await prod.end()


async def test_it_ends_when_nobody_can_tell_whether_the_credential_is_good(
    settings: Settings, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise unavailable()

    monkeypatch.setattr(hub, "UNCHECKED_S", 1.0)
    async with running(settings) as another, listening(another, fresh_org["viewer"]) as reader:
        monkeypatch.setattr(LiveSource, "orgs", away)
        await reader.end()


async def test_it_ends_when_the_process_is_about_to_stop(settings: Settings, fresh_org: TestOrg) -> None:
    async with running(settings) as another:
        async with listening(another, fresh_org["viewer"]) as reader:
            prepare_to_stop(another)
            await reader.end()
        async with listening(another, fresh_org["viewer"]) as late:
            await late.end()


async def test_there_are_only_so_many(settings: Settings, fresh_org: TestOrg, other_org: TestOrg) -> None:
    few = settings.model_copy(update={"live_streams": 3, "live_streams_per_org": 2})
    async with running(few) as another:
        async with listening(another, fresh_org["viewer"]), listening(another, fresh_org["admin_key"]):
            async with listening(another, fresh_org["editor"]) as one_more:
                assert (one_more.status, one_more.headers["retry-after"]) == (429, "5")
                assert b"rate_limited" in one_more.body
            async with listening(another, other_org["viewer"]) as theirs:
                assert theirs.status == 200
                async with listening(another, other_org["viewer"]) as beyond:
                    assert beyond.status == 429
        assert service(another, LiveStreams).open_streams == 0
        async with listening(another, fresh_org["editor"]) as reader:
            assert reader.status == 200


async def test_a_stream_that_fails_to_open_takes_no_place(
    settings: Settings, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise unavailable()

    async with running(settings) as another:
        with monkeypatch.context() as patched:
            patched.setattr(LiveSource, "orgs", away)
            async with listening(another, fresh_org["viewer"]) as reader:
                assert (reader.status, reader.headers["retry-after"]) == (503, "1")
        assert service(another, LiveStreams).open_streams == 0


async def test_a_reader_who_takes_nothing_is_cut_off(
    settings: Settings, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "SEND_TIMEOUT_S", 0.5)
    async with running(settings) as another, listening(another, fresh_org["editor"], takes=False) as reader:
        await reader.end()
        assert service(another, LiveStreams).open_streams == 0


async def test_a_reader_who_leaves_is_forgotten(app: FastAPI, fresh_org: TestOrg) -> None:
    before = service(app, LiveStreams).open_streams
    async with listening(app, fresh_org["editor"]):
        assert service(app, LiveStreams).open_streams == before + 1
    await asyncio.sleep(0)
    assert service(app, LiveStreams).open_streams == before
