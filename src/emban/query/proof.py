"""Proof that a statement cannot read outside a scope: each scan of events begins with all of the scope's conditions.

It reads the finished statement and not the compiler's inputs, so that a way to compile that forgot a condition is found
out here before anybody is given a session that relies on it.
"""

from __future__ import annotations

import re

from emban.kit.scope import Lock, Scope, Tenant
from emban.query.spec import Dimension
from emban.store.schema import EVENTS
from emban.store.statement import Statement

_SCAN = f"FROM {EVENTS} WHERE "
_PLACEHOLDER = re.compile(r"\{(\w+):[^{}]*\}")


def carries(statement: Statement, scope: Scope) -> bool:
    """Tell whether every scan of events in the statement binds the scope's org, environment, tenant and locks."""
    scans = statement.sql.split(_SCAN)[1:]
    if not scans or len(scans) != statement.sql.count(EVENTS):
        return False
    required = " AND ".join(_required(scope))
    return all(_resolved(scan, statement).startswith(required) for scan in scans)


def _required(scope: Scope) -> list[str]:
    conditions = [f"org_id = {scope.org_id!r}", f"environment = {scope.environment!r}"]
    if isinstance(scope.tenant, Tenant):
        conditions.append(f"tenant_id = {scope.tenant.id!r}")
    return conditions + [_lock(lock) for lock in scope.locks]


def _lock(lock: Lock) -> str:
    dimension = Dimension.named(lock.prop)
    named = dimension.column or f"string_props[{dimension.name!r}]"
    return f"{named} = {lock.values[0]!r}" if len(lock.values) == 1 else f"{named} IN {list(lock.values)!r}"


def _resolved(sql: str, statement: Statement) -> str:
    """Return the text with each bound value in the place of its parameter, for comparing and nothing else."""
    return _PLACEHOLDER.sub(lambda found: repr(statement.parameters.get(found.group(1))), sql)
