"""Writing the audit log. Call `record` inside the transaction of the change, before it commits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from emban.kit.clock import utcnow
from emban.models import AuditLog

GENESIS = "0" * 64
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('audit:' || :org_id, 0))")
_LAST = text("SELECT hash FROM audit_log WHERE org_id = :org_id ORDER BY id DESC LIMIT 1")


async def record(
    session: AsyncSession,
    *,
    org_id: str,
    actor: str,
    action: str,
    entity_type: str,
    entity_id: str,
    metadata: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """Add one row to the org's chain. `metadata` must reconstruct the change and hold no secret."""
    await session.execute(_LOCK, {"org_id": org_id})
    previous = (await session.execute(_LAST, {"org_id": org_id})).scalar_one_or_none() or GENESIS
    row = AuditLog(
        org_id=org_id,
        at=utcnow(),
        actor=actor,
        action=action,
        entity_type=entity_type,
        entity_id=entity_id,
        meta=dict(metadata or {}),
        address=address,
        previous_hash=previous,
    )
    row.hash = row_hash(row)
    session.add(row)
    await session.flush()


def row_hash(row: AuditLog) -> str:
    """Return the SHA-256 over the row's content and the hash before it, as 64 hexadecimal digits."""
    content = [
        row.previous_hash,
        row.org_id,
        _instant(row.at),
        row.actor,
        row.action,
        row.entity_type,
        row.entity_id,
        row.meta,
        row.address,
    ]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _instant(at: datetime) -> str:
    return f"{at.timestamp():.6f}"
