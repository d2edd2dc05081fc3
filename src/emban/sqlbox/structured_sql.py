"""A structured query as the SELECT over `emban.events` that answers it: for people to read, change and run.

It says the same as the query at one moment: a period stands as the two instants that it comes to now. What it cannot
say in a line or two is refused, and the field is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from emban.errors import FieldError, invalid, invalid_field
from emban.query.spec.metrics import needs_number
from emban.query.spec.query_spec import ANY_EVENT, Dimension, DimensionFilter, Metric, NumericFilter, QuerySpec
from emban.query.spec.schemas import QueryIn
from emban.query.time.buckets import Buckets
from emban.query.time.timeframe import Timeframe, frame
from emban.scope import AllTenants, Tenant
from emban.sqlbox.datasets import EVENTS
from emban.sqlbox.sql_words import any_of, column_name, literal, number_literal, text_list
from emban.sqlbox.statement_text import MAX_BYTES

_HOUR_S = 3600
_PERCENTILES = {"p50": "0.5", "p95": "0.95", "p99": "0.99"}
_PLAIN = {"sum": "sum", "avg": "avg", "min": "min", "max": "max"}
# Told to the sketch as the structured queries tell it: it keeps within 1 % of the value at that rank.
_SKETCH_ERROR = "0.003"


@dataclass(frozen=True, slots=True)
class _Aggregate:
    """An aggregate function with its parameters, its argument, and what holds of the rows that it looks at."""

    function: str
    parameters: str
    argument: str
    conditions: tuple[str, ...]
    empty_is_null: bool

    def sql(self, *, own_rows: bool, may_be_empty: bool) -> str:
        """Return the call; `own_rows` where the statement has no other rows than its own."""
        conditions = () if own_rows else self.conditions
        name = self.function
        name += "OrNull" if self.empty_is_null and (may_be_empty or conditions) else ""
        name += "If" if conditions else ""
        given = [*([self.argument] if self.argument else []), *([" AND ".join(conditions)] if conditions else [])]
        return f"{name}{f'({self.parameters})' if self.parameters else ''}({', '.join(given)})"


def check_sayable(query: QueryIn) -> None:
    """Raise 400 for what the SELECT would not say; each field is named."""
    given = [name for name in ("compare", "moving_average") if getattr(query, name) is not None]
    given += [name for name in ("cumulative", "other") if getattr(query, name)]
    why = "is not written as SQL: ask for it as a structured query"
    problems = [FieldError(f"query.{name}", why) for name in given]
    figures = {"query": query.metric}
    figures |= {f"query.columns[{index}]": column.metric for index, column in enumerate(query.columns or [])}
    figures |= {f"query.series.{name}": figure.metric for name, figure in (query.series or {}).items()}
    problems += [
        FieldError(f"{path}.metric", "a formula is not written as SQL: ask for its figures one by one")
        for path, metric in figures.items()
        if metric == "formula"
    ]
    if problems:
        raise invalid(*problems)


def structured_sql(spec: QuerySpec, tenant: Tenant | AllTenants, now: datetime) -> str:
    """Return the SELECT. Raises 400 for windows that the query itself is refused for, and for one of over 64 KiB."""
    time = frame(spec.span, spec.granularity, spec.timezone, now)
    sql = _Select(spec, tenant, time).text()
    if len(sql.encode()) > MAX_BYTES:
        raise invalid_field("filters", f"the SQL would be longer than the {MAX_BYTES:,} bytes that are run")
    return sql + "\n"


class _Select:
    """Writes one SELECT."""

    def __init__(self, spec: QuerySpec, tenant: Tenant | AllTenants, time: Timeframe) -> None:
        self._spec = spec
        self._tenant = tenant
        self._time = time
        self._names: list[str] = []

    def text(self) -> str:
        spec = self._spec
        bucket = None if self._time.buckets is None else self._name("time")
        groups = [self._name(one.label) for one in spec.group_by]
        shown = self._shown_metrics(groups, bucket)
        lines = [] if bucket is None else [f"{_bucket(self._time.buckets, spec.timezone)} AS {bucket}"]
        if spec.table is None:
            lines += [_named(_value(one), name) for one, name in zip(spec.group_by, groups, strict=True)]
        lines += [_named(sql, name) for sql, name in shown]
        where = self._conditions()
        if bucket is not None and groups:
            where.append(self._top_groups(where))
        keys = [*([bucket] if bucket else []), *groups]
        parts = [
            "SELECT\n    " + ",\n    ".join(lines),
            f"FROM {EVENTS.name}",
            "WHERE " + "\n  AND ".join(where),
            *([f"GROUP BY {', '.join(keys)}"] if keys else []),
            *self._order(bucket, groups, [name for _, name in shown]),
        ]
        return "\n".join(parts)

    def _shown_metrics(self, groups: Sequence[str], bucket: str | None) -> list[tuple[str, str]]:
        """Return the columns of a table, or the figures of other queries, each with its name."""
        spec = self._spec
        may_be_empty = not groups and bucket is None
        alone = len(spec.metrics) == 1
        if spec.table is None:
            titles = spec.series or tuple(one.label for one in spec.metrics)
            shown = zip(spec.metrics, titles, strict=True)
            return [
                (_aggregate(one).sql(own_rows=alone, may_be_empty=may_be_empty), self._name(title))
                for one, title in shown
            ]
        by_dimension = dict(zip(spec.group_by, groups, strict=True))
        columns = []
        for one, title in zip(spec.table.shown, spec.table.labels, strict=True):
            if isinstance(one, Metric):
                columns.append((_aggregate(one).sql(own_rows=alone, may_be_empty=may_be_empty), self._name(title)))
            else:
                columns.append((_value(one), by_dimension[one]))
        return columns

    def _conditions(self) -> list[str]:
        spec, window = self._spec, self._time.window
        conditions = [f"tenant_id = {literal(self._tenant.id)}"] if isinstance(self._tenant, Tenant) else []
        conditions += [f"timestamp >= {_instant(window.start)}", f"timestamp < {_instant(window.end)}"]
        if spec.as_of is not None:
            conditions.append(f"ingested_at <= {_instant(spec.as_of)}")
        if spec.event_name != ANY_EVENT:
            conditions.append(f"event_name = {literal(spec.event_name)}")
        conditions += _matching(spec.dimensions, spec.ranges)
        looked_at = [_aggregate(one).conditions for one in spec.metrics]
        if len(looked_at) == 1:
            conditions += [one for one in looked_at[0] if one not in conditions]
        elif all(looked_at):
            conditions.append(any_of([" AND ".join(each) for each in looked_at]))
        return conditions

    def _top_groups(self, where: Sequence[str]) -> str:
        """Return the condition that a row's group is one of the first by the figure over the whole window."""
        values = [_value(one) for one in self._spec.group_by]
        figure = _aggregate(self._spec.metric).sql(own_rows=True, may_be_empty=False)
        order = ", ".join([f"{figure} {self._spec.order.upper()} NULLS LAST", *values])
        inner = [
            f"SELECT {', '.join(values)}",
            f"FROM {EVENTS.name}",
            "WHERE " + "\n      AND ".join(where),
            f"GROUP BY {', '.join(values)}",
            f"ORDER BY {order}",
            f"LIMIT {self._spec.row_limit}",
        ]
        group = values[0] if len(values) == 1 else f"({', '.join(values)})"
        return f"{group} IN (\n    " + "\n    ".join(inner) + "\n  )"

    def _order(self, bucket: str | None, groups: Sequence[str], names: Sequence[str]) -> list[str]:
        spec = self._spec
        if bucket is not None:
            return [f"ORDER BY {', '.join([bucket, *groups])}"]
        if spec.table is not None:
            by = names[spec.table.order_by]
            rest = [key for key in groups if key != by]
            return [f"ORDER BY {', '.join([f'{by} {spec.order.upper()} NULLS LAST', *rest])}", self._limit()]
        if groups:
            return [f"ORDER BY {', '.join([f'{names[0]} {spec.order.upper()} NULLS LAST', *groups])}", self._limit()]
        return []

    def _limit(self) -> str:
        return f"LIMIT {self._spec.row_limit}"

    def _name(self, label: str) -> str:
        """Return a column's name as SQL: the label where it can stand, and where it hides no column of the dataset."""
        name = column_name(label, self._names, [column.name for column in EVENTS.columns])
        self._names.append(name)
        return name


