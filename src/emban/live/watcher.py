"""One open stream: what is still to be sent on it, bounded, and when it ends."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime

from emban.live.changes import (
    Audience,
    Change,
    change_frame,
    events_frame,
    heartbeat_frame,
    hello_frame,
    reset_frame,
)
from emban.live.source import Credential

HEARTBEAT_S = 15.0
EVENTS_EVERY_S = 1.0
# Frames that wait for a reader who does not take them, of some 250 bytes each.
MAX_WAITING = 600


class Watcher:
    """What one reader is to be sent. Used by one event loop; nobody waits for the reader but `next_frames`."""

    def __init__(self, audience: Audience, credential: Credential) -> None:
        self.audience, self.credential = audience, credential
        self.started = False
        self._position = 0
        self._frames: deque[bytes] = deque()
        self._as_of: datetime | None = None
        self._as_of_sent: datetime | None = None
        self._events_sent = float("-inf")
        self._ended = False
        self._news = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Whether nothing more will be added."""
        return self._ended

    def start(self, position: int, as_of: datetime | None) -> None:
        """Begin to take what comes after a position; `as_of` is the watermark that the reader knows, None for none."""
        self._position, self._as_of, self._as_of_sent = position, as_of, as_of
        self.started = True
        self._frames.append(hello_frame(position, self.audience))
        self._news.set()

    def go_on(self, missed: Sequence[Change], as_of: datetime | None) -> None:
        """Put what a reader missed while they were away before whatever has come since `start`."""
        told = [change_frame(one, self.audience) for one in missed if self.audience.sees(one)]
        self._frames.extendleft(reversed(told))
        self._as_of_sent = None
        self.note_as_of(as_of)
        self._news.set()

    def reset(self) -> None:
        """Have the reader read everything anew."""
        self._frames.append(reset_frame(self._position, self.audience))
        self._news.set()

    def tell(self, changes: Iterable[Change]) -> None:
        """Add changes in the order of their numbers; a reader that leaves too many waiting is cut off."""
        for change in changes:
            if self._ended or change.number <= self._position:
                continue
            self._position = change.number
            if self.audience.sees(change):
                self._frames.append(change_frame(change, self.audience))
                self._news.set()
            if len(self._frames) > MAX_WAITING:
                self._frames.clear()
                self.end()

    def note_as_of(self, as_of: datetime | None) -> None:
        """Take note of a watermark, and tell of the newest at most once in `EVENTS_EVERY_S`."""
        if as_of is not None and (self._as_of is None or as_of > self._as_of):
            self._as_of = as_of
        if self._owes_events() and time.monotonic() >= self._events_sent + EVENTS_EVERY_S:
            self._news.set()

    def end(self) -> None:
        """Add nothing more; what waits is still sent."""
        self._ended = True
        self._news.set()

    async def next_frames(self) -> bytes | None:
        """Return what is to be sent next, after `HEARTBEAT_S` without anything a heartbeat; None at the end."""
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                await self._news.wait()
        except TimeoutError:
            return heartbeat_frame(self._position, self.audience)
        self._news.clear()
        frames = list(self._frames)
        self._frames.clear()
        now = time.monotonic()
        if self._as_of is not None and self._owes_events() and now >= self._events_sent + EVENTS_EVERY_S:
            self._as_of_sent, self._events_sent = self._as_of, now
            frames.append(events_frame(self._as_of))
        if self._ended:
            self._news.set()  # For the next call, which has nothing left to return.
            return b"".join(frames) or None
        return b"".join(frames)

    def _owes_events(self) -> bool:
        return self._as_of is not None and self._as_of != self._as_of_sent
