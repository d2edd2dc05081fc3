"""Services are looked up by their exact type."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from emban.http.provide import ServiceRegistry, install_services, services_of_app


class Clock:
    pass


class WallClock(Clock):
    pass


def test_a_service_is_found_by_its_exact_type() -> None:
    clock = WallClock()
    registry = ServiceRegistry([clock, "text"])
    assert registry.get(WallClock) is clock
    assert registry.get(str) == "text"
    with pytest.raises(LookupError, match="Clock"):
        registry.get(Clock)


def test_two_services_of_a_type_are_refused() -> None:
    with pytest.raises(ValueError, match="WallClock"):
        ServiceRegistry([WallClock(), WallClock()])


def test_an_application_has_none_before_it_starts() -> None:
    app = FastAPI()
    with pytest.raises(LookupError):
        services_of_app(app)
    install_services(app, ServiceRegistry([1]))
    assert services_of_app(app).get(int) == 1
