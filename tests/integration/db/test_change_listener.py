"""Changes told to every process: what is remembered ends with them, and with not knowing of them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from emban.db import Database
from emban.db import change_listener as module
from emban.db.change_cache import ChangeCache
from emban.db.change_listener import ChangeListener
from emban.db.urls import app_url
from emban.settings import Settings
from tests.support.control import TestOrg, connected, put_on_plan, service
from tests.support.showing import mint, publish
from tests.support.waiting import PATIENCE_S


@asynccontextmanager
async def listening(settings: Settings, port: int | None = None) -> AsyncIterator[ChangeListener]:
    """Run a listener of its own, as another process would have, by way of `port` if given."""
    url = app_url(settings)
    changes = ChangeListener(url if port is None else url.set(host="127.0.0.1", port=port, query={}))
    changes.start()
    try:
        await until(lambda: changes.epoch("embeds", "") is not None)
        yield changes
    finally:
        await changes.stop()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - what is waited for sets no event
            await asyncio.sleep(0.01)


async def known(changes: ChangeListener) -> None:
    """Wait until everything that is committed by now is known."""
    called = time.monotonic()
    await until(lambda: changes.known_as_of > called)


async def test_every_change_of_what_an_embed_may_show_is_told_and_only_to_its_org(
    app: FastAPI, settings: Settings, fresh_org: TestOrg, other_org: TestOrg
) -> None:
    admin = fresh_org["admin_key"]
    async with listening(settings) as changes:
        dashboard_id = await publish(fresh_org)
        session_id = (await mint(fresh_org, dashboard_id))["id"]
        await known(changes)
        others = changes.epoch("embeds", other_org.id)
        for change in (
            lambda: admin.delete(f"/v1/embed-sessions/{session_id}"),
            lambda: admin.post(f"/v1/dashboards/{dashboard_id}/unpublish"),
            lambda: admin.post(f"/v1/dashboards/{dashboard_id}/publish"),
            lambda: put_on_plan(app, fresh_org.id, "growth"),
            lambda: admin.patch("/v1/org", json={"embed_origins": ["https://acme.example"]}),
            lambda: admin.delete(f"/v1/dashboards/{dashboard_id}"),
            lambda: fresh_org["owner"].delete("/v1/org"),
        ):
            mark = changes.epoch("embeds", fresh_org.id)
            await change()
            await until(lambda mark=mark: changes.epoch("embeds", fresh_org.id) != mark)  # type: ignore[misc]
        assert changes.epoch("embeds", other_org.id) == others


async def test_a_mint_is_no_change(app: FastAPI, settings: Settings, fresh_org: TestOrg) -> None:
    dashboard_id = await publish(fresh_org)
    async with listening(settings) as changes:
        marks = [each.epoch("embeds", fresh_org.id) for each in (changes, service(app, ChangeListener))]
        await mint(fresh_org, dashboard_id)
        await known(changes)
        assert [each.epoch("embeds", fresh_org.id) for each in (changes, service(app, ChangeListener))] == marks


async def test_what_was_missed_while_the_connection_was_lost_is_not_remembered(settings: Settings) -> None:
    asked = 0

    async def look_up() -> int:
        nonlocal asked
        asked += 1
        return asked

    async with listening(settings) as changes:
        remembered = ChangeCache[int](changes, "embeds", 10)
        assert [await remembered.get("org_a", "key", look_up) for _ in range(3)] == [1, 1, 1]
        with connected(app_url(settings)) as beside:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'emban changes'"
            beside.execute(text(ended))
        await until(lambda: changes.epoch("embeds", "org_a") is None)
        assert [await remembered.get("org_a", "key", look_up) for _ in range(2)] == [2, 3]
        await until(lambda: changes.epoch("embeds", "org_a") is not None)
        assert [await remembered.get("org_a", "key", look_up) for _ in range(2)] == [4, 4]


async def test_a_server_that_hangs_is_not_taken_for_one_where_nothing_changes(
    app: FastAPI, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRUSTED_S", 1.0)
    monkeypatch.setattr(module, "BEAT_S", 0.1)
    url = app_url(settings)
    flowing = asyncio.Event()
    flowing.set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                await flowing.wait()
                writer.write(data)
        writer.close()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server = await asyncio.open_connection(url.host, url.port)
        await asyncio.gather(pump(reader, to_server[1]), pump(to_server[0], writer))

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    async with server, listening(settings, server.sockets[0].getsockname()[1]) as changes:
        first = changes.epoch("embeds", "org_a")
        flowing.clear()
        await service(app, Database).tell("embeds", "org_a")
        await until(lambda: changes.epoch("embeds", "org_a") is None)
        flowing.set()
        await until(lambda: changes.epoch("embeds", "org_a") is not None)
        assert changes.epoch("embeds", "org_a") != first


async def test_a_value_that_changes_while_it_is_looked_up_is_not_remembered(settings: Settings) -> None:
    async with listening(settings) as changes:
        remembered = ChangeCache[str](changes, "embeds", 10)

        async def look_up() -> str:
            changes.note("embeds", "org_a")
            return "old"

        async def look_again() -> str:
            return "new"

        assert await remembered.get("org_a", "key", look_up) == "old"
        assert await remembered.get("org_a", "key", look_again) == "new"
        assert await remembered.get("org_b", "key", look_up) == "old"


async def test_only_so_many_values_are_remembered_and_errors_are_not(settings: Settings) -> None:
    async with listening(settings) as changes:
        remembered = ChangeCache[int](changes, "embeds", 2)
        asked: list[int] = []

        async def get(key: int) -> int:
            async def look_up() -> int:
                asked.append(key)
                if key < 0:
                    raise ValueError("no such key")
                return key

            return await remembered.get("org_a", key, look_up)

        for key in (1, 2, 1, 3, 1, 2):
            await get(key)
        assert asked == [1, 2, 3, 2]
        for _ in range(2):
            with pytest.raises(ValueError, match="no such key"):
                await get(-1)
        assert asked[-2:] == [-1, -1]
