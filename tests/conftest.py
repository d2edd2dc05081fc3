"""Fixtures and hooks for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.support.control import app, fresh_org, migrate_both, org, other_org, settings
from tests.support.engines import Engines, running_engines
from tests.support.order import pytest_collection_modifyitems, pytest_xdist_make_scheduler
from tests.support.skips import (
    pytest_collectreport,
    pytest_runtest_logreport,
    pytest_sessionfinish,
    pytest_terminal_summary,
)
from tests.support.templates import copy_of_template

# A property holds or not; how long an example takes says only what else the machine does.
hypothesis.settings.register_profile("emban", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("emban")

__all__ = [
    # Fixtures that live beside what they use.
    "app",
    "fresh_org",
    "org",
    "other_org",
    # Hooks.
    "pytest_collection_modifyitems",
    "pytest_collectreport",
    "pytest_runtest_logreport",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_xdist_make_scheduler",
    "settings",
]


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """Both engines, once for each worker's session, as they are after every migration."""
    data_dir = tmp_path_factory.getbasetemp() / "engines"
    copy_of_template(data_dir, _fill)
    with running_engines(data_dir) as running:
        yield running


def _fill(data_dir: Path) -> None:
    with running_engines(data_dir) as running:
        migrate_both(running)
