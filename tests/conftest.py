"""Fixtures for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.control import app, fresh_org, org, other_org, settings
from tests.support.engines import Engines, running_engines

__all__ = ["app", "fresh_org", "org", "other_org", "settings"]  # Fixtures that live beside what they use.


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """Both engines, once for the session; not migrated."""
    with running_engines(tmp_path_factory.mktemp("engines")) as running:
        yield running
