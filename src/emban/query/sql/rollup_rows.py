"""Rollups as rows of a statement where they have whole hours or days of a window, the events for the rest.

Each part is summed up to one row per group and bucket, with the same columns: dimensions `d0`…, the bucket `k`, and
each metric's aggregates `a0_0`… as counts, states or extremes. For distinct users a part may also be their ids. The
events' part is held to the scope like any read of events; the rollups' parts likewise, a locked property naming the
rollup rows that are kept by it.

`throwIf` is what keeps a half-added segment from being seen: a rollup row knows up to which watermark it was added to,
and one that knows more than it is asked for fails the statement instead of counting twice (see
`emban.query.run.runner`).
"""

from __future__ import annotations

from collections.abc import Sequence

from emban.query.plan.coverage import ReadSplit, RollupCoverage, measure_slot, used_string_props
from emban.query.plan.planner import TOTAL, GroupedRead, Scan, Slices
from emban.query.spec.metrics import FigureAggregate, RollupForm, counts_users, needs_number, parts_of, rollup_form
from emban.query.spec.query_spec import ANY_EVENT, Dimension, Metric
from emban.query.sql.event_rows import EventRows, whose, within
from emban.query.sql.text import INSTANT, Call, Parameters, any_of, bucket_place, comma_list, engine_time, one_of
from emban.query.time.buckets import Buckets
from emban.query.time.window import Window
from emban.store.schema import DAILY, DAILY_USERS, HOURLY

ROLLUP_ROW_TOO_NEW = "a rollup row that was added to since"
_TOTAL = f"('{TOTAL}', '')"


