"""Events of the sample company: 90 days up to an anchor, with weekdays, office hours, growth, a launch and an incident.

Everything follows from the story, `event_id`s included: the same events come out again, and sending them again stores
nothing twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from emban.kit.clock import truncate_ms
from emban.kit.rfc3339 import format_instant
from emban.onboarding.company import (
    CUSTOMERS,
    EMBED_ENDPOINT,
    EMBED_MODEL,
    ENDPOINTS,
    JOBS,
    MODELS,
    NEW_MODEL,
    NEW_MODEL_DAYS_AGO,
    Customer,
    user_id,
)

DAYS = 90
JOB_SHARE = 0.03
# Traffic by local hour; the mean is made 1 below.
_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 11, 14, 15, 14, 11, 13, 15, 15, 13, 10, 8, 6, 5, 4, 3, 3)
_MEAN_HOUR = sum(_HOURS) / len(_HOURS)
# The incident: one region on a Wednesday in office hours; requests fail and the rest is slow.
INCIDENT_REGION = "us-east"
INCIDENT_WEEKDAY, INCIDENT_LEAST_DAYS_AGO = 2, 12
INCIDENT_HOURS_UTC = range(14, 20)

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """One telling of the sample: whose it is, the instant that it leads up to, and about how many events that takes.

    Each hour of each customer is told by itself, so any stretch can be told, later ones included, and always the same.
    """

    seed: str
    anchor: datetime
    target: int


def sample_events(story: Story, since: datetime | None = None, until: datetime | None = None) -> Iterator[Event]:
    """Yield the events from `since` (90 days before the anchor) up to but without `until` (the anchor).

    They come customer by customer, oldest first, as `POST /v1/events` takes them.
    """
    start = since or story.anchor - timedelta(days=DAYS)
    end = until or story.anchor
    first = start.replace(minute=0, second=0, microsecond=0)
    scale = story.target / _weight_of_story(story)
    for customer in CUSTOMERS:
        hour = first
        while hour < end:
            for event in _hour(story, customer, hour, _weight(story, customer, hour) * scale):
                if start <= event["timestamp"] < end:
                    yield {**event, "timestamp": format_instant(event["timestamp"])}
            hour += timedelta(hours=1)


def incident_day(anchor: datetime) -> date:
    """Return the day of the incident, in UTC."""
    latest = anchor.date() - timedelta(days=INCIDENT_LEAST_DAYS_AGO)
    return latest - timedelta(days=(latest.weekday() - INCIDENT_WEEKDAY) % 7)


def _weight_of_story(story: Story) -> float:
    first = story.anchor.replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    hours = [first + timedelta(hours=nth) for nth in range(DAYS * 24)]
    return sum(_weight(story, customer, hour) for customer in CUSTOMERS for hour in hours)


def _weight(story: Story, customer: Customer, hour: datetime) -> float:
    """Return how much happens at a customer within an hour, in shares of some whole."""
    local = hour + timedelta(hours=customer.utc_offset)
    rhythm = _HOURS[local.hour] / _MEAN_HOUR * (customer.weekend if local.weekday() >= 5 else 1.0)
    day = DAYS - (story.anchor - hour) / timedelta(days=1)
    grown = 1 + customer.growth * day / DAYS
    # A slow wave on top, so that weeks differ without looking random.
    wave = 1 + 0.12 * math.sin(day / 9 + len(customer.id))
    return customer.share * rhythm * max(grown, 0.1) * wave


def _hour(story: Story, customer: Customer, hour: datetime, expected: float) -> Iterator[Event]:
    """Tell one hour; timestamps are instants still."""
    random = Random(f"{story.seed} {customer.id} {hour.isoformat()}")  # noqa: S311 - made-up data, not a secret
    indexes = sorted(random.random() for _ in range(_poisson(random, expected)))
    for number, index in enumerate(indexes):
        at = truncate_ms(hour + index * timedelta(hours=1))
        name = f"sample-{customer.id}-{hour:%Y%m%d%H}-{number}"
        yield {**_event(random, customer, at, story.anchor), "event_id": name}


def _event(random: Random, customer: Customer, at: datetime, anchor: datetime) -> Event:
    region = _pick(random, customer.regions)
    common: Event = {
        "tenant_id": customer.id,
        "timestamp": at,
        "user_id": user_id(customer, _user(random, customer.users)),
    }
    props = {"region": region, "plan": customer.plan}
    if random.random() < JOB_SHARE:
        return {**common, "event_name": "job.completed", **_job(random, props)}
    troubled = region == INCIDENT_REGION and at.hour in INCIDENT_HOURS_UTC and at.date() == incident_day(anchor)
    launched = max(0.0, NEW_MODEL_DAYS_AGO - (anchor - at) / timedelta(days=1)) / NEW_MODEL_DAYS_AGO
    request = _request(random, customer, launched=launched, troubled=troubled)
    return {
        **common,
        "event_name": "api.request",
        "string_props": {**props, **request["string_props"]},
        "numeric_props": request["numeric_props"],
    }


def _job(random: Random, props: Mapping[str, str]) -> Event:
    kind = _pick(random, JOBS)
    rows = round(random.lognormvariate(math.log(800), 0.8)) + 1
    seconds = rows * {"batch_inference": 0.08, "evaluation": 0.03, "fine_tuning": 0.9}[kind] * random.uniform(0.7, 1.4)
    outcome = "failed" if random.random() < 0.03 else "succeeded"
    return {
        "string_props": {**props, "job": kind, "outcome": outcome},
        "numeric_props": {"rows": rows, "duration_s": round(seconds + 4, 1)},
    }


def _request(random: Random, customer: Customer, *, launched: float, troubled: bool) -> Event:
    endpoint = _pick(random, customer.endpoints)
    model = EMBED_MODEL if endpoint == EMBED_ENDPOINT else _pick(random, customer.models)
    if model not in {EMBED_MODEL, NEW_MODEL} and random.random() < 0.45 * launched:
        model = NEW_MODEL
    shape, costs = ENDPOINTS[endpoint], MODELS[model]
    status = _status(random, troubled=troubled)
    tokens_in = round(random.lognormvariate(math.log(shape.tokens_in), 0.55)) + 1
    answered = status == "ok" and shape.tokens_out > 0
    tokens_out = round(random.lognormvariate(math.log(shape.tokens_out), 0.5)) + 1 if answered else 0
    latency = (costs.first_ms + costs.per_token_ms * tokens_out) * random.lognormvariate(0, 0.28)
    if troubled:
        latency *= random.uniform(2.5, 7)
    if status == "rate_limited":
        latency = random.uniform(4, 20)
    usd = (tokens_in * costs.usd_in + tokens_out * costs.usd_out) / 1e6 if status == "ok" else 0.0
    return {
        "string_props": {"model": model, "endpoint": endpoint, "status": status},
        "numeric_props": {
            "tokens_in": tokens_in if status == "ok" else 0,
            "tokens_out": tokens_out,
            "latency_ms": round(latency, 1),
            "cost_usd": round(usd, 6),
        },
    }


def _status(random: Random, *, troubled: bool) -> str:
    chance = random.random()
    if troubled:
        return "error" if chance < 0.22 else "timeout" if chance < 0.34 else "ok"
    return "error" if chance < 0.006 else "timeout" if chance < 0.009 else "rate_limited" if chance < 0.022 else "ok"


def _user(random: Random, users: int) -> int:
    """Draw a user; a few do most of the work."""
    return min(users, 1 + int(users * random.random() ** 2.2))


def _pick(random: Random, shares: Mapping[str, float]) -> str:
    at = random.random() * sum(shares.values())
    for name, share in shares.items():
        at -= share
        if at < 0:
            return name
    return list(shares)[-1]


def _poisson(random: Random, expected: float) -> int:
    """Draw a Poisson number; above 30 the normal distribution is close enough."""
    if expected > 30:
        return max(0, round(random.gauss(expected, math.sqrt(expected))))
    floor, product, count = math.exp(-expected), random.random(), 0
    while product > floor:
        product *= random.random()
        count += 1
    return count
