"""Text that users wrote, on its way to the event store: as the reader's account, in one scope, within limits.

The caller has to have let the text through `emban.sqlbox.gate`. The gate's own questions go the same way, in a scope
that sees no row unless one is given. Nothing here is retried.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import uuid
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from emban.errors import EmbanError
from emban.scope import Scope
from emban.store.client import STORE_FAILURES, EventStore
from emban.store.engine_stop import ENDED_THE_ENGINE
from emban.store.errors import BUSY, CANCELLED, ENGINE_CHANGED, StoreError, engine_code, translate
from emban.store.pinned_settings import PINNED, PINNED_FOR_STRANGERS
from emban.store.policies import DATABASE
from emban.store.scope_setting import scope_setting
from emban.store.statement import Column

MAX_ROWS = 10_000
MAX_BYTES = 10 << 20
GATE_SECONDS = 5
# When to come back to a lane that is full, here or in another process.
BUSY_RETRY_S = 10
# An array of so many elements becomes a block of as many rows, within which nothing is interrupted.
MAX_RANGE = 1_000_000
KILL_AGAIN_S = 0.5

T = TypeVar("T")

# Every value in memory takes at most 16 times the bytes of its JSON (`0,` of a UInt256), so what the engine stops at
# this many is over MAX_BYTES as JSON, and is seen to be.
_RESULT_BYTES = 16 * MAX_BYTES + (32 << 20)
_LIMITS: dict[str, str | int] = {
    "readonly": 1,
    "optimize_functions_to_subcolumns": 0,  # Else a look-up in a map asks for a grant on the whole table.
    "max_query_size": 262_144,
    "max_ast_depth": 500,
    "max_ast_elements": 20_000,
    "max_expanded_ast_elements": 50_000,
    "max_parser_depth": 500,
    "max_parser_backtracks": 300_000,
    "max_subquery_depth": 50,
    "max_recursive_cte_evaluation_depth": 100,
    "max_columns_to_read": 1000,
    # One thread for each, and behind everybody: compiled queries have a priority from 1 on, and a statement of a lower
    # one pauses at each block while one of a higher one runs, at most so many milliseconds. A block of 8,192 rows takes
    # some 5 ms: beside dashboards without end it still gets about a fifth of its thread, and comes to its end.
    "max_threads": 1,
    "priority": 1000,
    "low_priority_query_wait_time_ms": 25,
    # The engine stops between blocks only.
    "max_block_size": 8192,
    "function_range_max_elements_in_block": MAX_RANGE,
    # Nothing is spilt: a statement writes no file, and runs out of its memory instead.
    "max_bytes_ratio_before_external_group_by": 0,
    "max_bytes_ratio_before_external_sort": 0,
    "max_bytes_ratio_before_external_join": 0,
    "max_bytes_ratio_before_external_distinct": 0,
    # No statement leaves anything behind that the next could find.
    "use_query_cache": 0,
    **PINNED_FOR_STRANGERS,
    "collect_hash_table_stats_during_aggregation": 0,
    "collect_hash_table_stats_during_joins": 0,
}
_GATE: dict[str, str | int] = {
    "readonly": 1,
    "max_execution_time": GATE_SECONDS,
    "max_memory_usage": 256 << 20,
    "max_parser_depth": 500,
    "max_parser_backtracks": 300_000,
    "log_comment": "",
}
# The one that computes something.
_GATE_NAMES = {**_LIMITS, **_GATE}
_RUN: dict[str, str | int] = {
    **_LIMITS,
    "limit": MAX_ROWS + 1,
    "max_result_bytes": _RESULT_BYTES,
    "result_overflow_mode": "break",
    "output_format_json_quote_64bit_integers": 1,
    "output_format_json_quote_denormals": 0,
    "output_format_json_quote_decimals": 1,
    "output_format_json_named_tuples_as_objects": 1,
    "output_format_json_validate_utf8": 1,
    "output_format_json_escape_forward_slashes": 0,
    "date_time_output_format": "iso",
}
_HEAD = re.compile(rb'\n\t"data":\n\t\[\n')
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_KILL = "KILL QUERY WHERE query_id = '{}' ASYNC"
_DESCRIBE = "EXPLAIN AST SELECT * FROM ({})"
_RESOLVE = "EXPLAIN QUERY TREE run_passes = 1, passes = 1 SELECT 1 FROM ({})"


class EngineEndedError(Exception):
    """The engine could not stop a user's text, or the memory that it took, and had to end itself because of it."""