class RollupRows:
    """The rows that a scan with a cut reads for these metrics, groups and buckets."""

    def __init__(
        self,
        scan: Scan,
        metrics: Sequence[Metric],
        group_by: Sequence[Dimension],
        buckets: Buckets | Slices | None,
        bound: Parameters,
        *,
        grouped: GroupedRead | None = None,
        finished: bool = False,
    ) -> None:
        self._scan = scan
        self._metrics = tuple(metrics)
        self._group_by = tuple(group_by)
        self._buckets = buckets
        self._bound = bound
        self._grouped_by = grouped
        self._properties = () if grouped is None else grouped.dimensions
        self._finished = finished

    def source(self, *more: str) -> str:
        """As `RowSource.source`."""
        conditions = [one for one in more if one]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"FROM ({' UNION ALL '.join(self.parts())}){where}"

    def dimension(self, dimension: Dimension) -> str:
        """As `RowSource.dimension`."""
        return f"d{self._group_by.index(dimension)}"

    def bucket(self, _: Buckets | Slices) -> str:
        """As `RowSource.bucket`."""
        return "k"

    def call(self, metric: Metric, index: int, *, only_if_had: bool = False) -> Call:
        """As `RowSource.call`."""
        figure, part = parts_of(metric)[index].figure, parts_of(metric)[index].aggregate
        column = f"a{self._metrics.index(metric)}_{index}"
        if part.function == "count":
            return Call("sum", column)
        if rollup_form(figure) is RollupForm.EXTREMES:
            return Call(part.function, column)
        return Call(part.function, column, part.parameter, merging=True)

    def parts(self) -> list[str]:
        """Return a SELECT for each table that is read, all of the same columns.

        These are the dimensions, or `pair`, (property, value), where it is asked by several properties, the bucket, and
        the metrics' aggregates: figures where the rows are `finished`, else counts, extremes and states.
        """
        parts = [self._rollup(table, windows) for table, windows in self._tables()]
        return parts + [self._events(rows) for rows in self._event_rows()]

    def users(self, target: str) -> list[str]:
        """Return a SELECT of (`user_id`, `k`, `target`) for each table; `target` is an expression of `k`."""
        sources = [("bucket", self._rollup_source(table, windows)) for table, windows in self._tables()]
        sources += [("timestamp", rows.source("user_id != ''")) for rows in self._event_rows()]
        return [
            f"SELECT user_id, {self._place(column)} AS k, {target} AS target {source}" for column, source in sources
        ]

    def _tables(self) -> list[tuple[str, Sequence[Window]]]:
        by_day = DAILY_USERS if counts_users(self._metrics[0]) else DAILY
        return [one for one in ((by_day, self._split.days), (HOURLY, self._split.hours)) if one[1]]

    def _event_rows(self) -> list[EventRows]:
        split = self._split
        rows = [EventRows(self._scan, self._bound, split.events)] if split.events else []
        return rows + (
            [EventRows(self._scan, self._bound, [*split.days, *split.hours], late=True)] if split.late else []
        )

    def _events(self, rows: EventRows) -> str:
        dimensions = [rows.dimension(one) for one in self._group_by]
        figures = [self._of_events(rows, metric, index) for metric, index in self._aggregates()]
        pair = f"arrayJoin({self._pairs(rows)})" if self._properties else ""
        return self._grouped("timestamp", dimensions, figures, rows.source(), pair)

    def _pairs(self, rows: EventRows) -> str:
        """Return an event's (property, value) as an array."""
        both = self._grouped_by
        assert both is not None  # noqa: S101 - asked by properties
        by_value = (f"({self._bound.bind(name)}, {rows.dimension(Dimension(name))})" for name in both.named)
        pairs = f"[{comma_list([*([_TOTAL] if TOTAL in both.dimensions else []), *by_value])}]"
        if TOTAL not in both.dimensions:
            return pairs
        return f"if({self._any('timestamp', both.within)}, {pairs}, [{_TOTAL}])"

    def _rollup(self, table: str, windows: Sequence[Window]) -> str:
        dimensions = [one.column or "value" for one in self._group_by]
        figures = [self._of_rollup(metric, index) for metric, index in self._aggregates()]
        source = self._rollup_source(table, windows)
        pair = "tuple(toString(dimension), value)" if table == DAILY else _TOTAL
        return self._grouped("bucket", dimensions, figures, source, pair)

    def _rollup_source(self, table: str, windows: Sequence[Window]) -> str:
        return f"FROM {table} WHERE {' AND '.join(self._rollup_conditions(table, windows))}"

    def _place(self, column: str) -> str:
        """Return where the bucket of a row is; of several properties, those that need none have a coarser one."""
        assert self._buckets is not None  # noqa: S101 - asked for them
        fine, both = bucket_place(column, self._buckets, self._bound), self._grouped_by
        if both is None or both.by_slice == both.dimensions:
            return fine
        coarse = bucket_place(column, both.whole, self._bound)
        return f"if({one_of('pair.1', both.by_slice, self._bound)}, {fine}, {coarse})" if both.by_slice else coarse

    def _grouped(self, column: str, dimensions: Sequence[str], figures: Sequence[str], source: str, pair: str) -> str:
        """Sum a part up; `pair` is a row's (property, value) where it is asked for several properties at once."""
        keys = {f"d{index}": sql for index, sql in enumerate(dimensions)} | ({"pair": pair} if self._properties else {})
        keys |= {} if self._buckets is None else {"k": self._place(column)}
        names = (f"a{self._metrics.index(metric)}_{index}" for metric, index in self._aggregates())
        columns = [*((sql, name) for name, sql in keys.items()), *zip(figures, names, strict=True)]
        grouping = f" GROUP BY {comma_list(keys)}" if keys else ""
        return f"SELECT {comma_list(f'{sql} AS {name}' for sql, name in columns)} {source}{grouping}"

    def _aggregates(self) -> list[tuple[Metric, int]]:
        return [(metric, index) for metric in self._metrics for index in range(len(parts_of(metric)))]

    def _rollup_conditions(self, table: str, windows: Sequence[Window]) -> list[str]:
        spec, scope, bound = self._scan.question.spec, self._scan.question.scope, self._bound
        conditions = whose(scope, bound)
        for lock in scope.locks:
            conditions += self._held(Dimension.named(lock.prop), lock.values)
        if table == DAILY:
            named = self._properties or [max(used_string_props(spec, scope), default="")]
            conditions.append(one_of("dimension", named, bound))
        if spec.event_name != ANY_EVENT:
            conditions.append(f"event_name = {bound.bind(spec.event_name)}")
        elif table == DAILY_USERS:
            conditions.append(f"event_name {'!=' if self._asks_for_names() else '='} ''")
        conditions += [one_of(one.dimension.column or "value", one.values, bound) for one in spec.dimensions]
        conditions.append(self._any("bucket", windows))
        if table == DAILY and TOTAL in self._properties and self._grouped_by is not None:
            conditions.append(f"(dimension = '' OR {self._any('bucket', self._grouped_by.within)})")
        had = [self._had(figure) for metric in self._scan.having for figure in metric.figures]
        if had and all(had):
            conditions.append(any_of(had))
        conditions.append(f"throwIf(upto > {self._known_up_to()}, '{ROLLUP_ROW_TOO_NEW}') = 0")
        return conditions

    def _any(self, column: str, windows: Sequence[Window]) -> str:
        stretches = [within(column, window, self._bound) for window in windows]
        return stretches[0] if len(stretches) == 1 else f"({' OR '.join(stretches)})"

    def _asks_for_names(self) -> bool:
        """Tell whether the question looks at names of events; if not, days of users are kept regardless of them."""
        spec, locks = self._scan.question.spec, self._scan.question.scope.locks
        named = [
            *self._group_by,
            *(one.dimension for one in spec.dimensions),
            *(Dimension.named(one.prop) for one in locks),
        ]
        return any(one.column == "event_name" for one in named)

    def _held(self, dimension: Dimension, values: Sequence[str]) -> list[str]:
        if dimension.column is not None:
            return [one_of(dimension.column, values, self._bound)]
        return [f"dimension = {self._bound.bind(dimension.name)}", one_of("value", values, self._bound)]

    def _known_up_to(self) -> str:
        return self._bound.bind(engine_time(self._split.bound), INSTANT)

    @property
    def _split(self) -> ReadSplit:
        assert self._scan.split is not None  # noqa: S101 - made for scans with one
        return self._scan.split

    def _of_rollup(self, metric: Metric, index: int) -> str:
        """Return one aggregate of a metric over rollup rows, as `_of_events` gives it over events."""
        figure, part = parts_of(metric)[index].figure, parts_of(metric)[index].aggregate
        slot = measure_slot(figure, self._rolled)
        conditions = self._own(figure)
        if rollup_form(figure) in {RollupForm.USERS, RollupForm.VALUES}:
            argument = _counted(figure)
            named = " AND ".join([*conditions, f"{argument} != ''"])
            return Call(part.function, argument, part.parameter, condition=named).state()
        condition = " AND ".join(conditions)
        if part.function == "count":
            return Call("sum", "events" if slot is None else f"{part.column}{slot}", condition=condition).value()
        if rollup_form(figure) is RollupForm.EXTREMES:
            least = Call(part.function, f"{part.column}{slot}", condition=condition).value()
            return f"nullIf({least}, {part.absent})"
        merged = Call(part.function, f"{part.column}{slot}", merging=True, condition=condition)
        return merged.value() if self._finished else merged.state()

    def _own(self, figure: Metric) -> list[str]:
        """Return what narrows the rows to those of one figure; the only property that there is has its values here."""
        rows = figure.rows
        if rows is None:
            return []
        named = [] if rows.event_name is None else [f"event_name = {self._bound.bind(rows.event_name)}"]
        return named + [one_of(one.dimension.column or "value", one.values, self._bound) for one in rows.dimensions]

    def _had(self, figure: Metric) -> str:
        slot = None if needs_number(figure) is None else measure_slot(figure, self._rolled)
        return " AND ".join([*self._own(figure), *([] if slot is None else [f"n{slot} > 0"])])

    def _of_events(self, rows: EventRows, metric: Metric, index: int) -> str:
        """Return one aggregate over events; a property that a row lacks is 0, which a sum does not notice."""
        part: FigureAggregate = parts_of(metric)[index]
        call = rows.call(metric, index, only_if_had=True)
        if part.aggregate.function == "count" or rollup_form(part.figure) is RollupForm.EXTREMES:
            return call.value()
        over_all = rows.call(metric, index)
        return over_all.value() if self._finished else over_all.state()

    @property
    def _rolled(self) -> RollupCoverage:
        rolled = self._scan.question.rolled
        return rolled if rolled is not None else RollupCoverage(self._scan.question.as_of)


def _counted(figure: Metric) -> str:
    """Return the column of the rollups that has what a figure counts the different ones of."""
    return "user_id" if figure.prop is None else Dimension.named(figure.prop).column or "value"
