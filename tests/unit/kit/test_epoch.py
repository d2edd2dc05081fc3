"""Milliseconds since 1970 and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from emban.kit.clock import truncate_ms
from emban.kit.epoch import EPOCH, from_ms, to_ms


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_an_instant_survives_the_way_there_and_back_cut_to_its_millisecond(at: datetime) -> None:
    assert from_ms(to_ms(at)) == truncate_ms(at)


def test_what_lies_before_1970_is_negative() -> None:
    assert to_ms(EPOCH - timedelta(milliseconds=3)) == -3
    assert from_ms(-3) == EPOCH - timedelta(milliseconds=3)
