"""What can go wrong, as exceptions a program can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import Event, EventsAnswer


@dataclass(frozen=True)
class FieldProblem:
    """One wrong field of a refused request: `path` such as `events[3].tenant_id`."""

    path: str
    message: str


@dataclass(frozen=True)
class Unsent:
    """How far `send_events` came before it failed: nothing that was given to it is in doubt.

    `answer` adds up the batches stored before; `offset` is how many events those were. `events` is the batch that
    failed, with the `event_id`s that were sent: send them again, and what did arrive is counted as a duplicate.
    """

    answer: EventsAnswer
    offset: int
    events: Sequence[Event]


class EmbanError(Exception):
    """Anything that this client raises. `unsent` is set where `send_events` failed."""

    unsent: Unsent | None = None


class EmbanConnectionError(EmbanError):
    """The server could not be reached, or did not answer in time, after every retry."""


class EventsDroppedError(EmbanError):
    """A tracker gave up events that no server refused: its queue was full, or the program ended first."""


class EmbanAPIError(EmbanError):
    """The server answered with an error.

    `status` is HTTP's, `code` snake_case, `fields` the places in the request that are wrong, `body` the whole answer
    (a 402 has `plan`, `upgrade_to`, `limit`, `used`), `retry_after` the seconds of the header, `request_id` finds the
    request in the server's log.
    """

    def __init__(
        self, status: int, body: dict[str, Any], *, retry_after: float | None = None, request_id: str | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.code = str(body.get("code", "unknown"))
        self.fields = tuple(
            FieldProblem(str(item.get("path", "")), str(item.get("message", ""))) for item in body.get("fields", [])
        )
        self.retry_after = retry_after
        self.request_id = request_id
        super().__init__(f"{status} {self.code}: {body.get('error', 'no message')}")
