"""Writing the audit log. Call `record` inside the transaction of the change, before it commits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC
from typing import Any

import orjson
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from emban.auth.principal import Principal
from emban.db.database import CHANGED
from emban.kit.clock import utcnow
from emban.models import AuditHead, AuditLog

GENESIS = "0" * 64
MAX_ACTOR = 320
# Recorded, but nothing that an API process remembers is another afterwards.
_CHANGE_NOTHING = frozenset({"embed_session.create", "query.adhoc.run", "audit.export", "auth.login", "auth.logout"})
# Takes the next place in the org's chain and holds it until the commit: writers of one org go one after the other.
_NEXT = text(
    "INSERT INTO audit_heads AS h (org_id, seq, hash) VALUES (:org_id, 1, :genesis) "
    "ON CONFLICT (org_id) DO UPDATE SET seq = h.seq + 1 RETURNING seq, hash"
)


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
) -> str:
    """Add one row to the org's chain and return its hash.

    `actor` is an email or a key's prefix. `metadata` must reconstruct the change, be plain JSON, and hold no secret.
    Two statements beside the row itself.
    """
    if action not in _CHANGE_NOTHING:
        session.info[CHANGED] = org_id
    await session.flush()
    seq, previous = (await session.execute(_NEXT, {"org_id": org_id, "genesis": GENESIS})).one()
    row = AuditLog(
        org_id=org_id,
        seq=seq,
        at=utcnow(),
        actor=actor[:MAX_ACTOR],
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
    await session.execute(update(AuditHead).where(AuditHead.org_id == org_id).values(hash=row.hash))
    return row.hash


async def record_by(
    session: AsyncSession,
    caller: Principal,
    action: str,
    entity_type: str,
    entity_id: str,
    metadata: Mapping[str, Any] | None = None,
) -> str:
    """Record what the caller of a request did in its org; as `record`."""
    return await record(
        session,
        org_id=caller.org_id,
        actor=caller.actor,
        action=action,
        entity_type=entity_type,
        entity_id=entity_id,
        metadata=metadata,
        address=caller.address,
    )


def row_hash(row: AuditLog) -> str:
    """Return the SHA-256 over the row's content and the hash before it, as 64 hexadecimal digits."""
    content = [
        row.previous_hash,
        row.org_id,
        row.seq,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor,
        row.action,
        row.entity_type,
        row.entity_id,
        row.meta,
        row.address,
    ]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
