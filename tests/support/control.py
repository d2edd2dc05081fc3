"""An app over ASGI on the real engines, orgs with a client for every kind of caller, and counting of statements."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import httpx
import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import URL, Connection, create_engine, event, text

from emban.app.build import build_app
from emban.auth.authenticator import Authenticator
from emban.billing.service import set_plan
from emban.db import Database, RowContext
from emban.db.change_listener import ChangeListener
from emban.db.migrate import migrate as migrate_control_plane
from emban.http.provide import Service, services_of_app
from emban.settings import Settings, load_settings
from emban.store.migrate import migrate as migrate_events
from tests.support.engines import Engines

BASE_URL = "http://localhost:8000"
PASSWORD = "correct horse battery"
ROLES = ("viewer", "editor", "admin", "owner")
_numbers = itertools.count(1)


def settings_for(engines: Engines, **overrides: object) -> Settings:
    """Return settings for the running engines; limits on attempts are out of the way unless given."""
    values: dict[str, object] = {
        "database_url": engines.database_owner_url,
        "clickhouse_url": engines.clickhouse_url,
        "secret_key": engines.secret_key,
        "auth_attempts_per_minute": 10_000,
        "address_attempts_per_minute": 100_000,
        "self_serve_plans": True,
        "registration": "open",
        "rollup_interval_s": 3_600,  # A test that wants rollups asks the keeper.
        **overrides,
    }
    return load_settings(**values)


@pytest.fixture(scope="session")
def settings(engines: Engines) -> Settings:
    """Settings of a migrated pair of stores."""
    # Not the default: that one prints local variables, secrets among them, and takes seconds to do so.
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, plain])
    return migrate_both(engines)


def migrate_both(engines: Engines) -> Settings:
    """Bring both stores to the present schema; returns settings for them."""
    made = settings_for(engines)
    migrate_control_plane(made)
    migrate_events(made)
    return made


@asynccontextmanager
async def running(made: Settings) -> AsyncIterator[FastAPI]:
    """Run an app of its own, with its lifespan: a second API process as far as its memory goes."""
    app = build_app(made)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """One running app for the session."""
    async with running(settings) as started:
        yield started


def service(app: FastAPI, kind: type[Service]) -> Service:
    """Return the service of a type of a running app."""
    return services_of_app(app).get(kind)


async def caught_up(app: FastAPI) -> None:
    """Wait until a running app knows of every change that was committed before this call."""
    called = time.monotonic()
    while service(app, ChangeListener).known_as_of < called:  # noqa: ASYNC110 - it sets no event
        await asyncio.sleep(0.01)


def browser(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    """Return a client that behaves like Emban's own pages: keeps cookies, says where it comes from."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers={"origin": BASE_URL, **headers})


def machine(app: FastAPI, key: str) -> httpx.AsyncClient:
    """Return a client that sends an API key."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers={"authorization": f"Bearer {key}"})


def fresh_email(name: str = "person") -> str:
    """Return an address that no test has used."""
    return f"{name}-{next(_numbers)}@acme.example"


@dataclass(slots=True)
class TestOrg:
    """An org and its callers by name: the four roles, `admin_key` and `ingest_key`, `nobody`."""

    __test__ = False

    id: str
    name: str
    owner_email: str
    raw_admin_key: str
    raw_ingest_key: str
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    user_ids: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)  # What tests left in the org, by names of their own.
    one_of_each: dict[str, str] = field(default_factory=dict)  # Path parameter → id; test_roles.made_in.

    def __getitem__(self, caller: str) -> httpx.AsyncClient:
        return self.clients[caller]

    async def close(self) -> None:
        for client in self.clients.values():
            await client.aclose()


async def put_on_plan(app: FastAPI, org_id: str, plan: str) -> None:
    """Change an org's plan as the operator does."""
    async with service(app, Database).for_org(org_id) as session:
        await set_plan(session, org_id, plan, actor="operator")
    service(app, Authenticator).forget_keys()


