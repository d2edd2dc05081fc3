"""The event store as the rest of Emban sees it: reads need a scope, and go as a user who can see nothing without one.

Two accounts over one address. The engine account of EMBAN_CLICKHOUSE_URL writes and migrates. The query account has a
row policy on every table that compares rows with the scope of the request (`scope_setting`); it cannot write, and
without a scope it gets no rows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import aiohttp
import clickhouse_connect
import msgspec
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError

from emban.errors import isolation_unproved, unavailable
from emban.scope import Scope
from emban.settings import Settings
from emban.store.engine_stop import overdue_after
from emban.store.errors import ENGINE_CHANGED, engine_code, translate
from emban.store.pinned_settings import PINNED
from emban.store.policies import QUERY_ROLE, READER_PURPOSE, READER_ROLE
from emban.store.scope_check import UnscopedStatementError, keeps_to, scanned_tables
from emban.store.scope_setting import scope_settings
from emban.store.statement import Column, Rows, Statement

QUERY_ACCOUNT = QUERY_ROLE
CONNECT_TIMEOUT_S = 3
UPKEEP_TIMEOUT_S = 900
# Names the engine that a read is meant for: the embedded one refuses reads for another, such as itself before it died.
ENGINE_HEADER = "X-Emban-Engine"
# Of a reader's requests, those whose text is no stranger's: the isolation probe's, and what the client asks first. The
# embedded engine has them wait for nobody's ad-hoc SQL.
OWN_TEXT_HEADER = "X-Emban-Own-Text"
# For the answer of an engine that ends itself for a statement.
FAREWELL_S = 3
# The engine account's second connection, for statements that may take long.
_UPKEEP = "upkeep"
_READ_SETTINGS = {
    # A read ends with its connection; the embedded engine's endpoint does so by itself.
    "cancel_http_readonly_queries_on_client_close": 1,
    "readonly": 1,  # The embedded engine sees to it itself; a server does as it is told.
    "output_format_json_quote_64bit_integers": 0,
    "output_format_json_quote_denormals": 0,
    "output_format_json_named_tuples_as_objects": 0,
}


class _Meta(msgspec.Struct):
    name: str
    type: str


class _Statistics(msgspec.Struct):
    rows_read: int


class _Compact(msgspec.Struct):
    """ClickHouse's JSONCompact format."""

    meta: list[_Meta]
    data: list[list[Any]]
    statistics: _Statistics


_DECODER = msgspec.json.Decoder(_Compact)
# What the client raises where the store refuses, is away, or takes too long.
STORE_FAILURES = (ClickHouseError, aiohttp.ClientError, OSError, TimeoutError)


class ReadGuard(Protocol):
    """Whether reads may be served at present; see `emban.trust.isolation_gate`."""

    async def require(self) -> str:
        """Return the name of the engine that was proved, to be sent with each read. Raises 503."""

    @property
    def proved_engine(self) -> str:
        """The name of the engine that was proved last, '' where none is or it has none."""

    def engine_changed(self, engine: str) -> None:
        """Note that another engine answers in this one's place."""


