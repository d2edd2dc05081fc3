"""`as_of` reproduces an answer, whatever is written meanwhile."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emban.query.plan.planner import NOTHING_YET
from tests.integration.query.conftest import NOW, Asker
from tests.support.reference import Event, Reference, assert_figures, labelled

FIRST = datetime(2026, 11, 10, 12, 0, 0, 500_000, tzinfo=UTC)
DAYS: dict[str, Any] = {"event_name": "*", "date_from": "2026-11-01", "date_to": "2026-11-11", "granularity": "day"}
QUERIES: list[dict[str, Any]] = [
    {**DAYS, "metric": "count"},
    {**DAYS, "metric": "sum", "prop": "cost"},
    {**DAYS, "metric": "p95", "prop": "cost", "group_by": "model", "limit": 2, "other": True},
    {"event_name": "*", "metric": "avg", "prop": "cost", "period": "30d"},
]


def batch(number: int, count: int = 200) -> list[Event]:
    """Events over ten days, received together as the batch of that number; costs are fractions of all kinds."""
    chance = random.Random(number)
    return [
        Event(
            tenant=f"t{chance.randrange(3)}",
            name="api.call",
            at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(milliseconds=chance.randrange(10 * 86_400_000)),
            user=f"u{chance.randrange(50)}",
            strings={"model": f"m{chance.randrange(5)}"},
            numbers={"cost": chance.random() * 10 ** chance.randrange(-6, 6)},
            ingested=watermark(number),
        )
        for _ in range(count)
    ]


def watermark(number: int) -> datetime:
    return FIRST + number * timedelta(milliseconds=1)


async def test_each_watermark_covers_its_batches_and_no_more(asker: Asker) -> None:
    events = []
    for number in range(4):
        events += batch(number)
        await asker.insert(batch(number))
    reference = Reference(events, NOW)
    for number in range(4):
        for query in QUERIES:
            answer = await asker(query, as_of=watermark(number))
            assert answer["meta"]["as_of"] == f"2026-11-10T12:00:00.{500 + number}Z"
            assert_figures(labelled(answer, query), reference.points(query, as_of=watermark(number)))
            assert (await asker({**query, "as_of": answer["meta"]["as_of"]}))["points"] == answer["points"]


async def test_rows_of_an_unacknowledged_batch_are_not_seen(asker: Asker) -> None:
    await asker.insert(batch(0))
    await asker.insert(batch(1))  # In the event store already, its watermark not yet committed.
    asker.watermark.at = watermark(0)
    answer = await asker(QUERIES[0])
    assert sum(point["value"] for point in answer["points"]) == 200
    assert answer["meta"]["as_of"] == "2026-11-10T12:00:00.500Z"


async def test_a_watermark_of_the_future_covers_what_there_is(asker: Asker) -> None:
    await asker.insert(batch(0))
    asker.watermark.at = watermark(0)
    answer = await asker(QUERIES[0], as_of=watermark(5))
    assert answer["meta"]["as_of"] == "2026-11-10T12:00:00.500Z"


@pytest.mark.parametrize("at", [None, NOTHING_YET])
async def test_before_the_first_batch_there_is_nothing(asker: Asker, at: datetime | None) -> None:
    await asker.insert(batch(0))
    asker.watermark.at = at
    answer = await asker(QUERIES[0])
    assert {point["value"] for point in answer["points"]} == {0}
    assert answer["meta"]["as_of"] is None


async def test_an_answer_stays_the_same_to_the_last_digit_while_batches_arrive(asker: Asker) -> None:
    await asker.insert(batch(0, 20_000))
    asker.watermark.at = watermark(0)
    first = [await asker(query) for query in QUERIES]

    async def write() -> None:
        for number in range(1, 8):
            await asker.insert(batch(number, 2_000))
            asker.watermark.at = watermark(number)
        # Merged, the same rows are read in another order and by other threads.
        await asker.store.command("OPTIMIZE TABLE emban.events FINAL")

    writing = asyncio.create_task(write())
    rounds = 0
    while not writing.done() or rounds < 3:
        for query, answer in zip(QUERIES, first, strict=True):
            again = await asker(query, as_of=watermark(0))
            assert again["points"] == answer["points"]
        rounds += 1
    await writing


async def test_a_period_is_reproduced_by_its_window(asker: Asker) -> None:
    await asker.insert(batch(0))
    query = {"event_name": "*", "metric": "count", "period": "7d", "granularity": "day", "timezone": "Asia/Kolkata"}
    answer = await asker(query)
    window = answer["meta"]["window"]
    dates = {name: value for name, value in query.items() if name != "period"}
    later = await asker({**dates, "date_from": window["from"], "date_to": window["to"]}, now=NOW + timedelta(days=9))
    assert later["points"] == answer["points"]
