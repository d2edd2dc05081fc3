"""The events as rows of a statement. Whatever reads them starts its WHERE with the scope, the window, the watermark."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from emban.query.plan.planner import Scan, Slices
from emban.query.spec.metrics import SKETCHED, Aggregate, needs_number, parts_of
from emban.query.spec.query_spec import ANY_EVENT, Dimension, DimensionFilter, Metric, NumericFilter
from emban.query.sql.text import INSTANT, Call, Parameters, any_of, bucket_place, engine_time, one_of
from emban.query.time.buckets import Buckets
from emban.query.time.window import Window
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
        figure, part = parts_of(metric)[index].figure, parts_of(metric)[index].aggregate
        argument = self._argument(figure, part)
        conditions = self._own(figure)
        if part.only_named:
            conditions.append(f"{argument} != ''")
        if part.unsketched:
            number = number_or_zero(figure.prop or "", self._bound)
            conditions.append(f"NOT ({_is_sketched(number)}) AND {number} != 0")
        if (only_if_had or metric.formula is not None) and (prop := needs_number(figure)) is not None:
            conditions.append(has_number(prop, self._bound))
        argument = "" if part.unsketched else argument
        return Call(part.function, argument, part.parameter, condition=" AND ".join(conditions))

    def _argument(self, figure: Metric, part: Aggregate) -> str:
        if figure.prop is None or part.argument in {"", "user_id"}:
            return part.argument
        if part.argument == "value":
            return self.dimension(Dimension.named(figure.prop))
        number = number_or_zero(figure.prop, self._bound)
        if part.sketched:
            return f"if({_is_sketched(number)}, {number}, 0)"
        return number if part.divisor is None else f"{number} / {part.divisor!r}"

    def _own(self, figure: Metric) -> list[str]:
        """Return what narrows the rows of the question to those of one figure."""
        rows = figure.rows
        if rows is None:
            return []
        named = [] if rows.event_name is None else [f"event_name = {self._bound.bind(rows.event_name)}"]
        return [*named, *self._matching(rows.dimensions, rows.ranges)]

    def _time(self) -> list[str]:
        stretches = [within("timestamp", window, self._bound) for window in self._windows]
        as_of = self._bound.bind(engine_time(self._scan.question.as_of), INSTANT)
        conditions = [stretches[0] if len(stretches) == 1 else f"({' OR '.join(stretches)})"]
        conditions.append(f"ingested_at <= {as_of}")
        if self._late and self._scan.split is not None:
            conditions.append(f"ingested_at > {self._bound.bind(engine_time(self._scan.split.bound), INSTANT)}")
        return conditions

    def _filters(self) -> list[str]:
        spec, bound = self._scan.question.spec, self._bound
        conditions = [] if spec.event_name == ANY_EVENT else [f"event_name = {bound.bind(spec.event_name)}"]
        conditions += self._matching(spec.dimensions, spec.ranges)
        ranged = {limits.prop for limits in spec.ranges}
        had = [self._had(figure, ranged) for metric in self._scan.having for figure in metric.figures]
        return [*conditions, any_of(had)] if had and all(had) else conditions

    def _had(self, figure: Metric, ranged: Collection[str]) -> str:
        """Return the condition that a row is one of a figure's, '' where all are that the question has."""
        prop = needs_number(figure)
        number = [has_number(prop, self._bound)] if prop is not None and prop not in ranged else []
        return " AND ".join([*self._own(figure), *number])

    def _matching(self, dimensions: Sequence[DimensionFilter], ranges: Sequence[NumericFilter]) -> list[str]:
        bound = self._bound
        conditions = [one_of(self.dimension(one.dimension), one.values, bound) for one in dimensions]
        for limits in ranges:
            conditions.append(has_number(limits.prop, bound))
            for limit, sign in ((limits.low, ">="), (limits.high, "<=")):
                if limit is not None:
                    conditions.append(f"{number_or_zero(limits.prop, bound)} {sign} {bound.bind(limit, 'Float64')}")
        return conditions


def _is_sketched(number: str) -> str:
    low, high = SKETCHED
    return f"abs({number}) BETWEEN {low!r} AND {high!r}"


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
