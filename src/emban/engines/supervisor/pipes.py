"""One JSON object a line, between a parent and the children it starts."""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
import time
from typing import IO, Any


class LineReader:
    """Reads a child's lines with a time limit. Not for use by several threads at once."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._rest = b""

    def read(self, timeout: float) -> dict[str, Any] | None:
        """Return the next message; None when the other side is gone or the seconds are over."""
        deadline = time.monotonic() + timeout
        while b"\n" not in self._rest:
            left = max(0.0, deadline - time.monotonic())
            readable, _, _ = select.select([self._pipe], [], [], left)
            part = os.read(self._pipe.fileno(), 65536) if readable else b""
            if not part:
                return None
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message


def tell(pipe: IO[bytes], message: dict[str, Any]) -> None:
    """Send the last message to a child and close the pipe. A child that is gone already is no error here."""
    with contextlib.suppress(BrokenPipeError), pipe:
        pipe.write(json.dumps(message).encode() + b"\n")


def say(message: dict[str, Any]) -> None:
    """Send a message to the parent, on standard output. Raises `BrokenPipeError` where it no longer listens."""
    os.write(sys.stdout.fileno(), json.dumps(message).encode() + b"\n")
