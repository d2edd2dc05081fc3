"""SIGTERM for processes around uvicorn, at any moment of their life.

uvicorn handles the signal only while it serves, and raises it once more afterwards for whoever handled it before. Here
it means the same at any time: finish what runs, then end normally.
"""

from __future__ import annotations

import signal
from typing import Protocol


class Stoppable(Protocol):
    """What uvicorn's server offers."""

    should_exit: bool


class Termination:
    """Handles SIGTERM from its creation on. Use in the main thread alone."""

    def __init__(self) -> None:
        self._asked = False
        self._server: Stoppable | None = None
        signal.signal(signal.SIGTERM, lambda *_: self._ask())

    def ends(self, server: Stoppable) -> None:
        """Name the server to end; at once if the signal has come already."""
        self._server = server
        if self._asked:
            server.should_exit = True

    def _ask(self) -> None:
        self._asked = True
        if self._server is not None:
            self._server.should_exit = True
