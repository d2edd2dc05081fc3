"""Whatever the rollups hold, and in whichever order events came: an answer by a rollup is that of the events."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from emban.errors import EmbanError
from emban.query.answer.answers import encode
from emban.query.batch import shared_groups as share_groups
from emban.query.plan import planner as planning
from emban.query.plan.coverage import RollupCoverage
from emban.query.plan.planner import DAILY, HOURLY, RAW, Path
from emban.query.service import QueryService
from emban.query.spec.metrics import METRICS, RollupForm
from emban.query.spec.validation import read_query
from emban.scope import Scope
from emban.store.client import EventStore
from emban.store.rollup_tables import RollupLayout, RollupTables, Segment
from tests.integration.query.conftest import Asker, fresh_asker
from tests.integration.query.test_properties import MODELS, MOMENTS, NAMES, TENANTS, offsets, some_query
from tests.support.reference import Event

FIRST_BATCH = datetime(2026, 1, 1, tzinfo=UTC)
BATCHES = 4
ERROR_RATE: dict[str, Any] = {
    "metric": "formula",
    "formula": "failed / total * 100",
    "figures": {
        "failed": {"metric": "count", "filters": {"dimensions": {"model": "m1"}}},
        "total": {"metric": "count"},
    },
}
MEASURES = ["tokens", "cost"]
PROPS = ["model", "plan", "tenant_id", "a.b c"]
ADDING_UP = [name for name, kind in METRICS.items() if kind.rollup in {RollupForm.FIGURES, RollupForm.EXTREMES}]
ROLLED = [name for name, kind in METRICS.items() if kind.rollup is not RollupForm.NOTHING]


@st.composite
def batches(draw: st.DrawFn, moment: datetime) -> list[list[Event]]:
    """Events in the order in which they came, which is not that of their times."""
    one = st.builds(
        Event,
        tenant=st.sampled_from(TENANTS),
        name=st.sampled_from(NAMES),
        at=offsets.map(lambda offset: moment + offset),
        user=st.sampled_from(["", "u1", "u2", "u3"]),
        strings=st.dictionaries(st.sampled_from(PROPS), st.sampled_from(MODELS)),
        numbers=st.dictionaries(
            st.sampled_from(MEASURES), st.one_of(st.integers(-40, 40).map(lambda n: n / 4), st.floats(-1e6, 1e6))
        ),
    )
    many = draw(st.lists(st.lists(one, max_size=20), min_size=BATCHES, max_size=BATCHES))
    return [[replace(each, ingested=at_of(place)) for each in batch] for place, batch in enumerate(many)]


def at_of(batch: int) -> datetime:
    return FIRST_BATCH + batch * timedelta(seconds=1)


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


async def rolled_up(
    store: EventStore, scope: Scope, upto: int, cuts: list[int], newest: datetime | None = None
) -> RollupCoverage:
    """Roll up the first batches, in segments that end with those of `cuts`, as the keeper would."""
    tables = RollupTables(store)
    layout, after = RollupLayout(), ms(FIRST_BATCH) - 1
    for last in sorted({*(cut for cut in cuts if cut < upto), upto}):
        segment = Segment(after, ms(at_of(last)))
        measures = (*layout.measures, *(m for m in await tables.measures(scope, segment) if m not in layout.measures))
        added = [d for d in await tables.dimensions(scope, segment) if d not in layout.dimensions]
        layout = RollupLayout(measures, (*layout.dimensions, *added))
        await tables.add(scope, segment, layout, added)
        after = segment.upto_ms
    return RollupCoverage(at_of(upto), layout.measures, frozenset(layout.dimensions), newest)


def newest_of(arrived: list[list[Event]], upto: int) -> datetime | None:
    """Return the time of the newest event in the batches that are rolled up."""
    return max((one.at for batch in arrived[: upto + 1] for one in batch), default=None)


async def answer_by(ask: Asker, path: Path, question: dict[str, Any], **how: Any) -> dict[str, Any] | str:
    """Answer by one path where it can, else from the events; the answer without what says how it was found."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "PATHS", (replace(path, cost=lambda _: 0.0), RAW))
        try:
            answer = await ask(question, **how)
        except EmbanError as error:
            return error.message
    meta = answer.pop("meta")
    assert meta["path"] in {path.name, "raw"}
    if path is not RAW:
        event(f"{path.name} answered: {meta['path'] == path.name}")
    return answer


