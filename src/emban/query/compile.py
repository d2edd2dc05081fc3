"""From a read to one SQL statement. Values are bound parameters without exception; the text is made of fixed words.

Each scan of events starts its WHERE with the scope (org, environment, tenant, locks), the window and the watermark: the
second wall behind the engine's row policies. One function writes `FROM`, and it writes that WHERE with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from emban.kit.scope import Tenant
from emban.query.metrics import METRICS, Aggregate, MetricKind
from emban.query.plan import PointsRead, Read, Scan, TableRead, Top
from emban.query.spec import ANY_EVENT, Dimension, Metric
from emban.query.window import Buckets
from emban.store.schema import EVENTS
from emban.store.statement import Statement

INSTANT = "DateTime64(3, 'UTC')"
Parameter = str | int | float | list[str] | list[int]


@dataclass(slots=True)
class Parameters:
    """The bound values of one statement. Equal values share one parameter."""

    values: dict[str, Parameter] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def bind(self, value: Parameter, kind: str = "String") -> str:
        """Return the placeholder of a value, such as `{p3:String}`."""
        key = (kind, repr(value))
        name = self._names.setdefault(key, f"p{len(self._names)}")
        self.values[name] = value
        return f"{{{name}:{kind}}}"


def compile_read(read: Read) -> Statement:
    """Return the statement of a read. Its columns are described at each shape below."""
    bound = Parameters()
    sql = _table(read, bound) if isinstance(read, TableRead) else _points(read, bound)
    return Statement(sql, bound.values)


def _points(read: PointsRead, bound: Parameters) -> str:
    if read.top is None:
        return _flat(read, bound)
    if read.buckets is None and read.top.scan == read.scan:
        return _breakdown_with_rest(read, read.top, bound) if read.top.other else _breakdown(read.top, read, bound)
    return _by_chosen_groups(read, read.top, bound)


def _flat(read: PointsRead, bound: Parameters) -> str:
    """One row of (value), or with buckets (bucket, value) for those that have rows."""
    value = _value(read.metric, bound)
    if read.buckets is None:
        return f"SELECT {value} AS v {_from(read.scan, bound)}"
    bucket = _bucket(read.buckets, bound)
    return f"SELECT {bucket} AS b, {value} AS v {_from(read.scan, bound)} GROUP BY b"


def _breakdown(top: Top, read: PointsRead, bound: Parameters) -> str:
    """(g0, …, value), the best group first. Equal values are in the order of their groups, so that a cut is stable."""
    keys = _keys(len(read.group_by))
    groups = _list(f"{_dimension(one, bound)} AS {key}" for one, key in zip(read.group_by, keys, strict=True))
    return (
        f"SELECT {groups}, {_value(read.metric, bound)} AS v {_from(top.scan, bound)} "
        f"GROUP BY {_list(keys)} ORDER BY v {top.order.upper()} NULLS LAST, {_list(keys)} "
        f"LIMIT {bound.bind(top.limit, 'UInt32')}"
    )


def _breakdown_with_rest(read: PointsRead, top: Top, bound: Parameters) -> str:
    """(g0, …, rest, value), the best group first, the row of all other groups last. One pass over the events.

    Aggregates stay states until it is known who is in: the rest's average, percentile or distinct count is then that of
    all its rows, which no arithmetic on finished values could give.
    """
    kind, keys = METRICS[read.metric.name], _keys(len(read.group_by))
    states = [f"s{place}" for place in range(len(kind.parts))]
    groups = _list(f"{_dimension(one, bound)} AS {key}" for one, key in zip(read.group_by, keys, strict=True))
    made = _list(f"{sql} AS {state}" for sql, state in zip(_states(read.metric, bound), states, strict=True))
    ranked = kind.value.format(*(f"finalizeAggregation({state})" for state in states))
    limit = bound.bind(top.limit, "UInt32")
    shown = _list(f"if(place <= {limit}, {key}, '') AS k{place}" for place, key in enumerate(keys))
    grouped = _list([*(f"k{place}" for place in range(len(keys))), "rest"])
    return (
        f"SELECT {shown}, place > {limit} AS rest, {_merged(kind, states)} AS v FROM ("
        f"SELECT *, row_number() OVER (ORDER BY {ranked} {top.order.upper()} NULLS LAST, {_list(keys)}) AS place FROM ("
        f"SELECT {groups}, {made} {_from(top.scan, bound)} GROUP BY {_list(keys)})) "
        f"GROUP BY {grouped} ORDER BY min(place)"
    )


def _by_chosen_groups(read: PointsRead, top: Top, bound: Parameters) -> str:
    """(g0, …, rest, bucket, value, total) for the groups that are the best of `top.scan`, and for the rest if asked.

    `total` is the metric over the group's whole window; the bucket is 0 without buckets.
    """
    kind, keys = METRICS[read.metric.name], _keys(len(read.group_by))
    states = [f"s{place}" for place in range(len(kind.parts))]
    dimensions = [_dimension(one, bound) for one in read.group_by]
    chosen = f"({_list(dimensions)}) IN (SELECT {_list(keys)} FROM ({_breakdown(top, read, bound)}))"
    if top.other:
        shown = _list(f"if(rest, '', {sql}) AS {key}" for sql, key in zip(dimensions, keys, strict=True))
        shown, condition = f"NOT ({chosen}) AS rest, {shown}", ""
    else:
        shown = _list(f"{sql} AS {key}" for sql, key in zip(dimensions, keys, strict=True))
        shown, condition = f"false AS rest, {shown}", chosen
    bucket = "0" if read.buckets is None else _bucket(read.buckets, bound)
    made = _list(f"{sql} AS {state}" for sql, state in zip(_states(read.metric, bound), states, strict=True))
    grouped = _list(["rest", *keys])
    value = kind.value.format(*(f"finalizeAggregation({state})" for state in states))
    total = _merged(kind, states, f" OVER (PARTITION BY {grouped})")
    return (
        f"SELECT {_list(keys)}, rest, b, {value} AS v, {total} AS total FROM ("
        f"SELECT {shown}, {bucket} AS b, {made} {_from(read.scan, bound, condition)} GROUP BY {grouped}, b) "
        f"ORDER BY rest, total {top.order.upper()} NULLS LAST, {_list(keys)}"
    )


def _table(read: TableRead, bound: Parameters) -> str:
    """The columns in their order."""
    keys = _keys(len(read.group_by))
    groups = [f"{_dimension(one, bound)} AS {key}" for one, key in zip(read.group_by, keys, strict=True)]
    names = dict(zip(read.group_by, keys, strict=True))
    shown = [
        f"{_value(column, bound, only_if_had=True)} AS c{place}" if isinstance(column, Metric) else names[column]
        for place, column in enumerate(read.columns)
    ]
    by = f"c{read.order_by}" if isinstance(read.columns[read.order_by], Metric) else shown[read.order_by]
    inner = _list([*groups, *(sql for sql in shown if sql not in keys)])
    outer = _list(sql if sql in keys else f"c{place}" for place, sql in enumerate(shown))
    order = _list([f"{by} {read.order.upper()} NULLS LAST", *(key for key in keys if key != by)])
    grouping = f" GROUP BY {_list(keys)}" if keys else ""
    return (
        f"SELECT {outer} FROM (SELECT {inner} {_from(read.scan, bound)}{grouping}) "
        f"ORDER BY {order} LIMIT {bound.bind(read.limit, 'UInt32')}"
    )


def _from(scan: Scan, bound: Parameters, *more: str) -> str:
    """Return FROM and WHERE: the base that no statement goes without, then the question's own filters."""
    conditions = [*_scope_conditions(scan, bound), *_window_conditions(scan, bound), *_filter_conditions(scan, bound)]
    return f"FROM {EVENTS} WHERE {' AND '.join([*conditions, *filter(None, more)])}"


