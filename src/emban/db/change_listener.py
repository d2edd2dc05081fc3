"""What changed, as every API process gets to know it: PostgreSQL's NOTIFY, on one connection kept for listening.

What is remembered in memory is remembered under an epoch (`ChangeListener.epoch`) and holds while the epoch stays the
same. A process that may have missed something has no epoch, and nothing is remembered: it asks the database, as if
there were no memory.

How it can know that it missed nothing: every `BEAT_S` the connection notifies itself and waits for that to arrive.
Notifications arrive in the order of their commits, so everything that was committed before the beat was sent is known
by then. An epoch is good for `TRUSTED_S` after the sending of the last beat that arrived, so no process goes by
anything that was changed longer ago. A lost connection, a server that hangs, and a pooler that gives the listener
another session each time all look the same: the beat does not arrive.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import psycopg
import structlog
from sqlalchemy import URL

BEAT_S = 0.5
TRUSTED_S = 4.0
RETRY_S = 0.5
CONNECT_TIMEOUT_S = 3
CHANNEL = "emban_changes"
# What of an org changed: what its embeds may show; events that were there before (deleted ones, not new ones).
Topic = Literal["embeds", "events"]
_BEAT = "beat"
_SEND = "SELECT pg_notify(%s, %s)"
# A batch commits at most so long after its watermark was decided; the clock is the database's, as is the watermark.
_MOVED = (
    "SELECT org_id, environment, watermark FROM ingest_watermarks "
    "WHERE watermark > clock_timestamp() - interval '2 min'"
)
log = structlog.get_logger("emban.changes")

AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class CacheEpoch:
    """How often a topic of an org had changed, in one unbroken stretch of listening."""

    listening: int
    changes: int


class ChangeListener:
    """Listens for changes. One per API process; start it when the process serves and stop it when it ends."""

    def __init__(self, url: URL) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._counts: dict[tuple[str, str], int] = {}
        self._watermarks: dict[tuple[str, str], datetime] = {}
        self._listening = 0
        self._trusted_until = 0.0
        self._beat_sent: tuple[float, int] = (0.0, 0)
        self._beat_arrived = 0
        self._task: asyncio.Task[None] | None = None

    def epoch(self, topic: Topic, org_id: str) -> CacheEpoch | None:
        """Return the epoch under which to remember something, taken before it is looked up; None: remember nothing."""
        if time.monotonic() >= self._trusted_until:
            return None
        return CacheEpoch(self._listening, self._counts.get((topic, org_id), 0))

    def note(self, topic: Topic, org_id: str) -> None:
        """Take note of a change that this process made itself, without waiting until it is told."""
        key = (topic, org_id)
        self._counts[key] = self._counts.get(key, 0) + 1

    def watermark(self, org_id: str, environment: str) -> datetime | None:
        """Return the newest ingestion watermark that was seen, some `BEAT_S` old; None where none moved recently."""
        return self._watermarks.get((org_id, environment))

    @property
    def known_as_of(self) -> float:
        """The `time.monotonic()` before which every committed change is known; it lies back by a beat at most."""
        return self._trusted_until - TRUSTED_S

    def start(self) -> None:
        """Begin to listen, in the background."""
        self._task = asyncio.create_task(self._listen(), name="changes")

    async def stop(self) -> None:
        """Stop listening. There are no epochs afterwards."""
        self._trusted_until = 0.0
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        while True:
            try:
                await self._one_connection()
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("changes.connection_lost", error=type(error).__name__)
            # Whatever happens until the next connection listens is missed.
            self._trusted_until = 0.0
            await asyncio.sleep(RETRY_S)

    async def _one_connection(self) -> None:
        """Listen until something fails; raises what did."""
        async with await psycopg.AsyncConnection.connect(
            self._conninfo, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S, application_name="emban changes"
        ) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            await connection.execute("SELECT set_config('emban.task', 'watch', false)")
            self._listening += 1
            self._counts.clear()
            self._watermarks.clear()
            self._beat_sent, self._beat_arrived = (0.0, 0), 0
            while True:
                # Bounded, because a server that hangs does not close its connections.
                async with asyncio.timeout(TRUSTED_S):
                    await self._beat(connection)
                    await self._read_watermarks(connection)
                # The whole stretch, so that of several that come in one piece none is left behind.
                async for notification in connection.notifies(timeout=BEAT_S):
                    self._take(notification, own=notification.pid == connection.info.backend_pid)

    async def _beat(self, connection: AsyncConnection) -> None:
        """Send a notification to ourselves, unless one is under way. Raises `TimeoutError` if that one is lost."""
        sent, number = self._beat_sent
        if number == self._beat_arrived:
            self._beat_sent = time.monotonic(), number + 1
            await connection.execute(_SEND, (CHANNEL, f"{_BEAT}|{number + 1}"))
        elif time.monotonic() > sent + TRUSTED_S:
            raise TimeoutError

    def _take(self, notification: psycopg.Notify, *, own: bool) -> None:
        topic, _, what = notification.payload.partition("|")
        if topic == _BEAT:
            sent, number = self._beat_sent
            if own and what == str(number):
                self._beat_arrived = number
                self._trusted_until = sent + TRUSTED_S
        elif topic in {"embeds", "events"}:
            key = (topic, what)
            self._counts[key] = self._counts.get(key, 0) + 1

    async def _read_watermarks(self, connection: AsyncConnection) -> None:
        for org_id, environment, watermark in await (await connection.execute(_MOVED)).fetchall():
            self._watermarks[org_id, environment] = watermark.astimezone(UTC)
