"""What is told on a live stream, to whom, and from where it goes on."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI

from emban.live import hub
from emban.live.hub import LiveStreams
from emban.settings import Settings
from tests.support.control import TestOrg, machine, running, service
from tests.support.live import LiveEvent, listening
from tests.support.showing import COUNT, mint, now_utc, store, two_tenants

DEV = {"x-emban-environment": "dev"}
WIDGET = {"title": "Calls", "kind": "kpi", "query": COUNT}


async def made(org: TestOrg, caller: str = "editor", headers: dict[str, str] | None = None) -> str:
    answer = await org[caller].post("/v1/dashboards", json={"name": "Secret name"}, headers=headers or {})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def told(events: list[LiveEvent]) -> list[tuple[str, str]]:
    return [(event.data["entity"], event.data["action"]) for event in events if event.name == "change"]


async def test_a_change_is_told_as_it_happens(app: FastAPI, fresh_org: TestOrg) -> None:
    async with listening(app, fresh_org["editor"]) as reader:
        assert reader.status == 200
        assert reader.headers["content-type"].startswith("text/event-stream")
        assert "no-store" in reader.headers["cache-control"]
        assert "content-length" not in reader.headers
        dashboard_id = await made(fresh_org, "admin")
        event = await reader.next("change")
        me = (await fresh_org["admin"].get("/v1/auth/me")).json()["user"]["email"]
        assert {**event.data, "at": ""} == {
            "entity": "dashboard",
            "id": dashboard_id,
            "action": "create",
            "actor": me,
            "at": "",
        }
        await fresh_org["admin_key"].put(f"/v1/dashboards/{dashboard_id}", json={"version": 1, "name": "x"})
        event = await reader.next("change")
        assert (event.data["action"], event.data["version"]) == ("update", 2)
        assert fresh_org.raw_admin_key.startswith(event.data["actor"])
        assert b"Secret name" not in reader.body  # What the audit log knows beyond is nobody's business here.


async def everything(org: TestOrg) -> None:
    """Change one of everything that a stream may tell of, and some of what none does."""
    owner = org["owner"]
    dashboard_id = await made(org)
    path = f"/v1/dashboards/{dashboard_id}"
    await org["editor"].put(path, json={"version": 1, "name": "x"})
    await owner.post(f"{path}/publish")
    await mint(org, dashboard_id)
    widget = (await owner.post("/v1/widgets", json=WIDGET)).json()["id"]
    await owner.put(f"/v1/widgets/{widget}", json={**WIDGET, "version": 1})
    saved = await owner.post("/v1/saved-queries", json={"name": "Secret", "sql": "SELECT 'secret'"})
    assert saved.status_code == 201
    await owner.post("/v1/api-keys", json={"label": "Secret label", "scope": "ingest"})
    await owner.patch("/v1/org", json={"name": "Renamed"})
    await owner.post("/v1/query/adhoc", json={"sql": "SELECT 'secret'"})
    await owner.get("/v1/audit?format=csv")
    await owner.post(f"{path}/unpublish")
    await owner.delete(path)


FOR_VIEWERS = [
    ("dashboard", "publish"),
    ("widget", "create"),
    ("widget", "update"),
    ("org", "update"),
    ("dashboard", "unpublish"),
]
FOR_EDITORS = [
    ("dashboard", "create"),
    ("dashboard", "update"),
    ("dashboard", "publish"),
    ("widget", "create"),
    ("widget", "update"),
    ("saved_query", "create"),
    ("org", "update"),
    ("dashboard", "unpublish"),
    ("dashboard", "delete"),
]
FOR_ADMINS = [
    *FOR_EDITORS[:3],
    ("embed_session", "create"),
    *FOR_EDITORS[3:6],
    ("api_key", "create"),
    *FOR_EDITORS[6:],
]


async def test_each_role_is_told_what_it_may_read(app: FastAPI, fresh_org: TestOrg) -> None:
    confined = {"label": "c", "scope": "admin", "environment": "prod", "environment_only": True}
    key = machine(app, (await fresh_org["admin"].post("/v1/api-keys", json=confined)).json()["key"])
    async with (
        listening(app, fresh_org["viewer"]) as viewer,
        listening(app, fresh_org["editor"]) as editor,
        listening(app, fresh_org["admin"]) as admin,
        listening(app, fresh_org["admin_key"]) as admin_key,
        listening(app, key) as confined_key,
    ):
        await everything(fresh_org)
        seen = await viewer.quiet()
        assert told(seen) == FOR_VIEWERS
        assert {event.data["actor"] for event in seen} == {None}
        assert told(await editor.quiet()) == FOR_EDITORS
        assert told(await admin.quiet()) == FOR_ADMINS
        assert told(await admin_key.quiet()) == FOR_ADMINS
        apart = {"api_key", "org"}
        assert told(await confined_key.quiet()) == [one for one in FOR_ADMINS if one[0] not in apart]
        for reader in (viewer, editor, admin, admin_key, confined_key):
            assert b"ecret" not in reader.body
    await key.aclose()


async def test_orgs_and_environments_are_apart(app: FastAPI, fresh_org: TestOrg, other_org: TestOrg) -> None:
    async with (
        listening(app, fresh_org["editor"]) as prod,
        listening(app, fresh_org["editor"], DEV) as dev,
        listening(app, other_org["owner"]) as stranger,
        listening(app, other_org["admin_key"]) as strangers_key,
    ):
        here = await made(fresh_org)
        there = await made(fresh_org, headers=DEV)
        await fresh_org["owner"].post("/v1/widgets", json=WIDGET, headers=DEV)
        await fresh_org["owner"].post("/v1/saved-queries", json={"name": "x", "sql": "SELECT 1"}, headers=DEV)
        await fresh_org["editor"].post(f"/v1/dashboards/{there}/move", json={"environment": "prod"}, headers=DEV)
        await store(app, fresh_org.id, two_tenants(now_utc()), "dev")
        seen = {name: await reader.quiet() for name, reader in (("prod", prod), ("dev", dev))}
        assert [event.data["id"] for event in seen["prod"]] == [here, there]
        assert told(seen["prod"]) == [("dashboard", "create"), ("dashboard", "move")]
        assert told(seen["dev"]) == [
            ("dashboard", "create"),
            ("widget", "create"),
            ("saved_query", "create"),
            ("dashboard", "move"),
        ]
        assert {event.name for event in seen["prod"]} == {"change"}
        assert {event.name for event in seen["dev"]} == {"change", "events"}
        assert await stranger.quiet() == await strangers_key.quiet() == []


async def test_new_events_are_told_at_most_once_a_second(app: FastAPI, fresh_org: TestOrg) -> None:
    event = {"tenant_id": "customer_1", "event_name": "api.call"}
    async with listening(app, fresh_org["viewer"]) as reader:
        began = asyncio.get_running_loop().time()
        for _ in range(12):
            answer = await fresh_org["ingest_key"].post("/v1/events", json={"events": [event]})
            assert answer.status_code == 200, answer.text
            await asyncio.sleep(0.1)
        seen = await reader.quiet()
        took = asyncio.get_running_loop().time() - began
        instants = [one.data["as_of"] for one in seen]
        assert {one.name for one in seen} == {"events"}
        assert instants == sorted(set(instants))
        assert 1 <= len(seen) <= took + 1
        assert await reader.quiet() == []


async def test_it_goes_on_in_another_process(app: FastAPI, settings: Settings, fresh_org: TestOrg) -> None:
    async with listening(app, fresh_org["editor"]) as reader:
        first = await made(fresh_org)
        last = await reader.next("change")
        assert last.data["id"] == first
    missed = [await made(fresh_org) for _ in range(3)]
    await fresh_org["owner"].post("/v1/api-keys", json={"label": "x", "scope": "ingest"})
    async with running(settings) as another:
        async with listening(another, fresh_org["editor"], {"last-event-id": last.last_id}) as reader:
            assert [(await reader.next("change")).data["id"] for _ in missed] == missed
            newest = await made(fresh_org)
            assert (await reader.next("change")).data["id"] == newest
            at_the_end = reader.last_id
        async with listening(another, fresh_org["editor"], {"last-event-id": at_the_end}) as reader:
            assert await reader.quiet() == []
    # A process that has not yet looked tells nothing twice, and leaves nothing out.
    async with listening(app, fresh_org["editor"], {"last-event-id": at_the_end}) as reader:
        after = await made(fresh_org)
        assert [one.data["id"] for one in await reader.quiet()] == [after]


async def test_new_events_are_told_to_whoever_comes_back(app: FastAPI, fresh_org: TestOrg) -> None:
    async with listening(app, fresh_org["viewer"]) as reader:
        last = reader.last_id
    await store(app, fresh_org.id, two_tenants(now_utc()))
    async with listening(app, fresh_org["viewer"], {"last-event-id": last}) as reader:
        assert (await reader.next()).name == "events"
    async with listening(app, fresh_org["viewer"]) as reader:  # One who has just read everything knows of them.
        assert await reader.quiet() == []


@pytest.mark.parametrize("case", ["nonsense", "another_role", "another_environment", "ahead", "too_many", "too_old"])
async def test_what_cannot_be_told_is_a_reset(
    app: FastAPI, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    caller, headers = ("viewer", {}) if case == "another_role" else ("editor", DEV if "env" in case else {})
    async with listening(app, fresh_org[caller], headers) as reader:
        last = reader.last_id
    number, _, mark = last.partition("-")
    last = {"nonsense": "x" * 300, "ahead": f"{int(number) + 1_000}-{mark}"}.get(case, last)
    for _ in range(3):
        await made(fresh_org)
    if case == "too_many":
        monkeypatch.setattr(hub, "MAX_MISSED", 2)
    if case == "too_old":
        monkeypatch.setattr(hub, "MISSED_WITHIN", hub.MISSED_WITHIN * 0)
    async with listening(app, fresh_org["editor"], {"last-event-id": last}) as reader:
        assert (await reader.next()).name == "reset"
        after = await made(fresh_org)
        assert (await reader.next()).data["id"] == after


async def test_a_burst_is_told_whole_and_in_order(app: FastAPI, fresh_org: TestOrg) -> None:
    async with listening(app, fresh_org["editor"]) as reader:
        ids = await asyncio.gather(*(made(fresh_org) for _ in range(60)))
        seen = [(await reader.next("change")).data["id"] for _ in ids]
        assert sorted(seen) == sorted(ids)


async def test_streams_hold_no_connection(app: FastAPI, settings: Settings, fresh_org: TestOrg) -> None:
    small = settings.model_copy(update={"database_pool_size": 2})
    async with running(small) as another:
        readers = [listening(another, fresh_org["editor"]) for _ in range(20)]
        opened = [await reader.__aenter__() for reader in readers]
        try:
            dashboard_id = await made(fresh_org)
            for reader in opened:
                assert (await reader.next("change")).data["id"] == dashboard_id
            assert service(another, LiveStreams).open_streams == 20
        finally:
            for one in readers:
                await one.__aexit__(None, None, None)
        assert service(another, LiveStreams).open_streams == 0


async def test_who_gets_in(app: FastAPI, org: TestOrg) -> None:
    for caller, status in (("nobody", 401), ("ingest_key", 403)):
        async with listening(app, org[caller]) as reader:
            assert reader.status == status
    async with listening(app, org["viewer"], {"x-emban-environment": "nowhere"}) as reader:
        assert reader.status == 400
    head = await org["viewer"].head("/v1/stream")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].startswith("text/event-stream")
    assert (await org["viewer"].post("/v1/stream")).status_code == 405
