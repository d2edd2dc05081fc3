"""Events sent in the background: collected, batched, flushed when the program ends."""

from __future__ import annotations

import atexit
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import cast

from . import calls, processes
from .batches import MAX_BYTES, MAX_EVENTS, Batch, decode, encode
from .client import Emban
from .errors import EmbanAPIError, EmbanConnectionError, EmbanError, EventsDroppedError
from .models import Event, EventProblem

logger = logging.getLogger("emban_client")
# What the server will never take. Anything else may pass: a plan's limit ends with the month, a missing key is made.
REFUSED_FOR_GOOD = frozenset({400, 413})
_LONGEST_PAUSE_S = 30.0
OnError = Callable[[EmbanError, Sequence[Event]], None]


def log_error(error: EmbanError, events: Sequence[Event]) -> None:
    """Say in the log how many events are lost and why; the events themselves stay out of it."""
    logger.error("%d events were not stored: %s", len(events), error)


class Tracker:
    """Collects events and sends them from one background thread, in batches, in order.

    `track` never blocks and never raises. At most `max_queued` events and `max_bytes` bytes wait. What cannot be sent
    now (no answer, 429, 503, 402, 401 …) waits and is tried again, with the same `event_id`s. An event that will not be
    stored (refused by the server, no room in the queue, the program ended) is handed to `on_error` with the reason and
    counted in `dropped`; without an `on_error` the log says so. `on_error` runs in the thread that found out.

    Each process sends its own events, and what it has queued when it ends: programs, children of multiprocessing (fork,
    spawn, forkserver), workers of Celery that are recycled. A process that is killed, or leaves by `os._exit` of its
    own, loses what it has not sent: call `flush` before.
    """

    def __init__(
        self,
        client: Emban,
        *,
        interval: float = 1.0,
        max_queued: int = 100_000,
        max_bytes: int = 64 << 20,
        on_error: OnError = log_error,
    ) -> None:
        self._client = client
        self._interval = interval
        self._max_queued, self._max_bytes = max_queued, max_bytes
        self._on_error = on_error
        self.dropped = 0
        self._start()
        atexit.register(self.close)
        processes.watch(self)

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
        """Queue one event, stamped now unless told otherwise; returns False if it was not taken (and reported)."""
        given = {
            "tenant_id": tenant_id,
            "event_name": event_name,
            "timestamp": timestamp or datetime.now(UTC),
            "event_id": event_id,
            "user_id": user_id,
            "string_props": string_props,
            "numeric_props": numeric_props,
        }
        event = cast("Event", {name: value for name, value in given.items() if value is not None})
        try:
            encoded = encode(event)
        except Exception as error:  # noqa: BLE001  Whatever is in an event, or in its objects' methods.
            self._give_up(EventsDroppedError(f"the event is not JSON: {error}"), [event])
            return False
        with self._lock:
            why = self._no_room(len(encoded))
            if why is None:
                self._queue.append(encoded)
                self._bytes += len(encoded)
            enough = len(self._queue) >= MAX_EVENTS
        if why is not None:
            self._give_up(EventsDroppedError(why), [decode(encoded)])
            return False
        if enough:
            self._wake.set()
        return True

    def flush(self) -> bool:
        """Send what is queued, now, in this thread; returns True when nothing is left waiting."""
        with self._sending:
            while batch := self._take():
                if not self._send(batch):
                    return False
        return True

    def close(self, timeout: float = 10.0) -> None:
        """Send what is queued, for at most `timeout` seconds, and stop. Called at the exit of the program, too.

        What could not be sent by then is handed to `on_error`.
        """
        with self._lock:
            if self._closing.is_set():
                return
            self._deadline = time.monotonic() + timeout
            self._closing.set()
        self._wake.set()
        self._thread.join(timeout)
        with self._lock:
            # A batch in the thread's hands is in doubt: it may be stored yet. Sent again it does no harm.
            left = [*self._in_hand, *self._queue]
            self._queue.clear()
        atexit.unregister(self.close)
        if left:
            error = EventsDroppedError("the tracker was closed before the server took them")
            self._give_up(error, [decode(event) for event in left])

    def __enter__(self) -> Tracker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> None:
        self._reset()
        self._thread = threading.Thread(target=self._loop, name="emban-tracker", daemon=True)
        self._thread.start()

    def _reset(self) -> None:
        self._queue: deque[bytes] = deque()
        self._bytes = 0  # Of the queue and of what is in hand.
        self._in_hand: tuple[bytes, ...] = ()
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._deadline = math.inf
        self._failures, self._rest = 0, 0.0

    def _start_after_fork(self) -> None:
        """Begin anew in a forked process: the thread and the queued events stayed with the parent, which sends them."""
        self.dropped = 0
        if self._closing.is_set():
            self._reset()  # Its locks may have been held at that moment; it stays closed.
            self._closing.set()
        else:
            self._start()

    def _loop(self) -> None:
        while not self._closing.is_set():
            if self._rest:  # A full queue wakes nobody while the server is in trouble.
                self._closing.wait(self._rest)
            else:
                self._wake.wait(self._interval)
            self._wake.clear()
            self.flush()
        self.flush()

    def _no_room(self, size: int) -> str | None:
        if self._closing.is_set():
            return "the tracker is closed"
        if len(self._queue) + len(self._in_hand) >= self._max_queued or self._bytes + size > self._max_bytes:
            return "the queue is full: events come faster than the server takes them"
        return None

    def _take(self) -> Batch | None:
        """Take the oldest events, as many as one request carries; they count as queued until the server has them."""
        taken: list[bytes] = []
        size = 0
        with self._lock:
            while self._queue and len(taken) < MAX_EVENTS and (not taken or size + len(self._queue[0]) < MAX_BYTES):
                taken.append(self._queue.popleft())
                size += len(taken[-1]) + 1
            self._in_hand = tuple(taken)
        return Batch(self._in_hand) if taken else None

    def _send(self, batch: Batch) -> bool:
        """Return whether the server has dealt with the batch; if not, it is the front of the queue again."""
        try:
            answer = self._client._run(calls.send_events(batch), self._pause)  # noqa: SLF001  Two modules of one package.
        except EmbanAPIError as error:
            if error.status not in REFUSED_FOR_GOOD:
                return self._put_back(batch, error)
            self._settle(batch)
            self._give_up(error, batch.decoded())
            return True
        except EmbanError as error:
            return self._put_back(batch, error)
        self._settle(batch)
        if refused := answer.get("errors"):
            self._report_refused(refused, batch)
        return True

    def _report_refused(self, refused: list[EventProblem], batch: Batch) -> None:
        fields = [{"path": f"events[{one['index']}].{one['path']}", "message": one["message"]} for one in refused]
        body = {"error": "some events were refused", "code": "events_rejected", "fields": fields}
        events = [decode(batch.events[index]) for index in sorted({one["index"] for one in refused})]
        self._give_up(EmbanAPIError(200, body), events)

    def _settle(self, batch: Batch) -> None:
        with self._lock:
            self._in_hand = ()
            self._bytes -= sum(map(len, batch.events))
        self._failures, self._rest = 0, 0.0

    def _put_back(self, batch: Batch, error: EmbanError) -> bool:
        with self._lock:
            self._in_hand = ()
            self._queue.extendleft(reversed(batch.events))
        if self._failures == 0:
            logger.warning("events wait, because they cannot be sent at the moment: %s", error)
        self._failures = min(self._failures + 1, 10)
        asked = (error.retry_after if isinstance(error, EmbanAPIError) else None) or 0.0
        self._rest = max(asked, min(self._interval * 2**self._failures, max(self._interval, _LONGEST_PAUSE_S)))
        return False

    def _give_up(self, error: EmbanError, events: Sequence[Event]) -> None:
        with self._lock:
            self.dropped += len(events)
        try:
            self._on_error(error, events)
        except Exception:  # Whatever a callback does, later events are still sent.
            logger.exception("on_error failed")

    def _pause(self, seconds: float) -> None:
        """Wait between two attempts, but not beyond the end of a tracker that is being closed."""
        until = time.monotonic() + seconds
        while (left := min(until, self._deadline) - time.monotonic()) > 0:
            if self._closing.is_set():
                time.sleep(left)
            else:
                self._closing.wait(left)
        if time.monotonic() >= self._deadline:
            raise EmbanConnectionError("the tracker was closed before the server answered")
