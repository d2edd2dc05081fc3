"""Everything sent again at once, at the moments when the memory of keys is being loaded."""

from __future__ import annotations

import pytest

from tests.support.control import TestOrg


def batch(number: int, size: int = 200) -> dict[str, object]:
    return {
        "events": [
            {"tenant_id": "t", "event_name": "e", "event_id": f"{number}-{place}", "timestamp": "2026-11-01T00:00:00Z"}
            for place in range(size)
        ]
    }


@pytest.mark.parametrize("batches", [1, 2, 3, 4, 8])
async def test_no_batch_is_forgotten_however_many_came_before_the_first_repeat(
    fresh_org: TestOrg, batches: int
) -> None:
    sender = fresh_org["ingest_key"]
    for number in range(batches):
        assert (await sender.post("/v1/events", json=batch(number))).json()["accepted"] == 200
    for _ in range(2):
        answers = [(await sender.post("/v1/events", json=batch(number))).json() for number in range(batches)]
        assert [answer["accepted"] for answer in answers] == [0] * batches
        assert [answer["duplicates"] for answer in answers] == [200] * batches
