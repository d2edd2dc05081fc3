"""Messages of made-up rules, and the worker's half of deliveries, for tests."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from emban.app.wiring import DeliveryServices, JobServices, Stores, wire_deliveries
from emban.db import Database, RowContext
from emban.db.change_listener import ChangeListener
from emban.db.urls import app_url
from emban.delivery.messages import BodyGoneError, NewMessage, WebhookContent
from emban.delivery.outbound.client import OutboundHttp
from emban.jobs.kinds import DELIVER
from emban.jobs.queue import JobQueue
from emban.jobs.run_counts import RunCounts
from emban.jobs.status import QueueWatch
from emban.jobs.worker import JobWorker
from emban.mail.message import compose
from emban.mail.sender import Mailer
from emban.models import OutboundMessage
from emban.settings import Settings
from emban.store.client import EventStore
from emban.trust.isolation_gate import IsolationGate
from tests.support.control import TestOrg, service
from tests.support.waiting import PATIENCE_S

_sources = itertools.count(1)


@dataclass(slots=True)
class FakeSource:
    """Stands for alerts and reports: composes what a test gave it, and notes what it hears of."""

    content: WebhookContent | None = None
    broken: bool = False
    settled_as: list[tuple[str, str]] = field(default_factory=list)

    async def webhook(self, message: OutboundMessage) -> WebhookContent:
        del message
        self._fail()
        if self.content is None:
            raise BodyGoneError
        return self.content

    async def mail(self, message: OutboundMessage) -> EmailMessage:
        self._fail()
        return compose(
            to=message.destination, subject=f"{message.source_name}: 7", text="Seven.\n", html="<p>Seven.</p>"
        )

    async def settled(self, session: AsyncSession, message: OutboundMessage) -> None:
        assert session.in_transaction()
        self.settled_as.append((message.id, message.status))

    def _fail(self) -> None:
        if self.broken:
            raise RuntimeError("a composer's mistake")


@dataclass(slots=True)
class Post:
    """Deliveries as a process with these settings has them, and one source."""

    app: FastAPI
    settings: Settings
    source: FakeSource
    services: DeliveryServices
    counts: RunCounts

    @property
    def database(self) -> Database:
        return service(self.app, Database)

    async def add(self, org: TestOrg, destination: str, **given: Any) -> str:
        """Add a message; returns its id."""
        async with self.database.for_org(org.id) as session:
            return await self.services.outbox.add(session, new_message(org, destination, **given))

    async def row(self, org: TestOrg, message_id: str) -> Any:
        """Return a message's row."""
        return (await self.rows(org, "SELECT * FROM outbound_messages WHERE id = :id", {"id": message_id}))[0]

    async def attempts(self, org: TestOrg, message_id: str) -> Sequence[Any]:
        """Return a message's attempts, the oldest first."""
        query = "SELECT * FROM delivery_attempts WHERE message_id = :id ORDER BY id"
        return await self.rows(org, query, {"id": message_id})

    async def rows(self, org: TestOrg, query: str, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """Return rows as an org sees them."""
        async with self.database.for_org(org.id) as session:
            return (await session.execute(text(query), parameters)).all()

    async def waiting(self) -> Sequence[Any]:
        """Return the jobs that wait, with the seconds until they are due."""
        query = (
            "SELECT args, coalesce(extract(epoch FROM scheduled_at - now()), 0) AS due_in_s FROM procrastinate_jobs "
            "WHERE status = 'todo' AND task_name = 'deliver' ORDER BY id"
        )
        async with self.database.session(RowContext(task="jobs")) as session:
            return (await session.execute(text(query))).all()

    async def forget_jobs(self) -> None:
        """Empty the queue."""
        async with self.database.session(RowContext(task="jobs")) as session:
            await session.execute(text("DELETE FROM procrastinate_jobs"))

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Have a worker deliver until the block ends."""
        handlers = {DELIVER.name: self.services.delivery.run}
        worker = JobWorker(app_url(self.settings), handlers, self.counts)
        await worker.start()
        try:
            yield
        finally:
            await worker.stop()

    async def settle(self, org: TestOrg, *message_ids: str) -> None:
        """Work until these messages are delivered or given up."""
        async with self.working():
            await self.until_settled(org, *message_ids)

    async def until_settled(self, org: TestOrg, *message_ids: str) -> None:
        """Wait for it."""
        async with asyncio.timeout(PATIENCE_S):
            for message_id in message_ids:
                while (await self.row(org, message_id)).status == "pending":  # noqa: ASYNC110 - it sets no event
                    await asyncio.sleep(0.02)


def new_message(org: TestOrg, destination: str, **given: Any) -> NewMessage:
    """Return a message of an alert that nothing else is of, to a URL or an address."""
    values: dict[str, Any] = {
        "org_id": org.id,
        "environment": "prod",
        "channel": "webhook" if "://" in destination else "email",
        "source": "alert",
        "source_id": next(_sources),
        "source_name": "Errors",
        "body": '{"alert_id": 7, "name": "Fehlerfälle"}' if "://" in destination else None,
        **given,
    }
    return NewMessage(destination=destination, **values)


def make_post(app: FastAPI, settings: Settings) -> Post:
    """Return deliveries beside a running app's own, over the app's database."""
    database = service(app, Database)
    source, counts = FakeSource(), RunCounts(database)
    jobs = JobServices(JobQueue(), QueueWatch(database), counts)
    stores = Stores(service(app, ChangeListener), database, service(app, EventStore), service(app, IsolationGate))
    both = {"alert": source, "report": source}
    outbound = OutboundHttp(settings.webhook_allowed)
    services = wire_deliveries(settings, stores, jobs, Mailer(settings), outbound, composers=both, observers=both)
    return Post(app, settings, source, services, counts)
