"""Events sent in the background: collected, batched, flushed when the program ends."""

from __future__ import annotations

import atexit
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType

from emban_client.calls import JSON, MAX_EVENTS
from emban_client.client import Emban
from emban_client.errors import EmbanAPIError, EmbanError

# A plan's limit ends with the month, a server's trouble sooner: those events wait.
RETRIED_LATER = frozenset({401, 402, 429, 500, 502, 503, 504})
OnError = Callable[[EmbanError, list[JSON]], None]


class Tracker:
    """Collects events and sends them from one background thread.

    `track` never blocks and never raises for the network. At most `max_queued` events wait; when there are more, the
    new one is refused: `track` returns False and `dropped` counts it. A batch that cannot be sent (after the client's
    retries) goes back to the front of the queue when the server may take it later. Events that the server refuses for
    good are counted in `dropped` and handed to `on_error` with the reasons.
    """

    def __init__(
        self, client: Emban, *, interval: float = 1.0, max_queued: int = 100_000, on_error: OnError | None = None
    ) -> None:
        self._client = client
        self._interval = interval
        self._max_queued = max_queued
        self._on_error = on_error
        self._queue: deque[JSON] = deque()
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        self.dropped = 0
        self._thread = threading.Thread(target=self._loop, name="emban-tracker", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def track(
        self,
        tenant_id: str,
        event_name: str,
        *,
        user_id: str | None = None,
        timestamp: datetime | None = None,
        string_props: Mapping[str, str] | None = None,
        numeric_props: Mapping[str, float] | None = None,
        event_id: str | None = None,
    ) -> bool:
        """Queue one event, stamped now unless told otherwise; returns False if the queue is full and it was refused."""
        event: JSON = {
            "tenant_id": tenant_id,
            "event_name": event_name,
            "event_id": event_id or uuid.uuid4().hex,
            "timestamp": (timestamp or datetime.now(UTC)).isoformat(),
        }
        if user_id is not None:
            event["user_id"] = user_id
        if string_props:
            event["string_props"] = dict(string_props)
        if numeric_props:
            event["numeric_props"] = dict(numeric_props)
        with self._lock:
            if self._stopping or len(self._queue) >= self._max_queued:
                self.dropped += 1
                return False
            self._queue.append(event)
            full = len(self._queue) >= MAX_EVENTS
        if full:
            self._wake.set()
        return True

    def flush(self) -> bool:
        """Send what is queued, now; returns True when nothing is left waiting."""
        with self._sending:
            while batch := self._take():
                if not self._send(batch):
                    return False
        return True

    def close(self) -> None:
        """Flush once more and stop the thread. Called at the exit of the program, too."""
        with self._lock:
            if self._stopping:
                return
            self._stopping = True
        self._wake.set()
        self._thread.join()
        self.flush()
        atexit.unregister(self.close)

    def __enter__(self) -> Tracker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _loop(self) -> None:
        while not self._stopping:
            self._wake.wait(self._interval)
            self._wake.clear()
            if not self._stopping:
                self.flush()

    def _take(self) -> list[JSON]:
        with self._lock:
            return [self._queue.popleft() for _ in range(min(MAX_EVENTS, len(self._queue)))]

    def _send(self, batch: list[JSON]) -> bool:
        try:
            answer = self._client.send_events(batch)
        except EmbanAPIError as error:
            if error.status in RETRIED_LATER:
                return self._put_back(batch)
            self._give_up(error, batch)
            return True
        except EmbanError:
            return self._put_back(batch)
        if refused := answer["errors"]:
            body = {"code": "events_rejected", "error": "some events were refused", "fields": refused}
            self._give_up(EmbanAPIError(200, body), [batch[index] for index in {item["index"] for item in refused}])
        return True

    def _give_up(self, error: EmbanAPIError, events: list[JSON]) -> None:
        self.dropped += len(events)
        if self._on_error is not None:
            self._on_error(error, events)

    def _put_back(self, batch: list[JSON]) -> bool:
        with self._lock:
            self._queue.extendleft(reversed(batch))
        return False