async def register(app: FastAPI, name: str = "Acme") -> tuple[httpx.AsyncClient, dict[str, dict[str, str]]]:
    """Register a person with an org; returns their browser and the answer."""
    client = browser(app)
    body = {"email": fresh_email("owner"), "password": PASSWORD, "org_name": name}
    answer = await client.post("/v1/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    decoded: dict[str, dict[str, str]] = answer.json()
    return client, decoded


async def join(app: FastAPI, owner: httpx.AsyncClient, role: str) -> tuple[httpx.AsyncClient, str]:
    """Invite a new person and accept; returns their browser and user id."""
    invited = await owner.post("/v1/invites", json={"email": fresh_email(role), "role": role})
    assert invited.status_code == 201, invited.text
    client = browser(app)
    accept = {"token": invited.json()["token"], "password": PASSWORD, "name": role.title()}
    joined = await client.post("/v1/invites/accept", json=accept)
    assert joined.status_code == 201, joined.text
    return client, joined.json()["user"]["id"]


async def make_org(app: FastAPI, *, plan: str = "scale", name: str = "Acme", roles: tuple[str, ...] = ROLES) -> TestOrg:
    """Make an org with a member of each role and a key of each scope."""
    owner, answer = await register(app, name)
    org_id = answer["org"]["id"]
    await put_on_plan(app, org_id, "scale")
    ingest = await owner.post("/v1/api-keys", json={"label": "ingest", "scope": "ingest"})
    made = TestOrg(
        id=org_id,
        name=name,
        owner_email=answer["user"]["email"],
        raw_admin_key=answer["api_key"]["key"],
        raw_ingest_key=ingest.json()["key"],
    )
    made.clients = {
        "nobody": browser(app),
        "owner": owner,
        "admin_key": machine(app, made.raw_admin_key),
        "ingest_key": machine(app, made.raw_ingest_key),
    }
    made.user_ids["owner"] = answer["user"]["id"]
    for role in roles:
        if role != "owner":
            made.clients[role], made.user_ids[role] = await join(app, owner, role)
    if plan != "scale":
        await put_on_plan(app, org_id, plan)
    return made


@pytest.fixture(scope="session")
async def org(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org for tests that only read, or change what no other test looks at."""
    made = await make_org(app)
    yield made
    await made.close()


@pytest.fixture(scope="session")
async def other_org(app: FastAPI) -> AsyncIterator[TestOrg]:
    """Another org, whose callers must see nothing of the first."""
    made = await make_org(app, name="Other")
    yield made
    await made.close()


@pytest.fixture
async def fresh_org(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org for one test to change."""
    made = await make_org(app)
    yield made
    await made.close()


@contextmanager
def connected(url: URL) -> Iterator[Connection]:
    """Connect to PostgreSQL beside the app, and leave nothing open."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


async def audit_rows(app: FastAPI, org_id: str) -> list[dict[str, object]]:
    """Return the org's audit rows, oldest first."""
    async with service(app, Database).session(RowContext(org_id=org_id)) as session:
        query = text("SELECT * FROM audit_log WHERE org_id = :org_id ORDER BY id")
        return [dict(row) for row in (await session.execute(query, {"org_id": org_id})).mappings()]


_counted: ContextVar[list[str] | None] = ContextVar("counted", default=None)


@contextmanager
def counted_statements(app: FastAPI) -> Iterator[list[str]]:
    """Collect every statement that the app sends to PostgreSQL meanwhile for the caller, BEGIN and COMMIT aside.

    What runs in the background was begun before, and so does not have the caller's mark.
    """
    engine = service(app, Database)._engine.sync_engine
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if _counted.get() is seen:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    mark = _counted.set(seen)
    try:
        yield seen
    finally:
        _counted.reset(mark)
        event.remove(engine, "before_cursor_execute", note)
