"""One served Emban for every test of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.support import Backend, Proxy, prepare
from tests.support.serve import serving


@pytest.fixture(scope="package")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """Yield a served Emban with an org and a published dashboard; no events."""
    environment = {"EMBAN_DEFAULT_PLAN": "scale", "EMBAN_ADDRESS_ATTEMPTS_PER_MINUTE": "1000"}
    with serving(tmp_path_factory.mktemp("contract") / "data", environment=environment) as serve:
        yield prepare(serve)


@pytest.fixture
def proxy(backend: Backend) -> Iterator[Proxy]:
    """Yield a server in front of Emban that can be told to behave badly."""
    with Proxy(backend.address).running() as running:
        yield running
