"""Where local days and hours start, in zones with something about them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from emban.query.time.zones import check_zone, hour_edges, local_day, start_of_day, transitions, zone, zone_names

DAYS = [
    ("UTC", "2026-03-01", "2026-03-01T00:00"),
    ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00"),  # 23 hours
    ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00"),
    ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00"),  # 25 hours
    ("Europe/Berlin", "2026-10-26", "2026-10-25T23:00"),
    ("Asia/Kolkata", "2026-01-01", "2025-12-31T18:30"),
    ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15"),
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00"),  # 00:00 is skipped: the day starts at 01:00.
    ("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00"),  # 23:00 to 24:00 of the 17th comes twice.
    ("Asia/Beirut", "2023-03-30", "2023-03-29T21:00"),
    ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00"),  # 00:00 is skipped.
    ("America/Havana", "2024-11-03", "2024-11-03T04:00"),  # 00:00 to 01:00 comes twice: the first is the start.
    ("America/St_Johns", "2009-11-01", "2009-11-01T03:30"),  # At 00:01 back to 23:01: the second midnight is.
    ("Asia/Pyongyang", "2018-05-05", "2018-05-04T15:00"),  # From 23:30 to 00:00.
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00"),
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),  # A date that never was starts with the next one.
]


@pytest.mark.parametrize(("name", "day", "start"), DAYS)
def test_start_of_day(name: str, day: str, start: str) -> None:
    at = start_of_day(date.fromisoformat(day), name)
    assert at == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert local_day(at, name) >= date.fromisoformat(day)
    assert local_day(at - timedelta(seconds=1), name) < date.fromisoformat(day)


HOURS = [
    ("UTC", "2026-01-01T00:10", "2026-01-01T02:10", ["00:00", "01:00", "02:00"]),
    ("Asia/Kolkata", "2026-01-01T00:10", "2026-01-01T02:10", ["23:30", "00:30", "01:30"]),
    ("Europe/Berlin", "2026-03-29T00:10", "2026-03-29T02:00", ["00:00", "01:00"]),
    ("Europe/Berlin", "2026-10-25T00:00", "2026-10-25T03:00", ["00:00", "01:00", "02:00"]),
    # 01:30 to 02:00 comes twice; the second time it is a bucket of half an hour.
    ("Australia/Lord_Howe", "2026-04-04T14:00", "2026-04-04T17:00", ["14:00", "15:00", "15:30", "16:30"]),
    # 02:00 to 02:30 is skipped.
    ("Australia/Lord_Howe", "2026-10-03T14:30", "2026-10-03T17:00", ["14:30", "15:30", "16:00"]),
    ("America/St_Johns", "2009-11-01T02:30", "2009-11-01T05:00", ["02:30", "02:31", "03:30", "04:30"]),
]


@pytest.mark.parametrize(("name", "first", "last", "edges"), HOURS)
def test_hour_edges(name: str, first: str, last: str, edges: list[str]) -> None:
    begin, end = (int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) for text in (first, last))
    found = [datetime.fromtimestamp(edge, UTC).strftime("%H:%M") for edge in hour_edges(begin, end, name)]
    assert found == edges


def test_hours_of_a_year_are_all_there() -> None:
    begin, end = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2025, 2026))
    for name in ("Europe/Berlin", "America/New_York", "Asia/Kolkata"):
        assert len(list(hour_edges(begin, end, name))) == 8760 + (name == "Asia/Kolkata")  # One is cut at both ends.
    # Two of its buckets are halves of an hour.
    assert len(list(hour_edges(begin, end, "Australia/Lord_Howe"))) == 8760 + 1


def test_transitions() -> None:
    found = [datetime.fromtimestamp(at, UTC) for at in transitions("Europe/Berlin", 2025)]
    assert found == [datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC)]
    assert transitions("Asia/Kolkata", 2025) == ()


def test_every_name_opens() -> None:
    assert len(zone_names()) > 500
    for name in zone_names():
        assert datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone(name)).utcoffset() is not None


@pytest.mark.parametrize("name", ["", "Mars/Phobos", "europe/berlin", "../../etc/passwd", "/etc/localtime", "UTC\x00"])
def test_what_is_no_zone(name: str) -> None:
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        check_zone(name)
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        zone(name)
