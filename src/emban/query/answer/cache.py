"""Answers kept in memory for a while: what they are kept under, how long they are good, how much they may take.

One function makes the key (`key_of`), from everything that decides an answer: the scope with org, environment, tenant
and locks, and the whole query with filters, timezone, and its period or dates. What is kept is encoded JSON and a
frozen meta, so that nobody can change it for the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from cachetools import LRUCache
from msgspec import UNSET
from msgspec.structs import replace as replaced

from emban.db.change_listener import CacheEpoch, Topic
from emban.kit.rfc3339 import parse_instant
from emban.query.answer.answers import EncodedAnswer, Meta, Span
from emban.query.spec.query_spec import QuerySpec
from emban.scope import Scope
from emban.telemetry import CACHE_BYTES, CACHE_LOOKUPS

# For a window of up to this length: how long an answer is good, in seconds.
TTLS: tuple[tuple[timedelta, float], ...] = (
    (timedelta(hours=3), 30.0),
    (timedelta(days=2), 60.0),
    (timedelta(days=10), 300.0),
    (timedelta(days=45), 900.0),
)
LONGEST_TTL_S = 1800.0
# A recent answer that took no more rows than this is made anew once there are new events, and it is a second old.
CHEAP_ROWS = 100_000
CHEAP_GOOD_FOR_S = 1.0
# What an entry takes beside its bytes: objects of key and meta.
_OVERHEAD_BYTES = 2048
_LARGEST_SHARE = 8


def key_of(scope: Scope, spec: QuerySpec, as_of: datetime | None) -> Hashable:
    """Return what an answer is kept under. `as_of` is the watermark that the caller limits the answer to, if any.

    Whole values, not fields of them: what is added to a scope or a query decides the answer, too.
    """
    return scope, spec, as_of


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """An answer, what it covers, and until when it is good. `epoch` ends it when events of the org are erased."""

    answer: EncodedAnswer
    covered: datetime
    epoch: CacheEpoch | None
    made: float
    ttl_s: float
    rows_read: int
    size: int


class ChangeSource(Protocol):
    """What the cache needs to be told; see `emban.db.change_listener`."""

    def epoch(self, topic: Topic, org_id: str) -> CacheEpoch | None:
        """Return the epoch that holds while nothing changes."""

    def watermark(self, org_id: str, environment: str) -> datetime | None:
        """Return the newest watermark that was heard of."""


class AnswerCache:
    """Answers of one API process, at most `max_bytes` of them; those longest unused go first.

    Knows nothing where `changes` has no epoch: then it can neither keep nor find anything.
    """

    def __init__(
        self,
        changes: ChangeSource,
        max_bytes: int,
        *,
        make_key: Callable[[Scope, QuerySpec, datetime | None], Hashable] = key_of,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.key_of = make_key
        self._changes = changes
        self._max_bytes = max_bytes
        self._clock = clock
        self._kept: LRUCache[Hashable, CacheEntry] = LRUCache(max_bytes, getsizeof=lambda entry: entry.size)

    @property
    def bytes(self) -> int:
        """What the kept answers take together."""
        return int(self._kept.currsize)

    def __len__(self) -> int:
        return len(self._kept)

    def epoch(self, scope: Scope) -> CacheEpoch | None:
        """Return the epoch to keep an answer under, taken before it is asked for."""
        return self._changes.epoch("events", scope.org_id)

    def exact(self, key: Hashable, scope: Scope, covered: datetime) -> EncodedAnswer | None:
        """Return a kept answer that covers exactly what a new one would."""
        kept = self._good(key, scope)
        found = kept is not None and kept.covered == covered
        CACHE_LOOKUPS.labels("hit" if found else "miss").inc()
        return kept.answer if kept is not None and found else None

    def recent(self, key: Hashable, scope: Scope) -> EncodedAnswer | None:
        """Return a kept answer that is recent enough for a widget: new events may be missing from an expensive one."""
        kept = self._good(key, scope)
        if kept is None or self._outdated(kept, scope):
            return None
        CACHE_LOOKUPS.labels("hit").inc()
        return kept.answer

    def keep(
        self, key: Hashable, scope: Scope, answer: EncodedAnswer, covered: datetime, epoch: CacheEpoch | None
    ) -> None:
        """Keep an answer, unless it was overtaken: by an erasure, or by an answer that covers more.

        One that is large beside the whole cache is not kept either.
        """
        size = len(answer.figures) + len(repr(key)) + _OVERHEAD_BYTES
        if epoch is None or epoch != self.epoch(scope) or size * _LARGEST_SHARE > self._max_bytes:
            return
        known = self._kept.get(key)
        if known is not None and known.epoch == epoch and known.covered > covered:
            return
        rows = 0 if answer.meta.rows_read is UNSET else answer.meta.rows_read
        warm = answer.with_meta(mark_cached(answer.meta))
        self._kept[key] = CacheEntry(warm, covered, epoch, self._clock(), ttl_s(answer.meta.window), rows, size)
        CACHE_BYTES.set(self.bytes)

    def _good(self, key: Hashable, scope: Scope) -> CacheEntry | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        epoch = self.epoch(scope)
        if epoch is None:
            return None
        if kept.epoch != epoch or self._clock() - kept.made >= kept.ttl_s:
            del self._kept[key]
            return None
        return kept

    def _outdated(self, kept: CacheEntry, scope: Scope) -> bool:
        newest = self._changes.watermark(scope.org_id, scope.environment)
        if newest is None or newest <= kept.covered:
            return False
        return kept.rows_read <= CHEAP_ROWS and self._clock() - kept.made >= CHEAP_GOOD_FOR_S


def ttl_s(window: Span) -> float:
    """Return how long the answer about a window is good, in seconds."""
    length = parse_instant(window.to) - parse_instant(window.from_)
    return next((seconds for longest, seconds in TTLS if length <= longest), LONGEST_TTL_S)


def mark_cached(meta: Meta) -> Meta:
    """Return the meta of a kept answer: from the cache, without a row read; as_of stays what the figures cover."""
    return replaced(meta, path="cache", cached=True, rows_read=0, ms=0.0)


def without_as_of(spec: QuerySpec) -> QuerySpec:
    """Return the query without the watermark that it names, which is a part of the key by itself."""
    return spec if spec.as_of is None else replace(spec, as_of=None)