@st.composite
def table_query(draw: st.DrawFn, moment: datetime, timezone: str) -> dict[str, Any]:
    query = draw(some_query(moment, timezone))
    for key in ("metric", "prop", "granularity", "compare", "order", "other"):
        query.pop(key, None)
    query["group_by"] = draw(st.lists(st.sampled_from(["model", "tenant_id", "event_name"]), min_size=1, max_size=2))
    query["group_by"] = list(dict.fromkeys(query["group_by"]))
    metrics = draw(st.lists(st.sampled_from(ADDING_UP), min_size=1, max_size=3, unique=True))
    columns: list[Any] = list(query["group_by"])
    columns += [{"metric": one} if one == "count" else {"metric": one, "prop": "tokens"} for one in metrics]
    return {**query, "columns": columns}


@st.composite
def plain_query(draw: st.DrawFn, moment: datetime, timezone: str) -> dict[str, Any]:
    """A query as dashboards have them: some days, one property at the most."""
    first = moment.date() + timedelta(days=draw(st.integers(-9, 2)))
    query: dict[str, Any] = {
        "event_name": draw(st.sampled_from(["*", *NAMES])),
        "metric": draw(st.sampled_from(ROLLED)),
        "granularity": draw(st.sampled_from(["none", "hour", "day", "week", "month"])),
        "timezone": draw(st.sampled_from([timezone, "UTC"])),
        "date_from": f"{first}T{draw(st.integers(0, 23)):02}:{draw(st.integers(0, 59)):02}:00Z",
        "date_to": f"{first + timedelta(days=draw(st.integers(2, 9)))}T{draw(st.integers(0, 23)):02}:30:00Z",
    }
    if METRICS[query["metric"]].needs_prop:
        query["prop"] = draw(st.sampled_from(MEASURES))
    prop = draw(st.sampled_from(["model", "plan", "string_props.tenant_id"]))
    if draw(st.booleans()):
        query["filters"] = {"dimensions": {draw(st.sampled_from([prop, "event_name"])): [*MODELS[:3], NAMES[0]]}}
    if draw(st.booleans()):
        groups = st.lists(st.sampled_from([prop, "tenant_id", "event_name"]), min_size=1, max_size=2, unique=True)
        query |= {"group_by": draw(groups), "limit": draw(st.integers(1, 4)), "other": draw(st.booleans())}
    return query


@st.composite
def computed(draw: st.DrawFn, prop: str) -> dict[str, Any]:
    """A figure of more than one sum, as a widget has it: a formula, values of a property, a series of such."""
    formula = draw(st.sampled_from(["a / b", "a / b * 1000 - 1", "(a - b) / (a + b)"]))
    kind = draw(st.sampled_from(["formula", "values", "series"]))
    if kind == "formula":
        return {"metric": "formula", "formula": formula, "figures": {name: draw(a_part(prop)) for name in "ab"}}
    if kind == "values":
        return {"metric": "count_unique", "prop": prop}
    ratio = {"metric": "formula", "formula": formula, "figures": {name: draw(a_part(prop)) for name in "ab"}}
    return {"series": {"one": draw(a_part(prop)), "two": draw(a_part(prop)), "ratio": ratio}}


@st.composite
def a_part(draw: st.DrawFn, prop: str) -> dict[str, Any]:
    part: dict[str, Any] = {"metric": draw(st.sampled_from(["count", "count", *ROLLED]))}
    if METRICS[part["metric"]].needs_prop:
        part["prop"] = draw(st.sampled_from(MEASURES))
    if draw(st.booleans()):
        part["filters"] = {"dimensions": {draw(st.sampled_from([prop, prop, "event_name"])): [*MODELS[:3], NAMES[0]]}}
    if draw(st.integers(0, 3)) == 0:
        part["event_name"] = draw(st.sampled_from(["*", *NAMES]))
    return part


@st.composite
def computed_query(draw: st.DrawFn, moment: datetime, timezone: str) -> dict[str, Any]:
    query = draw(plain_query(moment, timezone))
    for key in ("metric", "prop"):
        query.pop(key, None)
    query |= draw(computed(draw(st.sampled_from(["model", "plan"]))))
    if "series" in query:
        for key in ("group_by", "limit", "other"):
            query.pop(key, None)
    if query["granularity"] != "none":
        query |= draw(st.sampled_from([{}, {"cumulative": True}, {"moving_average": 2}, {"moving_average": 5}]))
    return query


