"""Both engines, embedded, for a test session: started once, in a temporary directory, gone with the session.

The children die with the test process whatever happens to it (PR_SET_PDEATHSIG), so that ^C and kill -9 leave nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from emban.engines.clickhouse.child import ClickHouseChild
from emban.engines.postgres.child import PostgresChild
from emban.kit.crypto import derive
from emban.store.policies import READER_PURPOSE

SECRET_KEY = "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz"
# PostgreSQL's fsync is off in tests unless this is set: no test pulls the plug of the machine.
DURABLE = os.environ.get("EMBAN_TEST_FSYNC", "") == "1"


@dataclass(frozen=True, slots=True)
class Engines:
    """Addresses of the running engines, as `emban serve` would give them to its API processes."""

    database_owner_url: str
    clickhouse_url: str
    secret_key: str
    postgres: PostgresChild
    clickhouse: ClickHouseChild


def python_for_everybody() -> str:
    """Return an interpreter of this version that lies where everybody may go."""
    own = Path(sys.executable).resolve()
    if all(parent.stat().st_mode & 0o001 for parent in own.parents):
        return sys.executable
    other = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/local/bin:/usr/bin")
    if other is None:
        pytest.skip("no interpreter of this version lies where user nobody may go")
    return other


@contextmanager
def running_engines(
    data_dir: Path, *, secret_key: str = SECRET_KEY, durable: bool = DURABLE, memory_mb: int = 2048
) -> Iterator[Engines]:
    """Start both engines over `data_dir` and stop them at the end. Nothing is migrated."""
    postgres = PostgresChild(data_dir, durable=durable)
    clickhouse = ClickHouseChild(data_dir, reader_password=derive(secret_key, READER_PURPOSE), memory_mb=memory_mb)
    with ThreadPoolExecutor(max_workers=2) as pool:
        preparing = pool.submit(postgres.prepare)
        clickhouse.prepare()
        # Spawned from this thread: the kernel ends a child with the thread that started it.
        clickhouse.spawn()
        preparing.result()
        postgres.spawn()
        try:
            clickhouse.wait_ready()
            postgres.wait_ready()
            yield Engines(postgres.url, clickhouse.url, secret_key, postgres, clickhouse)
        finally:
            postgres.stop()
            clickhouse.close()