def _scope_conditions(scan: Scan, bound: Parameters) -> list[str]:
    scope = scan.question.scope
    conditions = [f"org_id = {bound.bind(scope.org_id)}", f"environment = {bound.bind(scope.environment)}"]
    if isinstance(scope.tenant, Tenant):
        conditions.append(f"tenant_id = {bound.bind(scope.tenant.id)}")
    return conditions + [_is_one_of(Dimension.named(lock.prop), lock.values, bound) for lock in scope.locks]


def _window_conditions(scan: Scan, bound: Parameters) -> list[str]:
    start, end, as_of = (
        bound.bind(_engine_time(at), INSTANT) for at in (scan.window.start, scan.window.end, scan.question.as_of)
    )
    return [f"timestamp >= {start}", f"timestamp < {end}", f"ingested_at <= {as_of}"]


def _filter_conditions(scan: Scan, bound: Parameters) -> list[str]:
    spec = scan.question.spec
    conditions = [] if spec.event_name == ANY_EVENT else [f"event_name = {bound.bind(spec.event_name)}"]
    conditions += [_is_one_of(one.dimension, one.values, bound) for one in spec.dimensions]
    for limits in spec.ranges:
        conditions.append(_has(limits.prop, bound))
        for limit, sign in ((limits.low, ">="), (limits.high, "<=")):
            if limit is not None:
                conditions.append(f"{_number(limits.prop, bound)} {sign} {bound.bind(limit, 'Float64')}")
    if scan.having is not None and all(limits.prop != scan.having for limits in spec.ranges):
        conditions.append(_has(scan.having, bound))
    return conditions


