"""The events behind a figure: the newest rows of one slice, read in the window and with the filters of its query.

The statement is compiled here, from the same base as every other: scope, window, watermark, filters. So the rows of a
slice that fits under the limit add up to the figure that was drilled into.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import UNSET

from emban.kit.clock import truncate_ms
from emban.kit.epoch import from_ms
from emban.kit.rfc3339 import format_instant, format_local
from emban.query.answer.answers import Meta, Number
from emban.query.answer.shaper import span_of
from emban.query.plan.planner import NOTHING_YET, Question, Scan, ask
from emban.query.run.interfaces import Admission, StatementRunner, WatermarkSource
from emban.query.run.runner import run_statement
from emban.query.spec.query_spec import Dimension, DimensionFilter, Metric, QuerySpec
from emban.query.sql.event_rows import dimension_of_event, number_of_event, scan_of_events
from emban.query.sql.text import Parameters
from emban.query.time.zones import zone
from emban.scope import Scope
from emban.store.statement import Rows, Statement

MAX_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class DetailSpec:
    """Which rows (a query's, and of those one slice), and which of their fields: dimensions, numeric properties."""

    spec: QuerySpec
    slice: DimensionFilter
    dimensions: tuple[Dimension, ...]
    props: tuple[str, ...]


class DetailColumn(msgspec.Struct, frozen=True):
    """A column: `timestamp` is RFC 3339 text; a `number` is null where the event has none, a `string` is ''."""

    name: str
    type: Literal["timestamp", "string", "number"]


class DetailTable(msgspec.Struct, frozen=True):
    """Rows, the newest first; `truncated` says that the slice has more than are shown.

    `local` has for each row what a clock in the query's time zone showed.
    """

    columns: tuple[DetailColumn, ...]
    rows: list[list[str | Number | None]]
    local: list[str]
    truncated: bool
    meta: Meta


class Details:
    """Reads detail rows. One per API process."""

    def __init__(self, store: StatementRunner, watermarks: WatermarkSource, admission: Admission | None = None) -> None:
        self._store = store
        self._watermarks = watermarks
        self._admission = admission

    async def rows(self, scope: Scope, wanted: DetailSpec, *, now: datetime) -> DetailTable:
        """Return the newest rows of a slice. Raises 400 for a window or a cost that is refused, 503 without a store.

        Raises 429 where no more of the org's questions may be asked at once.
        """
        started = time.perf_counter()
        newest = (await self._watermarks.progress(scope.org_id, scope.environment)).watermark
        question = detail_question(wanted, scope, now, NOTHING_YET if newest is None else truncate_ms(newest))
        statement = compile_details(wanted, question)
        async with nullcontext() if self._admission is None else self._admission.admit(scope):
            answer = await run_statement(self._store, scope, statement)
        return _shaped(wanted, question, answer, (time.perf_counter() - started) * 1000)


def detail_question(wanted: DetailSpec, scope: Scope, now: datetime, as_of: datetime = NOTHING_YET) -> Question:
    """Return the question whose rows are asked for; its window is that of the query that is drilled into."""
    spec = replace(wanted.spec, dimensions=(*wanted.spec.dimensions, wanted.slice), compare=None)
    return ask(spec, scope, now, as_of)


def compile_details(wanted: DetailSpec, question: Question) -> Statement:
    """Return (timestamp in ms, dimensions…, numbers…), one row more than are shown where there are more."""
    bound = Parameters()
    fields = [
        "toUnixTimestamp64Milli(timestamp) AS at",
        *(f"{dimension_of_event(one, bound)} AS d{index}" for index, one in enumerate(wanted.dimensions)),
        *(f"{number_of_event(prop, bound)} AS n{index}" for index, prop in enumerate(wanted.props)),
    ]
    scan = Scan(question, question.time.window, _having(question.spec))
    limit = bound.bind(MAX_ROWS + 1, "UInt32")
    return Statement(
        f"SELECT {', '.join(fields)} {scan_of_events(scan, bound)} ORDER BY timestamp DESC, event_id LIMIT {limit}",
        bound.values,
    )


def _having(spec: QuerySpec) -> tuple[Metric, ...]:
    """Return the metrics whose rows are behind the figures.

    A table has a row for whatever there is, unless each of its figures is of some of the events alone.
    """
    everything = spec.table is not None and any(figure.rows is None for figure in spec.figures)
    return () if everything else spec.metrics


def _shaped(wanted: DetailSpec, question: Question, answer: Rows, ms: float) -> DetailTable:
    columns = (
        DetailColumn("timestamp", "timestamp"),
        *(DetailColumn(one.label, "string") for one in wanted.dimensions),
        *(DetailColumn(prop, "number") for prop in wanted.props),
    )
    meta = Meta(
        path="raw",
        rows_read=UNSET,
        ms=round(ms, 2),
        cached=False,
        as_of=None if question.as_of == NOTHING_YET else format_instant(question.as_of),
        window=span_of(question.time.window, question.spec.timezone),
        granularity="none",
        timezone=question.spec.timezone,
    )
    shown = answer.rows[:MAX_ROWS]
    times = [from_ms(int(row[0] or 0)) for row in shown]
    rows = [[format_instant(at), *row[1:]] for at, row in zip(times, shown, strict=True)]
    clock = zone(question.spec.timezone)
    local = [format_local(at.astimezone(clock)) for at in times]
    return DetailTable(columns, rows, local, len(answer.rows) > MAX_ROWS, meta)
