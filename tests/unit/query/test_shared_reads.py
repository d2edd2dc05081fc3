"""A dashboard's reads, made few: which become one, and that each gets its own rows back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from emban.query.batch.shared_reads import ReadUse, SharedRead, share
from emban.query.plan.coverage import RollupCoverage
from emban.query.plan.planner import GroupedRead, PointsRead, SlicedRead, TableRead, ask, plan
from emban.query.spec.validation import read_query
from emban.query.sql.compiler import compile_read
from emban.scope import Lock, Scope, Tenant
from emban.store.scope_check import carries

NOW = datetime(2026, 11, 26, 12, 34, 56, tzinfo=UTC)
SCOPE = Scope("org_1", "prod", Tenant("t1"))
ROLLED = RollupCoverage(NOW, ("tokens", "latency_ms"), frozenset({"model", "endpoint", "plan"}))
TOKENS = {"metric": "sum", "prop": "tokens"}
COMPARED = {"compare": "previous_period"}
DASHBOARD: list[dict[str, Any]] = [
    {"metric": "count", **COMPARED},
    {"metric": "count_unique", **COMPARED},
    {**TOKENS, **COMPARED},
    {"metric": "avg", "prop": "latency_ms", **COMPARED},
    {"metric": "count", "granularity": "day"},
    {**TOKENS, "granularity": "day"},
    {"metric": "max", "prop": "tokens", "granularity": "day"},
    {"metric": "count", "granularity": "day", "group_by": "model", "other": True},
    {**TOKENS, "group_by": "endpoint", "other": True},
    {"metric": "count", "group_by": "plan"},
    {"metric": "count", "group_by": "model"},
    {"columns": ["model", {"metric": "count"}, TOKENS]},
]


def shared(
    queries: list[dict[str, Any]], scope: Scope = SCOPE, rolled: RollupCoverage | None = ROLLED
) -> list[SharedRead]:
    specs = (read_query({"event_name": "*", "period": "30d", **query}) for query in queries)
    return share([plan(ask(spec, scope, NOW, NOW, rolled)).reads for spec in specs])


def test_twelve_widgets_are_two_statements() -> None:
    made = shared(DASHBOARD)
    assert [type(one.read) for one in made] == [GroupedRead, SlicedRead]
    assert [len(one.uses) for one in made] == [14, 2]
    for one in made:
        assert carries(compile_read(one.read), SCOPE)


def test_each_use_is_one_read_of_one_plan() -> None:
    uses = [(use.plan, use.read) for one in shared(DASHBOARD) for use in one.uses]
    assert len(uses) == len(set(uses)) == 16


def test_from_the_events_only_what_differs_in_its_metric_is_shared() -> None:
    made = shared(DASHBOARD, rolled=None)
    assert {type(one.read) for one in made} == {PointsRead, TableRead}
    together = {len(one.uses) for one in made}
    # The four figures over the window, the four over the one before, and the three courses by day.
    assert together == {4, 3, 1}


def test_other_filters_tenants_and_watermarks_stay_apart() -> None:
    count = {"metric": "count"}
    filtered = {**count, "filters": {"dimensions": {"event_name": "api.call"}}}
    assert len(shared([count, filtered])) == 2
    assert len(shared([count, {**count, "event_name": "api.call"}])) == 2
    spec, earlier = read_query({"event_name": "*", **count}), datetime(2026, 11, 1, tzinfo=UTC)
    plans = [plan(ask(spec, SCOPE, NOW, as_of, ROLLED)).reads for as_of in (NOW, earlier)]
    assert len(share(plans)) == 2


def test_without_breakdowns_figures_are_slices_of_hours() -> None:
    (one,) = shared([query for query in DASHBOARD if "group_by" not in query and query.get("metric") == "count"])
    assert isinstance(one.read, SlicedRead)
    assert one.read.scan.split is not None
    assert one.read.scan.split.hours


def test_figures_that_days_cannot_give_stay_apart_from_breakdowns() -> None:
    by_hour = {"metric": "count", "granularity": "hour", "period": "7d"}
    made = shared([by_hour, {"metric": "count", "period": "7d"}, {"metric": "count", "group_by": "model"}])
    assert [len(one.uses) for one in made] == [2, 1]


def test_a_lock_on_a_property_is_carried_and_ends_what_cannot_carry_it() -> None:
    locked = SCOPE.narrow(Lock("plan", ("pro",)))
    made = shared(DASHBOARD, locked)
    assert not any(isinstance(one.read, GroupedRead) for one in made)
    for one in made:
        assert carries(compile_read(one.read), locked)


def test_slices_are_added_up_for_whose_they_are() -> None:
    since_noon = {"metric": "count", "period": None, "date_from": "2026-10-28T12:00:00Z"}
    (one,) = shared([since_noon, {**TOKENS, "granularity": "day"}])
    assert isinstance(one.read, SlicedRead)
    whole, by_day = one.uses
    # One begins within the first of the other's days.
    morning, afternoon, second, *_, last = one.read.slices.starts
    # A slice has a row from each table that it was read from: here rollup rows and events.
    rows = [(second, 3, 30), (morning, 7, 0.5), (second, 1, 2), (afternoon, 2, 1)]
    assert one.rows_for(whole, rows) == [(6,)]
    assert one.rows_for(by_day, rows) == [(0, 1.5), (1, 32)]
    assert one.rows_for(whole, [(last, 1, 1)]) == []  # Where the last one ends.


def test_distinct_users_come_as_one_figure_for_each_stretch() -> None:
    (one,) = shared([{"metric": "count_unique"}, {"metric": "count_unique", "granularity": "day"}])
    assert isinstance(one.read, SlicedRead)
    whole, by_day = one.uses
    (target,) = [place for place, _ in enumerate(one.read.targets) if one.rows_for(whole, [(place, 7)])]
    assert one.rows_for(whole, [(target, 7)]) == [(7,)]
    days = [place for place in range(len(one.read.targets)) if place != target]
    assert one.rows_for(by_day, [(target, 7), (days[0], 2), (days[2], 4)]) == [(0, 2), (2, 4)]


def test_distinct_users_of_stretches_apart_come_by_their_starts() -> None:
    (one,) = shared([{"metric": "count_unique", **COMPARED}])
    assert isinstance(one.read, SlicedRead)
    before, between, now, end = one.read.slices.starts
    assert before < between < now < end
    this, previous = one.uses
    assert "arrayJoin" not in compile_read(one.read).sql
    assert one.rows_for(this, [(before, 3), (now, 7)]) == [(7,)]
    assert one.rows_for(previous, [(before, 3), (now, 7)]) == [(3,)]


def test_where_totals_alone_are_asked_for_the_edges_are_hours() -> None:
    (one,) = shared([{"metric": "count", **COMPARED}, {"metric": "count", "group_by": "model"}])
    assert isinstance(one.read, GroupedRead)
    split, (within,) = one.read.scan.split, one.read.within
    assert split is not None
    assert split.hours
    assert all(hour.end <= within.start for hour in split.hours)
    assert sum((one.end - one.start).total_seconds() for one in split.events if one.end <= within.start) < 2 * 3600


def grouped_rows(queries: list[dict[str, Any]], rows: list[tuple[Any, ...]]) -> list[Any]:
    """Return the rows of each query; those given are (property, value, slice's place, aggregate…)."""
    (one,) = shared(queries)
    assert isinstance(one.read, GroupedRead)
    starts = one.read.slices.starts
    placed = [((prop, value), starts[place], *rest) for prop, value, place, *rest in rows]
    return [one.rows_for(use, placed) for use in one.uses]


def test_groups_are_ranked_and_the_rest_added_up() -> None:
    queries: list[dict[str, Any]] = [
        {"metric": "count", "group_by": "model", "limit": 1, "other": True},
        {"metric": "count", "group_by": "model", "limit": 2, "order": "asc"},
        {"metric": "count", "group_by": "plan"},
    ]
    rows = [("model", "b", 0, 2), ("model", "a", 0, 2), ("model", "c", 0, 1), ("model", "c", 0, 1), ("plan", "", 0, 5)]
    top, least, plans = grouped_rows(queries, rows)
    assert top == [("a", False, 2), ("", True, 4)]  # Equal ones in the order of their names.
    assert least == [("a", 2), ("b", 2)]
    assert plans == [("", 5)]


def test_groups_without_the_property_are_left_out_and_make_no_rest() -> None:
    queries: list[dict[str, Any]] = [
        {**TOKENS, "group_by": "model", "limit": 1, "other": True},
        {"metric": "count", "group_by": "model"},
    ]
    # The sum; of the average its sum and its count; the count.
    rows = [("model", "a", 0, 1.5, 1.5, 2, 2), ("model", "b", 0, 0, 0, 0, 9)]
    tokens, count = grouped_rows(queries, rows)
    assert tokens == [("a", False, 1.5)]
    assert count == [("b", 9), ("a", 2)]


def test_totals_are_read_along_with_groups() -> None:
    queries = [{"metric": "count", "group_by": "model"}, {"metric": "max", "prop": "tokens"}]
    rows = [("model", "a", 0, 3, None), ("", "", 0, 5, 1.5), ("", "", 0, 1, None), ("", "", 0, 1, 2)]
    assert grouped_rows(queries, rows) == [[("a", 3)], [(2,)]]


def test_an_average_of_the_rest_is_that_of_its_rows() -> None:
    average = {"metric": "avg", "prop": "tokens", "group_by": "model", "limit": 1, "other": True}
    by_day = {"metric": "count", "group_by": "plan", "granularity": "day", "other": True, "limit": 1}
    rows = [("model", "a", 1, 90, 1, 1), ("model", "b", 1, 10, 1, 1), ("model", "c", 1, 20, 2, 2)]
    rows += [("plan", "x", 0, 0, 0, 3), ("plan", "x", 2, 0, 0, 4), ("plan", "y", 2, 0, 0, 1)]
    models, plans = grouped_rows([average, by_day], rows)
    assert models == [("a", False, 90), ("", True, 10)]
    assert plans == [("x", False, 0, 3, None), ("x", False, 2, 4, None), ("", True, 2, 1, None)]


RATE: dict[str, Any] = {
    "metric": "formula",
    "formula": "failed / total",
    "figures": {
        "failed": {"metric": "count", "event_name": "job.failed"},
        "total": {"metric": "count", "event_name": "job"},
    },
}


def test_a_formula_of_sums_is_read_along_and_is_that_of_the_sums() -> None:
    queries = [{**RATE, "group_by": "model", "limit": 1, "other": True}, {**RATE, "group_by": "plan"}]
    # Failed and all; then the same again as what groups are there for.
    rows = [("model", "a", 0, 1, 2, 1, 2), ("model", "b", 0, 1, 10, 1, 10), ("model", "c", 0, 2, 10, 2, 10)]
    rows += [("model", "d", 0, 0, 0, 0, 0), ("plan", "x", 0, 3, 0, 3, 0)]
    models, plans = grouped_rows(queries, rows)
    assert models == [("a", False, 0.5), ("", True, 0.15)]
    assert plans == [("x", None)]


def test_a_figure_of_some_values_of_a_property_is_no_part_of_a_total() -> None:
    failed = {"metric": "count", "filters": {"dimensions": {"model": "m1"}}}
    series = {"series": {"failed": failed, "all": {"metric": "count"}}}
    made = shared([series, {"metric": "count", "group_by": "plan"}, {"metric": "count", "group_by": "model"}])
    assert [type(one.read) for one in made] == [GroupedRead, PointsRead]
    assert [len(one.uses) for one in made] == [2, 2]


def test_a_rolling_figure_is_of_the_slices_up_to_it() -> None:
    by_day = {"metric": "count", "granularity": "day", "period": "7d"}
    (one,) = shared([by_day, {**by_day, "cumulative": True}, {**by_day, "moving_average": 2}])
    starts = one.read.slices.starts if isinstance(one.read, SlicedRead) else ()
    plain, whole, last_two = one.uses
    columns = {use: [0] * 2 for use in one.uses}
    assert len(columns) == 3
    # A count, and the same as a mean.
    rows = [(starts[0], 4, 4), (starts[2], 6, 6)]
    assert one.rows_for(plain, rows) == [(0, 4), (2, 6)]
    assert one.rows_for(whole, rows) == [(0, 4), (1, 4), *((day, 10) for day in range(2, 7))]
    assert one.rows_for(last_two, rows) == [(0, 2), (1, 2), (2, 3), (3, 3)]


def test_more_groups_than_are_sent_are_left_to_the_engine() -> None:
    (one,) = shared([{"metric": "count", "group_by": "model"}, {"metric": "count", "group_by": "plan"}])
    assert isinstance(one.read, GroupedRead)
    assert not one.too_many([()] * one.read.limit)
    assert one.too_many([()] * (one.read.limit + 1))
    assert [use for apart in one.apart for use in apart.uses] == [ReadUse(0, 0), ReadUse(1, 0)]
