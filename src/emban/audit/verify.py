"""Checking the audit chains: a changed, missing, added or reordered row, and a tail that was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from emban.audit.service import GENESIS, row_hash
from emban.models import AuditHead, AuditLog

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Something wrong in one org's chain, at the row with that number."""

    org_id: str
    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many chains and rows were read, and what was found."""

    orgs: int
    rows: int
    findings: tuple[ChainFault, ...]


def verify_all(connection: Connection, org_id: str | None = None) -> Verdict:
    """Check every org's chain, or one's. The connection must be the tables' owner, who alone may read all of them."""
    with Session(connection) as session:
        wanted = select(AuditLog.org_id).union(select(AuditHead.org_id))
        orgs = sorted(session.execute(wanted).scalars()) if org_id is None else [org_id]
        findings: list[ChainFault] = []
        total = 0
        for org in orgs:
            rows, found = _verify(session, org)
            total += rows
            findings.extend(found)
    return Verdict(len(orgs), total, tuple(findings))


def _verify(session: Session, org_id: str) -> tuple[int, list[ChainFault]]:
    findings: list[ChainFault] = []
    seq, last = 0, GENESIS
    for row in _rows(session, org_id):
        if row.seq != seq + 1:
            findings.append(ChainFault(org_id, seq + 1, f"missing: the row after it is number {row.seq}"))
        elif row.previous_hash != last:
            findings.append(ChainFault(org_id, row.seq, "does not follow the row before it"))
        if row_hash(row) != row.hash:
            findings.append(ChainFault(org_id, row.seq, "was changed"))
        seq, last = row.seq, row.hash
    head = session.get(AuditHead, org_id)
    if head is None:
        findings.append(ChainFault(org_id, seq, "the end of the chain is not on record"))
    elif head.seq != seq:
        findings.append(ChainFault(org_id, seq + 1, f"missing: {head.seq} rows were written, {seq} are there"))
    elif head.hash != last:
        findings.append(ChainFault(org_id, seq, "is not the row that was written last"))
    return seq, findings


def _rows(session: Session, org_id: str) -> Iterator[AuditLog]:
    after = 0
    while True:
        query = select(AuditLog).where(AuditLog.org_id == org_id, AuditLog.seq > after).order_by(AuditLog.seq)
        batch = session.execute(query.limit(BATCH)).scalars().all()
        if not batch:
            return
        yield from batch
        after = batch[-1].seq
        session.expunge_all()
