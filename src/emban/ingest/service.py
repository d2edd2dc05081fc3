"""Ingestion of one API process, put together: what a request, an import or a seeding calls."""

from __future__ import annotations

import asyncio

import structlog

from emban.db import Database
from emban.errors import EmbanError
from emban.ingest.commit.committer import Committer
from emban.ingest.commit.group_commit import GroupCommit, Submission, SubmissionResult
from emban.ingest.decode import Decoded
from emban.ingest.refusals import FLUSH_EVERY_S, Refusals
from emban.kit.periodic_task import PeriodicTask
from emban.scope import ALL_TENANTS, Scope
from emban.settings import Settings
from emban.store.client import EventStore
from emban.store.events import EventLog

# 33 million events with an id within seven days, over all streams of one process; beyond it, look-ups in the store.
KEY_MEMORY_BYTES = 256 << 20
log = structlog.get_logger("emban.ingest")


class Ingest:
    """Takes events. One per API process; `start` it, and `close` it while both stores still answer."""

    def __init__(self, settings: Settings, database: Database, store: EventStore) -> None:
        self._committer = Committer(database, EventLog(store), key_memory_bytes=KEY_MEMORY_BYTES)
        self._group = GroupCommit(
            self._committer.commit,
            buffer_bytes=settings.ingest_buffer_mb << 20,
            # Each lane holds a connection to PostgreSQL, and for a moment another one.
            lanes=max(1, min(4, settings.database_pool_size // 2)),
        )
        self._recovery: asyncio.Task[None] | None = None
        self._refusals = Refusals(database)
        self._noting = PeriodicTask("ingest refusals", self._refusals.flush, FLUSH_EVERY_S)

    async def store(self, org_id: str, environment: str, decoded: Decoded, size_bytes: int) -> SubmissionResult:
        """Return once the events are stored; `size_bytes` is that of their JSON.

        Raises `EmbanError`: 402 over the plan's limit, 503 where they could not be stored or too much waits, 401
        where the org was deleted.
        """
        scope = Scope(org_id, environment, ALL_TENANTS)
        try:
            return await self._group.submit(scope, Submission(decoded.events, decoded.at_ms, size_bytes))
        except EmbanError as error:
            if error.status == 503:
                self._refusals.note(scope)
            raise

    def start(self) -> None:
        """Begin to recover what earlier processes left unfinished."""
        self._noting.start()
        self._recovery = asyncio.create_task(self._recover())

    async def close(self) -> None:
        """Write what waits, and sign off."""
        if self._recovery is not None:
            self._recovery.cancel()
            await asyncio.gather(self._recovery, return_exceptions=True)
        await self._group.close()
        await self._committer.close()
        await self._noting.stop()

    async def _recover(self) -> None:
        try:
            recovered = await self._committer.recover()
        except EmbanError as error:
            log.warning("ingest.not_recovered", reason=error.message)
        else:
            if recovered:
                log.info("ingest.recovered", streams=recovered)
