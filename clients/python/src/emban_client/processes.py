"""The ends of processes that end without `atexit`: children of multiprocessing and its kind, workers of Celery.

Such a child leaves by `os._exit`, when its own library has run its own finalizers. Only libraries that are loaded are
asked: nothing is imported for this.
"""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Callable
from typing import Any, Protocol


class Restarting(Protocol):
    """Whoever has what a forked process must not share."""

    def _start_after_fork(self) -> None:
        """Begin anew in a forked process."""


class Owner(Restarting, Protocol):
    """Whoever has something to bring to an end with its process, too."""

    def close(self) -> None:
        """Bring it to its end; called once more, do nothing."""


# multiprocessing, and the fork of it that Celery's workers are made by.
_LIBRARIES = ("multiprocessing", "billiard")
# After the finalizers of the program itself, whose events are to be sent as well.
_LAST = -1000


def watch(owner: Owner) -> None:
    """Restart the owner in each forked process, and close it where its process ends, however that is.

    The owner is not kept alive by it.
    """
    restart_in_children(owner)
    gone = weakref.ref(owner)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _close_at_end(gone))
    _close_at_end(gone)


def restart_in_children(owner: Restarting) -> None:
    """Restart the owner in each forked process; in the order in which owners came, and without keeping them alive."""
    gone = weakref.ref(owner)

    def restart() -> None:
        alive = gone()
        if alive is not None:
            alive._start_after_fork()  # noqa: SLF001  Part of the protocol, and nobody else's business.

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=restart)


def _close_at_end(gone: weakref.ref[Owner]) -> None:
    owner = gone()
    for library in _LIBRARIES:
        util, process = sys.modules.get(f"{library}.util"), sys.modules.get(f"{library}.process")
        if util is None or owner is None:
            continue
        # A child forgets the finalizers that it was forked with, and then runs these.
        util.register_after_fork(owner, lambda _, util=util: _finalize(util, gone))
        if process is not None and getattr(process.current_process(), "_parent_pid", None) is not None:
            _finalize(util, gone)
    signals: Any = sys.modules.get("celery.signals")
    if signals is not None and owner is not None:
        signals.worker_process_shutdown.connect(_closer(gone), weak=False)


def _finalize(util: Any, gone: weakref.ref[Owner]) -> None:
    util.Finalize(None, _closer(gone), exitpriority=_LAST)


def _closer(gone: weakref.ref[Owner]) -> Callable[..., None]:
    """Return what closes the owner; signals come with arguments."""

    def close(*_: object, **__: object) -> None:
        owner = gone()
        if owner is not None:
            owner.close()

    return close
