"""The running API against its own description: generated requests, good and bad, find nothing unexpected."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import schemathesis
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok

from emban.app.build import build_app
from emban.settings import Settings
from tests.support.control import PASSWORD, fresh_email

# Of each kind for each route; for a longer search run this file with EMBAN_TEST_EXAMPLES=200
EXAMPLES = int(os.environ.get("EMBAN_TEST_EXAMPLES", "5"))
# What the server says of a request line that no application gets to see, because it is longer than 64 KiB.
NOT_HTTP = b"Invalid HTTP request received."
# These end the session that all other requests of the run need.
LEFT_OUT = r"/v1/auth/(logout|password)$"
# Rules that a schema cannot say (a chart fits its kind, a lock names a known dimension) make 400 of valid documents,
# so `positive_data_acceptance` is no rule here. Authentication is walked route by route in tests/isolation.
NOT_RULES = frozenset({"positive_data_acceptance", "ignored_auth", "use_after_free", "ensure_resource_availability"})


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve the app from a thread; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with served(build_app(settings.model_copy(update={"default_plan": "scale"}))) as running:
        yield running


@pytest.fixture(scope="module")
def signed_in(address: str) -> dict[str, str]:
    """Headers of an owner's session."""
    body = {"email": fresh_email("schemathesis"), "password": PASSWORD, "org_name": "Schemathesis"}
    answer = httpx.post(f"{address}/v1/auth/register", json=body)
    assert answer.status_code == 201
    return {"Cookie": f"emban_session={answer.cookies['emban_session']}", "Origin": address}


def rules() -> list[Any]:
    load_all_checks()
    return [check for check in CHECKS.get_all() if check.__name__ not in NOT_RULES]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_nothing_unexpected(address: str, signed_in: dict[str, str], mode: GenerationMode) -> None:
    described = schemathesis.openapi.from_url(f"{address}/openapi.json")
    schema = described.exclude(path_regex=LEFT_OUT).exclude(method="DELETE", path="/v1/org")
    schema.config.generation.update(with_security_parameters=False)  # Each request is the owner's.
    checks, found = rules(), []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()

        @hypothesis_settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case: Any) -> None:
            answer = case.call(base_url=address, headers=signed_in)
            if answer.content != NOT_HTTP:
                case.validate_response(answer, checks=checks)

        try:
            call()
        except Unsatisfiable:
            continue  # A route that takes nothing has nothing wrong to be sent.
        except (FailureGroup, Failure) as failure:
            found.append(f"{operation.label}: {failure} {[str(one) for one in getattr(failure, 'exceptions', ())]}")
    assert not found, "\n\n".join(found)
