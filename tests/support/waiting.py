"""Waiting for what has to come, as long as a busy machine may need for it: how fast it comes is measured in bench/.

What is bound to real minutes (a limit's window) is moved instead, so that no test is too slow or too fast for it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from emban.engines.postgres.child import DATABASE, SUPERUSER
from emban.engines.supervisor.child import LOOPBACK

# Nothing takes that long on a machine that is alive.
PATIENCE_S = 90.0


def until(holds: Callable[[], object], pause: float = 0.02) -> None:
    """Ask again and again until the answer is true. Raises AssertionError after all patience."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "what was waited for has not come"
        time.sleep(pause)


async def until_so(holds: Callable[[], object], pause: float = 0.02) -> None:
    """As `until`, and lets others have their turn."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "what was waited for has not come"
        await asyncio.sleep(pause)


def make_reports_due(data_dir: Path) -> None:
    """Let every report of a running Emban be due since an hour ago."""
    with _superuser(data_dir) as connection:
        connection.execute("UPDATE reports SET next_run_at = now() - interval '1 hour' WHERE enabled")


def _superuser(data_dir: Path) -> psycopg.Connection[tuple[object, ...]]:
    """Connect to the embedded PostgreSQL of a running Emban, as one whom no policy holds up."""
    state = json.loads((data_dir / "postgres" / "emban.json").read_text())
    return psycopg.connect(
        host=LOOPBACK, port=state["port"], user=SUPERUSER, password=state["superuser_password"], dbname=DATABASE
    )


def move_attempts(data_dir: Path, minutes: int) -> None:
    """Move all counted attempts by so many minutes: ahead, so that they are not forgotten meanwhile, or back."""
    with _superuser(data_dir) as connection:
        connection.execute(
            "UPDATE rate_limits SET window_number = window_number + %(minutes)s, "
            "expires_at = expires_at + make_interval(mins => %(minutes)s)",
            {"minutes": minutes},
        )