@pytest.fixture(scope="module")
def asker_store(store: EventStore) -> EventStore:
    """The store, in a scope that hypothesis allows."""
    return store


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
async def test_every_path_equals_the_events(asker_store: EventStore, data: st.DataObject) -> None:
    timezone, moment = data.draw(st.sampled_from(MOMENTS))
    arrived = data.draw(batches(moment))
    ask = fresh_asker(asker_store)
    for batch in arrived:
        if batch:
            await ask.insert(batch)
    upto = data.draw(st.integers(0, BATCHES - 1))
    newest = data.draw(st.sampled_from([None, newest_of(arrived, upto)]))
    rolled = await rolled_up(asker_store, ask.scope(), upto, data.draw(st.lists(st.integers(0, 3))), newest)
    # The watermark may be behind the rollups, where somebody asks again as of an earlier answer.
    as_of = at_of(data.draw(st.integers(0, BATCHES - 1)))
    now = moment + data.draw(offsets)
    for _ in range(3):
        query = data.draw(
            st.one_of(
                plain_query(moment, timezone),
                computed_query(moment, timezone),
                table_query(moment, timezone),
                some_query(moment, timezone),
            )
        )
        if "columns" not in query and data.draw(st.booleans()):
            query["compare"] = data.draw(st.sampled_from(["previous_period", "previous_year"]))
        tenant = data.draw(st.sampled_from([None, *TENANTS]))
        ask.watermark.at, ask.watermark.rolled = as_of, None
        truth = await answer_by(ask, RAW, query, tenant=tenant, now=now)
        ask.watermark.rolled = rolled
        for path in (HOURLY, DAILY):
            assert await answer_by(ask, path, query, tenant=tenant, now=now) == truth, path.name


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
async def test_questions_asked_together_are_answered_as_if_alone(asker_store: EventStore, data: st.DataObject) -> None:
    timezone, moment = data.draw(st.sampled_from(MOMENTS))
    arrived = data.draw(batches(moment))
    ask = fresh_asker(asker_store)
    for batch in filter(None, arrived):
        await ask.insert(batch)
    upto = data.draw(st.integers(0, BATCHES - 1))
    newest = data.draw(st.sampled_from([None, newest_of(arrived, upto)]))
    ask.watermark.rolled = await rolled_up(asker_store, ask.scope(), upto, [], newest)
    ask.watermark.at = at_of(BATCHES - 1)
    now = moment + data.draw(offsets)
    base = {"event_name": data.draw(st.sampled_from(["*", NAMES[0]])), **data.draw(some_filter())}
    kinds = st.one_of(figures(moment, timezone), breakdowns(moment, timezone), computed_query(moment, timezone))
    queries = [{**data.draw(kinds), **base} for _ in range(data.draw(st.integers(2, 8)))]
    specs = [read_query(query) for query in queries]
    service = QueryService(asker_store, ask.watermark)
    with pytest.MonkeyPatch.context() as patch:
        # With more groups than are sent, each breakdown is answered by itself.
        patch.setattr(share_groups, "MAX_ROWS", data.draw(st.sampled_from([1, share_groups.MAX_ROWS])))
        together = (await service.run(ask.scope("t1"), specs, now=now)).answers
    for query, answer in zip(queries, together, strict=True):
        assert not isinstance(answer, EmbanError)
        found = msgspec.json.decode(encode(answer))
        del found["meta"]
        assert found == await answer_by(ask, RAW, query, tenant="t1", now=now)


@st.composite
def rolled_figures(draw: st.DrawFn) -> dict[str, Any]:
    return draw(st.sampled_from([{}, {}, {"cumulative": True}, {"moving_average": 2}, {"moving_average": 4}]))


@st.composite
def figures(draw: st.DrawFn, moment: datetime, timezone: str) -> dict[str, Any]:
    """What a widget without groups may differ in from the next one: its metric, its buckets, its window."""
    metric = draw(st.sampled_from(list(METRICS)))
    first = moment.date() + timedelta(days=draw(st.integers(-9, 2)))
    dates = {
        "date_from": f"{first}T{draw(st.integers(0, 23)):02}:{draw(st.integers(0, 59)):02}:00Z",
        "date_to": f"{first + timedelta(days=draw(st.integers(2, 9)))}T{draw(st.integers(0, 23)):02}:30:00Z",
    }
    part: dict[str, Any] = {
        "metric": metric,
        "granularity": draw(st.sampled_from(["none", "none", "hour", "day", "week"])),
        "timezone": draw(st.sampled_from([timezone, "UTC"])),
        **draw(st.sampled_from([{"period": "7d"}, {"period": "30d"}, {"period": "this_month"}, dates])),
    }
    if METRICS[metric].needs_prop:
        part["prop"] = draw(st.sampled_from(MEASURES))
    if draw(st.booleans()):
        part["compare"] = draw(st.sampled_from(["previous_period", "previous_year"]))
    return part | (draw(rolled_figures()) if part["granularity"] != "none" else {})


