"""The resolution of the API's clock."""

from __future__ import annotations

from datetime import UTC, datetime

from emban.kit.clock import truncate_ms


def test_truncation_keeps_whole_milliseconds() -> None:
    at = datetime(2026, 1, 1, 0, 0, 0, 123_999, tzinfo=UTC)
    assert truncate_ms(at).microsecond == 123_000
