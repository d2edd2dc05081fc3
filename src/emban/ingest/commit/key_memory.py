"""The keys of the streams that this process writes, within a budget of memory.

A stream whose keys are not here (not yet loaded, or too many) is served by look-ups in the store: slower, never wrong.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

import numpy as np
import structlog

from emban.errors import EmbanError
from emban.ingest.commit.seen_keys import DAY_MS, SeenKeys, at
from emban.scope import Scope
from emban.store.errors import StoreError
from emban.store.events import EventLog, Received

KEY_BYTES = 8
# A stream that did not fit is measured again after this time.
_TOO_LARGE_FOR_S = 600.0
# What others wrote in longer than this is loaded anew in the background, not caught up with under the stream's lock.
_MOST_BEHIND_MS = 60_000
log = structlog.get_logger("emban.ingest")


class KeyMemory:
    """Seen keys by stream, the least recently used dropped first."""

    def __init__(self, events: EventLog, *, window_ms: int, limit_bytes: int) -> None:
        self._events = events
        self._window_ms = window_ms
        self._limit_bytes = limit_bytes
        # Not a cache of a library: these grow in place, group by group, and no such cache measures a value again.
        self._seen: OrderedDict[Scope, SeenKeys] = OrderedDict()
        self._loading: dict[Scope, asyncio.Task[None]] = {}
        self._too_large: dict[Scope, float] = {}

    def seen(self, scope: Scope, *, newest_ms: int) -> SeenKeys | None:
        """Return what is known of a stream, complete up to its `covered_ms`; None where that is far behind."""
        found = self._seen.get(scope)
        if found is None:
            return None
        if newest_ms - found.covered_ms > _MOST_BEHIND_MS:
            del self._seen[scope]
            return None
        self._seen.move_to_end(scope)
        return found

    def stored(self, scope: Scope, keys: list[int], at_ms: int, *, after_ms: int) -> None:
        """Note a group committed at an instant, the one before it at `after_ms`; begin to load an unknown stream."""
        if scope in self._seen:
            self.received(scope, at(keys, at_ms), after_ms, at_ms)
            self._seen[scope].forget_before(at_ms - self._window_ms)
            self._make_room(0)
        else:
            self._begin_loading(scope, at_ms)

    def received(self, scope: Scope, received: Received, after_ms: int, until_ms: int) -> None:
        """Note all that a stream received after an instant and up to another.

        Where less than that was covered, what lies between is missing still: it may have been loaded this very moment.
        """
        found = self._seen.get(scope)
        if found is not None:
            found.add(received)
            if found.covered_ms >= after_ms:
                found.covered_ms = max(found.covered_ms, until_ms)

    async def close(self) -> None:
        """End what is loading."""
        for task in list(self._loading.values()):
            task.cancel()
        await asyncio.gather(*self._loading.values(), return_exceptions=True)

    def _begin_loading(self, scope: Scope, until_ms: int) -> None:
        if scope in self._loading or self._too_large.get(scope, 0.0) > time.monotonic():
            return
        task = asyncio.create_task(self._load(scope, until_ms))
        self._loading[scope] = task
        task.add_done_callback(lambda _: self._loading.pop(scope, None))

    async def _load(self, scope: Scope, until_ms: int) -> None:
        since_ms = until_ms - self._window_ms
        try:
            needed = KEY_BYTES * await self._events.identified_since(scope, since_ms)
            if needed > self._limit_bytes // 2:
                self._too_large[scope] = time.monotonic() + _TOO_LARGE_FOR_S
                return
            self._make_room(needed)
            found = SeenKeys(until_ms)
            for start in range(since_ms, until_ms + 1, DAY_MS):
                end = min(start + DAY_MS - 1, until_ms)
                keys = await self._events.keys_between(scope, start, end)
                if len(keys):
                    # Sorting takes 0.1 s a million: not on the event loop.
                    at_ms = np.full(len(keys), start, dtype=np.int64)
                    await asyncio.to_thread(found.add, Received(keys, at_ms))
        except (EmbanError, StoreError) as error:
            log.warning("ingest.keys_not_loaded", reason=str(error)[:200])
            return
        self._seen[scope] = found

    def _make_room(self, needed: int) -> None:
        held = sum(seen.size_bytes for seen in self._seen.values())
        while self._seen and held + needed > self._limit_bytes:
            _, dropped = self._seen.popitem(last=False)
            held -= dropped.size_bytes
