"""Whatever the events, the window, the zone and the filters are: the engine's answer is the plain one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emban.query.spec.metrics import METRICS
from emban.store.client import EventStore
from tests.integration.query.conftest import Asker, fresh_asker
from tests.support.reference import Event, Reference, assert_figures, clock, labelled

# Zones with something about them, and a moment at which it shows.
MOMENTS = [
    ("UTC", datetime(2026, 3, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Asia/Kolkata", datetime(2026, 6, 30, 18, 30, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 1, 31, 18, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # Half an hour back.
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),  # Midnight is skipped.
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2, tzinfo=UTC)),  # The hour before midnight comes twice.
    ("Asia/Beirut", datetime(2023, 3, 29, 22, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),
    ("America/Havana", datetime(2024, 11, 3, 5, tzinfo=UTC)),  # The hour after midnight comes twice.
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),  # A day is skipped.
    ("America/Caracas", datetime(2016, 5, 1, 7, tzinfo=UTC)),
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC)),  # The half-hour before midnight is skipped.
    ("Pacific/Chatham", datetime(2026, 4, 4, 14, tzinfo=UTC)),
]
PERIODS = ["1h", "24h", "7d", "30d", "today", "yesterday", "this_week", "last_week", "this_month", "last_month"]
FORMULAS = [
    "a / b",
    "a / b * 100",
    "-a + 2.5 * b",
    "(a - b) / (a + b)",
    "a / (b - b)",
    "a / b / c",
    "a - (b - c) * 0.5",
]
REACH = timedelta(days=9)
MS = timedelta(milliseconds=1)
NAMES = ["api.call", "user.login", "it's"]
TENANTS = ["t1", "t2", "t 3'"]
MODELS = ["", "gpt-4", "gpt-5", "other", "ümläut", "a\tb\\n"]
COUNTING = [name for name, kind in METRICS.items() if not kind.needs_prop]
# Sketches are not equal to anything: see test_sketches.py.
MEASURING = [name for name, kind in METRICS.items() if kind.needs_prop and kind.relative_error is None]
DIMENSIONS = ["model", "plan", "tenant_id", "user_id", "event_name", "string_props.tenant_id", "a.b c"]

# Around the moment: on edges of minutes, quarters, hours and days, a millisecond beside them, and anywhere.
edges = st.builds(
    lambda count, size, beside: count * size + beside * MS,
    st.integers(-9, 9),
    st.sampled_from([timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)]),
    st.sampled_from([-1, 0, 1]),
)
anywhere = st.integers(0, 2 * REACH // MS).map(lambda ms: ms * MS - REACH)
offsets = st.one_of(edges, anywhere)


@st.composite
def some_events(draw: st.DrawFn, moment: datetime) -> list[Event]:
    one = st.builds(
        Event,
        tenant=st.sampled_from(TENANTS),
        name=st.sampled_from(NAMES),
        at=offsets.map(lambda offset: moment + offset),
        user=st.sampled_from(["", "u1", "u2", "u3"]),
        strings=st.dictionaries(st.sampled_from(["model", "plan", "tenant_id", "a.b c"]), st.sampled_from(MODELS)),
        numbers=st.dictionaries(st.sampled_from(["tokens", "cost"]), st.integers(-40, 40).map(lambda n: n / 4)),
    )
    return draw(st.lists(one, max_size=40))


@st.composite
def windows(draw: st.DrawFn, moment: datetime, timezone: str) -> dict[str, str]:
    if draw(st.integers(0, 3)) == 0:
        return {"period": draw(st.sampled_from(PERIODS))}
    today = moment.astimezone(clock(timezone)).date()
    first: date = today + timedelta(days=draw(st.integers(-8, 3)))
    if draw(st.booleans()):
        return {"date_from": str(first), "date_to": str(first + timedelta(days=draw(st.integers(2, 12))))}
    start = moment + draw(offsets)
    end = start + draw(st.integers(1, 2 * REACH // MS)) * MS
    return {"date_from": start.isoformat(timespec="milliseconds"), "date_to": end.isoformat(timespec="milliseconds")}


@st.composite
def filters(draw: st.DrawFn) -> dict[str, Any]:
    values = st.one_of(st.sampled_from(MODELS), st.lists(st.sampled_from([*MODELS, *TENANTS]), min_size=1, max_size=3))
    ranges = st.fixed_dictionaries({}, optional={"min": st.integers(-10, 0), "max": st.integers(0, 10)}).filter(bool)
    return {
        "dimensions": draw(st.dictionaries(st.sampled_from(DIMENSIONS), values, max_size=2)),
        "numeric_ranges": draw(st.dictionaries(st.sampled_from(["tokens", "cost"]), ranges, max_size=1)),
    }


@st.composite
def figures(draw: st.DrawFn, *, plain: bool = False) -> dict[str, Any]:
    """A figure as a query, a series or a formula has one: of users, of values, of a number, or computed of such."""
    metric = draw(st.sampled_from([*COUNTING, *MEASURING, *([] if plain else ["formula", "formula"])]))
    part: dict[str, Any] = {"metric": metric}
    if metric in MEASURING:
        part["prop"] = draw(st.sampled_from(["tokens", "cost"]))
    if metric == "count_unique" and draw(st.booleans()):
        part["prop"] = draw(st.sampled_from(["model", "string_props.tenant_id", "tenant_id", "a.b c"]))
    if metric == "formula":
        formula = draw(st.sampled_from(FORMULAS))
        part |= {"formula": formula, "figures": {name: draw(narrowed()) for name in "abc" if name in formula}}
    return part


@st.composite
def narrowed(draw: st.DrawFn, *, plain: bool = True) -> dict[str, Any]:
    """A figure of some of the query's events, perhaps."""
    part = draw(figures(plain=plain))
    if draw(st.booleans()):
        part["filters"] = draw(filters())
    if draw(st.booleans()):
        part["event_name"] = draw(st.sampled_from(["*", *NAMES]))
    return part


