"""What live streams read of the control plane: for all readers of a process together, never one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from emban.auth.principal import KeyPrincipal, Principal, UserPrincipal
from emban.db import Database
from emban.kit.rfc3339 import parse_instant
from emban.live.changes import Change
from emban.models import AuditLog

_WATCH_ORGS = text("SELECT * FROM emban_watch_orgs(CAST(:orgs AS text[]))")
_WATCH_CREDENTIALS = text("SELECT * FROM emban_watch_credentials(CAST(:keys AS text[]), CAST(:sessions AS text[]))")


@dataclass(frozen=True, slots=True)
class OrgState:
    """How many changes an org has on record, and up to when each environment's events are taken."""

    changes: int
    watermarks: dict[str, datetime]


@dataclass(frozen=True, slots=True)
class Credential:
    """What a stream was opened with: its hash, and what it stood for then."""

    sha256: str
    holder: str
    is_key: bool

    @classmethod
    def of(cls, principal: Principal, sha256: str) -> Credential:
        """Return the credential of an authenticated caller."""
        if isinstance(principal, KeyPrincipal):
            confined = "true" if principal.environment_only else "false"
            holder = f"{principal.org_id}|{principal.key_scope}|{principal.environment}|{confined}"
            return cls(sha256, holder, is_key=True)
        if isinstance(principal, UserPrincipal):
            return cls(sha256, f"{principal.org_id}|{principal.role}", is_key=False)
        raise TypeError(f"no stream is opened as {type(principal).__name__}")


class LiveSource:
    """Reads changes, watermarks and credentials. Raises `EmbanError` (503) where PostgreSQL does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def orgs(self, org_ids: Sequence[str]) -> dict[str, OrgState]:
        """Return the state of each org; one that never changed, or is gone, is left out."""
        rows = await self._database.call_all(_WATCH_ORGS, {"orgs": list(org_ids)})
        return {
            row["org_id"]: OrgState(
                row["changes"],
                {name: parse_instant(at) for name, at in (row["watermarks"] or {}).items()},
            )
            for row in rows
        }

    async def holders(self, credentials: Sequence[Credential]) -> dict[str, str]:
        """Return hash → what it stands for now, of those credentials that are still good."""
        rows = await self._database.call_all(
            _WATCH_CREDENTIALS,
            {
                "keys": sorted({one.sha256 for one in credentials if one.is_key}),
                "sessions": sorted({one.sha256 for one in credentials if not one.is_key}),
            },
        )
        return {row["credential"]: row["holder"] for row in rows}

    async def changes(self, org_id: str, after: int, upto: int, limit: int) -> list[Change]:
        """Return the first changes of an org within (after, upto]. Of their metadata only what decides who is told."""
        meta = AuditLog.meta
        query = (
            select(
                AuditLog.seq,
                AuditLog.at,
                AuditLog.actor,
                AuditLog.action,
                AuditLog.entity_type,
                AuditLog.entity_id,
                meta["environment"].astext.label("environment"),
                meta["moved_to"].astext.label("moved_to"),
                meta["published"].astext.label("published"),
                meta["version"].label("version"),
                meta["version"]["after"].label("version_after"),
                meta["after"]["version"].label("after_version"),
            )
            .where(AuditLog.org_id == org_id, AuditLog.seq > after, AuditLog.seq <= upto)
            .order_by(AuditLog.seq)
            .limit(limit)
        )
        async with self._database.for_org(org_id) as session:
            rows = (await session.execute(query)).all()
        return [
            Change(
                number=row.seq,
                at=row.at,
                actor=row.actor,
                action=row.action,
                entity_type=row.entity_type,
                entity_id=row.entity_id,
                environment=row.environment,
                moved_to=row.moved_to,
                version=_whole(row.version, row.version_after, row.after_version),
                was_published=row.published == "true",
            )
            for row in rows
        ]


def _whole(*candidates: object) -> int | None:
    return next((one for one in candidates if isinstance(one, int) and not isinstance(one, bool)), None)
