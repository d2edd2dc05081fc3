"""Timestamps as the API writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from emban.kit.clock import rfc3339, truncate_ms


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 11, 1, tzinfo=UTC), "2026-11-01T00:00:00Z"),
        (datetime(2026, 11, 23, 12, 0, 1, 250_999, tzinfo=UTC), "2026-11-23T12:00:01.250Z"),
        (datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))), "2025-12-31T19:30:00Z"),
    ],
)
def test_instants_are_written_in_utc(at: datetime, text: str) -> None:
    assert rfc3339(at) == text


def test_truncation_keeps_whole_milliseconds() -> None:
    at = datetime(2026, 1, 1, 0, 0, 0, 123_999, tzinfo=UTC)
    assert truncate_ms(at).microsecond == 123_000
