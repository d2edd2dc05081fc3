"""Answers that are kept: how long, for whom, until what; and the same question at the same time."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from emban.errors import EmbanError, unavailable
from emban.query.answer import cache as cache_module
from emban.query.answer.answers import EncodedAnswer, Points
from emban.query.service import Freshness
from emban.query.spec.validation import read_query
from emban.scope import ALL_TENANTS, Scope
from emban.store.client import EventStore
from tests.integration.query.caching import NOW, World, make_world
from tests.support.events import insert_events
from tests.support.reference import Event

COUNT: dict[str, Any] = {"event_name": "*", "metric": "count", "period": "7d"}
_orgs = itertools.count(1)


@pytest.fixture
async def world(store: EventStore) -> World:
    """A service with a cache, and an org with three events of an hour ago."""
    made = make_world(store, Scope(f"org_cached{next(_orgs)}", "prod", ALL_TENANTS))
    await more_events(made, 3)
    return made


async def more_events(world: World, count: int, *, at: datetime = NOW, ingested: datetime = NOW) -> None:
    one = Event(tenant="t1", name="api.call", at=at - timedelta(hours=1), ingested=ingested)
    await insert_events(world.tap.store, world.scope.org_id, [one] * count)


def figure(answer: EncodedAnswer) -> Any:
    points = answer.answer()
    assert isinstance(points, Points)
    return points.points[0].value


async def test_an_answer_from_the_cache_is_the_same_and_says_so(world: World) -> None:
    first, second = await world.ask(COUNT), await world.ask(COUNT)
    assert (first.meta.path, first.meta.cached) == ("raw", False)
    assert (second.meta.path, second.meta.cached, second.meta.rows_read) == ("cache", True, 0)
    assert (second.figures, second.meta.as_of, second.meta.window) == (
        first.figures,
        first.meta.as_of,
        first.meta.window,
    )
    assert msgspec.json.decode(second.encoded())["meta"]["cached"] is True
    assert (world.tap.statements, world.newest.asked) == (1, 1)


@pytest.mark.parametrize(("period", "seconds"), [("1h", 30), ("24h", 60), ("7d", 300), ("30d", 900), ("90d", 1800)])
async def test_a_period_that_ends_now_is_good_for_a_time_that_goes_with_its_length(
    world: World, period: str, seconds: int
) -> None:
    query = {**COUNT, "period": period, "granularity": "auto"}
    first = await world.ask(query)
    for passed in (10, seconds - 1):
        world.clock.now = 1000 + passed
        later = await world.ask(query, now=NOW + timedelta(seconds=passed))
        assert (later.meta.cached, later.meta.window) == (True, first.meta.window)
    world.clock.now = 1000 + seconds
    anew = await world.ask(query, now=NOW + timedelta(seconds=seconds))
    assert not anew.meta.cached
    assert anew.meta.window.to > first.meta.window.to


async def test_the_newest_answer_is_wanted_by_a_query_and_a_kept_one_is_it_until_events_come(world: World) -> None:
    assert figure(await world.ask(COUNT, Freshness.NEWEST)) == 3
    assert (await world.ask(COUNT, Freshness.NEWEST)).meta.cached
    await more_events(world, 2, ingested=NOW + timedelta(seconds=1))
    assert figure(await world.ask(COUNT, Freshness.NEWEST)) == 3
    world.newest.at = NOW + timedelta(seconds=1)  # Acknowledged.
    answer = await world.ask(COUNT, Freshness.NEWEST)
    assert (figure(answer), answer.meta.cached, answer.meta.as_of) == (5, False, "2026-11-10T13:37:01Z")


async def test_a_recent_answer_that_was_cheap_does_not_outlive_new_events_by_more_than_a_second(world: World) -> None:
    await world.ask(COUNT)
    await more_events(world, 2, ingested=NOW + timedelta(seconds=1))
    world.newest.at = world.known.watermarks[world.scope.org_id, "prod"] = NOW + timedelta(seconds=1)
    assert (await world.ask(COUNT)).meta.cached
    world.clock.now += 1
    assert figure(await world.ask(COUNT)) == 5


async def test_a_recent_answer_that_was_dear_is_good_for_its_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "CHEAP_ROWS", 0)
    await world.ask(COUNT)
    world.newest.at = world.known.watermarks[world.scope.org_id, "prod"] = NOW + timedelta(seconds=1)
    world.clock.now += 299
    answer = await world.ask(COUNT)
    assert (answer.meta.cached, answer.meta.as_of) == (True, "2026-11-10T13:37:00Z")


async def test_reload_asks_the_store_and_what_it_says_is_kept(world: World) -> None:
    await world.ask(COUNT)
    await more_events(world, 2)
    assert figure(await world.ask(COUNT)) == 3
    assert figure(await world.ask(COUNT, Freshness.FORCE)) == 5
    kept = await world.ask(COUNT)
    assert (figure(kept), kept.meta.cached) == (5, True)


async def test_a_named_watermark_is_answered_as_of_itself(world: World) -> None:
    await more_events(world, 2, ingested=NOW - timedelta(minutes=5))
    before = NOW - timedelta(minutes=1)
    assert figure(await world.ask(COUNT)) == 5
    assert figure(await world.ask(COUNT, Freshness.NEWEST, as_of=before)) == 2
    world.newest.at = NOW + timedelta(minutes=1)
    again = await world.ask(COUNT, Freshness.NEWEST, as_of=before)
    assert (figure(again), again.meta.cached) == (2, True)
    assert figure(await world.ask({**COUNT, "as_of": "2026-11-10T13:36:00Z"}, Freshness.NEWEST)) == 2


async def test_erased_events_end_every_answer_of_their_org_and_no_other(world: World, store: EventStore) -> None:
    other = Scope(world.scope.org_id + "_other", "prod", ALL_TENANTS)
    await world.ask(COUNT)
    await world.ask(COUNT, scope=other)
    world.known.erased(world.scope.org_id)
    assert not (await world.ask(COUNT)).meta.cached
    assert (await world.ask(COUNT, scope=other)).meta.cached


async def test_an_answer_that_was_asked_for_before_an_erasure_is_neither_kept_nor_joined(world: World) -> None:
    world.tap.open.clear()
    before = asyncio.create_task(world.ask(COUNT))
    await world.tap.arrived.wait()
    world.known.erased(world.scope.org_id)
    after = asyncio.create_task(world.ask(COUNT))
    await asyncio.sleep(0)
    world.tap.open.set()
    await asyncio.gather(before, after)
    assert world.tap.statements == 2
    assert (await world.ask(COUNT)).meta.cached


async def test_a_process_that_is_told_nothing_keeps_nothing(world: World) -> None:
    await world.ask(COUNT)
    world.known.listening = False
    for _ in range(2):
        assert not (await world.ask(COUNT)).meta.cached
    world.known.listening = True
    assert (await world.ask(COUNT)).meta.cached


async def test_the_bytes_are_bounded_and_what_was_not_asked_for_longest_goes_first(store: EventStore) -> None:
    world = make_world(store, Scope("org_cached_small", "prod", ALL_TENANTS), max_bytes=40_000)
    queries = [{**COUNT, "event_name": f"name {nth}"} for nth in range(30)]
    for query in queries:
        await world.ask(query)
        await world.ask(queries[0])
        assert world.cache.bytes <= 40_000
    assert 3 < len(world.cache) < 30
    assert (await world.ask(queries[0])).meta.cached
    assert not (await world.ask(queries[1])).meta.cached
    large = {**COUNT, "granularity": "hour", "period": "90d"}
    await world.ask(large)
    assert not (await world.ask(large)).meta.cached


async def test_identical_questions_at_the_same_time_run_once(world: World) -> None:
    world.tap.open.clear()
    askers = [asyncio.create_task(world.ask(COUNT, wanted)) for wanted in Freshness for _ in range(5)]
    await world.tap.arrived.wait()
    for _ in range(10):
        await asyncio.sleep(0)
    world.tap.open.set()
    answers = await asyncio.gather(*askers)
    assert (world.tap.statements, {figure(one) for one in answers}) == (1, {3})


async def test_who_started_it_may_leave_and_the_others_are_answered(world: World) -> None:
    world.tap.open.clear()
    leader = asyncio.create_task(world.ask(COUNT))
    await world.tap.arrived.wait()
    followers = [asyncio.create_task(world.ask(COUNT)) for _ in range(3)]
    await asyncio.sleep(0.01)
    leader.cancel()
    await asyncio.gather(leader, return_exceptions=True)
    world.tap.open.set()
    answers = await asyncio.gather(*followers)
    assert (world.tap.statements, [figure(one) for one in answers]) == (1, [3, 3, 3])


async def test_a_question_that_nobody_waits_for_any_more_is_stopped(world: World) -> None:
    world.tap.open.clear()
    askers = [asyncio.create_task(world.ask(COUNT)) for _ in range(3)]
    await world.tap.arrived.wait()
    await asyncio.sleep(0.01)
    for asker in askers:
        assert world.tap.ended == 0
        asker.cancel()
    await asyncio.gather(*askers, return_exceptions=True)
    await asyncio.sleep(0.01)
    assert world.tap.ended == 1  # Though the tap is still closed.
    world.tap.open.set()
    assert figure(await world.ask(COUNT)) == 3


async def test_who_comes_while_it_is_being_stopped_asks_anew(world: World) -> None:
    world.tap.open.clear()
    leader = asyncio.create_task(world.ask(COUNT))
    await world.tap.arrived.wait()
    leader.cancel()
    follower = asyncio.create_task(world.ask(COUNT))
    world.tap.open.set()
    assert figure(await follower) == 3


async def test_the_failure_of_anothers_run_is_tried_again_and_ones_own_is_told(world: World) -> None:
    world.tap.open.clear()
    world.tap.failures = [unavailable()]
    leader = asyncio.create_task(world.ask(COUNT))
    await world.tap.arrived.wait()
    followers = [asyncio.create_task(world.ask(COUNT)) for _ in range(3)]
    await asyncio.sleep(0.01)
    world.tap.open.set()
    outcomes = await asyncio.gather(leader, *followers, return_exceptions=True)
    assert isinstance(outcomes[0], EmbanError)
    assert outcomes[0].status == 503
    assert [figure(one) for one in outcomes[1:] if isinstance(one, EncodedAnswer)] == [3, 3, 3]
    assert world.tap.statements == 2  # The followers' second try is one run, too.


async def test_a_question_that_is_too_expensive_is_not_run_by_each_of_its_askers(world: World) -> None:
    world.tap.open.clear()
    world.tap.failures = [EmbanError("query_too_expensive", "too much")]
    askers = [asyncio.create_task(world.ask(COUNT)) for _ in range(4)]
    await world.tap.arrived.wait()
    await asyncio.sleep(0.01)
    world.tap.open.set()
    outcomes = await asyncio.gather(*askers, return_exceptions=True)
    assert [one.code for one in outcomes if isinstance(one, EmbanError)] == ["query_too_expensive"] * 4
    assert world.tap.statements == 1


async def test_an_error_is_not_kept(world: World) -> None:
    world.tap.failures = [unavailable()]
    with pytest.raises(EmbanError):
        await world.ask(COUNT)
    assert figure(await world.ask(COUNT)) == 3


async def test_one_that_fails_does_not_fail_the_others_nor_a_bug(world: World) -> None:
    endless = {**COUNT, "period": "90d", "granularity": "minute"}
    world.tap.failures = [RuntimeError("a bug")]
    specs = [read_query(query) for query in (endless, COUNT, {**COUNT, "period": "24h"}, COUNT)]
    outcomes = (await world.service.prepare(world.scope, specs, now=NOW)).outcomes
    assert [one.code if isinstance(one, EmbanError) else figure(one) for one in outcomes] == [
        "invalid_request",
        "internal_error",
        3,
        "internal_error",
    ]
    assert world.tap.statements == 2  # The same query twice is one.


async def test_a_dashboards_as_of_is_the_oldest_of_its_answers(world: World) -> None:
    await world.ask(COUNT)
    world.newest.at = NOW + timedelta(seconds=5)
    specs = [read_query(query) for query in (COUNT, {**COUNT, "period": "24h"})]
    prepared = await world.service.prepare(world.scope, specs, now=NOW, freshness=Freshness.RECENT)
    assert [one.meta.as_of for one in prepared.outcomes if isinstance(one, EncodedAnswer)] == [
        "2026-11-10T13:37:00Z",
        "2026-11-10T13:37:05Z",
    ]
    assert prepared.as_of == NOW


@pytest.mark.parametrize("wanted", [Freshness.RECENT, Freshness.NEWEST])
@pytest.mark.parametrize("period", ["today", "7d", "this_month", "last_month"])
async def test_a_period_that_begins_later_is_another_question(world: World, period: str, wanted: Freshness) -> None:
    """At midnight an answer of a moment ago is that of another day."""
    midnight = datetime(2026, 11, 30, 23, 0, tzinfo=NOW.tzinfo)  # In Berlin, on 1 December.
    query = {**COUNT, "period": period, "timezone": "Europe/Berlin"}
    before = await world.ask(query, wanted, now=midnight - timedelta(milliseconds=1))
    assert (await world.ask(query, wanted, now=midnight - timedelta(milliseconds=1))).meta.cached is True
    after = await world.ask(query, wanted, now=midnight)
    assert after.meta.cached is False
    assert after.meta.window.from_ > before.meta.window.from_


async def test_what_is_too_much_by_itself_does_not_take_others_along(world: World) -> None:
    """Figures of one window are read together; where that fails, each is asked for by itself."""
    specs = [
        read_query({**COUNT, **part}) for part in ({}, {"metric": "count_unique"}, {"metric": "count_unique_approx"})
    ]
    too_much = EmbanError("query_too_expensive", "this query takes too much")
    world.tap.failures = [too_much, too_much]
    prepared = await world.service.prepare(world.scope, specs, now=NOW)
    first, *others = prepared.outcomes
    assert isinstance(first, EmbanError)
    assert first.code == "query_too_expensive"
    assert [figure(one) for one in others if isinstance(one, EncodedAnswer)] == [0, 0]
    assert world.tap.statements == 4


async def test_a_store_that_is_away_is_not_asked_again_for_each_figure(world: World) -> None:
    specs = [read_query({**COUNT, **part}) for part in ({}, {"metric": "count_unique"})]
    world.tap.failures = [unavailable("the event store does not answer")]
    prepared = await world.service.prepare(world.scope, specs, now=NOW)
    assert [isinstance(one, EmbanError) and one.status for one in prepared.outcomes] == [503, 503]
    assert world.tap.statements == 1