@st.composite
def breakdowns(draw: st.DrawFn, moment: datetime, timezone: str) -> dict[str, Any]:
    """What a widget by a property may differ in: the property, its metric, its ranking, its buckets, or as a table."""
    part: dict[str, Any] = draw(figures(moment, timezone))
    part["group_by"] = draw(st.sampled_from(["model", "plan", "string_props.tenant_id", "a.b c"]))
    part["limit"] = draw(st.integers(1, 4))
    part["order"] = draw(st.sampled_from(["asc", "desc"]))
    if draw(st.booleans()):
        part["other"] = draw(st.booleans())
        return part
    kept: dict[str, Any] = {
        name: part[name] for name in ("timezone", "period", "date_from", "date_to", "limit") if name in part
    }
    columns = draw(st.lists(st.sampled_from(["count", "sum", "avg"]), min_size=1, max_size=3, unique=True))
    shown: list[Any] = [{"metric": one} if one == "count" else {"metric": one, "prop": "tokens"} for one in columns]
    return {**kept, "group_by": part["group_by"], "columns": [*shown, part["group_by"]], "order": part["order"]}


def some_filter() -> st.SearchStrategy[dict[str, Any]]:
    one = st.sampled_from(["model", "event_name"]).map(lambda name: {"dimensions": {name: [*MODELS[:3], NAMES[0]]}})
    return st.one_of(st.just({}), one.map(lambda filters: {"filters": filters}))


TAKEN: dict[str, list[dict[str, Any]]] = {
    "hourly": [
        {"metric": "count"},
        {"metric": "max", "prop": "tokens", "granularity": "hour"},
        {"metric": "avg", "prop": "tokens", "granularity": "day", "timezone": "Europe/Berlin"},
        {"metric": "count_unique", "prop": "tenant_id"},
        {"metric": "sum", "prop": "tokens", "granularity": "day", "cumulative": True},
    ],
    "daily": [
        {"metric": "sum", "prop": "tokens", "group_by": "model"},
        {"metric": "count", "group_by": ["model", "event_name"], "granularity": "day", "other": True, "limit": 1},
        {"metric": "count", "filters": {"dimensions": {"model": ["m1", "m2"]}}},
        {"metric": "count_unique", "granularity": "week"},
        {"metric": "count_unique_approx"},
        {"metric": "count_unique", "prop": "model"},
        {**ERROR_RATE, "granularity": "day"},
        {**ERROR_RATE, "group_by": "model", "other": True, "limit": 1},
        {"series": {"some": ERROR_RATE["figures"]["failed"], "mean": {"metric": "avg", "prop": "tokens"}}},
        {"series": {"users": {"metric": "count_unique"}, "all": {"metric": "count"}}, "granularity": "day"},
        {"metric": "count", "group_by": "model", "granularity": "day", "moving_average": 3},
    ],
    "raw": [
        {"metric": "p95", "prop": "tokens"},
        {"metric": "count_unique", "group_by": "model"},
        {"metric": "count_unique", "prop": "model", "group_by": "plan"},
        {**ERROR_RATE, "group_by": "plan"},
        {"metric": "p95_approx", "prop": "tokens"},
        {"metric": "min", "prop": "tokens", "group_by": "model"},
        {"metric": "count", "group_by": "user_id"},
        {"metric": "count", "group_by": "model", "granularity": "day", "timezone": "Asia/Kolkata"},
        {"metric": "count", "granularity": "day", "timezone": "Asia/Kolkata"},
        {"metric": "sum", "prop": "tokens", "filters": {"numeric_ranges": {"tokens": {"min": 5}}}},
    ],
}


async def test_each_path_is_taken_where_it_serves(store: EventStore) -> None:
    """Else the property above would hold for want of anything to compare."""
    ask = fresh_asker(store)
    start = datetime(2026, 10, 1, tzinfo=UTC)
    await ask.insert(
        Event(
            "t1", "api.call", start + timedelta(minutes=37 * n), f"u{n % 7}", {"model": f"m{n % 3}"}, {"tokens": n},
            at_of(n % BATCHES),
        )
        for n in range(1_000)
    )  # fmt: skip
    ask.watermark.rolled = await rolled_up(store, ask.scope(), BATCHES - 2, [0])
    ask.watermark.at = at_of(BATCHES - 1)
    days = {"event_name": "api.call", "date_from": "2026-10-02", "date_to": "2026-10-20"}
    seen: Counter[str] = Counter()
    for path, queries in TAKEN.items():
        for part in queries:
            answer = await ask({**days, **part}, "t1")
            assert answer.pop("meta")["path"] == path, part
            assert answer == await answer_by(ask, RAW, {**days, **part}, tenant="t1")
            seen[path] += 1
    assert seen == {path: len(queries) for path, queries in TAKEN.items()}
