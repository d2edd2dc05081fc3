"""What must hold when requests meet: one owner, the last seat, the last key, one use of an invitation."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from emban.db import Database, RowContext
from emban.orgs.erasure import Erasure
from emban.settings import Settings
from tests.integration.orgs.test_settings_of_org import store_some, stored_events
from tests.support.control import PASSWORD, TestOrg, browser, fresh_email, join, machine, put_on_plan, running, service

MANY = 6


@pytest.fixture
async def second_process(app: FastAPI) -> AsyncIterator[FastAPI]:
    """An app with a memory of its own on the same stores."""
    async with running(service(app, Settings)) as other:
        yield other


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def over(app: FastAPI, second: FastAPI, client: httpx.AsyncClient, count: int) -> list[httpx.AsyncClient]:
    """Return clients with the same session, half of them served by the second process."""
    clients = []
    for number in range(count):
        one = browser(app if number % 2 else second)
        one.cookies.update(client.cookies)
        clients.append(one)
    return clients


async def answers_within(seconds: float, client: httpx.AsyncClient, path: str, status: int) -> None:
    """Ask until the answer has that status; fail after a while."""
    for _ in range(int(seconds / 0.1)):
        if (await client.get(path)).status_code == status:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"{path} did not answer {status} within {seconds} s")


async def owners(app: FastAPI, org_id: str) -> list[str]:
    async with service(app, Database).for_org(org_id) as session:
        rows = await session.execute(text("SELECT user_id FROM memberships WHERE role = 'owner'"))
        return [row[0] for row in rows]


async def test_ownership_moves_once_however_many_ask(app: FastAPI, second_process: FastAPI, fresh_org: TestOrg) -> None:
    targets = [fresh_org.user_ids[role] for role in ("admin", "editor", "viewer")] * 2
    clients = over(app, second_process, fresh_org["owner"], MANY)
    answers = await asyncio.gather(
        *(
            client.post("/v1/org/transfer-ownership", json={"user_id": target})
            for client, target in zip(clients, targets, strict=True)
        )
    )

    assert statuses(list(answers)) == {204: 1, 403: MANY - 1}
    assert len(await owners(app, fresh_org.id)) == 1


async def test_owners_that_hand_over_to_each_other_leave_one(app: FastAPI, fresh_org: TestOrg) -> None:
    owner, admin = fresh_org.user_ids["owner"], fresh_org.user_ids["admin"]
    for _ in range(3):
        await asyncio.gather(
            fresh_org["owner"].post("/v1/org/transfer-ownership", json={"user_id": admin}),
            fresh_org["admin"].post("/v1/org/transfer-ownership", json={"user_id": owner}),
            fresh_org["admin"].patch(f"/v1/members/{owner}", json={"role": "viewer"}),
            fresh_org["admin"].delete(f"/v1/members/{owner}"),
        )
        assert len(await owners(app, fresh_org.id)) == 1


async def test_the_database_itself_keeps_one_owner(app: FastAPI, fresh_org: TestOrg) -> None:
    database = service(app, Database)
    with pytest.raises(IntegrityError, match="an org must keep its owner"):
        async with database.for_org(fresh_org.id) as session:
            await session.execute(text("UPDATE memberships SET role = 'admin' WHERE role = 'owner'"))
    with pytest.raises(IntegrityError, match="an org must keep its owner"):
        async with database.for_org(fresh_org.id) as session:
            await session.execute(text("DELETE FROM memberships WHERE role = 'owner'"))
    with pytest.raises(IntegrityError, match="uq_memberships_owner"):
        async with database.for_org(fresh_org.id) as session:
            await session.execute(text("UPDATE memberships SET role = 'owner'"))


async def test_the_last_seat_is_taken_once(app: FastAPI, second_process: FastAPI, fresh_org: TestOrg) -> None:
    await put_on_plan(app, fresh_org.id, "starter")  # Three seats: owner, admin and editor have them.
    await fresh_org["owner"].patch(f"/v1/members/{fresh_org.user_ids['editor']}", json={"role": "viewer"})
    clients = over(app, second_process, fresh_org["owner"], MANY)
    answers = await asyncio.gather(
        *(client.post("/v1/invites", json={"email": fresh_email(), "role": "editor"}) for client in clients),
        fresh_org["owner"].patch(f"/v1/members/{fresh_org.user_ids['viewer']}", json={"role": "editor"}),
        fresh_org["owner"].patch(f"/v1/members/{fresh_org.user_ids['editor']}", json={"role": "editor"}),
    )
    codes = {answer.json().get("code") for answer in answers if answer.status_code == 402}

    assert sum(answer.is_success for answer in answers) == 1
    assert codes == {"editor_seats_limit"}
    assert (await fresh_org["owner"].get("/v1/billing")).json()["editor_seats"] == {"used": 3, "limit": 3}


async def test_the_last_key_is_made_once(app: FastAPI, second_process: FastAPI, fresh_org: TestOrg) -> None:
    await put_on_plan(app, fresh_org.id, "starter")  # Five keys, two of them there.
    await fresh_org["owner"].post("/v1/api-keys", json={"label": "3", "scope": "ingest"})
    await fresh_org["owner"].post("/v1/api-keys", json={"label": "4", "scope": "ingest"})
    clients = over(app, second_process, fresh_org["owner"], MANY)
    answers = await asyncio.gather(
        *(client.post("/v1/api-keys", json={"label": "5", "scope": "admin"}) for client in clients)
    )

    assert statuses(list(answers)) == {201: 1, 402: MANY - 1}
    refused = next(answer for answer in answers if answer.status_code == 402).json()
    expected = {"code": "api_keys_limit", "plan": "starter", "upgrade_to": "growth", "limit": 5, "used": 5}
    assert {key: refused[key] for key in expected} == expected


async def test_an_invitation_is_accepted_once(app: FastAPI, second_process: FastAPI, fresh_org: TestOrg) -> None:
    email = fresh_email()
    invited = await fresh_org["owner"].post("/v1/invites", json={"email": email, "role": "viewer"})
    body = {"token": invited.json()["token"], "password": PASSWORD, "name": "Twice"}
    answers = await asyncio.gather(
        *(
            browser(process).post("/v1/invites/accept", json=body)
            for process in (app, second_process, app, second_process)
        )
    )

    counted = statuses(list(answers))
    assert counted[201] == 1
    assert set(counted) <= {201, 401, 404, 409}
    members = (await fresh_org["owner"].get("/v1/members")).json()["items"]
    assert [member["email"] for member in members].count(email) == 1


async def test_one_address_is_invited_once(app: FastAPI, second_process: FastAPI, fresh_org: TestOrg) -> None:
    clients = over(app, second_process, fresh_org["owner"], MANY)
    answers = await asyncio.gather(
        *(client.post("/v1/invites", json={"email": "Same@Else.example", "role": "viewer"}) for client in clients)
    )

    assert statuses(list(answers)) == {201: 1, 409: MANY - 1}


async def test_one_address_registers_once(app: FastAPI, second_process: FastAPI) -> None:
    body = {"email": fresh_email(), "password": PASSWORD, "org_name": "Twice"}
    answers = await asyncio.gather(
        *(browser(process).post("/v1/auth/register", json=body) for process in (app, second_process, app))
    )

    assert statuses(list(answers)) == {201: 1, 409: 2}
    assert {answer.json().get("code") for answer in answers} == {None, "email_registered"}


async def test_two_edits_of_one_widget_lose_nothing(app: FastAPI, fresh_org: TestOrg) -> None:
    widget = {"title": "A", "kind": "kpi", "query": {"event_name": "*", "metric": "count"}}
    made = (await fresh_org["owner"].post("/v1/widgets", json=widget)).json()
    answers = await asyncio.gather(
        *(
            fresh_org[role].put(f"/v1/widgets/{made['id']}", json={**widget, "title": role, "version": 1})
            for role in ("owner", "admin", "editor")
        )
    )

    assert statuses(list(answers)) == {200: 1, 409: 2}
    lost = next(answer for answer in answers if answer.status_code == 409).json()
    assert (lost["code"], lost["version"]) == ("version_conflict", 2)


async def test_an_org_deleted_while_its_key_ingests_leaves_no_event(
    app: FastAPI, second_process: FastAPI, fresh_org: TestOrg
) -> None:
    """A batch is acknowledged before the org goes, or refused after it; whichever, nothing is there in the end."""
    clients = [machine(process, fresh_org.raw_ingest_key) for process in (app, second_process)]
    going, enough = True, asyncio.Event()
    seen: Counter[int] = Counter()

    async def ingest(client: httpx.AsyncClient, sender: int) -> None:
        number = 0
        while going or number == 0:
            number += 1
            events = [
                {"tenant_id": "t", "event_name": "made", "event_id": f"{sender}-{number}-{one}"} for one in range(20)
            ]
            seen[(await client.post("/v1/events", json={"events": events})).status_code] += 1
            if seen[200] >= 4:
                enough.set()

    senders = [asyncio.ensure_future(ingest(clients[number % 2], number)) for number in range(4)]
    await asyncio.wait_for(enough.wait(), 30)
    assert await stored_events(app, fresh_org.id) > 0
    assert (await fresh_org["owner"].delete("/v1/org")).status_code == 204
    await answers_within(5, clients[0], "/v1/org", 401)
    await answers_within(5, clients[1], "/v1/org", 401)
    going = False
    await asyncio.gather(*senders)

    assert set(seen) == {200, 401}
    assert await stored_events(app, fresh_org.id) == 0
    async with service(app, Database).for_org(fresh_org.id) as session:
        assert (await session.execute(text("SELECT count(*) FROM usage_daily"))).scalar_one() == 0


async def test_events_that_land_after_their_org_was_deleted_are_swept(app: FastAPI, fresh_org: TestOrg) -> None:
    assert (await fresh_org["owner"].delete("/v1/org")).status_code == 204
    await store_some(app, fresh_org.id)  # As by an INSERT whose process was killed.
    await service(app, Erasure).sweep()
    assert await stored_events(app, fresh_org.id) == 0


async def test_a_deleted_key_is_refused_everywhere_within_five_seconds(
    app: FastAPI, second_process: FastAPI, fresh_org: TestOrg
) -> None:
    made = (await fresh_org["owner"].post("/v1/api-keys", json={"label": "x", "scope": "admin"})).json()
    headers = {"authorization": f"Bearer {made['key']}"}
    here, there = browser(app, **headers), browser(second_process, **headers)
    assert (await here.get("/v1/org")).status_code == 200
    assert (await there.get("/v1/org")).status_code == 200

    assert (await fresh_org["owner"].delete(f"/v1/api-keys/{made['id']}")).status_code == 204

    assert (await here.get("/v1/org")).status_code == 401
    await answers_within(5, there, "/v1/org", 401)


async def test_a_plan_change_is_known_everywhere_within_five_seconds(
    app: FastAPI, second_process: FastAPI, fresh_org: TestOrg
) -> None:
    there = browser(second_process, authorization=f"Bearer {fresh_org.raw_admin_key}")
    assert (await there.get("/v1/audit")).status_code == 200

    assert (await fresh_org["owner"].put("/v1/billing/plan", json={"plan": "free"})).status_code == 200

    await answers_within(5, there, "/v1/audit", 402)


async def test_a_removed_member_is_out_at_once(app: FastAPI, second_process: FastAPI, fresh_org: TestOrg) -> None:
    client, user_id = await join(app, fresh_org["owner"], "admin")
    elsewhere = over(app, second_process, client, 1)[0]
    assert (await elsewhere.get("/v1/org")).status_code == 200

    assert (await fresh_org["owner"].delete(f"/v1/members/{user_id}")).status_code == 204

    assert (await client.get("/v1/org")).status_code == 401
    assert (await elsewhere.get("/v1/org")).status_code == 401
    async with service(app, Database).session(RowContext(user_id=user_id)) as session:
        assert (await session.execute(text("SELECT count(*) FROM user_sessions"))).scalar_one() == 0