def _named(sql: str, name: str) -> str:
    return sql if sql == name else f"{sql} AS {name}"


def _aggregate(metric: Metric) -> _Aggregate:
    rows = metric.rows
    own = [] if rows is None or rows.event_name is None else [f"event_name = {literal(rows.event_name)}"]
    own += [] if rows is None else _matching(rows.dimensions, rows.ranges)
    number = needs_number(metric)
    if metric.name == "count":
        return _Aggregate("count", "", "", tuple(own), empty_is_null=False)
    if number is None:
        counted = "user_id" if metric.prop is None else _value(Dimension.named(metric.prop))
        function, parameters = ("uniqCombined64", "15") if metric.name == "count_unique_approx" else ("uniqExact", "")
        # Events without a value still make a bucket or a group of no values: the condition is the function's own.
        return _Aggregate(function, parameters, f"nullIf({counted}, '')", tuple(own), empty_is_null=False)
    has = f"mapContains(numeric_props, {literal(number)})"
    conditions = (*own, *([] if has in own else [has]))
    value = f"numeric_props[{literal(number)}]"
    if metric.name in _PLAIN:
        return _Aggregate(_PLAIN[metric.name], "", value, conditions, empty_is_null=metric.name != "sum")
    level = _PERCENTILES[metric.name.removesuffix("_approx")]
    if metric.name.endswith("_approx"):
        return _Aggregate("quantileDD", f"{_SKETCH_ERROR}, {level}", value, conditions, empty_is_null=True)
    return _Aggregate("quantileExactInclusive", level, value, conditions, empty_is_null=True)