class EventStore:
    """One per API process. Connects when first used, so that a process can start before its store."""

    def __init__(self, settings: Settings) -> None:
        if settings.clickhouse_url is None:
            raise RuntimeError("EMBAN_CLICKHOUSE_URL is not set")
        self._url = settings.clickhouse_url.get_secret_value()
        self._reader_password = settings.derived_secret(READER_PURPOSE)
        self._limits = {
            "max_execution_time": settings.query_timeout_s,
            "max_memory_usage": settings.query_memory_mb << 20,
        }
        self._timeout_s = settings.query_timeout_s + 5
        self._clients: dict[str, AsyncClient] = {}
        self._connecting = asyncio.Lock()
        self._guard: ReadGuard | None = None

    async def select(self, scope: Scope, statement: Statement) -> Rows:
        """Run one SELECT within a scope and return its rows.

        Raises `EmbanError` (503 where the store is away or busy, 400 where the query is too expensive), `StoreError`
        where the engine refuses the text, and `UnscopedStatementError` for one that does not carry the scope.
        """
        if not keeps_to(statement, scope):
            raise UnscopedStatementError("a statement that does not carry its scope")
        settings: dict[str, Any] = {**_READ_SETTINGS, **self._limits, **statement.settings, **PINNED}
        settings |= scope_settings(scope, scanned_tables(statement))
        started = time.perf_counter()
        answer = _DECODER.decode(await self._read(statement, settings))
        return Rows(
            columns=tuple(Column(column.name, column.type) for column in answer.meta),
            rows=answer.data,
            read_rows=answer.statistics.rows_read,
            ms=(time.perf_counter() - started) * 1000,
        )

    async def _read(self, statement: Statement, settings: Mapping[str, Any]) -> bytes:
        """Send a statement to the engine that was proved; once more where another has taken its place meanwhile."""
        client = await self._client(QUERY_ACCOUNT)
        parameters = dict(statement.parameters)
        for _ in range(2):
            engine = await self._proved_engine()
            headers = {ENGINE_HEADER: engine} if engine else None
            try:
                raw: bytes = await client.raw_query(
                    statement.sql, parameters, settings=dict(settings), fmt="JSONCompact", transport_settings=headers
                )
            except STORE_FAILURES as error:
                failure = translate(error)
                if engine_code(error) != ENGINE_CHANGED:
                    raise failure from error
                self._guard_changed(engine)
            else:
                return raw
        raise isolation_unproved()

    async def probe(self, account: str, sql: str, settings: Mapping[str, Any], *, engine: str = "") -> bytes:
        """Ask as a reader's account, past the guard and the check of scope; rows come as JSONCompactEachRow.

        For the isolation probe, which asks what no statement of ours may: does the engine itself hold? `engine` names
        the one that has to answer. Raises as `select` does.
        """
        client = await self._client(account)
        asked = {**_READ_SETTINGS, **self._limits, **PINNED, **settings}
        # Not as a FORMAT behind the text, which only a SELECT takes.
        headers = {"X-ClickHouse-Format": "JSONCompactEachRow", OWN_TEXT_HEADER: "1"}
        if engine:
            headers[ENGINE_HEADER] = engine
        try:
            raw: bytes = await client.raw_query(sql, settings=asked, transport_settings=headers)
        except STORE_FAILURES as error:
            raise translate(error) from error
        return raw

    def guard_reads(self, guard: ReadGuard) -> None:
        """Let reads through from now on only as the guard says."""
        self._guard = guard

    async def _proved_engine(self) -> str:
        return "" if self._guard is None else await self._guard.require()

    def _guard_changed(self, engine: str) -> None:
        if self._guard is not None:
            self._guard.engine_changed(engine)

    async def command(self, sql: str, parameters: Mapping[str, Any] | None = None, **settings: str | int) -> bytes:
        """Run one statement as the engine account: migrations, deletes, upkeep. Never with text from a request.

        Waits `UPKEEP_TIMEOUT_S` for it: what rewrites parts takes its time. Raises as `select` does.
        """
        return await self._raw(await self._client(_UPKEEP), sql, parameters, "JSONCompact", settings)

    async def fetch(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, output_format: str, **settings: str | int
    ) -> bytes:
        """Ask something as the engine account, in the named format. Raises as `select` does."""
        return await self._raw(await self._client(""), sql, parameters, output_format, settings)

    async def _raw(
        self,
        client: AsyncClient,
        sql: str,
        parameters: Mapping[str, Any] | None,
        output_format: str,
        settings: Mapping[str, str | int],
    ) -> bytes:
        try:
            return await client.raw_query(sql, dict(parameters or {}), settings=dict(settings), fmt=output_format)
        except STORE_FAILURES as error:
            raise translate(error) from error

    async def insert(self, statement: bytes, **settings: str | int) -> None:
        """Send one INSERT with its rows behind it, once. Raises as `select` does; some rows may then be stored."""
        client = await self._client("")

        # As a stream, because the client would send bytes again by itself when the connection breaks.
        async def once() -> AsyncIterator[bytes]:
            yield statement

        try:
            await client.raw_insert(insert_block=once(), settings=dict(settings))
        except STORE_FAILURES as error:
            raise translate(error) from error

    async def ping(self) -> None:
        """Raise `EmbanError` (503) unless the store answers a reader. Tells the guard where another engine does."""
        client = await self._client(QUERY_ACCOUNT)
        engine = "" if self._guard is None else self._guard.proved_engine
        headers = {ENGINE_HEADER: engine} if engine else None
        try:
            await client.raw_query("SELECT 1", fmt="TabSeparated", transport_settings=headers)
        except STORE_FAILURES as error:
            if engine_code(error) != ENGINE_CHANGED:
                raise unavailable("the event store does not answer at the moment") from error
            self._guard_changed(engine)

    @property
    def engine_user(self) -> str:
        """The account of EMBAN_CLICKHOUSE_URL."""
        return unquote(urlsplit(self._url).username or "default")

    @property
    def reader_password(self) -> str:
        """The password of both readers, derived from the secret key."""
        return self._reader_password

    async def reader(self) -> AsyncClient:
        """Return the connection of the account that runs text which others wrote; see `store.adhoc`.

        Raises 503 `isolation_unproved` where the guard lets no read through.
        """
        engine = await self._proved_engine()
        client = await self._client(READER_ROLE)
        if engine:
            client.headers[ENGINE_HEADER] = engine
        return client

    async def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    async def _client(self, account: str) -> AsyncClient:
        known = self._clients.get(account)
        if known is not None:
            return known
        async with self._connecting:
            if account not in self._clients:
                self._clients[account] = await self._connect(account)
            return self._clients[account]

    def _patience_s(self, account: str) -> int:
        """Return how long to wait for an answer: for strangers' SQL until the engine ends it, or itself for it."""
        if account == _UPKEEP:
            return UPKEEP_TIMEOUT_S
        if account != READER_ROLE:
            return self._timeout_s
        return int(overdue_after(self._limits["max_execution_time"])) + FAREWELL_S

    async def _connect(self, account: str) -> AsyncClient:
        parts = urlsplit(self._url)
        reads = account not in {"", _UPKEEP}
        try:
            client = await clickhouse_connect.get_async_client(
                host=parts.hostname,
                port=parts.port,
                interface=parts.scheme,
                username=account if reads else self.engine_user,
                password=self._reader_password if reads else unquote(parts.password or ""),
                database=parts.path.strip("/") or "emban",
                compress=False,
                connect_timeout=CONNECT_TIMEOUT_S,
                send_receive_timeout=self._patience_s(account),
                connector_limit=256,
                connector_limit_per_host=256,
                query_retries=0,
                headers={OWN_TEXT_HEADER: "1"},
            )
        except STORE_FAILURES as error:
            raise unavailable("the event store does not answer at the moment") from error
        # Said with each request from now on: taken away, the session would go on saying what it said when it began.
        client.headers[OWN_TEXT_HEADER] = "0"
        return client