@st.composite
def some_query(draw: st.DrawFn, moment: datetime, timezone: str) -> dict[str, Any]:
    query: dict[str, Any] = {
        "event_name": draw(st.sampled_from(["*", *NAMES])),
        "timezone": timezone,
        "granularity": draw(st.sampled_from(["none", "hour", "day", "week", "month"])),
        **draw(windows(moment, timezone)),
    }
    if draw(st.booleans()):
        query["filters"] = draw(filters())
    if query["granularity"] != "none" and draw(st.booleans()):
        query |= draw(st.sampled_from([{"cumulative": True}, *({"moving_average": size} for size in (2, 3, 40))]))
    if draw(st.integers(0, 4)) == 0:
        names = draw(st.lists(st.sampled_from(["in", "out", "x9"]), min_size=1, max_size=3, unique=True))
        return query | {"series": {name: draw(narrowed(plain=False)) for name in names}}
    query |= draw(figures())
    if draw(st.booleans()):
        query["group_by"] = draw(st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=2, unique=True))
        query["limit"] = draw(st.integers(1, 4))
        query["order"] = draw(st.sampled_from(["asc", "desc"]))
        query["other"] = draw(st.booleans())
    return query


@pytest.fixture(scope="module")
def asker_store(store: EventStore) -> EventStore:
    """The store, in a scope that hypothesis allows."""
    return store


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
async def test_every_query_equals_the_plain_answer(asker_store: EventStore, data: st.DataObject) -> None:
    timezone, moment = data.draw(st.sampled_from(MOMENTS))
    events = data.draw(some_events(moment))
    now = moment + data.draw(offsets)
    ask = fresh_asker(asker_store)
    if events:
        await ask.insert(events)
    reference = Reference(events, now)
    for _ in range(4):
        query = data.draw(some_query(moment, timezone))
        tenant = data.draw(st.sampled_from([None, *TENANTS]))
        await _assert_same(ask, reference, query, tenant, now)


async def _assert_same(
    ask: Asker, reference: Reference, query: dict[str, Any], tenant: str | None, now: datetime
) -> None:
    answer = await ask(query, tenant, now=now)
    assert_figures(labelled(answer, query), reference.points(query, tenant))
    start, end = reference.window(query)
    assert [datetime.fromisoformat(answer["meta"]["window"][side]) for side in ("from", "to")] == [start, end]
