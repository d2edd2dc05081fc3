"""No request is ever answered from another's answer: as a property, and with key functions for which it must fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emban.query.answer.answers import EncodedAnswer
from emban.query.answer.cache import AnswerCache, key_of
from emban.query.service import Freshness, QueryService
from emban.query.spec.query_spec import (
    Dimension,
    DimensionFilter,
    Metric,
    NumericFilter,
    QuerySpec,
    Rolling,
    RowFilter,
    TableColumns,
)
from emban.query.time.span import Dates, Period
from emban.scope import ALL_TENANTS, Lock, Scope, Tenant
from emban.store.client import EventStore
from tests.integration.query.caching import NOW, Known, Newest
from tests.support.events import insert_events
from tests.support.reference import Event

ORGS = ("org_keys_a", "org_keys_b")
ENVIRONMENTS = ("prod", "dev")
TENANTS = ("t1", "t2")
MakeKey = Callable[[Scope, QuerySpec, datetime | None], Hashable]
Asked = tuple[Scope, QuerySpec, datetime | None]
Truth = Callable[[Asked], Awaitable[bytes]]
MODEL, PLAN = Dimension.named("model"), Dimension.named("plan")
EARLIER = NOW - timedelta(hours=1)

# For each part of a scope or a query: values that give different answers over the events below.
SCOPES: dict[str, Sequence[Any]] = {
    "org_id": ORGS,
    "environment": ENVIRONMENTS,
    "tenant": (ALL_TENANTS, *map(Tenant, TENANTS)),
    "locks": ((), (Lock("plan", ("pro",)),), (Lock("plan", ("free",)),), (Lock("model", ("large",)),)),
}
SPECS: dict[str, Sequence[Any]] = {
    "event_name": ("*", "api.call", "login"),
    "metrics": (
        (Metric("sum", "tokens"),),
        (Metric("count"),),
        (Metric("sum", "cost"),),
        (Metric("p95", "tokens"),),
        (Metric("count", rows=RowFilter("login")),),
        (Metric("count", rows=RowFilter(None, (DimensionFilter(MODEL, ("small",)),))),),
    ),
    "group_by": ((), (MODEL,), (PLAN,), (MODEL, PLAN)),
    "granularity": ("none", "day", "hour"),
    "span": (
        Period("24h"),
        Period("7d"),
        Dates(date(2026, 11, 5), date(2026, 11, 8)),
        Dates(date(2026, 11, 5), None),
        Dates(datetime(2026, 11, 5, 3, tzinfo=UTC), None),
    ),
    "timezone": ("UTC", "Europe/Berlin", "America/New_York"),
    "dimensions": ((), (DimensionFilter(MODEL, ("small",)),), (DimensionFilter(MODEL, ("large",)),)),
    "ranges": ((), (NumericFilter("tokens", 50.0, None),), (NumericFilter("tokens", None, 50.0),)),
    "compare": (None, "previous_period", "previous_year"),
    "limit": (None, 1),
    "order": ("desc", "asc"),
    "other": (False, True),
    "series": ((), ("one",), ("two",)),
    "rolling": (None, Rolling(), Rolling(2)),
    "table": (None, TableColumns((MODEL, Metric("count")), 1), TableColumns((MODEL, Metric("count")), 0)),
}
TABLES_OWN = {"metrics", "group_by", "granularity", "compare", "series", "rolling"}
AS_OF: Sequence[datetime | None] = (None, EARLIER)


def events(seed: int) -> list[Event]:
    """Return events of both tenants whose sums differ for whatever part of them is taken."""
    pick = Random(seed)
    return [
        Event(
            tenant=pick.choice(TENANTS),
            name=pick.choice(("api.call", "login")),
            at=NOW - timedelta(minutes=pick.randrange(14 * 1440)),
            strings={"model": pick.choice(("small", "large")), "plan": pick.choice(("pro", "free"))},
            numbers={"tokens": pick.random() * 100, "cost": pick.random()},
            ingested=NOW - timedelta(minutes=pick.choice((1, 90))),
        )
        for _ in range(300)
    ]


@pytest.fixture(scope="module")
async def truth(store: EventStore) -> Truth:
    """Return what a service without a cache answers: the figures, and the meta that belongs to them."""
    for place, (org, environment) in enumerate((org, one) for org in ORGS for one in ENVIRONMENTS):
        await insert_events(store, org, events(place), environment)
    plain, known = QueryService(store, Newest()), dict[Asked, bytes]()

    async def look_up(asked: Asked) -> bytes:
        if asked not in known:
            known[asked] = seen(await answered(plain, asked))
        return known[asked]

    return look_up


async def answered(service: QueryService, asked: Asked) -> EncodedAnswer:
    scope, spec, as_of = asked
    prepared = await service.prepare(scope, [spec], now=NOW, as_of=as_of, freshness=Freshness.RECENT)
    (outcome,) = prepared.outcomes
    assert isinstance(outcome, EncodedAnswer)
    return outcome


def seen(answer: EncodedAnswer) -> bytes:
    meta = answer.meta
    return answer.figures + repr((meta.window, meta.timezone, meta.granularity, meta.as_of)).encode()


async def foreign_answers(store: EventStore, truth: Truth, sequence: Sequence[Asked], make_key: MakeKey) -> list[Asked]:
    """Ask one after the other, and return the questions that were not answered with their own answer."""
    service = QueryService(store, Newest(), cache=AnswerCache(Known(), 1 << 24, make_key=make_key))
    return [asked for asked in sequence if seen(await answered(service, asked)) != await truth(asked)]


def complete(scope: dict[str, Any], spec: dict[str, Any], as_of: datetime | None) -> Asked:
    """Return a question that the rules of queries allow."""
    if spec["table"] is not None:
        metrics = tuple(one for one in spec["table"].shown if isinstance(one, Metric))
        alone = {"group_by": (MODEL,), "granularity": "none", "compare": None, "series": (), "rolling": None}
        spec = {**spec, "metrics": metrics, **alone}
    if spec["series"]:
        spec = {**spec, "group_by": ()}
    return Scope(**scope), QuerySpec(**spec), as_of


def neighbours(pick: Random, count: int) -> list[Asked]:
    """Return questions each of which differs from the first one in a single part."""
    scope = {name: pick.choice(values) for name, values in SCOPES.items()}
    spec = {name: pick.choice(values) for name, values in SPECS.items()}
    as_of = pick.choice(AS_OF)
    questions = [complete(scope, spec, as_of)]
    for _ in range(count):
        part = pick.choice([*SCOPES, *SPECS, "as_of"])
        if part in SCOPES:
            questions.append(complete({**scope, part: pick.choice(SCOPES[part])}, spec, as_of))
        elif part in SPECS:
            questions.append(complete(scope, {**spec, part: pick.choice(SPECS[part])}, as_of))
        else:
            questions.append(complete(scope, spec, pick.choice(AS_OF)))
    return questions


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
async def test_every_question_gets_its_own_answer(store_: EventStore, truth: Truth, seed: int) -> None:
    sequence = neighbours(Random(seed), 6)
    assert await foreign_answers(store_, truth, [*sequence, *reversed(sequence)], key_of) == []


@pytest.fixture(scope="module")
def store_(store: EventStore) -> EventStore:
    """The store, in a scope that hypothesis allows."""
    return store


def without(part: str) -> MakeKey:
    """Return the key function with one mistake: it leaves a part out."""

    def make_key(scope: Scope, spec: QuerySpec, as_of: datetime | None) -> Hashable:
        if part in SCOPES:
            return key_of(replace(scope, **{part: SCOPES[part][0]}), spec, as_of)
        if part in SPECS:
            return key_of(scope, replace(spec, **{part: SPECS[part][0]}), as_of)
        return key_of(scope, spec, None)

    return make_key


@pytest.mark.parametrize("part", [*SCOPES, *SPECS, "as_of"])
async def test_a_key_that_leaves_something_out_is_found_out(store: EventStore, truth: Truth, part: str) -> None:
    for seed in range(300):
        pick = Random(seed)
        sequence = neighbours(pick, 0)
        scope, spec, as_of = sequence[0]
        if part in SCOPES:
            sequence += [(replace(scope, **{part: value}), spec, as_of) for value in SCOPES[part]]
        elif part in SPECS:
            if spec.table is not None and part in TABLES_OWN:
                continue  # A table decides these itself.
            variants = [{**{name: getattr(spec, name) for name in SPECS}, part: value} for value in SPECS[part]]
            given_scope = {name: getattr(scope, name) for name in SCOPES}
            sequence += [complete(given_scope, variant, as_of) for variant in variants]
        else:
            sequence += [(scope, spec, value) for value in AS_OF]
        if await foreign_answers(store, truth, sequence, without(part)):
            return
    pytest.fail(f"no question was answered with another's answer, though {part} is not in the key")


def test_the_parts_are_all_there_are() -> None:
    """A part that is added to a scope or a query has to be tried here, too."""
    assert set(SCOPES) == set(Scope.__dataclass_fields__)
    assert set(SPECS) | {"as_of"} == set(QuerySpec.__dataclass_fields__)
