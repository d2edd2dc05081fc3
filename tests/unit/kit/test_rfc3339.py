"""RFC 3339 read and written: cut, never rounded, and nothing that is not one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import emban
from emban.kit.clock import truncate_ms
from emban.kit.rfc3339 import format_instant, format_local, parse_instant

WRITTEN = [
    (datetime(2026, 11, 1, tzinfo=UTC), "2026-11-01T00:00:00Z"),
    (datetime(2026, 11, 23, 12, 0, 1, 250_999, tzinfo=UTC), "2026-11-23T12:00:01.250Z"),
    (datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))), "2025-12-31T19:30:00Z"),
    (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
]
READ = [
    ("2026-11-01T00:00:00Z", datetime(2026, 11, 1, tzinfo=UTC)),
    ("2026-11-01t00:00:00z", datetime(2026, 11, 1, tzinfo=UTC)),
    ("2026-11-01 00:00:00Z", datetime(2026, 11, 1, tzinfo=UTC)),
    ("2026-11-01T01:00:00.5+05:30", datetime(2026, 10, 31, 19, 30, 0, 500_000, tzinfo=UTC)),
    ("2026-11-01T00:00:00-00:00", datetime(2026, 11, 1, tzinfo=UTC)),
    ("2026-10-31T23:59:59.9999999Z", datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ("2026-12-31T23:59:59.999999999Z", datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ("1999-12-31T23:59:59.99999999999999999999Z", datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ("2026-11-01T00:00:00.0000005Z", datetime(2026, 11, 1, tzinfo=UTC)),
]
NO_INSTANTS = [
    "",
    "2026-11-01",
    "2026-11-01T00:00:00",
    "2026-11-01T00:00Z",
    "2026-11-01T00:00:00.Z",
    "2026-11-01T00:00:00,5Z",
    "2026-11-01T00:00:00+0100",
    "2026-11-01T00:00:00+24:00",
    "2026-11-01T00:00:60Z",
    "2026-11-01T24:00:00Z",
    "2026-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2026-11-01T00:00:00Z ",
    "\uff12026-11-01T00:00:00Z",
    "20261101T000000Z",
    "2026-W44-7T00:00:00Z",
]
MOMENTS = st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1 < at.year < 9999)
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59)


@pytest.mark.parametrize(("at", "text"), WRITTEN)
def test_instants_are_written_in_utc(at: datetime, text: str) -> None:
    assert format_instant(at) == text


@pytest.mark.parametrize(("text", "at"), READ)
def test_instants_are_read(text: str, at: datetime) -> None:
    assert parse_instant(text) == at
    assert parse_instant(text).tzinfo is not None


@pytest.mark.parametrize("text", NO_INSTANTS)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_instant(text)


@given(at=MOMENTS, minutes=OFFSETS, digits=st.text("0123456789", min_size=1, max_size=30))
def test_a_fraction_is_cut(at: datetime, minutes: int, digits: str) -> None:
    whole = at.replace(microsecond=0, tzinfo=None)
    sign, offset = ("-" if minutes < 0 else "+"), divmod(abs(minutes), 60)
    text = f"{whole.isoformat()}.{digits}{sign}{offset[0]:02d}:{offset[1]:02d}"
    cut = timedelta(microseconds=int(digits[:6].ljust(6, "0")))
    assert parse_instant(text) == whole.replace(tzinfo=timezone(timedelta(minutes=minutes))) + cut


@given(at=MOMENTS)
def test_what_is_written_reads_back(at: datetime) -> None:
    assert parse_instant(format_instant(at)) == truncate_ms(at)


LOCAL = [
    (datetime(2026, 11, 1, tzinfo=timezone(timedelta(hours=9))), "2026-11-01T00:00"),
    (datetime(2026, 11, 1, 0, 0, 30, tzinfo=UTC), "2026-11-01T00:00:30"),
    (datetime(2026, 11, 1, 0, 0, 0, 7_999, tzinfo=UTC), "2026-11-01T00:00:00.007"),
]


@pytest.mark.parametrize(("at", "text"), LOCAL)
def test_local_times_have_no_zone(at: datetime, text: str) -> None:
    assert format_local(at) == text


def test_nothing_else_reads_instants() -> None:
    """What rounds, or takes texts that are no RFC 3339, comes in by a second parser."""
    other = re.compile(r"datetime\.(fromisoformat|strptime)\(|msgspec\.convert\([^)]*\bdatetime\)")
    sources = Path(emban.__file__).parent.rglob("*.py")
    found = [path.name for path in sources if other.search(path.read_text())]
    assert found == ["rfc3339.py"]
