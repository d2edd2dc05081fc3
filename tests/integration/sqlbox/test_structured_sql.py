"""A structured query written as SQL: the gate lets it through, and its rows are the query's figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emban.errors import EmbanError
from emban.query.spec.validation import read_query
from emban.scope import ALL_TENANTS, Tenant
from emban.sqlbox.runner import AdhocRunner
from emban.sqlbox.structured_sql import structured_sql
from emban.store.adhoc import AdhocStore
from emban.store.client import EventStore
from tests.integration.query.conftest import Asker, fresh_asker
from tests.integration.query.test_properties import DIMENSIONS as GROUPS
from tests.integration.query.test_properties import (
    MOMENTS,
    TENANTS,
    figures,
    filters,
    narrowed,
    offsets,
    some_events,
    windows,
)
from tests.integration.query.test_properties import NAMES as EVENT_NAMES
from tests.support.control import TestOrg, service

Cells = dict[tuple[Any, ...], Any]


@st.composite
def sayable(draw: st.DrawFn, moment: datetime, timezone: str) -> dict[str, Any]:
    """A query of a kind that is written as SQL: a figure, groups, buckets, several figures, a table."""
    query: dict[str, Any] = {
        "event_name": draw(st.sampled_from(["*", *EVENT_NAMES])),
        "timezone": timezone,
        **draw(windows(moment, timezone)),
    }
    if draw(st.booleans()):
        query["filters"] = draw(filters())
    kind = draw(st.sampled_from(["metric", "metric", "series", "table"]))
    if kind == "table":
        groups = draw(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=2, unique=True))
        measured = [draw(narrowed()) | {"title": f"figure {index}"} for index in range(draw(st.integers(1, 3)))]
        order = draw(st.sampled_from([one["title"] for one in measured]))
        return query | {"group_by": groups, "columns": [*groups, *measured], "limit": 5, "order_by": order}
    query["granularity"] = draw(st.sampled_from(["none", "hour", "day", "week", "month", "auto"]))
    if kind == "series":
        names = draw(st.lists(st.sampled_from(["in", "out", "x9"]), min_size=1, max_size=3, unique=True))
        return query | {"series": {name: draw(narrowed()) for name in names}}
    query |= draw(figures(plain=True))
    if draw(st.booleans()):
        query["group_by"] = draw(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=2, unique=True))
        query["limit"] = draw(st.integers(1, 4))
        query["order"] = draw(st.sampled_from(["asc", "desc"]))
    return query


@pytest.fixture(scope="session")
def event_store(app: FastAPI) -> EventStore:
    return service(app, EventStore)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
async def test_the_sql_says_what_the_query_says(event_store: EventStore, data: st.DataObject) -> None:
    timezone, moment = data.draw(st.sampled_from(MOMENTS))
    events = data.draw(some_events(moment))
    now = moment + data.draw(offsets)
    ask = fresh_asker(event_store)
    if events:
        await ask.insert(events)
    for _ in range(2):
        query = data.draw(sayable(moment, timezone))
        tenant = data.draw(st.sampled_from([None, *TENANTS]))
        await _assert_same(ask, query, tenant, now)


async def _assert_same(ask: Asker, query: dict[str, Any], tenant: str | None, now: datetime) -> None:
    answer = await ask(query, tenant, now=now)
    sql = structured_sql(read_query(query), ALL_TENANTS if tenant is None else Tenant(tenant), now)
    runner = AdhocRunner(AdhocStore(ask.store, seconds=20, memory_mb=512))
    # All tenants' rows are there: the statement itself has to keep to the one that was asked for.
    result = await runner.answer(ask.scope(), await runner.check(ask.scope(), sql), sql)
    assert result.warnings == (), sql
    rows = [tuple(row) for row in result.rows]
    if "columns" in query:
        _same_rows(answer["rows"], rows, sql)
        return
    _same_cells(_points(answer, query), _cells(rows, query, answer), sql)


def _points(answer: Mapping[str, Any], query: Mapping[str, Any]) -> Cells:
    """Return the figures by bucket, group and name; those of buckets without events, and groups of none, left out."""
    daily = answer["meta"]["granularity"] in {"day", "week", "month"}
    return {
        (point["local"] if daily else point["t"], *point["group"], point.get("series")): point["value"]
        for point in answer["points"]
    }


def _cells(rows: list[tuple[Any, ...]], query: Mapping[str, Any], answer: Mapping[str, Any]) -> Cells:
    timed = answer["meta"]["granularity"] != "none"
    names = list(query.get("series", {})) or [None]
    cells: Cells = {}
    for row in rows:
        head, values = row[: len(row) - len(names)], row[len(row) - len(names) :]
        at = head[0].replace("Z", ".000Z") if timed and "T" in head[0] else head[0] if timed else None
        for name, value in zip(names, values, strict=True):
            cells[(at, *(head[1:] if timed else head), name)] = value
    return cells


def _same_cells(points: Cells, cells: Cells, sql: str) -> None:
    assert set(cells) <= set(points), sql
    for key, value in points.items():
        # A bucket without events is a row of the chart and none of the statement's.
        assert _close(cells.get(key, 0), value) or (key not in cells and value is None), (key, value, cells, sql)


def _same_rows(expected: list[Any], rows: list[tuple[Any, ...]], sql: str) -> None:
    assert len(expected) == len(rows), sql
    for one, other in zip(expected, rows, strict=True):
        assert all(_close(a, b) for a, b in zip(one, other, strict=True)), (one, other, sql)


def _close(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return bool(one == other)


@pytest.mark.parametrize(
    ("extra", "path"),
    [
        ({"compare": "previous_period"}, "query.compare"),
        ({"granularity": "day", "cumulative": True}, "query.cumulative"),
        ({"granularity": "day", "moving_average": 7}, "query.moving_average"),
        ({"group_by": "plan", "other": True}, "query.other"),
        ({"metric": "formula", "formula": "a", "figures": {"a": {"metric": "count"}}}, "query.metric"),
        ({"metric": "sum"}, "query.prop"),
        ({"period": "7 parsecs"}, "query.period"),
        ({"granularity": "minute", "period": "this_year"}, "query.granularity"),
    ],
)
async def test_what_is_not_sql_is_refused_by_name(org: TestOrg, extra: dict[str, Any], path: str) -> None:
    query = {"event_name": "*", "metric": "count", "period": "this_year", **extra}
    answer = await org["admin"].post("/v1/query/sql", json={"query": query, "all_tenants": True})
    assert answer.status_code == 400
    assert [field["path"] for field in answer.json()["fields"]] == [path]


async def test_over_http(org: TestOrg) -> None:
    query = {"event_name": "it's", "metric": "count", "group_by": "plan", "period": "7d"}
    body = {"query": query, "tenant_id": "o'brien \\"}
    for role in ("viewer", "editor"):
        assert (await org[role].post("/v1/query/sql", json=body)).status_code == 403
    assert (await org["admin"].post("/v1/query/sql", json={"query": query})).json()["code"] == "tenant_required"
    sql = (await org["admin"].post("/v1/query/sql", json=body)).json()["sql"]
    assert sql.startswith("SELECT\n    string_props['plan'] AS plan,\n    count() AS count\nFROM emban.events\nWHERE ")
    ran = await org["admin"].post("/v1/query/adhoc", json={"sql": sql})
    assert (ran.status_code, ran.json()["rows"]) == (200, [])


def test_a_statement_that_is_too_long_is_refused() -> None:
    values = [f"{number}" * 330 for number in range(100, 200)]
    query = {"event_name": "*", "metric": "count", "filters": {"dimensions": {"plan": values}}}
    with pytest.raises(EmbanError) as refused:
        structured_sql(read_query(query), ALL_TENANTS, datetime(2026, 1, 1, tzinfo=UTC))
    assert refused.value.fields[0].path == "filters"
