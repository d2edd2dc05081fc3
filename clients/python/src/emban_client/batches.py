"""Events as bytes: each has its `event_id` before the first attempt, and no request is larger than the server takes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from .models import Event

MAX_EVENTS = 1_000
# The server takes 5 MiB.
MAX_BYTES = 4 << 20
_AROUND = len(b'{"events":[]}')


@dataclass(frozen=True)
class Batch:
    """Encoded events of one request; `offset` events were in the batches before."""

    events: tuple[bytes, ...]
    offset: int = 0

    @property
    def body(self) -> bytes:
        """The request's body: the same bytes at every attempt."""
        return b'{"events":[' + b",".join(self.events) + b"]}"

    def decoded(self) -> list[Event]:
        """Return the events as they were sent, ids included."""
        return [decode(event) for event in self.events]


def encode(event: Event) -> bytes:
    """Return an event as JSON, with an id if it had none.

    Raises TypeError or ValueError for what is no JSON: NaN, a datetime without a timezone, a foreign object.
    """
    identified: dict[str, Any] = {"event_id": uuid.uuid4().hex, **cast("Mapping[str, Any]", event)}
    at = identified.get("timestamp")
    if isinstance(at, datetime):
        if at.tzinfo is None:
            raise ValueError("timestamp needs a timezone: datetime.now(UTC), for one")
        identified["timestamp"] = at.isoformat()
    try:
        text = json.dumps(identified, allow_nan=False, ensure_ascii=False, separators=(",", ":"), default=_plain)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return text.encode()


def decode(event: bytes) -> Event:
    """Return an encoded event."""
    return cast("Event", json.loads(event))


def batches(events: Iterable[Event]) -> Iterator[Batch]:
    """Split events into requests of at most 1,000 events and 4 MiB; one event that is larger goes alone."""
    held: list[bytes] = []
    size, offset = _AROUND, 0
    for event in events:
        encoded = encode(event)
        if held and (len(held) == MAX_EVENTS or size + len(encoded) + 1 > MAX_BYTES):
            yield Batch(tuple(held), offset)
            offset += len(held)
            held, size = [], _AROUND
        held.append(encoded)
        size += len(encoded) + 1
    if held:
        yield Batch(tuple(held), offset)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
