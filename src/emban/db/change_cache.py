"""Values that were looked up once and hold until something of their org changes; see `db.change_listener`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

from emban.db.change_listener import CacheEpoch, ChangeListener, Topic

Value = TypeVar("Value")


class ChangeCache(Generic[Value]):
    """At most `size` values of one kind, the ones longest unused forgotten first. Errors are not remembered."""

    def __init__(self, changes: ChangeListener, topic: Topic, size: int) -> None:
        self._changes, self._topic = changes, topic
        self._known: LRUCache[tuple[str, Hashable], tuple[CacheEpoch, Value]] = LRUCache(size)

    async def get(self, org_id: str, key: Hashable, look_up: Callable[[], Awaitable[Value]]) -> Value:
        """Return the value of an org's key, looked up unless it is known to be unchanged. Raises what that raises."""
        # Taken before the look-up: a change during it gives the value an epoch that no longer holds.
        epoch = self._changes.epoch(self._topic, org_id)
        known = self._known.get((org_id, key))
        if known is not None and known[0] == epoch:
            return known[1]
        value = await look_up()
        if epoch is not None:
            self._known[org_id, key] = (epoch, value)
        return value
