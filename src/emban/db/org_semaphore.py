"""Slots that an org's work takes, counted over every API process: advisory locks on one connection per process.

A lock goes with its connection, so a process that dies gives its slots back at once. One connection may take the same
lock twice, so each process also knows which slots it holds itself. Needs PostgreSQL itself, or a pooler in session
mode.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy import URL

from emban.errors import unavailable

CONNECT_TIMEOUT_S = 3
_TAKE = "SELECT pg_try_advisory_lock(%s)"
_GIVE = "SELECT pg_advisory_unlock(%s)"


class OrgSemaphore:
    """At most `slots` holders per org at a time, of one purpose. Connects when first used."""

    def __init__(self, url: URL, *, purpose: str, slots: int) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._purpose = purpose
        self._places = slots
        self._held: defaultdict[str, set[int]] = defaultdict(set)
        self._connection: psycopg.AsyncConnection | None = None
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def take(self, org_id: str) -> AsyncIterator[bool]:
        """Hold a slot while the body runs; yields False where all are taken. Raises `EmbanError` (503)."""
        # Shielded: a cancelled request must not break the connection that holds the others' slots.
        taking = asyncio.ensure_future(self._take(org_id))
        try:
            slot = await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(lambda done: self._give_later(org_id, done))
            raise
        try:
            yield slot is not None
        finally:
            if slot is not None:
                await asyncio.shield(self._give(org_id, slot))

    async def close(self) -> None:
        """Give every slot back."""
        if self._connection is not None:
            await self._connection.close()

    async def _take(self, org_id: str) -> int | None:
        async with self._turn:
            for slot in range(self._places):
                if slot in self._held[org_id]:
                    continue
                if await self._ask(_TAKE, self._key(org_id, slot)):
                    self._held[org_id].add(slot)
                    return slot
            if not self._held[org_id]:
                del self._held[org_id]
            return None

    async def _give(self, org_id: str, slot: int) -> None:
        async with self._turn:
            self._held[org_id].discard(slot)
            if not self._held[org_id]:
                del self._held[org_id]
            if self._connection is not None and not self._connection.closed:
                await self._ask(_GIVE, self._key(org_id, slot))

    def _give_later(self, org_id: str, done: asyncio.Future[int | None]) -> None:
        if not done.cancelled() and done.exception() is None and (slot := done.result()) is not None:
            self._giving = asyncio.ensure_future(self._give(org_id, slot))

    async def _ask(self, question: str, key: int) -> bool:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = await psycopg.AsyncConnection.connect(
                    self._conninfo, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S, application_name="emban slots"
                )
            row = await (await self._connection.execute(question, (key,))).fetchone()
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if self._connection is not None:
                await self._connection.close()
            raise unavailable("the control plane's database does not answer at the moment") from error
        return bool(row and row[0])

    def _key(self, org_id: str, slot: int) -> int:
        digest = hashlib.sha256(f"{self._purpose}|{org_id}|{slot}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)
