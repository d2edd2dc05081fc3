"""The gate: what a user's text has to pass before the engine runs it. See docs/decisions/0020-adhoc-sql-gate.md.

There is no parser of our own that the engine's could disagree with. The engine writes the text in its canonical form
(which runs nothing), describes that form's syntax (which runs nothing either), and only when every part of it is on a
list is the engine asked what its names come to, which computes constants. What is run is the canonical form.

Form and syntax follow from the text alone, so those of texts that passed are remembered. What names come to is asked
each time: a constant may come to something else now than it did then.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from cachetools import TTLCache

from emban.scope import Scope
from emban.sqlbox.hidden_columns import hidden_column_warnings
from emban.sqlbox.instants import with_times
from emban.sqlbox.messages import explained, gate_timeout
from emban.sqlbox.query_tree import check_resolved
from emban.sqlbox.refusal import refused
from emban.sqlbox.statement_text import applied_functions, check_canonical, check_text
from emban.sqlbox.syntax_rules import check_syntax
from emban.sqlbox.syntax_tree import inner_select, parse
from emban.store.adhoc import AdhocError, AdhocStore, CanonicalStatement

TIMEOUT_EXCEEDED = 159
# Texts that are remembered, up to which length, and for how long: a server behind the same address may be upgraded.
REMEMBERED = 256
LONGEST_REMEMBERED = 8_192
REMEMBERED_FOR_S = 300.0
_BEGINNINGS = ("SELECT ", "WITH ", "(SELECT ", "(WITH ")


@dataclass(frozen=True, slots=True)
class CheckedStatement:
    """A statement that may run in the reader's scope: its canonical form, and each place where it reads a dataset."""

    canonical: CanonicalStatement
    reads: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _WellFormed:
    """A text whose form and syntax passed."""

    canonical: CanonicalStatement
    warnings: tuple[str, ...]


class StatementGate:
    """Lets statements through or raises `EmbanError` 400 with the construct that is in the way."""

    def __init__(self, store: AdhocStore) -> None:
        self._store = store
        self._well_formed: TTLCache[str, _WellFormed] = TTLCache(REMEMBERED, REMEMBERED_FOR_S, timer=time.monotonic)

    async def check(self, scope: Scope, sql: str) -> CheckedStatement:
        """Return the statement to run. `scope` is used only where names cannot be resolved without rows."""
        check_text(sql)
        try:
            formed = self._well_formed.get(sql) or await self._formed(sql)
            return await self._with_names(scope, formed)
        except AdhocError as error:
            if error.code == TIMEOUT_EXCEEDED:
                raise gate_timeout() from error
            raise explained(error, sql) from error

    async def _formed(self, sql: str) -> _WellFormed:
        canonical = await self._canonical(sql)
        statement = inner_select(parse(await self._store.describe_syntax(canonical)))
        check_syntax(statement, applied(canonical))
        formed = _WellFormed(canonical, hidden_column_warnings(statement))
        if len(sql) + len(canonical.text) <= LONGEST_REMEMBERED:
            self._well_formed[sql] = formed
        return formed

    async def _with_names(self, scope: Scope, formed: _WellFormed) -> CheckedStatement:
        canonical = formed.canonical
        try:
            reads = check_resolved(await self._resolved(scope, canonical), canonical.text)
        except AdhocError as error:
            rewritten = with_times(canonical.text, error)
            if rewritten is None:
                raise
            return await self._with_names(scope, await self._formed(rewritten))
        return CheckedStatement(canonical, reads, formed.warnings)

    async def _canonical(self, sql: str) -> CanonicalStatement:
        canonical = await self._store.canonical(sql)
        if not canonical.is_subquery or not canonical.text.startswith(_BEGINNINGS):
            raise refused(
                "only a SELECT is run, without FORMAT, INTO OUTFILE or another statement beside it", construct="SELECT"
            )
        if not canonical.is_fixpoint:
            raise refused("the statement has no stable form; write it with plainer syntax", construct="canonical form")
        check_canonical(canonical.text)
        return canonical

    async def _resolved(self, scope: Scope, canonical: CanonicalStatement) -> str:
        """Describe the names over no rows, which costs nothing; where that fails, over the caller's."""
        try:
            return await self._store.describe_names(canonical)
        except AdhocError:
            return await self._store.describe_names(canonical, scope)


def applied(canonical: CanonicalStatement) -> list[str]:
    """Return the names behind APPLY; see `applied_functions`."""
    return applied_functions(canonical.text)
