"""Whose turn it is: bounds that always hold, and an order that is fair."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from emban.query.scheduling.fair_queue import FORGET_AT, RECENTLY_S, FairQueue, Flow
from emban.scope import ALL_TENANTS, Scope, Tenant

A1, A2, B1 = Flow("org_a", "t1"), Flow("org_a", "t2"), Flow("org_b", "t1")


def served(queue: FairQueue[int], now: float = 0.0) -> list[tuple[Flow, int]]:
    """Give away all slots that are free."""
    given_away = []
    while (one := queue.next(now)) is not None:
        given_away.append(one)
    return given_away


def test_a_flow_is_a_tenant_of_an_org() -> None:
    assert Flow.of(Scope("org_a", "prod", Tenant("t1"))) == Flow.of(Scope("org_a", "dev", Tenant("t1"))) == A1
    assert Flow.of(Scope("org_a", "prod", ALL_TENANTS)) == Flow("org_a", None)


def test_one_tenant_never_takes_the_last_place() -> None:
    queue: FairQueue[int] = FairQueue(slots=4, share=3)
    for ticket in range(10):
        queue.join(A1, ticket)
    assert served(queue) == [(A1, 0), (A1, 1), (A1, 2)]
    queue.join(B1, 100)
    queue.join(A2, 200)  # Of the same org, whose share is taken.
    assert served(queue) == [(B1, 100)]


def test_who_used_least_goes_first_then_who_came_first() -> None:
    queue: FairQueue[int] = FairQueue(slots=1, share=1)
    queue.join(A1, 0)
    served(queue)
    for ticket, flow in enumerate((A1, A1, A2, B1, B1), 1):
        queue.join(flow, ticket)
    queue.done(A1, 10.0, 0.0)
    order = []
    for _ in range(5):
        ((flow, ticket),) = served(queue)
        order.append(ticket)
        queue.done(flow, 1.0, 0.0)
    assert order == [4, 5, 3, 1, 2]


def test_what_was_used_fades() -> None:
    queue: FairQueue[int] = FairQueue(slots=1, share=1)
    queue.join(A1, 0)
    served(queue)
    queue.done(A1, 30.0, 0.0)
    assert queue.used(A1, 0.0) == (30.0, 30.0)
    assert queue.used(A2, 0.0) == (0.0, 30.0)
    assert 10 < queue.used(A1, 60.0)[0] < 12
    assert queue.used(A1, 1000.0)[0] < 0.001


def test_whether_somebody_waits_who_used_less() -> None:
    queue: FairQueue[int] = FairQueue(slots=1, share=1)
    for ticket, (flow, seconds) in enumerate(((A1, 1.0), (A2, 2.0), (B1, 4.0))):
        queue.join(flow, ticket)
        served(queue)
        queue.done(flow, seconds, 0.0)
    queue.join(A1, 10)
    assert queue.lighter_wait(A1, 0.0) == (False, False)
    assert queue.lighter_wait(A2, 0.0) == (True, False)
    assert queue.lighter_wait(B1, 0.0) == (True, True)
    queue.leave(A1, 10)
    assert queue.lighter_wait(B1, 0.0) == (False, False)
    queue.join(B1, 11)
    assert queue.lighter_wait(A2, 0.0) == (False, False)


def test_heavier_ones_have_a_quarter_of_the_places_while_a_light_one_runs() -> None:
    queue: FairQueue[int] = FairQueue(slots=8, share=6)
    for ticket, flow in enumerate((A1, B1)):
        queue.join(flow, ticket)
    served(queue)
    for flow in (A1, B1):
        queue.done(flow, 20.0, 0.0)
    queue.join(A2, 10)
    assert served(queue) == [(A2, 10)]
    for ticket in range(4):
        queue.join(B1, ticket)
    assert served(queue) == [(B1, 0), (B1, 1)]
    queue.done(B1, 0.1, 0.0)
    assert served(queue) == [(B1, 2)]
    queue.done(A2, 0.1, 0.0)
    assert served(queue, RECENTLY_S - 0.01) == []  # It may be back with the next widget.
    assert served(queue, RECENTLY_S) == [(B1, 3)]
    for ticket in range(4):
        queue.join(A1, ticket)
    # As heavy as the other: nobody is in its way.
    assert served(queue, RECENTLY_S) == [(A1, 0), (A1, 1), (A1, 2), (A1, 3)]


def test_levels_rise_with_each_doubling_and_fall_with_time() -> None:
    queue: FairQueue[int] = FairQueue(slots=1, share=1)
    levels = []
    for seconds in (2.0, 1.0, 1.0, 4.0, 24.0):
        queue.join(A1, 0)
        served(queue)
        queue.done(A1, seconds, 0.0)
        levels.append(queue.level(A1, 0.0))
    assert levels == [1, 2, 3, 4, 6]
    assert queue.level(A1, 60.0) == 4
    assert queue.level(A2, 0.0) == 1


def test_tenants_of_long_ago_are_forgotten() -> None:
    queue: FairQueue[int] = FairQueue(slots=1, share=1)
    for nth in range(3 * FORGET_AT):
        flow = Flow(f"org_{nth}", "t")
        queue.join(flow, nth)
        served(queue, nth)
        queue.done(flow, 0.01, nth)
    assert len(queue._flows) < 2 * FORGET_AT
    assert len(queue._orgs) < 2 * FORGET_AT


@given(
    slots=st.integers(1, 6),
    moves=st.lists(st.tuples(st.sampled_from(["join", "leave", "done"]), st.integers(0, 5), st.integers(0, 9))),
)
def test_bounds_hold_and_nobody_is_forgotten(slots: int, moves: list[tuple[str, int, int]]) -> None:
    share = max(1, slots - max(1, slots // 4))
    queue: FairQueue[int] = FairQueue(slots=slots, share=share)
    flows = [Flow(f"org_{nth % 2}", f"t{nth}") for nth in range(6)]
    waiting: dict[int, Flow] = {}
    running: dict[int, Flow] = {}
    numbers, now = itertools.count(), 0.0
    for move, flow, which in moves:
        now += 1
        if move == "join":
            ticket = next(numbers)
            waiting[ticket] = flows[flow]
            queue.join(flows[flow], ticket)
        elif move == "leave" and waiting:
            ticket = sorted(waiting)[which % len(waiting)]
            queue.leave(waiting.pop(ticket), ticket)
        elif move == "done" and running:
            ticket = sorted(running)[which % len(running)]
            queue.done(running.pop(ticket), which / 10, now)
        for given_flow, ticket in served(queue, now):
            assert waiting.pop(ticket) == given_flow
            running[ticket] = given_flow
        assert len(running) == queue.running <= slots
        for one in flows:
            assert sum(flow == one for flow in running.values()) <= share
            assert sum(flow.org_id == one.org_id for flow in running.values()) <= share
    while waiting:  # Once the others are done, all have their turn.
        assert running
        now += 1
        queue.done(running.pop(min(running)), 0.1, now)
        for given_flow, ticket in served(queue, now):
            running[ticket] = waiting.pop(ticket)
            assert running[ticket] == given_flow
