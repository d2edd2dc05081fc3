"""Proof that a statement cannot read outside a scope: each scan of a table begins with all of the scope's conditions.

It reads the finished statement and not the compiler's inputs, so that a way to compile that forgot a condition is found
out here before anybody is given a session that relies on it, and again before a statement is sent.
"""

from __future__ import annotations

import re

from emban.query.spec.query_spec import Dimension
from emban.scope import Lock, Scope, Tenant
from emban.store.policies import DATABASE
from emban.store.schema import DAILY, EVENTS
from emban.store.statement import Statement

_SCAN = re.compile(rf"FROM ({DATABASE}\.\w+) WHERE ")
_TABLE = re.compile(rf"\b{DATABASE}\.")
_PLACEHOLDER = re.compile(r"\{(\w+):[^{}]*\}")


def carries(statement: Statement, scope: Scope) -> bool:
    """Tell whether every scan of a table in the statement binds the scope's org, environment, tenant and locks."""
    scans = list(_SCAN.finditer(statement.sql))
    if not scans or len(scans) != len(_TABLE.findall(statement.sql)):
        return False
    return all(_begins(statement, scan, scope) for scan in scans)


def _begins(statement: Statement, scan: re.Match[str], scope: Scope) -> bool:
    required = " AND ".join(_required(scope, scan.group(1)))
    return _resolved(statement.sql[scan.end() :], statement).startswith(required)


def _required(scope: Scope, table: str) -> list[str]:
    conditions = [f"org_id = {scope.org_id!r}", f"environment = {scope.environment!r}"]
    if isinstance(scope.tenant, Tenant):
        conditions.append(f"tenant_id = {scope.tenant.id!r}")
    return conditions + [_lock(lock, table) for lock in scope.locks]


def _lock(lock: Lock, table: str) -> str:
    dimension = Dimension.named(lock.prop)
    values = f"= {lock.values[0]!r}" if len(lock.values) == 1 else f"IN {list(lock.values)!r}"
    if dimension.column is not None:
        return f"{dimension.column} {values}"
    if table == EVENTS:
        return f"string_props[{dimension.name!r}] {values}"
    # Of the rollups, only days are kept by a property; on any other table such a lock cannot bind.
    return f"dimension = {dimension.name!r} AND value {values}" if table == DAILY else "false"


def _resolved(sql: str, statement: Statement) -> str:
    """Return the text with each bound value in the place of its parameter, for comparing and nothing else."""
    return _PLACEHOLDER.sub(lambda found: repr(statement.parameters.get(found.group(1))), sql)
