"""The events as rows of a statement. Whatever reads them starts its WHERE with the scope, the window, the watermark."""

from __future__ import annotations

from collections.abc import Sequence

from emban.query.plan.planner import Scan, Slices
from emban.query.spec.metrics import kind_of
from emban.query.spec.query_spec import ANY_EVENT, Dimension, Metric
from emban.query.sql.text import INSTANT, Call, Parameters, bucket_place, comma_list, engine_time, function_name, one_of
from emban.query.time.window import Buckets, Window
from emban.scope import Scope, Tenant
from emban.store.schema import EVENTS


class EventRows:
    """The events of a scan; without `windows` those of its own. `after` leaves out what was received up to then."""

    def __init__(
        self, scan: Scan, bound: Parameters, windows: Sequence[Window] | None = None, *, late: bool = False
    ) -> None:
        self._scan = scan
        self._bound = bound
        self._windows = (scan.window,) if windows is None else windows
        self._late = late

    def source(self, *more: str) -> str:
        """As `RowSource.source`: the base that no statement goes without, then the question's own filters."""
        base = [*scope_conditions(self._scan.question.scope, self._bound), *self._time()]
        conditions = [*base, *self._filters(), *filter(None, more)]
        return f"FROM {EVENTS} WHERE {' AND '.join(conditions)}"

    def dimension(self, dimension: Dimension) -> str:
        """As `RowSource.dimension`."""
        return dimension_of_event(dimension, self._bound)

    def bucket(self, buckets: Buckets | Slices) -> str:
        """As `RowSource.bucket`."""
        return bucket_place("timestamp", buckets, self._bound)

    def call(self, metric: Metric, index: int, *, only_if_had: bool = False) -> Call:
        """As `RowSource.call`."""
        part = kind_of(metric).parts[index]
        arguments: list[str] = [part.argument] if part.argument else []
        if part.argument == "prop" and metric.prop is not None:
            number = number_or_zero(metric.prop, self._bound)
            arguments = [number if part.divisor is None else f"{number} / {part.divisor!r}"]
        conditions: list[str] = [part.condition] if part.condition else []
        if only_if_had and metric.prop is not None:
            conditions.append(has_number(metric.prop, self._bound))
        if conditions:
            arguments.append(" AND ".join(conditions))
        return Call(function_name(part, conditional=bool(conditions)), comma_list(arguments), part.parameter)

    def _time(self) -> list[str]:
        stretches = [within("timestamp", window, self._bound) for window in self._windows]
        as_of = self._bound.bind(engine_time(self._scan.question.as_of), INSTANT)
        conditions = [stretches[0] if len(stretches) == 1 else f"({' OR '.join(stretches)})"]
        conditions.append(f"ingested_at <= {as_of}")
        if self._late and self._scan.split is not None:
            conditions.append(f"ingested_at > {self._bound.bind(engine_time(self._scan.split.bound), INSTANT)}")
        return conditions

    def _filters(self) -> list[str]:
        spec, bound, having = self._scan.question.spec, self._bound, self._scan.having
        conditions = [] if spec.event_name == ANY_EVENT else [f"event_name = {bound.bind(spec.event_name)}"]
        conditions += [one_of(self.dimension(one.dimension), one.values, bound) for one in spec.dimensions]
        for limits in spec.ranges:
            conditions.append(has_number(limits.prop, bound))
            for limit, sign in ((limits.low, ">="), (limits.high, "<=")):
                if limit is not None:
                    conditions.append(f"{number_or_zero(limits.prop, bound)} {sign} {bound.bind(limit, 'Float64')}")
        if having is not None and all(limits.prop != having for limits in spec.ranges):
            conditions.append(has_number(having, bound))
        return conditions


def scope_conditions(scope: Scope, bound: Parameters) -> list[str]:
    """Return what holds events to a scope: org, environment, tenant, and each lock."""
    conditions = whose(scope, bound)
    return conditions + [
        one_of(dimension_of_event(Dimension.named(lock.prop), bound), lock.values, bound) for lock in scope.locks
    ]


def whose(scope: Scope, bound: Parameters) -> list[str]:
    """Return what holds a table with these columns to the org, the environment and the tenant of a scope."""
    conditions = [f"org_id = {bound.bind(scope.org_id)}", f"environment = {bound.bind(scope.environment)}"]
    if isinstance(scope.tenant, Tenant):
        conditions.append(f"tenant_id = {bound.bind(scope.tenant.id)}")
    return conditions


def within(column: str, window: Window, bound: Parameters) -> str:
    """Return the condition that an instant lies in a window."""
    start, end = (bound.bind(engine_time(at), INSTANT) for at in (window.start, window.end))
    return f"{column} >= {start} AND {column} < {end}"


def scan_of_events(scan: Scan, bound: Parameters) -> str:
    """Return FROM and WHERE of the events of a scan."""
    return EventRows(scan, bound).source()


def dimension_of_event(dimension: Dimension, bound: Parameters) -> str:
    """Return the expression of a dimension's value, '' where an event has none."""
    return dimension.column or f"string_props[{bound.bind(dimension.name)}]"


def number_of_event(prop: str, bound: Parameters) -> str:
    """Return the expression of a numeric property, NULL where an event has none."""
    return f"if({has_number(prop, bound)}, {number_or_zero(prop, bound)}, NULL)"


def number_or_zero(prop: str, bound: Parameters) -> str:
    """Return the expression of a numeric property, 0 where an event has none."""
    return f"numeric_props[{bound.bind(prop)}]"


def has_number(prop: str, bound: Parameters) -> str:
    """Return the condition that an event has a numeric property."""
    return f"has(numeric_keys, {bound.bind(prop)})"
