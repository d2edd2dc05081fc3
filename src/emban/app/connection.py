"""One connection as the server reads it: what a client may send, and how long, before there is a request to answer.

uvicorn's own protocol keeps a head in memory until its end, however far away that is, and puts a long header together
byte string by byte string, which takes time that grows with the square of its length. It waits without end for the
rest of a head, and for a body that nobody reads.
"""

from __future__ import annotations

import asyncio

import orjson
import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from emban.errors import EmbanError
from emban.kit.ids import new_id
from emban.telemetry import ERRORS

MAX_HEAD = 32 << 10
# A body that is read in time is refused by the application, with an answer; this is for one that nobody waits for.
GRACE_S = 5.0
# What a client may still send after its answer, so that it gets to read it: a reset would take the answer along.
LINGER_S = 1.0
MAX_DISCARDED = 16 << 20
log = structlog.get_logger("emban.connection")


class BoundedHttpProtocol(HttpToolsProtocol):
    """Refuses a head over `MAX_HEAD` bytes (431), and one that takes more than `timeout_s` seconds (408).

    The bytes are counted as they come, and no more than `MAX_HEAD` reach the parser without a head or a piece of body
    coming of them: that goes for trailers and the chunks' own lines as well. A head behind another request's body in
    the same segment may be twice as long.
    """

    timeout_s = 30.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._unproductive = 0
        self._came_of_it = False
        self._in_body = False
        self._refused = False
        self._discarded = 0
        self._waiting_since: float | None = None
        self._check: asyncio.TimerHandle | None = None
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._check is not None:
            self._check.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, in pieces that may be too long by no more than a byte."""
        if self._waiting_since is None:
            self._wait()
        while data and not self._refused and not self.transport.is_closing():
            room = MAX_HEAD - self._unproductive
            piece, data = data[:room], data[room:]
            self._came_of_it = False
            super().data_received(piece)
            self._unproductive = 0 if self._came_of_it else self._unproductive + len(piece)
            if self._unproductive >= MAX_HEAD:
                self._refuse("head_too_large", f"the address and headers must have at most {MAX_HEAD >> 10} KiB")
        if self._refused:
            self._discarded += len(data)
            if self._discarded > MAX_DISCARDED:
                self.transport.close()

    def on_headers_complete(self) -> None:
        """Begin to wait for the body."""
        self._came_of_it = self._in_body = True
        self._waiting_since = self.loop.time()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._came_of_it = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for nothing: the next request may take as long as connections are kept open."""
        self._came_of_it = True
        self._in_body = False
        self._waiting_since = None
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP."""
        self._refuse("invalid_request", msg)

    def _wait(self) -> None:
        self._waiting_since = self.loop.time()
        if self._check is None:
            self._check = self.loop.call_later(self.timeout_s, self._look_at_the_time)

    def _look_at_the_time(self) -> None:
        """End the connection if the client is late; one timer serves all requests of a connection."""
        self._check = None
        if self._waiting_since is None or self._refused or self.transport.is_closing():
            return
        if self._in_body and self.flow.read_paused:
            self._waiting_since = self.loop.time()  # It is the application that does not read on.
        allowed = self.timeout_s + (GRACE_S if self._in_body else 0)
        left = self._waiting_since + allowed - self.loop.time()
        if left > 0:
            self._check = self.loop.call_later(left, self._look_at_the_time)
        elif self._unproductive and not self._in_body:
            self._refuse("request_timeout", "the request did not arrive in time")
        else:
            self.transport.close()

    def _refuse(self, code: str, message: str) -> None:
        """Answer with an error and read no further; in the midst of another answer, only close."""
        self._refused = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.close()
            return
        error = EmbanError(code, message)
        request_id = new_id("req")
        body = orjson.dumps(error.body())
        head = (
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n"
            f"cache-control: no-store\r\nx-content-type-options: nosniff\r\nx-request-id: {request_id}\r\n\r\n"
        )
        self.transport.write(STATUS_LINE[error.status] + head.encode() + body)
        ERRORS.labels(code).inc()
        log.info("connection.refused", code=code, status=error.status, request_id=request_id)
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.loop.call_later(LINGER_S, self.transport.close)
        else:
            self.transport.close()


def http_protocol(timeout_s: float) -> type[BoundedHttpProtocol]:
    """Return the protocol with a number of seconds for a head, and for a body: uvicorn makes it from the class."""
    return type("HttpProtocol", (BoundedHttpProtocol,), {"timeout_s": timeout_s})
