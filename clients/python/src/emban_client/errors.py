"""What can go wrong, as exceptions a program can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class EmbanError(Exception):
    """Anything that this client raises."""


class EmbanConnectionError(EmbanError):
    """The server could not be reached, or did not answer in time, after every retry."""


@dataclass(frozen=True)
class FieldProblem:
    """One wrong field of a refused request: `path` such as `events[3].tenant_id`."""

    path: str
    message: str


class EmbanAPIError(EmbanError):
    """The server answered with an error: `status` (HTTP), `code` (snake_case), `fields`, and the whole `body`."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.body = body
        self.code = str(body.get("code", "unknown"))
        self.fields = tuple(
            FieldProblem(str(item.get("path", "")), str(item.get("message", ""))) for item in body.get("fields", [])
        )
        super().__init__(f"{status} {self.code}: {body.get('error', 'no message')}")
