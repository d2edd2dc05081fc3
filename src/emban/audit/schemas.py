"""What reading the audit log answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from emban.models import AuditLog


class AuditRowOut(BaseModel):
    """One state change; `actor` is an email or a key's prefix, `seq` its place in the org's chain."""

    id: int
    seq: int
    at: datetime
    actor: str
    action: str
    entity_type: str
    entity_id: str
    metadata: dict[str, Any]
    address: str | None
    hash: str


class AuditPage(BaseModel):
    """A page of the log, newest first."""

    items: list[AuditRowOut]
    next_cursor: str | None


def audit_row(row: AuditLog) -> AuditRowOut:
    """Return a row as the API shows it."""
    return AuditRowOut(
        id=row.id,
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        action=row.action,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        metadata=row.meta,
        address=row.address,
        hash=row.hash,
    )