def _value(dimension: Dimension) -> str:
    return dimension.column or f"string_props[{literal(dimension.name)}]"


def _matching(dimensions: Sequence[DimensionFilter], ranges: Sequence[NumericFilter]) -> list[str]:
    conditions = [f"{_value(one.dimension)} {text_list(one.values)}" for one in dimensions]
    for limits in ranges:
        conditions.append(f"mapContains(numeric_props, {literal(limits.prop)})")
        for limit, sign in ((limits.low, ">="), (limits.high, "<=")):
            if limit is not None:
                conditions.append(f"numeric_props[{literal(limits.prop)}] {sign} {number_literal(limit)}")
    return conditions


def _instant(at: datetime) -> str:
    """Return an instant as a `timestamp` is compared with it."""
    exact = at.astimezone(UTC)
    ms = exact.microsecond // 1000
    return f"'{exact:%Y-%m-%d %H:%M:%S}{f'.{ms:03d}' if ms else ''}'"


def _bucket(buckets: Buckets | None, timezone: str) -> str:
    """Return where an event's bucket starts: a day by the zone's calendar, or an instant."""
    assert buckets is not None  # noqa: S101 - asked for queries with buckets alone
    zone = literal(timezone)
    if buckets.size in {"day", "week", "month"}:
        function = {"day": "toDate", "week": "toMonday", "month": "toStartOfMonth"}[buckets.size]
        return f"{function}(timestamp, {zone})"
    if buckets.size == "minute":
        return f"toStartOfMinute(timestamp, {zone})"
    steps = {after - before for before, after in zip(buckets.starts, buckets.starts[1:], strict=False)}
    whole = all(start % _HOUR_S == buckets.starts[0] % _HOUR_S for start in buckets.starts)
    if steps <= {_HOUR_S} and whole and buckets.starts[0] % _HOUR_S == 0:
        return f"toStartOfHour(timestamp, {zone})"
    # Hours of a zone that is not whole hours away, or whose clock is changed by less than one.
    starts = ", ".join(str(start) for start in buckets.starts)
    return f"toDateTime(roundDown(toUnixTimestamp(timestamp), [{starts}]), {zone})"