class AdhocError(Exception):
    """The engine refused a user's text: its error code, and its own words, which are not for the user."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"engine error {code}")
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class CanonicalStatement:
    """A statement as the engine's formatter writes it, and what came of writing it as a subquery once more.

    `is_subquery`: it can stand inside of parentheses, where no output clause, no second statement and hardly anything
    but a SELECT can. `is_fixpoint`: it stayed as it was, to the letter.
    """

    text: str
    is_subquery: bool
    is_fixpoint: bool


@dataclass(frozen=True, slots=True)
class AdhocRows:
    """An answer as decoded JSON, at most MAX_ROWS rows and about MAX_BYTES; 64-bit integers and wider are strings."""

    columns: tuple[Column, ...]
    rows: list[list[Any]]
    totals: list[Any] | None
    truncated: bool


class _AdhocMeta(msgspec.Struct):
    name: str
    type: str


class _Answer(msgspec.Struct):
    meta: list[_AdhocMeta]
    data: list[list[Any]]
    totals: list[Any] | None = None


_DECODER = msgspec.json.Decoder(_Answer)


class AdhocStore:
    """The reader's way to the event store.

    Raises `AdhocError` where the engine refuses, `EngineEndedError` where it ended itself because of the statement,
    `EmbanError` (503) if it is away. A call that is cancelled stops its statement and returns once the engine is rid of
    it: until then a thread of the engine is taken.
    """

    def __init__(self, store: EventStore, *, seconds: int, memory_mb: int) -> None:
        self._store = store
        self._own = {"max_execution_time": seconds, "max_memory_usage": memory_mb << 20}

    async def canonical(self, sql: str) -> CanonicalStatement:
        """Format a text without running it. The text travels as a string literal."""
        question = (
            f"SELECT formatQuerySingleLine({_literal(sql)}) AS c, concat('SELECT * FROM (', c, ')') AS s, "
            "formatQuerySingleLineOrNull(s) AS again, again = s"
        )
        text, _, again, is_fixpoint = msgspec.json.decode(await self._ask(question, _GATE, "JSONCompactEachRow"))
        return CanonicalStatement(text, is_subquery=again is not None, is_fixpoint=bool(is_fixpoint))

    async def describe_syntax(self, canonical: CanonicalStatement) -> str:
        """Return EXPLAIN AST of `SELECT * FROM (…)`, where neither FORMAT nor INTO OUTFILE could stand."""
        return _lines(await self._ask(_DESCRIBE.format(canonical.text), _GATE, None))

    async def describe_names(self, canonical: CanonicalStatement, scope: Scope | None = None) -> str:
        """Return EXPLAIN QUERY TREE, which runs constants and scalar subqueries: over no rows unless in a scope."""
        settings = dict(_GATE_NAMES)
        if scope is not None:
            settings.update(self._own, log_comment=scope_setting(scope))
        return _lines(await self._ask(_RESOLVE.format(canonical.text), settings, None))

    async def count(self, scope: Scope, table: str) -> int:
        """Return how many rows of a table are in a scope."""
        settings: dict[str, str | int] = {**_GATE, **PINNED, **self._own, "log_comment": scope_setting(scope)}
        return int(await self._ask(f"SELECT count() FROM {DATABASE}.{table}", settings, "TabSeparatedRaw"))

    async def run(self, scope: Scope, canonical: CanonicalStatement) -> AdhocRows:
        """Run a statement that has been let through, and read its answer up to the limits."""
        settings: dict[str, str | int] = {**_RUN, **self._own, "log_comment": scope_setting(scope)}
        query_id = str(uuid.uuid4())
        return _decoded(await self._to_its_end(self._stream(canonical.text, settings, query_id), query_id))

    async def _stream(self, sql: str, settings: Mapping[str, str | int], query_id: str) -> bytes:
        client = await self._store.reader()
        body = bytearray()
        tagged = {**settings, "query_id": query_id}
        try:
            async with await client.raw_stream(sql, settings=tagged, fmt="JSONCompact") as stream:
                async for chunk in stream:
                    body += chunk
                    if len(body) > MAX_BYTES * 2:
                        break
        except STORE_FAILURES as error:
            raise _refusal(error) from error
        return bytes(body)

    async def _ask(self, sql: str, settings: Mapping[str, str | int], output_format: str | None) -> bytes:
        query_id = str(uuid.uuid4())
        return await self._to_its_end(self._answer(sql, settings, output_format, query_id), query_id)

    async def _answer(
        self, sql: str, settings: Mapping[str, str | int], output_format: str | None, query_id: str
    ) -> bytes:
        client = await self._store.reader()
        try:
            answer: bytes = await client.raw_query(sql, settings={**settings, "query_id": query_id}, fmt=output_format)
        except STORE_FAILURES as error:
            raise _refusal(error) from error
        return answer

    async def _to_its_end(self, asking: Coroutine[Any, Any, T], query_id: str) -> T:
        """Await an answer; cancelled, stop the statement, and go only when the engine has let go of it.

        Raises `EngineEndedError` even then: who leaves is held to it as well.
        """
        task = asyncio.ensure_future(asking)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            while not task.done():
                with contextlib.suppress(EmbanError, StoreError):  # Away: then so is the statement.
                    await self._store.fetch(_KILL.format(query_id), output_format="JSONCompact")
                await asyncio.wait({task}, timeout=KILL_AGAIN_S)
            ended = None if task.cancelled() else task.exception()
            if isinstance(ended, EngineEndedError):
                raise ended from None
            raise


def _lines(body: bytes) -> str:
    """Return the lines of an EXPLAIN, which come as TabSeparated: a FORMAT would become part of what is explained."""
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), body.decode("utf-8", "replace"))


def _decoded(body: bytes) -> AdhocRows:
    """Cut an answer to the limits. Rows stand one to a line, so a cut is made between two."""
    body = _ordered(body)
    head = _HEAD.search(body)
    end = len(body) if head is None else head.end() + MAX_BYTES
    cut_bytes = head is not None and body.find(b"\n\t],", head.end() - 1, end + 4) < 0
    if cut_bytes:
        last = body.rfind(b"\n", 0, end)
        body = body[:last].rstrip(b",") + b"\n]}"
    answer = _DECODER.decode(body)
    return AdhocRows(
        columns=tuple(Column(column.name, column.type) for column in answer.meta),
        rows=answer.data[:MAX_ROWS],
        totals=answer.totals,
        truncated=cut_bytes or len(answer.data) > MAX_ROWS,
    )


def _ordered(body: bytes) -> bytes:
    """Put the totals of an answer without rows behind its head; the engine (26.9) writes them before it."""
    start = body.find(b'{\n\t"meta":')
    if start <= 0:
        return body
    head = _HEAD.search(body, start)
    return body if head is None else body[start : head.end()] + body[:start] + body[head.end() :]


def _refusal(error: Exception) -> Exception:
    code = engine_code(error)
    if code == ENDED_THE_ENGINE:
        return EngineEndedError()
    if code == BUSY:
        message = "ad-hoc statements of all orgs take turns, and too many wait at the moment; try again in a while"
        return EmbanError("concurrency_limited", message, retry_after=BUSY_RETRY_S)
    if code is None or code in {CANCELLED, ENGINE_CHANGED}:
        return translate(error)
    return AdhocError(code, str(error))


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
