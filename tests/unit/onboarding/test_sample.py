"""The sample events: always the same ones, believable, and within the rules of the events endpoint."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emban.onboarding.company import CUSTOMERS
from emban.onboarding.sample import DAYS, Story, incident_day, sample_events

ANCHOR = datetime(2026, 11, 23, 12, 34, 56, tzinfo=UTC)
STORY = Story("org_1", ANCHOR, 20_000)
EVENTS = list(sample_events(STORY))


def at(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["timestamp"])


def test_the_same_seed_gives_the_same_events_and_another_one_others() -> None:
    assert list(sample_events(STORY)) == EVENTS
    assert list(sample_events(replace(STORY, seed="org_2"))) != EVENTS


def test_a_story_goes_on_where_it_ended() -> None:
    middle, later = ANCHOR - timedelta(days=3, minutes=7), ANCHOR + timedelta(days=2)
    parts = [*sample_events(STORY, until=middle), *sample_events(STORY, since=middle)]
    assert sorted(parts, key=str) == sorted(EVENTS, key=str)
    more = list(sample_events(STORY, ANCHOR, later))
    assert 200 < len(more) < 2000
    assert not {event["event_id"] for event in more} & {event["event_id"] for event in EVENTS}


def test_there_are_about_as_many_as_asked_for_each_with_its_own_id() -> None:
    assert len(EVENTS) == pytest.approx(20_000, rel=0.05)
    assert len({event["event_id"] for event in EVENTS}) == len(EVENTS)


def test_they_end_at_the_anchor_and_reach_ninety_days_back() -> None:
    times = sorted(map(at, EVENTS))
    assert times[-1] <= ANCHOR
    assert ANCHOR - times[-1] < timedelta(hours=3)
    assert timedelta(days=DAYS - 2) < ANCHOR - times[0] <= timedelta(days=DAYS, hours=1)


def test_tenants_differ_by_far_and_all_have_something_to_show() -> None:
    sizes = Counter(event["tenant_id"] for event in EVENTS)
    assert set(sizes) == {customer.id for customer in CUSTOMERS}
    assert max(sizes.values()) > 20 * min(sizes.values())
    assert min(sizes.values()) > 150


def test_weekends_are_quieter_and_the_incident_shows() -> None:
    largest = [event for event in EVENTS if event["tenant_id"] == CUSTOMERS[0].id]
    by_day = Counter(at(event).weekday() for event in largest)
    assert by_day[6] < 0.7 * by_day[2]
    failed = Counter(
        at(event).date() for event in EVENTS if event["string_props"].get("status") in {"error", "timeout"}
    )
    assert failed.most_common(1)[0][0] == incident_day(ANCHOR)


def test_no_two_users_share_a_name() -> None:
    users = {(event["tenant_id"], event["user_id"]) for event in EVENTS}
    assert len({user for _, user in users}) == len(users) > 100


def test_every_event_keeps_the_rules_of_the_events_endpoint() -> None:
    for event in EVENTS:
        assert set(event) == {
            "tenant_id", "event_name", "timestamp", "event_id", "user_id", "string_props", "numeric_props",
        }  # fmt: skip
        assert all(isinstance(value, str) and value for value in event["string_props"].values())
        assert all(value >= 0 for value in event["numeric_props"].values())
    assert {event["event_name"] for event in EVENTS} == {"api.request", "job.completed"}
