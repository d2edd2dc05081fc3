"""Runs of ad-hoc SQL on record: which are under way, how one is cancelled, and what each person ran last.

A run is cancelled by a mark on its row. Whichever API process runs it looks for the mark several times a second, so it
does not matter which one the request to cancel reaches, and a run that waits for its turn is cancelled as well.
The SQL is a person's own: it is shown to nobody else, and no log has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from emban.auth.principal import KeyPrincipal, Principal, UserPrincipal
from emban.db import Database
from emban.errors import EmbanError, conflict, not_found
from emban.kit.clock import utcnow
from emban.models import AdhocRun

KEPT = 30
MOST_STARRED = 100


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What came of a run: its status (ok, failed or cancelled), the error, or the figures of its answer."""

    status: str
    error: EmbanError | None = None
    rows_returned: int | None = None
    rows_read: int | None = None


class AdhocRuns:
    """The runs of orgs. `gone_after_s`: a run that is older was left behind by a process that died."""

    def __init__(self, database: Database, *, gone_after_s: float) -> None:
        self._database = database
        self._gone_after = timedelta(seconds=gone_after_s)

    async def begin(self, caller: Principal, run_id: str, sql: str) -> None:
        """Note that a run begins. Raises 409 `run_id_taken` for an id that is running, or that is somebody else's."""
        now = utcnow()
        fresh: dict[str, Any] = {
            "environment": caller.environment,
            "user_id": caller.user_id if isinstance(caller, UserPrincipal) else None,
            "key_id": caller.key_id if isinstance(caller, KeyPrincipal) else None,
            "sql": sql,
            "started_at": now,
            "ms": None,
            "rows_returned": None,
            "rows_read": None,
            "status": "running",
            "error_code": None,
            "error": None,
            "starred": False,
            "cancel_asked": False,
        }
        may_replace = and_(*_own(caller), or_(AdhocRun.status != "running", AdhocRun.started_at < self._gone(now)))
        adding = insert(AdhocRun).values(org_id=caller.org_id, run_id=run_id, **fresh)
        adding = adding.on_conflict_do_update(index_elements=["org_id", "run_id"], set_=fresh, where=may_replace)
        async with self._database.for_org(caller.org_id) as session:
            added = (await session.execute(adding.returning(AdhocRun.run_id))).scalar_one_or_none()
        if added is None:
            raise conflict("a run with this id is under way, or is somebody else's: choose another", "run_id_taken")

    async def cancel_asked(self, caller: Principal, run_id: str) -> bool:
        """Tell whether somebody asked for the run to be cancelled."""
        query = select(AdhocRun.cancel_asked).where(AdhocRun.org_id == caller.org_id, AdhocRun.run_id == run_id)
        async with self._database.for_org(caller.org_id) as session:
            return bool((await session.execute(query)).scalar_one_or_none())

    async def end(self, caller: Principal, run_id: str, outcome: RunOutcome, ms: float) -> None:
        """Note what came of a run after so many milliseconds, and forget the caller's oldest ones."""
        error = outcome.error
        values = {
            "status": outcome.status,
            "ms": round(ms, 1),
            "rows_returned": outcome.rows_returned,
            "rows_read": outcome.rows_read,
            "error_code": None if error is None else error.code,
            "error": None if error is None else error.message,
        }
        ours = and_(AdhocRun.org_id == caller.org_id, AdhocRun.run_id == run_id)
        newest = select(AdhocRun.run_id).where(*_own(caller)).order_by(AdhocRun.started_at.desc()).limit(KEPT)
        old = and_(*_own(caller), AdhocRun.starred.is_(False), AdhocRun.run_id.not_in(newest))
        finished = or_(AdhocRun.status != "running", AdhocRun.started_at < self._gone(utcnow()))
        async with self._database.for_org(caller.org_id) as session:
            await session.execute(update(AdhocRun).where(ours).values(**values))
            await session.execute(delete(AdhocRun).where(old, finished))

    async def ask_to_cancel(self, caller: Principal, run_id: str) -> None:
        """Ask for a run of the caller's org and environment to be cancelled; nothing happens to one that has ended.

        Raises 404.
        """
        found = and_(
            AdhocRun.org_id == caller.org_id, AdhocRun.environment == caller.environment, AdhocRun.run_id == run_id
        )
        marking = update(AdhocRun).where(found).values(cancel_asked=True).returning(AdhocRun.run_id)
        async with self._database.for_org(caller.org_id) as session:
            if (await session.execute(marking)).scalar_one_or_none() is None:
                raise not_found("run")

    async def recent(self, caller: Principal) -> Sequence[AdhocRun]:
        """Return the caller's last `KEPT` runs and those with a star, newest first."""
        query = select(AdhocRun).where(*_own(caller)).order_by(AdhocRun.started_at.desc(), AdhocRun.run_id)
        async with self._database.for_org(caller.org_id) as session:
            rows = (await session.execute(query)).scalars().all()
        gone = self._gone(utcnow())
        shown = [row for number, row in enumerate(rows) if number < KEPT or row.starred]
        return [_ended(row) if row.status == "running" and row.started_at < gone else row for row in shown]

    async def star(self, caller: Principal, run_id: str, *, starred: bool) -> AdhocRun:
        """Set or take away a run's star. Raises 404 for a run that is not the caller's, 409 at `MOST_STARRED`."""
        query = select(AdhocRun).where(*_own(caller), AdhocRun.run_id == run_id).with_for_update()
        counting = select(func.count()).where(*_own(caller), AdhocRun.starred.is_(True))
        async with self._database.for_org(caller.org_id) as session:
            row = (await session.execute(query)).scalar_one_or_none()
            if row is None:
                raise not_found("run")
            if starred and not row.starred and (await session.execute(counting)).scalar_one() >= MOST_STARRED:
                raise conflict(f"{MOST_STARRED} runs have a star already: take it from one of them first")
            row.starred = starred
            return row

    def _gone(self, now: datetime) -> datetime:
        return now - self._gone_after


def _own(caller: Principal) -> tuple[ColumnElement[bool], ...]:
    """Return what a caller's own runs have in common: org, environment, and the person or the key."""
    where = AdhocRun.org_id == caller.org_id, AdhocRun.environment == caller.environment
    if isinstance(caller, UserPrincipal):
        return *where, AdhocRun.user_id == caller.user_id
    if isinstance(caller, KeyPrincipal):
        return *where, AdhocRun.key_id == caller.key_id
    raise TypeError("only people and keys run ad-hoc SQL")


def _ended(row: AdhocRun) -> AdhocRun:
    row.status, row.error_code, row.error = "failed", "internal_error", "the server was stopped during the run"
    return row
