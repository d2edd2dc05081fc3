"""What is sent on one stream, when, and that it is bounded."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from emban.auth.principal import Rank
from emban.live import watcher as module
from emban.live.changes import Audience, Change
from emban.live.source import Credential
from emban.live.watcher import MAX_WAITING, Watcher

AT = datetime(2026, 11, 28, 7, tzinfo=UTC)


def made(rank: Rank = Rank.EDITOR) -> Watcher:
    return Watcher(Audience("org_a", "prod", rank), Credential("0" * 64, "org_a|editor", is_key=False))


def change(number: int, action: str = "dashboard.update") -> Change:
    return Change(number, AT, "ada@acme.example", action, "dashboard", f"dash_{number}", "prod")


async def started(rank: Rank = Rank.EDITOR, position: int = 5) -> Watcher:
    watcher = made(rank)
    watcher.start(position, AT)
    assert b"id: 5-" in (await watcher.next_frames() or b"")
    return watcher


async def test_nothing_is_told_twice() -> None:
    watcher = await started()
    watcher.tell([change(4), change(5), change(6)])
    watcher.tell([change(6), change(7)])
    frames = await watcher.next_frames() or b""
    assert [f"dash_{number}".encode() in frames for number in (4, 5, 6, 7)] == [False, False, True, True]
    assert frames.count(b"event: change") == 2


async def test_what_was_missed_comes_before_what_is_new() -> None:
    watcher = made()
    watcher.start(5, AT)
    watcher.tell([change(6)])
    watcher.go_on([change(4), change(5)], AT)
    frames = await watcher.next_frames() or b""
    places = [frames.index(f"dash_{number}".encode()) for number in (4, 5, 6)]
    assert places == sorted(places)
    assert b"event: events" in frames


async def test_a_quiet_stream_has_a_heartbeat_that_moves_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_S", 0.01)
    watcher = await started(Rank.VIEWER)
    watcher.tell([change(9)])  # Of a draft: a viewer is not told, and need not be asked again.
    frames = await watcher.next_frames() or b""
    assert frames.startswith(b": heartbeat\nid: 9-")


async def test_events_are_told_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVENTS_EVERY_S", 0.05)
    watcher = await started()
    watcher.note_as_of(AT)
    watcher.note_as_of(None)
    watcher.note_as_of(AT + timedelta(seconds=1))
    assert b"07:00:01" in (await watcher.next_frames() or b"")
    watcher.note_as_of(AT + timedelta(seconds=2))
    watcher.note_as_of(AT + timedelta(seconds=3))
    watcher.tell([change(6)])
    assert b"event: events" not in (await watcher.next_frames() or b"")
    await asyncio.sleep(0.06)
    watcher.note_as_of(AT + timedelta(seconds=2))  # Older than what it knows.
    frames = await watcher.next_frames() or b""
    assert frames.count(b"event: events") == 1
    assert b"07:00:03" in frames


async def test_a_reader_who_lets_too_much_wait_is_cut_off() -> None:
    watcher = await started()
    for number in range(6, MAX_WAITING + 10):
        watcher.tell([change(number)])
    assert watcher.ended
    assert await watcher.next_frames() is None


async def test_what_waits_at_the_end_is_still_sent() -> None:
    watcher = await started()
    watcher.tell([change(6)])
    watcher.reset()
    watcher.end()
    watcher.tell([change(7)])
    frames = await watcher.next_frames() or b""
    assert b"dash_6" in frames
    assert b"event: reset" in frames
    assert b"dash_7" not in frames
    assert await watcher.next_frames() is None
