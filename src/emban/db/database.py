"""Sessions on the control plane. Nothing else in Emban opens one.

Each session is one transaction that first tells PostgreSQL on whose behalf it runs; the row level security policies
(`emban.db.rls`) compare rows with that. A session opened for nobody sees no row at all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import URL, RowMapping, TextClause, text
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from emban.db.change_listener import CHANNEL, ChangeListener, Topic
from emban.errors import invalid, unavailable

_SET_CONTEXT = text(
    "SELECT set_config('emban.org_id', :org_id, true), set_config('emban.user_id', :user_id, true), "
    "set_config('emban.credential', :credential, true), set_config('emban.email', :email, true), "
    "set_config('emban.task', :task, true)"
)
_TELL = text("SELECT pg_notify(:channel, :what)")
# In a session's `info`: the org whose configuration the transaction changes.
CHANGED = "emban.changed_org"
CONNECT_TIMEOUT_S = 3
POOL_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class RowContext:
    """On whose behalf a transaction runs; an empty part opens nothing.

    `org_id`: rows of that org. `user_id`: that person's own rows. `credential`: the one API key, session or invite with
    that SHA-256. `email`: the one user with that address, for login. `task`: `sweep` for the chores of every minute.
    """

    org_id: str = ""
    user_id: str = ""
    credential: str = ""
    email: str = ""
    task: str = ""


class Database:
    """The pool of connections as the application role. Close it with `await close()`."""

    def __init__(self, url: URL, *, pool_size: int = 10, changes: ChangeListener | None = None) -> None:
        self._changes = changes
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_S,
            hide_parameters=True,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "emban"},
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def session(self, context: RowContext) -> AsyncIterator[AsyncSession]:
        """Open a transaction on behalf of `context`; it commits on leaving and rolls back on an exception.

        Raises `EmbanError`: 503 where PostgreSQL cannot be reached, 400 for a value that it cannot store.
        """
        with translated_errors():
            async with self._sessions.begin() as session:
                await session.execute(_SET_CONTEXT, asdict(context))
                yield session
        if CHANGED in session.info and self._changes is not None:
            self._changes.note("embeds", session.info[CHANGED])

    async def call(self, function: TextClause, parameters: Mapping[str, Any]) -> RowMapping | None:
        """Run one of `db.sql_functions`, which set their own context: one statement, a transaction of its own.

        Returns its first row, or None. Costs one round trip, where `session` costs three more.
        """
        with translated_errors():
            async with self._engine.connect() as connection:
                single = await connection.execution_options(isolation_level="AUTOCOMMIT")
                return (await single.execute(function, parameters)).mappings().first()

    async def tell(self, topic: Topic, org_id: str) -> None:
        """Tell every API process of a change that no row of the control plane shows. Raises as `session` does."""
        if self._changes is not None:
            self._changes.note(topic, org_id)
        await self.call(_TELL, {"channel": CHANNEL, "what": f"{topic}|{org_id}"})

    @asynccontextmanager
    async def for_org(self, org_id: str) -> AsyncIterator[AsyncSession]:
        """Open a transaction that sees one org's rows."""
        async with self.session(RowContext(org_id=org_id)) as session:
            yield session

    async def ping(self) -> None:
        """Raise `EmbanError` (503) unless the database answers."""
        async with self.session(RowContext()) as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what the driver raises into errors of the API; a broken rule of the schema stays an `IntegrityError`."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise unavailable("the control plane's database does not answer at the moment") from error
    except DataError as error:
        raise invalid(message="the request holds a value that cannot be stored") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise unavailable("the control plane's database does not answer at the moment") from error
        raise
