"""The rows behind a figure: whatever the query is, those of a slice make its figure, and no row is from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emban.query.answer.answers import encode
from emban.query.run.details import MAX_ROWS, Details, DetailSpec, compile_details, detail_question
from emban.query.spec.metrics import METRICS, RollupForm
from emban.query.spec.query_spec import Dimension, DimensionFilter
from emban.query.spec.validation import read_query
from emban.scope import Lock, Scope
from emban.store.client import EventStore
from emban.store.scope_check import carries
from tests.integration.query.conftest import NOW, Asker, fresh_asker
from tests.integration.query.test_properties import MOMENTS, TENANTS, filters, offsets, some_events, windows
from tests.support.reference import Event

AT = NOW - timedelta(hours=1)
# Those that a reader of the rows can work out from them, one row at a time.
SEEN_IN_ROWS = [name for name, kind in METRICS.items() if kind.rollup in {RollupForm.FIGURES, RollupForm.EXTREMES}]


async def rows_behind(
    ask: Asker, query: dict[str, Any], dimension: str, value: str, *, scope: Scope | None = None, **more: Any
) -> dict[str, Any]:
    """Return the detail rows of a slice as a client reads them, with the property of the query's metric."""
    spec = read_query(query)
    chosen = Dimension.named(dimension)
    wanted = DetailSpec(
        spec,
        DimensionFilter(chosen, (value,)),
        tuple(dict.fromkeys([chosen, *spec.group_by])),
        tuple(metric.prop for metric in spec.metrics if metric.prop is not None),
    )
    now = more.get("now", NOW)
    table = await Details(ask.store, ask.watermark).rows(scope or ask.scope(more.get("tenant")), wanted, now=now)
    decoded: dict[str, Any] = msgspec.json.decode(encode(table))
    return decoded


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
async def test_the_rows_of_a_slice_make_its_figure(store: EventStore, data: st.DataObject) -> None:
    timezone, moment = data.draw(st.sampled_from(MOMENTS))
    events = data.draw(some_events(moment))
    now = moment + data.draw(offsets)
    ask = fresh_asker(store)
    if events:
        await ask.insert(events)
    metric = data.draw(st.sampled_from(SEEN_IN_ROWS))
    query: dict[str, Any] = {
        "event_name": data.draw(st.sampled_from(["*", "api.call"])),
        "metric": metric,
        "timezone": timezone,
        "granularity": data.draw(st.sampled_from(["none", "day", "week"])),
        "group_by": [data.draw(st.sampled_from(["model", "plan", "user_id", "event_name", "string_props.tenant_id"]))],
        "limit": 1000,
        "filters": data.draw(filters()),
        **data.draw(windows(moment, timezone)),
    }
    if metric != "count":
        query["prop"] = "tokens"
    tenant = data.draw(st.sampled_from([None, *TENANTS]))
    answer = await ask(query, tenant, now=now)
    groups = dict.fromkeys(point["group"][0] for point in answer["points"])
    for group in groups:
        behind = await rows_behind(ask, query, query["group_by"][0], group, tenant=tenant, now=now)
        numbers = [row[-1] for row in behind["rows"]]
        figures = [point["value"] for point in answer["points"] if point["group"] == [group]]
        _assert_make(metric, [value for value in figures if value is not None], numbers)


def _assert_make(metric: str, figures: list[Any], numbers: list[Any]) -> None:
    """Fail unless the figures of all buckets together are what the rows make."""
    if metric == "count":
        assert sum(figures) == len(numbers)
    elif metric == "avg":
        assert len(figures) > 1 or math.isclose(math.fsum(numbers) / len(numbers), figures[0], rel_tol=1e-12)
    else:
        together: dict[str, Callable[[list[Any]], Any]] = {"sum": math.fsum, "min": min, "max": max}
        made = together[metric]
        assert math.isclose(made(figures), made(numbers), rel_tol=1e-12, abs_tol=1e-9)


async def test_rows_are_the_newest_first_up_to_the_limit(asker: Asker) -> None:
    await asker.insert(
        Event("t1", "call", AT - timedelta(seconds=nth), strings={"model": "m"}, numbers={"tokens": nth})
        for nth in range(MAX_ROWS + 1)
    )
    query = {"event_name": "*", "metric": "sum", "prop": "tokens", "group_by": ["model"], "period": "24h"}
    behind = await rows_behind(asker, query, "model", "m")
    assert [row[-1] for row in behind["rows"]] == list(range(MAX_ROWS))
    assert behind["truncated"]
    exact = await rows_behind(asker, {**query, "filters": {"numeric_ranges": {"tokens": {"min": 1}}}}, "model", "m")
    assert (len(exact["rows"]), exact["truncated"]) == (MAX_ROWS, False)


async def test_columns_say_what_they_hold(asker: Asker) -> None:
    await asker.insert([Event("t1", "call", AT, strings={"plan": "pro"}), Event("t2", "call", AT)])
    query = {"event_name": "*", "columns": ["plan", {"metric": "sum", "prop": "tokens"}], "period": "24h"}
    behind = await rows_behind(asker, query, "plan", "pro")
    assert behind["columns"] == [
        {"name": "timestamp", "type": "timestamp"},
        {"name": "plan", "type": "string"},
        {"name": "tokens", "type": "number"},
    ]
    # A table counts events without the property, too; the number that is not there is null, not zero.
    assert behind["rows"] == [[AT.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "pro", None]]
    assert set(behind["meta"]) == {"path", "ms", "cached", "as_of", "window", "granularity", "timezone"}


async def test_a_scope_holds_for_rows_too(asker: Asker) -> None:
    theirs = [Event(tenant, "call", AT, strings={"plan": plan}) for tenant in ("t1", "t2") for plan in ("pro", "free")]
    await asker.insert(theirs)
    query = {"event_name": "*", "metric": "count", "group_by": ["plan"], "period": "24h"}
    locked = asker.scope("t1", (Lock("plan", ("pro",)),))
    assert len((await rows_behind(asker, query, "plan", "pro", scope=locked))["rows"]) == 1
    assert (await rows_behind(asker, query, "plan", "free", scope=locked))["rows"] == []
    assert (await rows_behind(asker, query, "tenant_id", "t2", scope=locked))["rows"] == []
    assert (await rows_behind(asker, query, "plan", "pro", scope=asker.scope("t1", environment="dev")))["rows"] == []


@pytest.mark.parametrize("locks", [(), (Lock("plan", ("pro",)), Lock("region", ("eu", "us")))])
def test_the_statement_carries_its_scope(locks: tuple[Lock, ...]) -> None:
    spec = read_query({"event_name": "a", "metric": "sum", "prop": "tokens", "group_by": ["model"]})
    wanted = DetailSpec(spec, DimensionFilter(Dimension.named("model"), ("it's",)), spec.group_by, ("tokens",))
    scope = Asker.scope(Asker(None, "org_1"), "t1", locks)  # type: ignore[arg-type]  # asks no store
    statement = compile_details(wanted, detail_question(wanted, scope, NOW))
    assert carries(statement, scope)
    assert "it's" not in statement.sql
    assert not carries(statement, scope.narrow(Lock("team", ("a",))))
