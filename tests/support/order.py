"""Which tests share a worker, and which begin first.

A file is one piece of work: its module's fixtures are made once. A folder whose files share something that takes long
to start (a served Emban, a browser, a filled store) is one piece, too. What takes longest begins first, so that no
worker is left with it at the end.

The two functions by the names of hooks are imported by tests/conftest.py. (Not `--dist loadgroup`: it renames tests,
which pytest 9 does not let it.)
"""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[2]
TOGETHER = (
    "tests/browser",
    "tests/contract",
    "tests/isolation/sqlbox",
    "tests/integration/embed",
    "tests/integration/sqlbox",
)
# The files directly in the folder; its subfolders have fixtures of their own.
TOGETHER_WITHOUT_SUBFOLDERS = ("tests/isolation",)
FIRST = (
    "tests/browser",
    "tests/faults",
    "tests/contract",
    "tests/isolation",
    "tests/integration/test_",
    "tests/integration/cli",
    "tests/integration/demo",
    "tests/integration",
)


class FolderScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types.
    """xdist's way of handing out pieces of work, with the pieces described above."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0])


def group_of(path: str) -> str:
    """Return the piece of work that a test file belongs to."""
    for folder in TOGETHER:
        if path.startswith(f"{folder}/"):
            return folder
    folder = path.rpartition("/")[0]
    return folder if folder in TOGETHER_WITHOUT_SUBFOLDERS else path


def rank_of(path: str) -> int:
    """Return the place in the order of beginning; equal ones stay as they were collected."""
    return next((place for place, folder in enumerate(FIRST) if path.startswith(folder)), len(FIRST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank_of(item.path.relative_to(ROOT).as_posix()))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FolderScheduling:
    return FolderScheduling(config, log)