def _is_one_of(dimension: Dimension, values: Sequence[str], bound: Parameters) -> str:
    """Return a condition that lets no row through where there is no value."""
    if len(values) == 1:
        return f"{_dimension(dimension, bound)} = {bound.bind(values[0])}"
    return f"{_dimension(dimension, bound)} IN {bound.bind(list(values), 'Array(String)')}"


def _dimension(dimension: Dimension, bound: Parameters) -> str:
    """A row without the property has the value ''."""
    return dimension.column or f"string_props[{bound.bind(dimension.name)}]"


def _number(prop: str, bound: Parameters) -> str:
    return f"numeric_props[{bound.bind(prop)}]"


def _has(prop: str, bound: Parameters) -> str:
    return f"has(numeric_keys, {bound.bind(prop)})"


def _bucket(buckets: Buckets, bound: Parameters) -> str:
    """The place of a row's bucket: counted where all are equally wide, else looked up by binary search."""
    second = "toUnixTimestamp(timestamp)"
    if buckets.width is not None:
        return f"intDiv({second} - {bound.bind(buckets.starts[0], 'UInt32')}, {bound.bind(buckets.width, 'UInt32')})"
    return f"roundDown({second}, {bound.bind(list(buckets.starts), 'Array(UInt32)')})"


def _value(metric: Metric, bound: Parameters, *, only_if_had: bool = False) -> str:
    kind = METRICS[metric.name]
    condition = _has(metric.prop, bound) if only_if_had and metric.prop is not None else ""
    return kind.value.format(*(_aggregate(part, "", metric, condition, bound) for part in kind.parts))


def _states(metric: Metric, bound: Parameters) -> list[str]:
    return [_aggregate(part, "State", metric, "", bound) for part in METRICS[metric.name].parts]


def _merged(kind: MetricKind, states: Sequence[str], over: str = "") -> str:
    merged = (
        f"{_named(part, 'Merge', conditional=bool(part.condition))}({state}){over}"
        for part, state in zip(kind.parts, states, strict=True)
    )
    return kind.value.format(*merged)


def _aggregate(part: Aggregate, suffix: str, metric: Metric, condition: str, bound: Parameters) -> str:
    arguments = []
    if part.argument == "prop" and metric.prop is not None:
        arguments.append(_number(metric.prop, bound))
    elif part.argument:
        arguments.append(part.argument)
    conditions = [one for one in (part.condition, condition) if one]
    if conditions:
        arguments.append(" AND ".join(conditions))
    return f"{_named(part, suffix, conditional=bool(conditions))}({_list(arguments)})"


def _named(part: Aggregate, suffix: str, *, conditional: bool) -> str:
    parameter = f"({part.parameter})" if part.parameter else ""
    return f"{part.function}{'If' if conditional else ''}{suffix}{parameter}"


def _engine_time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}"


def _keys(count: int) -> list[str]:
    return [f"g{place}" for place in range(count)]


def _list(items: Iterable[str]) -> str:
    return ", ".join(items)
