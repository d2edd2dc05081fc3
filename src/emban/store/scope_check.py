"""What every statement has to pass before it is sent: each scan of a table begins with all of the scope's conditions.

It reads the finished statement and not the compiler's inputs, so that a way to compile that forgot a condition is found
out here, before anybody is given a session that relies on it and again before a statement is sent. It is strict rather
than clever: what it cannot follow is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from emban.scope import Lock, Scope, Tenant
from emban.store.locks import locked_column, locked_property
from emban.store.schema import DAILY, DAILY_USERS, EVENTS, HOURLY
from emban.store.statement import Statement

_TABLES = frozenset({EVENTS, HOURLY, DAILY, DAILY_USERS})
_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|\{\w+:[^{}]*\}|[A-Za-z_][\w.]*|\d[\w.]*|->|\S", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{(\w+):[^{}]*\}")
# What may follow a table's conditions at their own level.
_ENDS = frozenset({"GROUP", "ORDER", "LIMIT", "UNION", "HAVING", "WINDOW", "OFFSET", "EXCEPT", "INTERSECT"})
# A comma there would join another table.
_AFTER_SUBQUERY = _ENDS | {")", "WHERE", ""}
# These bind less than AND: beside them the conditions before them would no longer hold for all rows.
_LOOSER = frozenset({"OR", "XOR", "?", "->"})
# Comments, quoted names and output are nothing that the compiler writes, and hide what comes after them.
_NEVER = frozenset({"SETTINGS", "FORMAT", "INTO", "PREWHERE", "FINAL", "SAMPLE", "`", '"', "#", ";"})


class UnscopedStatementError(RuntimeError):
    """A statement that does not carry its scope: a mistake of ours, found before it was sent."""


@dataclass(frozen=True, slots=True)
class _Scan:
    """One place where a table is read, and the conditions that all of its rows meet, as they stand in the text."""

    table: str
    conditions: tuple[str, ...]


def carries(statement: Statement, scope: Scope) -> bool:
    """Tell whether the statement reads a table, and `keeps_to` the scope."""
    return bool(_scans(statement.sql)) and keeps_to(statement, scope)


def keeps_to(statement: Statement, scope: Scope) -> bool:
    """Tell whether every scan of a table binds the scope's org, environment, tenant and locks; true without a scan."""
    scans = _scans(statement.sql)
    return scans is not None and all(_binds(scan, statement.parameters, scope) for scan in scans)


def scanned_tables(statement: Statement) -> frozenset[str]:
    """Return the tables that a statement reads; none where the text cannot be followed."""
    return frozenset(scan.table for scan in _scans(statement.sql) or ())


def _binds(scan: _Scan, parameters: Mapping[str, Any], scope: Scope) -> bool:
    required = _required(scope, scan.table)
    if len(scan.conditions) < len(required):
        return False
    return all(_resolved(found, parameters) == wanted for found, wanted in zip(scan.conditions, required, strict=False))


def _required(scope: Scope, table: str) -> list[str]:
    conditions = [f"org_id = {scope.org_id!r}", f"environment = {scope.environment!r}"]
    if isinstance(scope.tenant, Tenant):
        conditions.append(f"tenant_id = {scope.tenant.id!r}")
    return conditions + [condition for lock in scope.locks for condition in _lock(lock, table)]


def _lock(lock: Lock, table: str) -> list[str]:
    values = f"= {lock.values[0]!r}" if len(lock.values) == 1 else f"IN {list(lock.values)!r}"
    column, name = locked_column(lock), locked_property(lock)
    if column is not None:
        return [f"{column} {values}"]
    if table == EVENTS:
        return [f"string_props[{name!r}] {values}"]
    # Of the rollups, only days are kept by a property; on any other table such a lock cannot bind.
    return [f"dimension = {name!r}", f"value {values}"] if table == DAILY else ["false"]


def _resolved(condition: str, parameters: Mapping[str, Any]) -> str:
    """Return the text with each bound value in the place of its parameter, for comparing and nothing else."""
    return _PLACEHOLDER.sub(lambda found: repr(parameters.get(found.group(1))), condition)


# Texts are few, as every value is bound: a dashboard's are the same for all of its tenants.
@lru_cache(maxsize=256)
def _scans(sql: str) -> tuple[_Scan, ...] | None:
    """Return every scan of a table in a text, None where something in it cannot be followed."""
    tokens = list(_TOKEN.finditer(sql))
    words = [token.group() for token in tokens]
    uppers = [word.upper() for word in words]
    if not _NEVER.isdisjoint(uppers) or "--" in sql or "/*" in sql:
        return None
    scans: list[_Scan] = []
    arrays = set()  # The JOIN of an ARRAY JOIN, which reads no table.
    for index, word in enumerate(uppers[:-1]):
        following = words[index + 1]
        if word == "FROM" and following == "(":
            if _after(uppers, index + 1) not in _AFTER_SUBQUERY:
                return None
        elif word == "FROM":
            where = _where(words, uppers, index + 1)
            conditions = None if where is None else _conditions(sql, tokens, uppers, where)
            if conditions is None:
                return None
            arrays.add(index + 3)
            scans.append(_Scan(following, conditions))
        elif (word == "IN" and following[0] not in "({[") or (word == "JOIN" and index not in arrays):
            return None
    named = sum(word.startswith("emban.") for word in words)
    return tuple(scans) if named == len(scans) else None


def _after(uppers: list[str], index: int) -> str:
    """Return what follows the parenthesis that opens at a place; '' at the end of the text."""
    depth = 0
    for at in range(index, len(uppers)):
        depth += (uppers[at] == "(") - (uppers[at] == ")")
        if not depth:
            return uppers[at + 1] if at + 1 < len(uppers) else ""
    return ""


def _where(words: list[str], uppers: list[str], index: int) -> int | None:
    """Return where the WHERE behind a table stands, at most an ARRAY JOIN of the table's own columns between."""
    if words[index] not in _TABLES:
        return None
    if uppers[index + 1 : index + 3] != ["ARRAY", "JOIN"]:
        return index + 1 if uppers[index + 1 : index + 2] == ["WHERE"] else None
    for at in range(index + 3, len(words)):
        if uppers[at] == "WHERE":
            return at
        if uppers[at] in {"SELECT", "FROM", "JOIN"} or not re.fullmatch(r"[\w(),]+", words[at]):
            return None
    return None


def _conditions(sql: str, tokens: list[re.Match[str]], uppers: list[str], where: int) -> tuple[str, ...] | None:
    """Return what is ANDed behind a WHERE at its own level; None where an operator there binds less than AND."""
    found: list[str] = []
    start, depth = tokens[where].end(), 0
    for index in range(where + 1, len(tokens) + 1):
        word = uppers[index] if index < len(tokens) else ")"
        if word in {"(", "["}:
            depth += 1
        elif word in {")", "]"} and depth:
            depth -= 1
        elif depth:
            continue
        elif word in _LOOSER:
            return None
        elif word in _ENDS or word in {"AND", ")"}:
            end = tokens[index].start() if index < len(tokens) else len(sql)
            found.append(sql[start:end].strip())
            if word != "AND":
                return tuple(found)
            start = tokens[index].end()
    return None
